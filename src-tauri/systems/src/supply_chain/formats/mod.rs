//! Documents of other systems, read and written.

pub mod epcis;
