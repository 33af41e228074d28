//! JSON text as a tree that loses nothing: members keep their order, numbers keep their digits.
//!
//! Source: RFC 8259. A number here is the text the document had, because the event hash and the quantities of goods must
//! not pass through binary floating point.

/// How deep arrays and objects may lie in each other.
pub const MAX_DEPTH: usize = 64;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number as written.
    Number(String),
    /// A string, escapes resolved.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object; members in the order of the text, no name twice.
    Object(Vec<(String, Json)>),
}

/// Text that is not JSON, or not JSON we accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFault {
    /// What was found at the place.
    pub rule: JsonRule,
    /// Line, counted from 1.
    pub line: usize,
    /// Column in bytes, counted from 1.
    pub column: usize,
}

/// Why text was not accepted as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonRule {
    /// The text breaks the grammar or ends too early.
    Syntax,
    /// The bytes are not UTF-8.
    Encoding,
    /// More than [`MAX_DEPTH`] levels.
    Depth,
    /// A member name appears twice in one object.
    DuplicateName,
}

impl Json {
    /// Reads one JSON value; a byte order mark in front is ignored.
    ///
    /// # Errors
    /// At the first place where the text is not JSON, too deep, or repeats a member name.
    pub fn parse(bytes: &[u8]) -> Result<Json, JsonFault> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes)
            .map_err(|error| fault(&bytes[..error.valid_up_to()], error.valid_up_to(), JsonRule::Encoding))?;
        let mut reader = Reader { text, at: 0 };
        reader
            .value(0)
            .and_then(|value| {
                reader.blank();
                if reader.at == text.len() {
                    Ok(value)
                } else {
                    Err(JsonRule::Syntax)
                }
            })
            .map_err(|rule| fault(bytes, reader.at, rule))
    }

    /// The member of an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.members()
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    /// The members of an object; none for other values.
    pub fn members(&self) -> &[(String, Json)] {
        if let Json::Object(members) = self { members } else { &[] }
    }

    /// The elements of an array; none for other values.
    pub fn elements(&self) -> &[Json] {
        if let Json::Array(elements) = self {
            elements
        } else {
            &[]
        }
    }

    /// The text of a string.
    pub fn text(&self) -> Option<&str> {
        if let Json::String(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Writes the value without white space.
    pub fn write(&self, out: &mut String) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Number(text) => out.push_str(text),
            Json::String(text) => write_string(text, out),
            Json::Array(elements) => {
                out.push('[');
                for (place, element) in elements.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    element.write(out);
                }
                out.push(']');
            }
            Json::Object(members) => {
                out.push('{');
                for (place, (name, value)) in members.iter().enumerate() {
                    if place > 0 {
                        out.push(',');
                    }
                    write_string(name, out);
                    out.push(':');
                    value.write(out);
                }
                out.push('}');
            }
        }
    }
}

