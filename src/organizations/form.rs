//! The organization's form: turns raw text into [`Details`] or into errors.

use serde::Deserialize;

use crate::book::organizations::{self, Details, Organization};
use crate::book::wording::Wording;
use crate::domain::{Country, Drawn, Fault, NumberBlocks, Phone, Text, WebUrl, clean_lines, is_blank};
use crate::error::{AppError, Constraint};
use crate::i18n::{Catalogue, at_field, fl};
use crate::web::FormErrors;

const LONGEST_WEBSITE: usize = 1_000;
const LONGEST_NOTES: usize = 32_000;

/// The fields as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct OrganizationForm {
    pub name: String,
    pub website: String,
    pub phone: String,
    pub industry: String,
    pub address: String,
    pub postal_code: String,
    pub city: String,
    pub country: String,
    pub notes: String,
    pub number_blocks: String,
    /// The version that the form was shown with.
    pub version: i64,
    /// The values that the form was shown with; see [`Drawn`].
    pub was: String,
    /// The draft of a contact form that waits for this organization.
    pub draft: Option<i64>,
    /// The name of an existing organization, to be written into that draft instead of a new one.
    pub pick: String,
}

impl OrganizationForm {
    pub fn of(organization: &Organization) -> Self {
        let details = organization.details.clone();
        let was = Drawn::write(&organization.details.drawn());
        Self {
            name: details.name,
            website: details.website,
            phone: details.phone,
            industry: details.industry,
            address: details.address,
            postal_code: details.postal_code,
            city: details.city,
            country: details.country,
            notes: details.notes,
            number_blocks: details.number_blocks,
            version: organization.version,
            was,
            ..Self::default()
        }
    }

    /// Sets a field by the name of its control. Returns `false` if there is no such field.
    pub fn set(&mut self, name: &str, value: String) -> bool {
        let field = match name {
            "name" => &mut self.name,
            "website" => &mut self.website,
            "phone" => &mut self.phone,
            "industry" => &mut self.industry,
            "address" => &mut self.address,
            "postal_code" => &mut self.postal_code,
            "city" => &mut self.city,
            "country" => &mut self.country,
            "notes" => &mut self.notes,
            "number_blocks" => &mut self.number_blocks,
            _ => return false,
        };
        *field = value;
        true
    }

    fn fields_mut(&mut self) -> [&mut String; 10] {
        [
            &mut self.name,
            &mut self.website,
            &mut self.phone,
            &mut self.industry,
            &mut self.address,
            &mut self.postal_code,
            &mut self.city,
            &mut self.country,
            &mut self.notes,
            &mut self.number_blocks,
        ]
    }

    /// Takes over what was saved meanwhile, except for the fields that were changed here; saving again then overwrites only these
    /// fields.
    pub fn rebase(&mut self, organization: &Organization) {
        let theirs = organization.details.drawn();
        Drawn::read(&self.was).rebase(&mut self.fields_mut(), &theirs);
        self.version = organization.version;
        self.was = Drawn::write(&theirs);
    }

    /// Reads the form. `default` is the country of numbers without a country code.
    ///
    /// # Errors
    /// All faults, in the order of the form.
    pub fn read(&self, t: &Catalogue, default: Country) -> Result<Details, FormErrors> {
        let mut errors = FormErrors::default();
        let name = text::<100>(&self.name);
        match &name {
            Ok(name) if name.is_empty() => errors.add("name", fl!(t, "organization-name-missing")),
            Ok(name) if organizations::name_key(name).is_empty() => {
                errors.add("name", fl!(t, "organization-name-unreadable"));
            }
            _ => {}
        }
        let mut valid = |field: &str, value: Result<String, Fault>| match value {
            Ok(value) => value,
            Err(fault) => {
                errors.add(field, at_field(t, &label(t, field), &fault));
                String::new()
            }
        };
        let details = Details {
            name: valid("name", name),
            industry: valid("industry", text::<100>(&self.industry)),
            website: valid("website", website(&self.website)),
            phone: valid("phone", Phone::parse(&self.phone).map(Phone::into_string)),
            number_blocks: valid("number_blocks", number_blocks(&self.number_blocks, default)),
            address: valid("address", text::<100>(&self.address)),
            postal_code: valid("postal_code", text::<25>(&self.postal_code)),
            city: valid("city", text::<100>(&self.city)),
            country: valid("country", country(&self.country)),
            notes: valid("notes", clean_lines(&self.notes, LONGEST_NOTES)),
        };
        if errors.is_empty() { Ok(details) } else { Err(errors) }
    }
}

/// The message about a value that another organization has; `None` for other errors.
pub fn taken(t: &Catalogue, error: &AppError) -> Option<FormErrors> {
    match error {
        AppError::Taken(Constraint::OrganizationName) => {
            Some(FormErrors::one("name", fl!(t, "organization-name-taken")))
        }
        AppError::Taken(Constraint::NumberBlock) => {
            Some(FormErrors::one("number_blocks", fl!(t, "number-blocks-taken")))
        }
        _ => None,
    }
}

/// The details of an organization of which only the name is known.
///
/// # Errors
/// What is wrong with the name.
pub fn of_name(t: &Catalogue, name: &str, default: Country) -> Result<Details, String> {
    let form = OrganizationForm { name: name.to_owned(), ..OrganizationForm::default() };
    form.read(t, default).map_err(|errors| errors.at("name").unwrap_or_default().to_owned())
}

/// The label of a field, the same in the form and in the history.
pub fn label(t: &Catalogue, field: &str) -> String {
    Wording::default().label(t, field)
}

fn text<const MAX: usize>(typed: &str) -> Result<String, Fault> {
    Text::<MAX>::parse(typed).map(Text::into_string)
}

fn website(typed: &str) -> Result<String, Fault> {
    match typed {
        blank if is_blank(blank) => Ok(String::new()),
        typed => WebUrl::parse(typed, LONGEST_WEBSITE).map(WebUrl::into_string),
    }
}

fn number_blocks(typed: &str, default: Country) -> Result<String, Fault> {
    NumberBlocks::parse(typed, default).map(NumberBlocks::into_text)
}

fn country(typed: &str) -> Result<String, Fault> {
    match typed {
        blank if is_blank(blank) => Ok(String::new()),
        code => Country::parse(code).map(|country| country.code().to_owned()),
    }
}
