//! How the types that are written as one text are read and written by serde, and serde's forms for fixed bytes.

/// Serde for a type whose whole form is `Display` and `FromStr`: read without copying, checked while reading.
macro_rules! serde_as_text {
    ($type:ty, $expecting:literal) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl serde::de::Visitor<'_> for Text {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expecting)
                    }

                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$type, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}
pub(crate) use serde_as_text;

/// Fixed bytes as lower-case hexadecimal: `#[serde(with = "crate::text::hex_bytes")]`.
pub(crate) mod hex_bytes {
    use serde::{Deserializer, Serializer, de};

    pub(crate) fn serialize<const N: usize, S: Serializer>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub(crate) fn deserialize<'de, const N: usize, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; N], D::Error> {
        struct Digits<const N: usize>;
        impl<const N: usize> de::Visitor<'_> for Digits<N> {
            type Value = [u8; N];

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("lower-case hexadecimal of the right length")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<[u8; N], E> {
                let read = crate::hash::lower_hex(text);
                read.ok_or_else(|| E::custom("not lower-case hexadecimal of the right length"))
            }
        }
        deserializer.deserialize_str(Digits)
    }
}

/// Integers of the protocol: 0 … 2^53 − 1. `#[serde(deserialize_with = "crate::text::integer")]` checks the upper bound where
/// the text did not come through the canonical check.
pub(crate) fn integer<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = <u64 as serde::Deserialize>::deserialize(deserializer)?;
    if value > crate::limits::MAX_INTEGER {
        return Err(serde::de::Error::custom("integer above 2^53 - 1"));
    }
    Ok(value)
}

/// As [`integer`], and at least 1.
pub(crate) fn positive<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = integer(deserializer)?;
    if value == 0 {
        return Err(serde::de::Error::custom("integer below 1"));
    }
    Ok(value)
}

/// Whether `list` ascends strictly: sorted, and nothing twice.
pub(crate) fn ascends<T: Ord>(list: impl IntoIterator<Item = T>) -> bool {
    let mut previous = None;
    for item in list {
        if previous.as_ref().is_some_and(|before| *before >= item) {
            return false;
        }
        previous = Some(item);
    }
    true
}
