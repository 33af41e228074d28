//! What every system speaks with.

pub(crate) mod check;
pub mod claims;
pub mod codes;
pub mod context;
pub mod goods;
pub mod places;
pub mod rules;
pub mod standing;
pub(crate) mod statement;
