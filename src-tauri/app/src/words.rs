//! Sentences by code in three languages, for the terminal and for reports that leave the app.
//! The files are `assets/words/<theme>.<language>.json`: one object, code → sentence with `{name}` for values.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

/// A language we speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
    /// German.
    De,
}

impl Language {
    /// From a locale name such as `de_DE.UTF-8`, `zh_CN` or `zh-Hans`; English for every other.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        match locale.get(..2) {
            Some("zh") => Self::Zh,
            Some("de") => Self::De,
            _ => Self::En,
        }
    }

    /// Its code in calls.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
            Self::De => "de",
        }
    }

    /// From now on this is asked for in this process, whatever settings and environment say (`--lang`).
    pub(crate) fn choose(self) {
        // The first choice stays.
        let _chosen = CHOSEN.set(self);
    }

    /// What [`choose`](Self::choose) was told.
    pub(crate) fn chosen() -> Option<Self> {
        CHOSEN.get().copied()
    }

    /// The language of the environment: the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set.
    #[must_use]
    pub fn of_environment() -> Self {
        let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        set.map_or(Self::En, |locale| Self::of_locale(&locale))
    }
}

static CHOSEN: OnceLock<Language> = OnceLock::new();

type Book = BTreeMap<String, String>;

macro_rules! theme {
    ($name:literal) => {
        [
            include_str!(concat!("../../../assets/words/", $name, ".en.json")),
            include_str!(concat!("../../../assets/words/", $name, ".zh.json")),
            include_str!(concat!("../../../assets/words/", $name, ".de.json")),
        ]
    };
}

/// The themes in the order en, zh, de.
const THEMES: [[&str; 3]; 6] = [
    theme!("rules"),
    theme!("errors"),
    theme!("import"),
    theme!("kit"),
    theme!("verify"),
    theme!("terminal"),
];

static BOOKS: LazyLock<[Book; 3]> = LazyLock::new(|| {
    [0, 1, 2].map(|language| {
        let mut book = Book::new();
        for theme in THEMES {
            // A file that is not an object of texts fails the test below; here it only leaves its sentences out.
            book.extend(serde_json::from_str::<Book>(theme[language]).unwrap_or_default());
        }
        book
    })
});

/// The words of one language: code → sentence.
#[must_use]
pub fn book(language: Language) -> &'static BTreeMap<String, String> {
    let [en, zh, de] = &*BOOKS;
    match language {
        Language::En => en,
        Language::Zh => zh,
        Language::De => de,
    }
}

/// The sentence for `code` with its values put in; a code without a sentence is shown as it is, with its values.
#[must_use]
pub fn sentence(language: Language, code: &str, values: &BTreeMap<String, String>) -> String {
    let Some(sentence) = book(language).get(code) else {
        let values: Vec<String> = values.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        return if values.is_empty() {
            code.to_owned()
        } else {
            format!("{code} ({})", values.join(", "))
        };
    };
    values.iter().fold(sentence.clone(), |text, (name, value)| {
        // Why the ledger stands still is a code with words of its own.
        let words = value.starts_with("halt.").then(|| book(language).get(value)).flatten();
        text.replace(&format!("{{{name}}}"), words.unwrap_or(value))
    })
}

/// The sentence for `code` with a few values.
#[must_use]
pub fn say(language: Language, code: &str, values: &[(&str, &str)]) -> String {
    let values = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    sentence(language, code, &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in braces, sorted.
    fn placeholders(sentence: &str) -> Vec<String> {
        let mut names: Vec<String> = sentence
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}').map(|(name, _)| name.to_owned()))
            .collect();
        names.sort();
        names.dedup();
        names
    }

    #[test]
    fn every_file_is_an_object_of_texts() {
        for theme in THEMES {
            for text in theme {
                serde_json::from_str::<Book>(text).unwrap();
            }
        }
    }

    #[test]
    fn every_sentence_stands_in_every_language_with_the_same_values() {
        let english = book(Language::En);
        for language in [Language::En, Language::Zh, Language::De] {
            let other = book(language);
            let missing: Vec<_> = english.keys().filter(|code| !other.contains_key(*code)).collect();
            let over: Vec<_> = other.keys().filter(|code| !english.contains_key(*code)).collect();
            assert!(
                missing.is_empty() && over.is_empty(),
                "{language:?}: missing {missing:?}, over {over:?}"
            );
            for (code, sentence) in english {
                assert_eq!(
                    placeholders(sentence),
                    placeholders(&other[code]),
                    "{language:?} {code}"
                );
            }
        }
    }

    /// Every text that stands between quotation marks in our sources.
    fn quoted() -> std::collections::BTreeSet<String> {
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut texts = std::collections::BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = std::fs::read_to_string(path).unwrap();
                    texts.extend(
                        text.split("UserError::new(\"")
                            .skip(1)
                            .filter_map(|rest| rest.split('"').next().map(str::to_owned)),
                    );
                    texts.extend(
                        text.split('"')
                            .filter(|text| {
                                text.starts_with("import.")
                                    || text.starts_with("consequence.")
                                    || text.starts_with("terminal.")
                            })
                            .map(str::to_owned),
                    );
                }
            }
        }
        texts
    }

    #[test]
    fn every_code_has_words() {
        let book = book(Language::En);
        let rules = systems::rules().map(|rule| rule.code.to_owned());
        let kinds = systems::KINDS.iter().map(|kind| {
            format!(
                "kind.{}",
                kind.trim_end_matches(|c: char| c == '.' || c.is_ascii_digit())
            )
        });
        let codes = rules.chain(kinds).chain(quoted());
        let missing: Vec<String> = codes
            .filter(|code| !book.contains_key(code) && !code.ends_with('.'))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn a_locale_chooses_the_language() {
        assert_eq!(Language::of_locale("zh_CN.UTF-8"), Language::Zh);
        assert_eq!(Language::of_locale("de"), Language::De);
        assert_eq!(Language::of_locale("C"), Language::En);
        assert_eq!(Language::of_locale("日本"), Language::En);
    }
}
