//! What every kind of record answers about itself.

use super::context::{Touches, Violation};
use super::goods::When;
use ledger::{Party, Subject};

/// The body of a record.
pub(crate) trait Statement {
    /// Checks that need nothing but the body: lengths, codes, ranges, sorted lists.
    fn validate(&self) -> Result<(), Violation>;

    /// What it writes, reads and refers to, said by `author`.
    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation>;

    /// When it happened, for events.
    fn at(&self) -> Option<&When> {
        None
    }
}

/// `type:author:number`.
///
/// # Errors
/// `shared.subject-long` when the number, percent-encoded, makes the subject longer than 200 characters.
pub(crate) fn own(type_name: &str, author: &Party, number: &str) -> Result<Subject, Violation> {
    Subject::owned(type_name, author, number).map_err(|_| Violation::new("shared.subject-long", "number"))
}

/// A subject from its whole text.
pub(crate) fn whole(text: &str, field: &str) -> Result<Subject, Violation> {
    text.parse().map_err(|_| Violation::new("shared.subject-long", field))
}

/// Percent-encodes one part of a path, `/` and `%` too (RFC 3986, 2.1).
pub(crate) fn encode_part(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"._~-".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
