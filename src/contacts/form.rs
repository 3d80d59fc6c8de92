//! The contact form: raw text in, a [`Recipient`] or what is wrong out.

use serde::Deserialize;

use super::{Contact, Statuses};
use crate::domain::{Civility, Email, Fault, Field, Phone, Recipient, Text};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

/// The fields as typed; check boxes are `on` or absent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct ContactForm {
    pub civility: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub service: String,
    pub phone_work: String,
    pub address: String,
    pub city: String,
    pub expert: Option<String>,
    pub copy: Option<String>,
    pub transfer: Option<String>,
    /// Which version of the contact the form was drawn from.
    pub version: i64,
}

impl ContactForm {
    /// A new recipient is Expert and Copie.
    pub fn blank() -> Self {
        let on = || Some("on".to_owned());
        Self {
            civility: Civility::default().as_str().to_owned(),
            expert: on(),
            copy: on(),
            ..Self::default()
        }
    }

    pub fn of(contact: &Contact) -> Self {
        let tick = |on: bool| on.then(|| "on".to_owned());
        Self {
            civility: contact.civility.clone(),
            first_name: contact.first_name.clone(),
            last_name: contact.last_name.clone(),
            email: contact.email().to_owned(),
            service: contact.service.clone(),
            phone_work: contact.phone_work.clone(),
            address: contact.address.clone(),
            city: contact.city.clone(),
            expert: tick(contact.expert),
            copy: tick(contact.copy),
            transfer: tick(contact.transfer),
            version: contact.version,
        }
    }

    fn statuses(&self) -> Statuses {
        Statuses {
            expert: self.expert.is_some(),
            copy: self.copy.is_some(),
            transfer: self.transfer.is_some(),
        }
    }

    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn read(&self, t: &Catalogue) -> Result<(Recipient, Statuses), FormErrors> {
        let mut errors = FormErrors::default();
        let mut reader = Reader {
            t,
            errors: &mut errors,
        };
        let civility = reader.take(Field::Civility, Civility::parse(&self.civility));
        let first_name = reader.take(Field::FirstName, Text::parse_required(&self.first_name));
        let last_name = reader.take(Field::LastName, Text::parse_required(&self.last_name));
        let service = reader.take(Field::Service, Text::parse(&self.service));
        let email = reader.take(Field::Email, self.email());
        let phone = reader.take(Field::Phone, Phone::parse(&self.phone_work));
        let address = reader.take(Field::Address, Text::parse(&self.address));
        let city = reader.take(Field::City, Text::parse(&self.city));
        let statuses = self.statuses();
        if matches!(email, Some(None)) && (statuses.copy || statuses.transfer) {
            errors.add("email", fl!(t, "email-needed-for-statuses"));
        }
        match (
            civility, first_name, last_name, email, service, phone, address, city,
        ) {
            (
                Some(civility),
                Some(first_name),
                Some(last_name),
                Some(email),
                Some(service),
                Some(phone),
                Some(address),
                Some(city),
            ) if errors.is_empty() => Ok((
                Recipient {
                    civility,
                    first_name,
                    last_name,
                    email,
                    service,
                    phone,
                    address,
                    city,
                },
                statuses,
            )),
            _ => Err(errors),
        }
    }

    /// Spaces that came along with a pasted address are dropped; none at all is fine.
    fn email(&self) -> Result<Option<Email>, Fault> {
        let compact: String = self.email.chars().filter(|c| !c.is_whitespace()).collect();
        match Email::parse(&compact) {
            Ok(email) => Ok(Some(email)),
            Err(Fault::Missing) => Ok(None),
            Err(fault) => Err(fault),
        }
    }
}

struct Reader<'a> {
    t: &'a Catalogue,
    errors: &'a mut FormErrors,
}

impl Reader<'_> {
    fn take<T>(&mut self, field: Field, parsed: Result<T, Fault>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.errors
                    .add(field.form_name(), message(self.t, field, &fault));
                None
            }
        }
    }
}

fn message(t: &Catalogue, field: Field, fault: &Fault) -> String {
    match (field, fault) {
        (Field::FirstName, Fault::Missing) => fl!(t, "first-name-missing"),
        (Field::LastName, Fault::Missing) => fl!(t, "last-name-missing"),
        _ => at_field(t, &field_name(t, field), fault),
    }
}

/// The label of a field, the same in the form, the list and the import's pages.
pub fn field_name(t: &Catalogue, field: Field) -> String {
    match field {
        Field::Civility => fl!(t, "field-civility"),
        Field::FirstName => fl!(t, "field-first-name"),
        Field::LastName => fl!(t, "field-last-name"),
        Field::Email => fl!(t, "field-email"),
        Field::Service => fl!(t, "field-service"),
        Field::Phone => fl!(t, "field-phone"),
        Field::Address => fl!(t, "field-address"),
        Field::City => fl!(t, "field-city"),
    }
}
