//! Time as the protocol writes it (section 2): UTC with three decimals, years 2000–9999.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};

/// An instant in UTC to the millisecond, written `YYYY-MM-DDThh:mm:ss.mmmZ`. Order of instants is order of texts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// Not a time of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time of the form YYYY-MM-DDThh:mm:ss.mmmZ in the years 2000 to 9999")]
pub struct TimeError;

/// 2000-01-01T00:00:00.000Z in milliseconds since 1970.
const FIRST: i64 = 946_684_800_000;
/// 9999-12-31T23:59:59.999Z in milliseconds since 1970.
const LAST: i64 = 253_402_300_799_999;

impl Time {
    /// The earliest time there is: the year 2000 begins.
    pub const MIN: Self = Self(FIRST);

    /// From milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    ///
    /// # Errors
    /// Outside the years 2000–9999.
    pub const fn from_millis(millis: i64) -> Result<Self, TimeError> {
        if millis < FIRST || millis > LAST {
            Err(TimeError)
        } else {
            Ok(Self(millis))
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    #[must_use]
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This time moved by `millis`; at the ends of the range it stops there.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        let moved = self.0.saturating_add(millis);
        if moved < FIRST {
            Self(FIRST)
        } else if moved > LAST {
            Self(LAST)
        } else {
            Self(moved)
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // In range by construction, so the conversion always gives a value.
        let t = DateTime::from_timestamp_millis(self.0).unwrap_or_default();
        write!(f, "{:04}-{:02}-{:02}T", t.year(), t.month(), t.day())?;
        write!(
            f,
            "{:02}:{:02}:{:02}.{:03}Z",
            t.hour(),
            t.minute(),
            t.second(),
            t.timestamp_subsec_millis()
        )
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Time {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        const SHAPE: &[u8; 24] = b"0000-00-00T00:00:00.000Z";
        let bytes = text.as_bytes();
        let fits = bytes.len() == SHAPE.len()
            && bytes.iter().zip(SHAPE).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                _ => byte == shape,
            });
        if !fits {
            return Err(TimeError);
        }
        let number = |from: usize, to: usize| {
            bytes[from..to]
                .iter()
                .fold(0_u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))
        };
        let year = i32::try_from(number(0, 4)).map_err(|_| TimeError)?;
        let millis = number(20, 23);
        let day = NaiveDate::from_ymd_opt(year, number(5, 7), number(8, 10)).ok_or(TimeError)?;
        let second = day
            .and_hms_milli_opt(number(11, 13), number(14, 16), number(17, 19), millis)
            .ok_or(TimeError)?;
        Self::from_millis(second.and_utc().timestamp_millis())
    }
}

crate::text::serde_as_text!(Time, "a time");
