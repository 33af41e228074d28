//! Words of one or two characters, which trigrams do not hold: most words of Chinese, and the first keys a person types.
//!
//! Beside its words each row keeps marked forms of them, three characters long, so that one trigram finds them: of Chinese every
//! character and every pair, of other scripts how each word begins.

use std::collections::BTreeSet;

/// Stands before a short form. No record's text holds control characters.
const MARK: char = '\u{1}';

/// CJK Unified Ideographs with extension A, Unicode 16: what is written without spaces.
fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

fn marked(one: char, two: Option<char>) -> String {
    match two {
        Some(two) => [MARK, one, two].iter().collect(),
        None => [MARK, MARK, one].iter().collect(),
    }
}

/// The short forms under which `words` (small letters) are found.
pub fn forms(words: &str) -> String {
    let mut forms = BTreeSet::new();
    for word in words.split(|c: char| !c.is_alphanumeric()) {
        let chars: Vec<char> = word.chars().collect();
        for (place, &one) in chars.iter().enumerate() {
            let begins = place == 0 || is_ideograph(one) || is_ideograph(chars[place - 1]);
            if !begins {
                continue;
            }
            forms.insert(marked(one, None));
            if let Some(&two) = chars.get(place + 1) {
                forms.insert(marked(one, Some(two)));
            }
        }
    }
    forms.into_iter().collect()
}

/// What one asked word is looked for as; none if it has nothing that is searched.
pub fn asked(word: &str) -> Option<String> {
    if word.chars().count() > 2 {
        return Some(word.chars().filter(|c| *c != MARK).collect());
    }
    let mut chars = word.chars().filter(|c| c.is_alphanumeric());
    let one = chars.next()?;
    Some(marked(one, chars.next()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(words: &str, asked_word: &str) -> bool {
        let all = format!("{words} {}", forms(words));
        asked(asked_word).is_some_and(|asked| all.contains(&asked))
    }

    #[test]
    fn short_words_are_found_where_they_stand() {
        for (words, word, expected) in [
            ("鹅绒被套 220", "被套", true),
            ("鹅绒被套 220", "绒被", true),
            ("鹅绒被套 220", "套", true),
            ("鹅绒被套 220", "套被", false),
            ("鹅绒被套 220", "22", true),
            ("鹅绒被套 220", "20", false),
            ("s-7012 jilin", "7", true),
            ("s-7012 jilin", "s-", true),
            ("s-7012 jilin", "ji", true),
            ("s-7012 jilin", "li", false),
            ("第7批", "7批", true),
            ("第7批", "第7", true),
            ("öl", "öl", true),
            ("anything", "-", false),
            ("anything", "\u{1}\u{1}a", true),
        ] {
            assert_eq!(finds(words, word), expected, "{word} in {words}");
        }
    }
}
