//! What the terminal program says. Unlike `println!` it does not panic when nobody reads any more.

use crate::error::UserError;
use std::fmt::Arguments;
use std::io::{ErrorKind, Write, stderr, stdout};
use std::sync::Mutex;

/// Why something said did not arrive: a full disk behind `> file`, say.
static LOST: Mutex<Option<String>> = Mutex::new(None);

/// A line of the answer. Whoever read enough (`| head -1`) may stop reading: that is no error.
macro_rules! answer {
    ($($words:tt)*) => { $crate::terminal::output::line(format_args!($($words)*)) };
}

/// A line beside the answer: errors, progress, questions.
macro_rules! aside {
    ($($words:tt)*) => { $crate::terminal::output::beside(format_args!($($words)*)) };
}

pub(crate) use {answer, aside};

pub(crate) fn line(words: Arguments<'_>) {
    let mut out = stdout().lock();
    match writeln!(out, "{words}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => lost(error.to_string()),
        _ => {}
    }
}

pub(crate) fn beside(words: Arguments<'_>) {
    // Where errors cannot be told, there is nobody to tell that to; the exit code remains.
    let _unheard = writeln!(stderr(), "{words}");
}

fn lost(reason: String) {
    if let Ok(mut lost) = LOST.lock() {
        lost.get_or_insert(reason);
    }
}

/// The error, if part of the answer was lost.
pub(crate) fn heard() -> Result<(), UserError> {
    match LOST.lock().ok().and_then(|mut lost| lost.take()) {
        Some(reason) => Err(UserError::new("output-lost").with("what", reason)),
        None => Ok(()),
    }
}
