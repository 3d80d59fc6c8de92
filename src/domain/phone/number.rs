use super::plan;

/// One of the numbers in a phone field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// The remark before it: `fixe`.
    pub before: String,
    /// The number as typed, with its extension; `01 10 20 30 83` for the second of `01 10 20 30 82/83`.
    pub typed: String,
    /// The remark after it: `(standard)`.
    pub after: String,
    /// The digits, after a `+` if the number has one.
    pub(super) digits: String,
    /// `None` for a short number.
    pub e164: Option<String>,
    pub(super) extension: Option<String>,
    /// The pauses and digits that are dialled after the answer: `,,123`.
    pub(super) tones: String,
}

impl Number {
    /// A number without remarks, extension and tones.
    pub(super) fn plain(typed: &str, digits: String, e164: Option<String>) -> Self {
        Self {
            before: String::new(),
            typed: typed.to_owned(),
            after: String::new(),
            digits,
            e164,
            extension: None,
            tones: String::new(),
        }
    }

    /// The number for a `tel:` link. An extension is a parameter (RFC 3966). Pauses are commas, which phones understand although
    /// the RFC has no sign for them.
    pub fn dial(&self) -> String {
        let number = self.e164.as_deref().unwrap_or(&self.digits);
        match &self.extension {
            Some(extension) => format!("{number};ext={extension}"),
            None => format!("{number}{}", self.tones.replace('#', "%23")),
        }
    }

    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }

    pub fn tones(&self) -> &str {
        &self.tones
    }

    /// The number as people read it aloud: digits in the groups of its country, or unchanged if it was typed with other
    /// characters.
    pub fn spoken(&self) -> String {
        spoken(&self.typed, self.e164.as_deref())
    }

    /// The number as typed, with its remarks.
    pub fn text(&self) -> String {
        self.with_remarks(&self.typed)
    }

    /// The number as people read it aloud, with its remarks.
    pub fn spoken_text(&self) -> String {
        self.with_remarks(&self.spoken())
    }

    fn with_remarks(&self, number: &str) -> String {
        let parts = [&self.before, number, &self.after];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }

    /// See [`super::Phone::search_digits`].
    pub fn search_digits(&self) -> Vec<String> {
        let mut found = Vec::new();
        super::add_digits(&mut found, &self.digits, self.e164.as_deref());
        found
    }

    pub fn is_mobile(&self) -> bool {
        self.e164.as_deref().is_some_and(plan::is_mobile)
    }
}

pub(super) fn spoken(typed: &str, e164: Option<&str>) -> String {
    let digits = typed.strip_prefix('+').unwrap_or(typed);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return typed.to_owned();
    }
    match e164 {
        // 118 218
        None if digits.len() == 6 => in_groups(digits, 3),
        None => typed.to_owned(),
        Some(e164) => match e164.strip_prefix("+33") {
            Some(national) if national.len() == 9 => in_groups(&format!("0{national}"), 2),
            _ => plan::formatted(e164).unwrap_or_else(|| typed.to_owned()).replace([' ', '-'], "\u{A0}"),
        },
    }
}

fn in_groups(digits: &str, length: usize) -> String {
    let groups: Vec<&str> =
        (0..digits.len()).step_by(length).map(|at| &digits[at..digits.len().min(at + length)]).collect();
    groups.join("\u{A0}")
}
