//! The properties of a card: a name, parameters and a value.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// A property, read from an unfolded line.
pub(super) struct Property {
    /// What binds properties together, as `item1` in `item1.TEL` and `item1.X-ABLabel`; empty without a
    /// group.
    pub group: String,
    /// In capitals.
    pub name: String,
    /// The values of the parameter `TYPE` in lower case, and the parameters of version 2.1 that have only a
    /// value.
    pub kinds: Vec<String>,
    parameters: Vec<(String, String)>,
    /// Decoded, but with the escapes that separate its parts.
    pub value: String,
}

impl Property {
    /// Returns `None` for a line that is not a property.
    pub(super) fn read(line: &str) -> Option<Self> {
        let (head, value) = split_once_unquoted(line, ':')?;
        let mut parts = split_unquoted(head, ';').into_iter();
        let name = parts.next()?.trim();
        let (group, name) = name.rsplit_once('.').unwrap_or(("", name));
        let mut property = Self {
            group: group.to_ascii_lowercase(),
            name: name.to_ascii_uppercase(),
            kinds: Vec::new(),
            parameters: Vec::new(),
            value: value.to_owned(),
        };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or(("TYPE", part));
            if name.eq_ignore_ascii_case("TYPE") {
                let kinds = value.split(',').map(|kind| kind.trim_matches([' ', '"']).to_ascii_lowercase());
                property.kinds.extend(kinds);
            } else {
                property.parameters.push((name.to_ascii_uppercase(), value.trim_matches('"').to_owned()));
            }
        }
        property.decode();
        Some(property)
    }

    /// Returns the value of another parameter than `TYPE`; empty without it.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.parameters.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        self.kinds.iter().any(|known| known == kind)
    }

    /// Returns the value as one text.
    pub(super) fn text(&self) -> String {
        unescape(self.value.trim())
    }

    /// Returns the parts between semicolons. Several values of a part, between commas, have a space between
    /// them.
    pub(super) fn parts(&self) -> Vec<String> {
        let part = |part: &str| {
            let values = split_unescaped(part, ',').into_iter().map(|value| unescape(value.trim()));
            values.filter(|value| !value.is_empty()).collect::<Vec<_>>().join(" ")
        };
        split_unescaped(&self.value, ';').into_iter().map(part).collect()
    }

    /// Returns the parts between semicolons. A comma is a sign of the text, as in addresses and names of
    /// organizations.
    pub(super) fn whole_parts(&self) -> Vec<String> {
        split_unescaped(&self.value, ';').into_iter().map(|part| unescape(part.trim())).collect()
    }

    /// Returns the values between commas.
    pub(super) fn list(&self) -> Vec<String> {
        split_unescaped(&self.value, ',').into_iter().map(|value| unescape(value.trim())).collect()
    }

    /// Decodes the bytes of version 2.1.
    fn decode(&mut self) {
        let is_encoded = self.is("quoted-printable")
            || self.parameter("ENCODING").eq_ignore_ascii_case("quoted-printable");
        if is_encoded {
            let charset = self.parameter("CHARSET");
            let encoding = Encoding::for_label(charset.as_bytes()).unwrap_or(UTF_8);
            let bytes = bytes_of(&self.value);
            let (text, is_wrong) = encoding.decode_without_bom_handling(&bytes);
            self.value =
                if is_wrong { WINDOWS_1252.decode(&bytes).0.into_owned() } else { text.into_owned() };
        }
    }
}

/// Returns the bytes of a text in which `=E9` is a byte.
fn bytes_of(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        let byte = code.filter(|_| first == b'=').and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes
}

fn split_once_unquoted(text: &str, sign: char) -> Option<(&str, &str)> {
    let first = *split_unquoted(text, sign).first()?;
    Some((first, text.get(first.len() + 1..)?))
}

/// Splits a text at a sign that is not between quotes.
fn split_unquoted(text: &str, sign: char) -> Vec<&str> {
    let mut is_quoted = false;
    text.split(move |c| {
        is_quoted ^= c == '"';
        c == sign && !is_quoted
    })
    .collect()
}

/// Splits a text at a sign that is not behind a backslash.
fn split_unescaped(text: &str, sign: char) -> Vec<&str> {
    let mut is_escaped = false;
    text.split(move |c| {
        let was_escaped = is_escaped;
        is_escaped = c == '\\' && !was_escaped;
        c == sign && !was_escaped
    })
    .collect()
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(c @ ('\\' | ',' | ';' | ':')) => out.push(c),
                Some(other) => out.extend(['\\', other]),
                None => out.push('\\'),
            },
            '\r' => {}
            c => out.push(c),
        }
    }
    out
}
