//! A contact as a line of the strict file.

use crate::book::contact::Contact;
use crate::domain::{Civility, Email, Field, Phone, Recipient, Text};
use crate::imports::format::{self, Reading};

/// Returns the line with its line end. Returns `None` if an import of the line would not find the contact unchanged: no
/// e-mail, a comma, a name of more than 20 characters, a phone field with more than one number.
pub fn line(contact: &Contact) -> Option<String> {
    let mut phones = contact.phones().into_iter();
    let work = phones.find(|phone| phone.field == Field::PhoneWork);
    if work.is_some_and(|phone| phone.numbers().len() > 1) {
        return None;
    }
    let recipient = Recipient {
        civility: Civility::parse(&contact.civility).ok()?,
        first_name: Text::parse(&contact.first_name).ok()?,
        last_name: Text::parse(&contact.last_name).ok()?,
        email: Some(Email::stored(contact.email())?),
        service: Text::parse(&contact.service).ok()?,
        phone: Phone::parse_strict(&Phone::in_file(&contact.phone_work)?).ok()?,
        address: Text::parse(&contact.address).ok()?,
        city: Text::parse(&contact.city).ok()?,
    };
    let line = format::write(&recipient);
    let read_again = format::recipient(line.as_bytes(), Reading::default());
    (read_again.as_ref() == Some(&recipient)).then(|| line + "\n")
}
