//! A contact as JSON.

use actix_web::{HttpRequest, web};
use diesel::prelude::*;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use super::etag::Tagged;
use crate::book::absences::{Absence, Absences, absences};
use crate::book::contact::ContactSummary;
use crate::book::whole::WholeContact;
use crate::db::AnyConnection;
use crate::db::schema::imports;
use crate::domain::{CUSTOM, Field, FieldKind};
use crate::error::{AppError, AppResult};
use crate::web::host;
use crate::web::settings::Settings;

/// The beginning of the addresses of pages: `https://carnet.example.org`.
#[derive(Debug, Clone)]
pub struct Base(String);

impl Base {
    /// The server as the program has addressed it.
    pub fn of(request: &HttpRequest) -> Self {
        let is_secure = request.app_data::<web::Data<Settings>>().is_some_and(|known| known.secure_cookies);
        let scheme = if is_secure { "https" } else { "http" };
        Self(format!("{scheme}://{}", host::of(request.head()).unwrap_or("localhost")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address of a page, given by its path.
    pub fn of_page(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    pub fn contact(&self, id: i64) -> String {
        format!("{}/contacts/{id}", self.0)
    }

    pub fn organization(&self, id: i64) -> String {
        format!("{}/organizations/{id}", self.0)
    }
}

pub use crate::base::clock::rfc3339 as time;

/// Contacts with everything that their JSON has.
pub struct Contacts {
    pub wholes: Vec<WholeContact>,
    absences: Absences,
    /// The names of the last imports that held them, by id.
    imports: Vec<(i64, String)>,
}

impl Contacts {
    /// Reads the rest of some contacts.
    pub fn of(conn: &mut AnyConnection, wholes: Vec<WholeContact>) -> AppResult<Self> {
        let absences = absences(conn, wholes.iter().map(|whole| &*whole.contact))?;
        let mut ids: Vec<i64> = wholes.iter().filter_map(|whole| whole.contact.import_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let imports = if ids.is_empty() {
            Vec::new()
        } else {
            imports::table.filter(imports::id.eq_any(ids)).select((imports::id, imports::name)).load(conn)?
        };
        Ok(Self { wholes, absences, imports })
    }

    /// A contact of the book with the tag of its JSON.
    ///
    /// # Errors
    /// [`AppError::NotFound`], also for a contact in the trash.
    pub fn one(conn: &mut AnyConnection, id: i64, base: &Base) -> AppResult<(WholeContact, Tagged)> {
        let mut found = WholeContact::load(conn, &[id])?;
        found.retain(|whole| whole.contact.deleted_at.is_none());
        let contacts = Self::of(conn, found)?;
        let tagged = match contacts.json(base).next() {
            Some(json) => Tagged::new(id, &json)?,
            None => return Err(AppError::NotFound),
        };
        let whole = contacts.wholes.into_iter().next().ok_or(AppError::NotFound)?;
        Ok((whole, tagged))
    }

    /// The contacts as JSON, in their order.
    pub fn json<'a>(&'a self, base: &'a Base) -> impl Iterator<Item = ContactJson<'a>> {
        self.wholes.iter().map(move |whole| ContactJson {
            whole,
            absence: self.absences.of(&whole.contact.id),
            import: self.imports.iter().find(|(id, _)| Some(*id) == whole.contact.import_id),
            base,
        })
    }
}

/// A contact as JSON: all its fields, by the names of their controls.
pub struct ContactJson<'a> {
    whole: &'a WholeContact,
    absence: Option<&'a Absence>,
    import: Option<&'a (i64, String)>,
    base: &'a Base,
}

impl Serialize for ContactJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (contact, details) = (&self.whole.contact, &self.whole.details);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &contact.id)?;
        map.serialize_entry("version", &contact.version)?;
        for field in Field::ALL {
            match field.kind() {
                FieldKind::Flag => map.serialize_entry(field.form_name(), &details.is_on(field))?,
                _ => map.serialize_entry(field.form_name(), details.get(field))?,
            }
        }
        for (name, value) in details.iter().filter(|(name, _)| name.starts_with(CUSTOM)) {
            map.serialize_entry(&name, value)?;
        }
        map.serialize_entry("topics", &lines(&contact.topics))?;
        map.serialize_entry("languages", &lines(&contact.languages))?;
        let ids = self.whole.external_ids.iter();
        let ids: Vec<_> = ids.map(|id| json!({"source": id.source.name, "id": id.value})).collect();
        map.serialize_entry("external_ids", &ids)?;
        map.serialize_entry("absence", &self.absence.map(|absence| absence_json(absence, self.base)))?;
        let import = self.import.map(|(id, name)| json!({"id": id, "name": name}));
        map.serialize_entry("import", &import)?;
        map.serialize_entry("created_at", &time(contact.created_at))?;
        map.serialize_entry("updated_at", &time(contact.updated_at))?;
        map.serialize_entry("url", &self.base.contact(contact.id))?;
        map.end()
    }
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().collect()
}

/// An absence with its substitute.
pub fn absence_json(absence: &Absence, base: &Base) -> serde_json::Value {
    let (from, until) = absence.days();
    json!({
        "from": from.to_string(),
        "until": until.to_string(),
        "substitute": absence.substitute.as_ref().map(|person| substitute_json(person, base)),
    })
}

fn substitute_json(person: &ContactSummary, base: &Base) -> serde_json::Value {
    let number = person.phone().and_then(|phone| phone.numbers().into_iter().next());
    json!({
        "id": person.id,
        "name": person.name(),
        "number": number.and_then(|number| number.e164),
        "url": base.contact(person.id),
    })
}
