//! Base58 with the Bitcoin alphabet (IETF draft-msporny-base58, 2021) for the two fixed lengths of the protocol: keys (34 bytes)
//! and signatures (64 bytes). Ten digits at a time, since 58^10 fits 64 bits: every record is read with several of them, and
//! digit by digit they took a quarter of the time of reading it.

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Value of each digit by its byte; 255 for bytes that are none.
const VALUES: [u8; 256] = values();
/// Digits taken in one step.
const STEP: usize = 10;
/// Words of 64 bits that hold the longest number, 64 bytes, and the overflow that shows a longer one.
const WORDS: usize = 9;

const fn values() -> [u8; 256] {
    let mut table = [u8::MAX; 256];
    let (mut digit, mut value) = (0, 0_u8);
    while digit < ALPHABET.len() {
        table[ALPHABET[digit] as usize] = value;
        digit += 1;
        value += 1;
    }
    table
}

/// The `N` bytes (at most 64) that `text` stands for; nothing if it has a byte that is no digit or stands for another number
/// of bytes. Each leading `1` stands for one zero byte.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    // 64 bytes take at most 88 digits.
    if text.len() > 88 {
        return None;
    }
    let zeros = text.bytes().take_while(|byte| *byte == b'1').count();
    let mut number = [0_u64; WORDS];
    for digits in text.as_bytes()[zeros..].chunks(STEP) {
        let (mut value, mut factor) = (0_u64, 1_u64);
        for byte in digits {
            let digit = VALUES[usize::from(*byte)];
            if digit == u8::MAX {
                return None;
            }
            value = value * 58 + u64::from(digit);
            factor *= 58;
        }
        for word in &mut number {
            let wide = u128::from(*word) * u128::from(factor) + u128::from(value);
            (*word, value) = halves(wide);
        }
    }
    let mut wide = [0; WORDS * 8];
    for (bytes, word) in wide.rchunks_mut(8).zip(number) {
        bytes.copy_from_slice(&word.to_be_bytes());
    }
    let significant = wide.len() - wide.iter().take_while(|byte| **byte == 0).count();
    if zeros + significant != N {
        return None;
    }
    let mut bytes = [0; N];
    bytes[zeros..].copy_from_slice(&wide[wide.len() - significant..]);
    Some(bytes)
}

/// The low and the high half.
const fn halves(wide: u128) -> (u64, u64) {
    (wide as u64, (wide >> 64) as u64)
}

/// Appends the digits of at most 64 bytes to `out`.
pub(crate) fn encode(bytes: &[u8], out: &mut String) {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let mut number = [0_u64; WORDS];
    for (word, bytes) in number.iter_mut().zip(bytes.rchunks(8)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    let mut used = bytes.len().div_ceil(8).min(WORDS);
    let mut digits = [0_u8; WORDS * 12];
    let mut end = 0;
    while used > 0 {
        // Two divisions of 32 bits a word: those of 128 bits are calls into a library.
        const PART: u64 = 58_u64.pow(5);
        let mut rest = 0_u64;
        for word in number[..used].iter_mut().rev() {
            let high = rest << 32 | *word >> 32;
            let low = (high % PART) << 32 | (*word & 0xFFFF_FFFF);
            *word = ((high / PART) << 32) | (low / PART);
            rest = low % PART;
        }
        for digit in &mut digits[end..end + 5] {
            *digit = u8::try_from(rest % 58).unwrap_or_default();
            rest /= 58;
        }
        end += 5;
        while used > 0 && number[used - 1] == 0 {
            used -= 1;
        }
    }
    let significant = end - digits[..end].iter().rev().take_while(|digit| **digit == 0).count();
    out.extend(std::iter::repeat_n('1', zeros));
    out.extend(
        digits[..significant]
            .iter()
            .rev()
            .map(|digit| char::from(ALPHABET[usize::from(*digit)])),
    );
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};
    use proptest::prelude::*;

    fn written(bytes: &[u8]) -> String {
        let mut out = String::new();
        encode(bytes, &mut out);
        out
    }

    /// What another implementation says, cut to one length.
    fn other<const N: usize>(text: &str) -> Option<[u8; N]> {
        bs58::decode(text).into_vec().ok()?.try_into().ok()
    }

    proptest! {
        #[test]
        fn writes_what_bs58_writes(zeros in 0_usize..6, bytes in prop::collection::vec(any::<u8>(), 0..58)) {
            let bytes = [vec![0; zeros], bytes].concat();
            prop_assert_eq!(written(&bytes), bs58::encode(&bytes).into_string());
        }

        #[test]
        fn reads_what_bs58_reads(key in any::<[u8; 34]>(), signature in any::<[u8; 64]>(), zeros in 0_usize..4) {
            let (mut key, mut signature) = (key, signature);
            key[..zeros].fill(0);
            signature[..zeros].fill(0);
            for text in [written(&key), written(&signature), format!("1{}", written(&key)), format!("1{}", written(&signature))] {
                prop_assert_eq!(decode::<34>(&text), other::<34>(&text));
                prop_assert_eq!(decode::<64>(&text), other::<64>(&text));
            }
            prop_assert_eq!(decode(&written(&signature)), Some(signature));
        }

        #[test]
        fn refuses_what_bs58_refuses(text in "[1-9A-Za-z0OIl+é]{0,90}") {
            prop_assert_eq!(decode::<34>(&text), other::<34>(&text));
            prop_assert_eq!(decode::<64>(&text), other::<64>(&text));
        }
    }

    #[test]
    fn the_greatest_numbers() {
        let (all, text) = ([0xFF; 64], written(&[0xFF; 64]));
        assert_eq!(decode(&text), Some(all));
        assert_eq!(decode::<64>(&"z".repeat(88)), None);
        assert_eq!(decode::<64>(&"1".repeat(64)), Some([0; 64]));
        assert_eq!(decode::<64>(&"1".repeat(65)), None);
        assert_eq!(decode::<0>(""), Some([]));
    }
}