/// Writes a JSON string with its quotation marks.
pub(super) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn fault(bytes: &[u8], at: usize, rule: JsonRule) -> JsonFault {
    let before = &bytes[..at.min(bytes.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let column = before.len()
        - before
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |place| place + 1)
        + 1;
    JsonFault { rule, line, column }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        self.blank();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonRule> {
        if self.take(byte) { Ok(()) } else { Err(JsonRule::Syntax) }
    }

    fn value(&mut self, depth: usize) -> Result<Json, JsonRule> {
        self.blank();
        match self.peek() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => Err(JsonRule::Depth),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => {
                let words = [
                    ("null", Json::Null),
                    ("true", Json::Bool(true)),
                    ("false", Json::Bool(false)),
                ];
                for (word, value) in words {
                    if self.text[self.at..].starts_with(word) {
                        self.at += word.len();
                        return Ok(value);
                    }
                }
                Err(JsonRule::Syntax)
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Json, JsonRule> {
        self.expect(b'[')?;
        let mut elements = Vec::new();
        if self.take(b']') {
            return Ok(Json::Array(elements));
        }
        loop {
            elements.push(self.value(depth + 1)?);
            if self.take(b']') {
                return Ok(Json::Array(elements));
            }
            self.expect(b',')?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, JsonRule> {
        self.expect(b'{')?;
        let mut members: Vec<(String, Json)> = Vec::new();
        let mut names = std::collections::BTreeSet::new();
        if self.take(b'}') {
            return Ok(Json::Object(members));
        }
        loop {
            self.blank();
            let name = self.string()?;
            if !names.insert(name.clone()) {
                return Err(JsonRule::DuplicateName);
            }
            self.expect(b':')?;
            members.push((name, self.value(depth + 1)?));
            if self.take(b'}') {
                return Ok(Json::Object(members));
            }
            self.expect(b',')?;
        }
    }

    fn digits(&mut self) -> Result<(), JsonRule> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(JsonRule::Syntax) }
    }

    fn number(&mut self) -> Result<Json, JsonRule> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(Json::Number(self.text[start..self.at].to_owned()))
    }

    fn string(&mut self) -> Result<String, JsonRule> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let plain = self.text[self.at..]
                .find(|c: char| c == '"' || c == '\\' || c < ' ')
                .ok_or(JsonRule::Syntax)?;
            out.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escaped()?);
                }
                _ => return Err(JsonRule::Syntax),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, JsonRule> {
        let byte = self.peek().ok_or(JsonRule::Syntax)?;
        let c = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(JsonRule::Syntax),
        };
        self.at += 1;
        Ok(c)
    }

    /// The character of one `\u` escape, or of two that make a surrogate pair.
    fn unicode(&mut self) -> Result<char, JsonRule> {
        let first = self.hex4()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or(JsonRule::Syntax);
        }
        if !self.text[self.at..].starts_with("\\u") {
            return Err(JsonRule::Syntax);
        }
        self.at += 2;
        let second = self.hex4()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(JsonRule::Syntax);
        }
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or(JsonRule::Syntax)
    }

    fn hex4(&mut self) -> Result<u32, JsonRule> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(JsonRule::Syntax)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(JsonRule::Syntax);
        }
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| JsonRule::Syntax)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(text: &str) -> String {
        let mut out = String::new();
        Json::parse(text.as_bytes()).unwrap().write(&mut out);
        out
    }

    #[test]
    fn order_and_digits_survive() {
        let text = r#"{"z":1.50,"a":[-0,1e-7,12345678901234567890.10],"é":"\"\\\u0001\n","m":null,"t":true}"#;
        assert_eq!(again(text), text);
        assert_eq!(
            again(" \u{feff}".trim_start_matches(' ').replace('\u{feff}', "[1]").as_str()),
            "[1]"
        );
        assert_eq!(again(r#""\ud83d\ude00\/""#), "\"😀/\"");
    }

    #[test]
    fn what_is_not_json_is_refused_at_its_place() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\":1,}",
            "01",
            "1.",
            "-",
            "+1",
            "nul",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"a",
            "\"\n\"",
            "[1] 2",
            "{\"a\" 1}",
            "{1:2}",
            "\"\\u00e\"",
            "\"\\u+123\"",
            "\"\\u12é\"",
        ] {
            assert_eq!(
                Json::parse(text.as_bytes()).unwrap_err().rule,
                JsonRule::Syntax,
                "{text}"
            );
        }
        let fault = Json::parse(b"{\n \"a\": 1,\n \"a\": 2}").unwrap_err();
        assert_eq!((fault.rule, fault.line, fault.column), (JsonRule::DuplicateName, 3, 5));
        assert_eq!(Json::parse(b"\"\xff\"").unwrap_err().rule, JsonRule::Encoding);
    }

    #[test]
    fn depth_is_limited() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(Json::parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(
            Json::parse(nested(MAX_DEPTH + 1).as_bytes()).unwrap_err().rule,
            JsonRule::Depth
        );
        assert_eq!(
            Json::parse("[".repeat(1_000_000).as_bytes()).unwrap_err().rule,
            JsonRule::Depth
        );
    }
}
