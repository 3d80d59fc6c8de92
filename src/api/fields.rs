//! Bodies as the forms of the pages.

use serde_json::Value;

use crate::book::external_ids::Source;
use crate::contacts::form::{Rules, Typed};
use crate::domain::{CUSTOM, Details, EXTERNAL_ID, Email, Field, FieldKind, TICKED};
use crate::i18n::{Catalogue, fl};
use crate::web::FormErrors;

/// Members of a contact's JSON that a body may repeat, but not change.
const READ_ONLY: [&str; 7] = ["id", "version", "absence", "import", "created_at", "updated_at", "url"];

/// The most ids in other systems that a body gives a contact.
const MOST_IDS: usize = 50;
/// The most faults of a body that are told.
const MOST_ERRORS: usize = 20;

/// A body that describes a contact.
#[derive(Debug, Clone, Default)]
pub struct ContactBody {
    /// The fields of the contact's form.
    pub fields: Vec<(String, String)>,
    /// One per line, as in the form; `None` if the body does not have them.
    pub topics: Option<String>,
    pub languages: Option<String>,
    /// Pairs of a source and an id; `None` if the body does not have them.
    pub external_ids: Option<Vec<(String, String)>>,
}

impl ContactBody {
    /// Sorts the members of a body. A member `null` is an empty value.
    ///
    /// # Errors
    /// Unknown and repeated members, and values of a wrong type.
    pub fn read(t: &Catalogue, members: Vec<(String, Value)>) -> Result<Self, FormErrors> {
        let (mut body, mut errors) = (Self::default(), FormErrors::default());
        let mut seen: Vec<String> = Vec::with_capacity(members.len());
        for (name, value) in members {
            if seen.contains(&name) {
                errors.add(&*name, fl!(t, "problem-repeated", name = name.as_str()));
            } else if let Err(message) = body.add(t, &name, value) {
                errors.add(&*name, message);
            }
            seen.push(name);
            if errors.all().len() == MOST_ERRORS {
                break;
            }
        }
        if errors.is_empty() { Ok(body) } else { Err(errors) }
    }

    fn add(&mut self, t: &Catalogue, name: &str, value: Value) -> Result<(), String> {
        if READ_ONLY.contains(&name) {
            return Ok(());
        }
        match name {
            "topics" => self.topics = Some(lines(value).ok_or_else(|| fl!(t, "problem-not-texts"))?),
            "languages" => self.languages = Some(lines(value).ok_or_else(|| fl!(t, "problem-not-texts"))?),
            "external_ids" => {
                let ids = external_ids(value).ok_or_else(|| fl!(t, "problem-not-ids"))?;
                if ids.len() > MOST_IDS {
                    return Err(fl!(t, "problem-too-many-ids", max = MOST_IDS));
                }
                self.external_ids = Some(ids);
            }
            _ => {
                let text = match Field::parse(name).map(Field::kind) {
                    Some(FieldKind::Flag) => flag(value).ok_or_else(|| fl!(t, "problem-not-a-flag"))?,
                    None if !name.starts_with(CUSTOM) => {
                        return Err(fl!(t, "problem-unknown-field", name = name));
                    }
                    // A field of a contact type can be a number.
                    None => match value {
                        Value::Number(number) => number.to_string(),
                        value => text(value).ok_or_else(|| fl!(t, "problem-not-a-text"))?,
                    },
                    Some(_) => text(value).ok_or_else(|| fl!(t, "problem-not-a-text"))?,
                };
                self.fields.push((name.to_owned(), text));
            }
        }
        Ok(())
    }

    /// Adds an id of a source, if the body does not have it.
    pub fn add_id(&mut self, source: &str, id: &str) {
        let ids = self.external_ids.get_or_insert_default();
        if !ids.iter().any(|(known, value)| known == source && value == id) {
            ids.push((source.to_owned(), id.to_owned()));
        }
    }

    /// Adds the id by which a contact was found, if the body has ids of the contact: without it, the next request would add the
    /// contact again.
    pub fn keep_id(&mut self, source: &str, id: &str) {
        if self.external_ids.is_some() {
            self.add_id(source, id);
        }
    }

    /// The form of a new contact, which is Expert and Copie unless the body says otherwise.
    pub fn new_form(&self) -> Typed {
        self.laid_on(Typed::blank())
    }

    /// The form with all fields of the body, and the others empty.
    pub fn whole_form(&self) -> Typed {
        self.laid_on(Typed::of(&Details::default()))
    }

    /// The form of a stored contact with the fields of the body.
    pub fn form_on(&self, stored: &Details) -> Typed {
        self.laid_on(Typed::of(stored))
    }

    fn laid_on(&self, mut typed: Typed) -> Typed {
        for (name, value) in &self.fields {
            typed.set(name, value.as_str());
        }
        // A person is asked whether the address is meant that another contact had before a merge; a program is not.
        if let Ok(email) = Email::parse_typed(typed.get("email")) {
            typed.set("former", email.as_str());
        }
        typed
    }

    /// The fields of contact types that the contact's type does not have.
    pub fn foreign(&self, t: &Catalogue, rules: &Rules) -> FormErrors {
        let mut errors = FormErrors::default();
        let custom = self.fields.iter().filter(|(name, _)| name.starts_with(CUSTOM));
        for (name, _) in custom {
            if !rules.fields.iter().any(|field| field.form_name() == *name) {
                errors.add(&**name, fl!(t, "problem-unknown-field", name = name.as_str()));
            }
        }
        errors
    }

    /// The fields of the form of external ids, for all sources: an id that the body does not have is removed.
    pub fn id_fields(&self, sources: &[Source]) -> Option<Vec<(String, String)>> {
        let ids = self.external_ids.as_ref()?;
        let empty = sources.iter().map(|source| (format!("{EXTERNAL_ID}{}", source.name), String::new()));
        let given = ids.iter().map(|(source, id)| (format!("{EXTERNAL_ID}{source}"), id.clone()));
        Some(empty.chain(given).collect())
    }
}

/// A text; `null` is empty. A number is refused: a telephone number without quotes has lost its zero.
pub fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn flag(value: Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => Some(String::new()),
        Value::Bool(true) => Some(TICKED.to_owned()),
        _ => None,
    }
}

/// A list of texts, one per line; `null` is empty.
pub fn lines(value: Value) -> Option<String> {
    let values = match value {
        Value::Null => Vec::new(),
        Value::Array(values) => values,
        _ => return None,
    };
    let texts: Option<Vec<String>> = values
        .into_iter()
        .map(|value| match value {
            // A comma or a line break would make two of it.
            Value::String(text) if !text.contains(['\n', ',', ';']) => Some(text),
            _ => None,
        })
        .collect();
    Some(texts?.join("\n"))
}

fn external_ids(value: Value) -> Option<Vec<(String, String)>> {
    let Value::Array(values) = value else {
        return matches!(value, Value::Null).then(Vec::new);
    };
    let pairs = values.into_iter().map(|value| {
        let Value::Object(mut members) = value else {
            return None;
        };
        let (Some(Value::String(source)), Some(Value::String(id))) =
            (members.remove("source"), members.remove("id"))
        else {
            return None;
        };
        members.is_empty().then_some((source, id))
    });
    pairs.collect()
}
