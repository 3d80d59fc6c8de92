//! Contact cards: vCard 4.0 (RFC 6350), and 3.0 (RFC 2426) for Outlook, which reads nothing newer.
//!
//! A card needs one contact only, so a whole book can be written one contact at a time.

use chrono::NaiveDateTime;

use super::contact::{Contact, ContactPhone};
use crate::domain::{BookId, CARD_EXACT, CARD_PRODUCT, Country, Field, OwnId, language_tag};

/// The most octets of a line, without its line end.
const LINE: usize = 75;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Version {
    #[default]
    Four,
    Three,
}

impl Version {
    /// The version's name in the URL.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "4" => Some(Self::Four),
            "3" => Some(Self::Three),
            _ => None,
        }
    }
}

/// Appends the card of a contact to `out`. `organization` is the name of its organization, or empty. Other programs do not read
/// a language without a known tag ([`language_tag`]), nor those of version 3.0.
pub fn write(out: &mut String, contact: &Contact, organization: &str, version: Version, book: &BookId) {
    let is_four = version == Version::Four;
    let mut card = Card { out };
    card.line("BEGIN:VCARD");
    card.line(if is_four { "VERSION:4.0" } else { "VERSION:3.0" });
    card.line(&format!("PRODID:{CARD_PRODUCT}"));
    card.line(&format!("UID:{}", OwnId { book: book.clone(), contact: contact.id }.uid()));
    card.text("FN", &[&contact.name()]);
    let names = [&contact.last_name, &contact.first_name, "", &contact.civility, ""];
    card.text("N", &names);
    match (organization, contact.service.as_str()) {
        ("", "") => {}
        (organization, "") => card.text("ORG", &[organization]),
        (organization, service) => card.text("ORG", &[organization, service]),
    }
    if !contact.title.is_empty() {
        card.text("TITLE", &[&contact.title]);
    }
    for phone in contact.phones() {
        card.phone(&phone, version);
        card.exactly(phone.field.form_name(), phone.typed);
    }
    for (kind, email) in
        [("work", contact.email()), ("home", &contact.email_personal), ("", &contact.email_other)]
    {
        if email.is_empty() {
            continue;
        }
        let parameters = match (is_four, kind) {
            (true, "") => String::new(),
            (true, kind) => format!(";TYPE={kind}"),
            (false, "") => ";TYPE=INTERNET".to_owned(),
            (false, kind) => format!(";TYPE=INTERNET,{}", kind.to_uppercase()),
        };
        // Without a label, an import and a phone would take the only e-mail of a card for that of the work.
        let group = if kind.is_empty() { "item1." } else { "" };
        card.text(&format!("{group}EMAIL{parameters}"), &[email]);
        if kind.is_empty() {
            card.line("item1.X-ABLabel:Autre");
        }
    }
    card.address(contact, version);
    if let Some(link) = contact.external_link() {
        // An address, not a text: it is not escaped, but some readers end it at a comma.
        card.line(&format!("URL:{}", link.as_str().replace(',', "%2C")));
        card.exactly(Field::ExternalUrl.form_name(), &contact.external_url);
    }
    if !contact.topics.is_empty() {
        let topics: Vec<String> = contact.topics.lines().map(escape).collect();
        card.line(&format!("CATEGORIES:{}", topics.join(",")));
    }
    if is_four {
        let tags = contact.languages.lines().filter_map(language_tag);
        for (index, tag) in tags.enumerate() {
            card.line(&format!("LANG;PREF={}:{tag}", index + 1));
        }
    }
    if !contact.languages.is_empty() {
        card.exactly("languages", &contact.languages);
    }
    card.line(&format!("REV:{}", revision(contact.updated_at, version)));
    card.line("END:VCARD");
}

/// A card that is written line by line.
struct Card<'a> {
    out: &'a mut String,
}

impl Card<'_> {
    /// Writes a line, folded if it is too long, never within a character.
    fn line(&mut self, line: &str) {
        let mut length = 0;
        for c in line.chars() {
            if length + c.len_utf8() > LINE {
                self.out.push_str("\r\n ");
                length = 1;
            }
            self.out.push(c);
            length += c.len_utf8();
        }
        self.out.push_str("\r\n");
    }

    /// Writes a property with one or more texts.
    fn text(&mut self, name: &str, texts: &[&str]) {
        let texts: Vec<String> = texts.iter().map(|text| escape(text)).collect();
        self.line(&format!("{name}:{}", texts.join(";")));
    }

    /// Writes a value as it is stored, where the property that other programs read has it in another form.
    fn exactly(&mut self, name: &str, value: &str) {
        self.text(&format!("{CARD_EXACT}{}", name.to_ascii_uppercase().replace('_', "-")), &[value]);
    }

    /// Writes one property per number of the field, as a device dials all the digits of a property.
    fn phone(&mut self, phone: &ContactPhone<'_>, version: Version) {
        let kind = match phone.field {
            Field::PhoneWork => "work,",
            Field::PhoneCell => "cell,",
            Field::PhoneHome => "home,",
            _ => "",
        };
        let kind = match version {
            Version::Four => {
                let text = if phone.sms { ",text" } else { "" };
                format!("TEL;TYPE={kind}voice{text}")
            }
            Version::Three => format!("TEL;TYPE={}VOICE", kind.to_uppercase()),
        };
        let numbers = phone.numbers();
        if numbers.is_empty() {
            self.text(&kind, &[phone.typed]);
        }
        for number in numbers {
            match (&number.e164, version) {
                (Some(_), Version::Four) if number.tones().is_empty() => {
                    self.line(&format!("{kind};VALUE=uri:tel:{}", number.dial()));
                }
                // Version 3.0 has no syntax for an extension: the number is written as a text.
                (Some(_), Version::Three) if number.extension().is_some() => {
                    self.text(&kind, &[&number.typed]);
                }
                (Some(e164), _) => self.text(&kind, &[&format!("{e164}{}", number.tones())]),
                // A URI cannot have a short number without its country.
                (None, _) => self.text(&kind, &[&number.typed]),
            }
        }
    }

    fn address(&mut self, contact: &Contact, version: Version) {
        let country = Country::parse(&contact.country).map_or("", Country::french);
        let parts = ["", "", &contact.address, &contact.city, &contact.state, &contact.postal_code, country];
        if parts.iter().all(|part| part.is_empty()) {
            return;
        }
        let name = match version {
            Version::Four => "ADR;TYPE=work",
            Version::Three => "ADR;TYPE=WORK",
        };
        self.text(name, &parts);
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => {
                escaped.push('\\');
                escaped.push(c);
            }
            '\n' => escaped.push_str("\\n"),
            '\r' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

fn revision(at: NaiveDateTime, version: Version) -> String {
    let format = match version {
        Version::Four => "%Y%m%dT%H%M%SZ",
        Version::Three => "%Y-%m-%dT%H:%M:%SZ",
    };
    at.format(format).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(line: &str) -> String {
        let mut out = String::new();
        Card { out: &mut out }.line(line);
        out
    }

    #[test]
    fn special_characters_of_the_format_are_escaped_in_texts() {
        assert_eq!(escape("a\\b, c; d\r\ne"), "a\\\\b\\, c\\; d\\ne");
    }

    proptest! {
        #[test]
        fn lines_are_folded_at_75_octets_and_read_back_whole(line in "[aé€𝄞]{0,200}") {
            let out = folded(&line);
            for part in out.split_terminator("\r\n") {
                prop_assert!(part.len() <= LINE);
            }
            prop_assert_eq!(out.replace("\r\n ", ""), format!("{line}\r\n"));
        }
    }
}
