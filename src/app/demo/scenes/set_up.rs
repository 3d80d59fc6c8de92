//! The first day: the organizations and the contact types.

use crate::app::demo::office::{Office, unfilled};
use crate::app::demo::people::EMPLOYERS;
use crate::book::contact_types::writing::{self, Asked};
use crate::book::contact_types::{self, NewField};
use crate::book::organizations::{self, Details};
use crate::db::AnyConnection;
use crate::domain::{Country, CustomKind, Phone};
use crate::error::{AppError, AppResult};

pub fn organizations_and_types(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        for employer in &EMPLOYERS {
            let details = Details {
                name: employer.name.to_owned(),
                industry: employer.industry.to_owned(),
                website: format!("https://www.{}/", employer.domain),
                phone: employer.phone(),
                address: "1 place des Écoles".to_owned(),
                postal_code: employer.postal_code.to_owned(),
                city: employer.cities[0].to_owned(),
                country: "FR".to_owned(),
                notes: "Joignable de 8 h à 18 h. Après 18 h, passer par l’astreinte technique.".to_owned(),
                number_blocks: block_of(&employer.phone())?,
            };
            organizations::create(conn, &details, office.coordinator)?;
        }
        add_type(conn, "Prestataire", &PARTNER_FIELDS, office.admin)?;
        add_type(conn, "Technicien d’astreinte", &TECHNICIAN_FIELDS, office.admin)
    })
}

/// The block of a hundred numbers around an employer's own.
fn block_of(phone: &str) -> AppResult<String> {
    let e164 = Phone::e164(phone, Country::parse("FR").map_err(|_| AppError::Gone)?).unwrap_or_default();
    Ok(e164.get(..e164.len().saturating_sub(2)).unwrap_or_default().to_owned())
}

/// Label, kind, choices.
type TypeField = (&'static str, CustomKind, &'static str);

const PARTNER_FIELDS: [TypeField; 6] = [
    ("Convention", CustomKind::Identifier, ""),
    ("Échéance", CustomKind::Date, ""),
    ("Prestations", CustomKind::Tag, ""),
    ("Engagement", CustomKind::List, "Sous 4 h, Sous 24 h, Sous 5 jours"),
    ("Portail", CustomKind::Url, ""),
    ("Bon de commande exigé", CustomKind::CheckBox, ""),
];

const TECHNICIAN_FIELDS: [TypeField; 4] = [
    ("Badge", CustomKind::Identifier, ""),
    ("Secteur", CustomKind::List, "Rive gauche, Rive droite, Périphérie"),
    ("Habilitations", CustomKind::Tag, ""),
    ("Consignes", CustomKind::TextArea, ""),
];

fn add_type(conn: &mut AnyConnection, name: &str, fields: &[TypeField], account: i64) -> AppResult<()> {
    let id = writing::add_type(conn, name, account)?;
    let contact_type = contact_types::find(conn, id)?;
    for (label, kind, choices) in fields {
        let field = NewField {
            label: (*label).to_owned(),
            kind: *kind,
            choices: choices.split(", ").filter(|choice| !choice.is_empty()).map(str::to_owned).collect(),
            required: false,
            is_off: false,
        };
        let asked = Asked { drawn: unfilled::<0>(), confirmed: String::new() };
        writing::add_field(conn, &contact_type, &field, &asked, account)?;
    }
    Ok(())
}
