//! The secret of a recovery kit as people write it: 24 English words (BIP-39, 256 bits of entropy, the last word a checksum), or the
//! text of the printed QR code, which names the network and the firm too.

use crate::error::UserError;
use bip39::{Error, Language, Mnemonic};
use ledger::{Hash, Party};
use zeroize::Zeroizing;

/// Words of a kit.
pub(crate) const COUNT: usize = 24;
/// What the text of the QR code begins with.
const FORM: &str = "sealroad-kit.1";

/// What a kit says.
pub(crate) struct Phrase {
    /// The seed of its key.
    pub(crate) seed: Zeroizing<[u8; 32]>,
    /// Network and firm, where the text of the QR code was given.
    pub(crate) of: Of,
}

/// Network and firm, if it is known of which it is.
type Of = Option<(Hash, Party)>;

/// The words of a seed.
pub(crate) fn words(seed: &[u8; 32]) -> Result<Vec<&'static str>, UserError> {
    let mnemonic = Mnemonic::from_entropy(seed).map_err(|error| UserError::new("program-fault").with("what", error))?;
    Ok(mnemonic.words().collect())
}

/// The text of the QR code.
pub(crate) fn code(network: &Hash, party: &Party, words: &[&str]) -> Zeroizing<String> {
    Zeroizing::new(format!("{FORM} {network} {party} {}", words.join(" ")))
}

/// Reads what was typed, pasted or scanned. Numbers before the words, as they are printed, are passed over.
pub(crate) fn read(text: &str) -> Result<Phrase, UserError> {
    let lower = Zeroizing::new(text.trim().to_owned());
    let (of, rest) = match lower.strip_prefix(FORM) {
        Some(rest) => of(rest)?,
        None => (None, lower.as_str()),
    };
    let is_number = |word: &&str| !word.chars().all(|c| c.is_ascii_digit() || ".):".contains(c));
    let words: Vec<&str> = rest.split(|c: char| c.is_whitespace() || c == ',').collect();
    let words: Vec<&str> = words.into_iter().filter(is_number).collect();
    let typed = Zeroizing::new(words.join(" ").to_lowercase());
    if let Some((position, word)) = unknown(&typed) {
        return Err(UserError::new("keys.word-unknown")
            .at("words")
            .with("position", position)
            .with("value", word));
    }
    if words.len() != COUNT {
        return Err(UserError::new("keys.words-count")
            .at("words")
            .with("value", words.len())
            .with("expected", COUNT));
    }
    let mnemonic = Mnemonic::parse_in_normalized(Language::English, &typed).map_err(|error| match error {
        Error::UnknownWord(place) => UserError::new("keys.word-unknown")
            .with("position", place + 1)
            .with("value", ""),
        _ => UserError::new("keys.words-checksum"),
    });
    let (entropy, length) = mnemonic.map_err(|error| error.at("words"))?.to_entropy_array();
    let entropy = Zeroizing::new(entropy);
    let seed = entropy.get(..length).and_then(|seed| <[u8; 32]>::try_from(seed).ok());
    let seed = seed.ok_or_else(|| UserError::new("keys.words-checksum").at("words"))?;
    Ok(Phrase {
        seed: Zeroizing::new(seed),
        of,
    })
}

/// The first word that is not in the list, and its place from 1.
fn unknown(typed: &str) -> Option<(usize, &str)> {
    let mut words = typed.split_whitespace().enumerate();
    let found = words.find(|(_, word)| Language::English.find_word(word).is_none());
    found.map(|(place, word)| (place + 1, word))
}

/// Network and firm, and the words after them.
fn of(rest: &str) -> Result<(Of, &str), UserError> {
    let bad = || UserError::new("keys.code-unreadable").at("words");
    let (network, rest) = rest.trim_start().split_once(' ').ok_or_else(bad)?;
    let (party, rest) = rest.trim_start().split_once(' ').ok_or_else(bad)?;
    let network = network.parse().map_err(|_| bad())?;
    Ok((Some((network, party.parse().map_err(|_| bad())?)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// BIP-39's own test vectors (Trezor, `vectors.json`), 256 bits.
    const VECTORS: [(&str, &str); 2] = [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
             abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art",
        ),
        (
            "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
            "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel tennis \
             maple dilemma loan word shrug inflict delay length",
        ),
    ];

    fn fault(text: &str) -> UserError {
        read(text).err().unwrap()
    }

    #[test]
    fn words_are_those_of_the_standard_and_read_back() {
        for (seed, text) in VECTORS {
            let seed: [u8; 32] = hex::decode(seed).unwrap().try_into().unwrap();
            assert_eq!(words(&seed).unwrap().join(" "), text);
            assert_eq!(*read(text).unwrap().seed, seed);
        }
    }

    #[test]
    fn what_people_write_around_the_words_is_passed_over() {
        let numbered: Vec<String> = VECTORS[1]
            .1
            .split(' ')
            .enumerate()
            .map(|(n, word)| format!("{}. {word}\n", n + 1))
            .collect();
        assert_eq!(
            *read(&numbered.concat().to_uppercase()).unwrap().seed,
            *read(VECTORS[1].1).unwrap().seed
        );
        assert_eq!(
            *read(&VECTORS[1].1.replace(' ', ", ")).unwrap().seed,
            *read(VECTORS[1].1).unwrap().seed
        );
    }

    #[test]
    fn a_wrong_word_is_named_by_its_place_and_a_swapped_pair_by_the_checksum() {
        let wrong = fault(&VECTORS[1].1.replace("dutch", "duch"));
        assert_eq!(
            (wrong.code.as_str(), wrong.values["position"].as_str()),
            ("keys.word-unknown", "4")
        );
        assert_eq!(wrong.values["value"], "duch");
        assert_eq!(
            fault(&VECTORS[1].1.replace("hamster diagram", "diagram hamster")).code,
            "keys.words-checksum"
        );
        let short = fault("hamster diagram private");
        assert_eq!(
            (short.code.as_str(), short.values["value"].as_str()),
            ("keys.words-count", "3")
        );
        assert_eq!(fault("").code, "keys.words-count");
        assert_eq!(fault("sealroad-kit.1 zz abandon art").code, "keys.code-unreadable");
    }

    #[test]
    fn the_code_says_of_which_firm_it_is() {
        let party = Party::of(ledger::SecretKey::from_seed(&[7; 32]).public());
        let network = Hash::of(b"network");
        let words = words(&[9; 32]).unwrap();
        let read = read(&code(&network, &party, &words)).unwrap();
        assert_eq!((*read.seed, read.of), ([9; 32], Some((network, party))));
    }
}
