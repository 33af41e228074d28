//! The JSON-LD context of a document: which prefixes stand for which namespaces.
//!
//! Source: W3C JSON-LD 1.1, section 4.1 (as far as EPCIS 2.0 documents use it: prefixes); the EPCIS 2.0 context
//! <https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld> for the prefixes every document has. Nothing is
//! fetched: a context named by address adds no prefixes beyond these.

use std::collections::{BTreeMap, BTreeSet};

use super::json::Json;

/// Prefixes the EPCIS context defines.
const STANDARD: [(&str, &str); 6] = [
    ("cbv", "https://ref.gs1.org/cbv/"),
    ("cbvmda", "urn:epcglobal:cbv:mda:"),
    ("epcis", "https://ref.gs1.org/epcis/"),
    ("gs1", "https://gs1.org/voc/"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Prefixes in force, and the fields a repository declares to be its own additions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    prefixes: BTreeMap<String, String>,
    ignored: BTreeSet<String>,
}

impl Default for Context {
    fn default() -> Self {
        let prefixes = STANDARD
            .iter()
            .map(|(name, space)| ((*name).to_owned(), (*space).to_owned()))
            .collect();
        Self {
            prefixes,
            ignored: BTreeSet::new(),
        }
    }
}

impl Context {
    /// The context of an object: the standard prefixes and those of its `@context`.
    pub fn of(object: &Json) -> Self {
        Self::default().within(object)
    }

    /// This context with the additions of an inner object's `@context`.
    pub fn within(&self, object: &Json) -> Self {
        let mut context = self.clone();
        if let Some(given) = object.get("@context") {
            context.add(given);
        }
        context
    }

    fn add(&mut self, given: &Json) {
        given.elements().iter().for_each(|part| self.add(part));
        for (name, value) in given.members() {
            if let Some(space) = value.text().or_else(|| value.get("@id").and_then(Json::text)) {
                self.prefixes.insert(name.clone(), space.to_owned());
            }
        }
    }

    /// Notes the fields listed by a member whose local name is `ignoreFields`: they were added by a repository and take
    /// no part in the event hash.
    pub fn note_ignored(&mut self, object: &Json) {
        for (name, value) in object.members() {
            if name.ends_with(":ignoreFields") {
                let names: Vec<String> = value
                    .elements()
                    .iter()
                    .filter_map(Json::text)
                    .map(|name| self.expand_name(name))
                    .collect();
                self.ignored.extend(names);
            }
        }
    }

    /// Whether a field, by its expanded name, takes no part in the event hash.
    pub fn ignores(&self, expanded: &str) -> bool {
        self.ignored.contains(expanded)
    }

    /// A compact name or value as full URI; other texts unchanged.
    pub fn expand(&self, text: &str) -> String {
        match self.split(text) {
            Some((space, local)) => format!("{space}{local}"),
            None => text.to_owned(),
        }
    }

    /// A member name as `{namespace}local`, the form of the event hash (CBV 2.0, section 8.9, rules 19 and 20).
    pub fn expand_name(&self, name: &str) -> String {
        if let Some((space, local)) = self.split(name) {
            return format!("{{{space}}}{local}");
        }
        let end = name.contains(':').then(|| name.rfind(['#', '/', ':'])).flatten();
        match end {
            Some(end) => format!("{{{}}}{}", &name[..=end], &name[end + 1..]),
            None => name.to_owned(),
        }
    }

    fn split<'a>(&self, text: &'a str) -> Option<(&str, &'a str)> {
        let (prefix, local) = text.split_once(':')?;
        self.prefixes.get(prefix).map(|space| (space.as_str(), local))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_come_from_every_part_of_the_context_and_inner_ones_win() {
        let outer = Json::parse(
            br#"{"@context":["https://x.example/c.jsonld",{"a":"https://a.example/"},{"b":{"@id":"urn:b:"}}]}"#,
        );
        let context = Context::of(&outer.unwrap());
        assert_eq!(context.expand_name("a:x"), "{https://a.example/}x");
        assert_eq!(context.expand_name("b:y"), "{urn:b:}y");
        assert_eq!(context.expand_name("https://c.example/n#z"), "{https://c.example/n#}z");
        assert_eq!(context.expand_name("plain"), "plain");
        assert_eq!(context.expand("gs1:Temperature"), "https://gs1.org/voc/Temperature");
        let inner = Json::parse(br#"{"@context":{"a":"https://other.example/"}}"#).unwrap();
        assert_eq!(context.within(&inner).expand("a:x"), "https://other.example/x");
    }
}
