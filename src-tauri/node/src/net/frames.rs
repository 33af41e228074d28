//! Several messages in one body: each a length of four bytes, most significant first, and so many bytes.

use bytes::Bytes;

/// Bytes of a length.
pub const LENGTH: usize = 4;
/// Greatest number of messages in one body.
pub const MOST: usize = 4096;

/// Why a body is not a sequence of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// It ends in the middle of a message, or of a length.
    #[error("cut off")]
    Cut,
    /// A message is longer than agreed.
    #[error("a message of {0} bytes")]
    TooLarge(usize),
    /// More messages than [`MOST`].
    #[error("too many messages")]
    TooMany,
    /// No message, or an empty one: there is nothing to say so.
    #[error("an empty message")]
    Empty,
}

/// Joins messages, in their order. Give none longer than `u32::MAX`.
#[must_use]
pub fn encode<'a>(messages: impl Iterator<Item = &'a Bytes> + Clone) -> Bytes {
    let size = messages.clone().map(|message| LENGTH + message.len()).sum();
    let mut body = Vec::with_capacity(size);
    for message in messages {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
        body.extend_from_slice(&length.to_be_bytes());
        body.extend_from_slice(message);
    }
    body.into()
}

/// The messages of a body, each a part of it without copying.
///
/// # Errors
/// The body is not 1 to [`MOST`] whole messages of 1 to `greatest` bytes each and nothing more. None is handed out then.
pub fn decode(body: &Bytes, greatest: usize) -> Result<Vec<Bytes>, FrameError> {
    let mut messages = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let Some(length) = body[at..].first_chunk::<LENGTH>() else {
            return Err(FrameError::Cut);
        };
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        if length == 0 {
            return Err(FrameError::Empty);
        }
        if length > greatest {
            return Err(FrameError::TooLarge(length));
        }
        if messages.len() == MOST {
            return Err(FrameError::TooMany);
        }
        at += LENGTH;
        let end = at.checked_add(length).filter(|end| *end <= body.len());
        let end = end.ok_or(FrameError::Cut)?;
        messages.push(body.slice(at..end));
        at = end;
    }
    if messages.is_empty() {
        return Err(FrameError::Empty);
    }
    Ok(messages)
}

#[cfg(test)]
#[path = "frames_tests.rs"]
mod tests;
