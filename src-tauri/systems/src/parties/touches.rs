//! The form each record on parties must have, and what it touches.

use super::records::{
    Holder, IdentifierScheme, MandateGranted, MandateRevoked, PartnerLinked, PartnerNamed, Profile, RecoveryNamed,
    Registered, RootReplaced, Updated,
};
use crate::shared::check;
use crate::shared::codes::{EuVat, Gln, Lei, Uscc};
use crate::shared::context::{Touches, Violation, demand};
use crate::shared::statement::{Statement, own};
use ledger::{Party, Subject};

/// Most kinds one mandate may name.
const KINDS: usize = 20;

impl Profile {
    fn validate(&self) -> Result<(), Violation> {
        check::local(&self.name, 200, "profile.name")?;
        check::country(&self.country, "profile.country")?;
        check::list(&self.identifiers, 0, 10, "profile.identifiers")?;
        check::sorted(&self.identifiers, "profile.identifiers")?;
        for (i, identifier) in self.identifiers.iter().enumerate() {
            let good = identifier_is_good(identifier.scheme, &identifier.value);
            demand(good, "parties.identifier", &format!("profile.identifiers.{i}.value"))?;
        }
        check::list(&self.roles, 1, 7, "profile.roles")?;
        check::sorted(&self.roles, "profile.roles")
    }
}

/// Whether a value is right by the rules of its register, written as the register writes it.
fn identifier_is_good(scheme: IdentifierScheme, value: &str) -> bool {
    match scheme {
        IdentifierScheme::Uscc => Uscc::parse(value).is_ok_and(|code| code.as_str() == value),
        IdentifierScheme::Lei => Lei::parse(value).is_ok_and(|code| code.as_str() == value),
        IdentifierScheme::EuVat => EuVat::parse(value).is_ok_and(|code| code.as_str() == value),
        IdentifierScheme::Gln => Gln::parse(value).is_ok_and(|code| code.as_str() == value),
        // Regulation (EU) 2015/2446 (EORI): country code and up to 15 characters.
        IdentifierScheme::Eori => {
            let bytes = value.as_bytes();
            (3..=17).contains(&bytes.len())
                && bytes[..2].iter().all(u8::is_ascii_uppercase)
                && bytes[2..]
                    .iter()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }
        // GACC order 253 of 2021: ten digits, the last places may be capital letters.
        IdentifierScheme::CnCustoms => {
            value.len() == 10
                && value
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        }
    }
}

impl Statement for Registered {
    fn validate(&self) -> Result<(), Violation> {
        self.profile.validate()
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.founds(Subject::party(author));
        Ok(())
    }
}

impl Statement for Updated {
    fn validate(&self) -> Result<(), Violation> {
        self.profile.validate()
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&Subject::party(author));
        Ok(())
    }
}

impl Statement for MandateGranted {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.label, 1, 60, "label")?;
        demand(self.holder != Holder::Kit, "parties.kit-apart", "holder")?;
        check::list(&self.kinds, 1, KINDS, "kinds")?;
        check::sorted(&self.kinds, "kinds")?;
        for (i, pattern) in self.kinds.iter().enumerate() {
            demand(
                crate::covers_a_kind(pattern),
                "parties.kinds-pattern",
                &format!("kinds.{i}"),
            )?;
        }
        Ok(())
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&Subject::party(author));
        Ok(())
    }
}

impl Statement for MandateRevoked {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.reason, 1, 200, "reason")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        // Commuting: a lost key must be stopped at once, whatever else has changed the profile meanwhile.
        touches.commuting(&Subject::party(author));
        Ok(())
    }
}

impl Statement for RootReplaced {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.reason, 1, 200, "reason")
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        // Commuting, as a revocation is: whoever has the old key must not hold this up by changing the profile.
        touches.commuting(&Subject::party(author));
        Ok(())
    }
}

impl Statement for RecoveryNamed {
    fn validate(&self) -> Result<(), Violation> {
        Ok(())
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&Subject::party(author));
        Ok(())
    }
}

impl Statement for PartnerNamed {
    fn validate(&self) -> Result<(), Violation> {
        check::text(&self.number, 1, 60, "number")?;
        self.profile.validate()
    }

    fn touch(&self, author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.founds(own("partner", author, &self.number)?);
        Ok(())
    }
}

impl Statement for PartnerLinked {
    fn validate(&self) -> Result<(), Violation> {
        check::subject(&self.partner, &["partner"], "partner")
    }

    fn touch(&self, _author: &Party, touches: &mut Touches) -> Result<(), Violation> {
        touches.exclusive(&self.partner);
        // The author may be the party linked: its subject is read all the same, because the partner's state links to it.
        touches.reads(&Subject::party(&self.party));
        Ok(())
    }
}
