//! The form of a contact's external ids: the typed texts by the names of their sources.
//!
//! The controls have the names of the history, `external_id_CRM`. Where a merge has given a contact several ids of a source, the
//! others are `external_id_CRM_2` and so on: names of sources have no `_`.

use crate::book::external_ids::{self, ExternalId, Source};
use crate::domain::{Difference, Drawn, EXTERNAL_ID, Text, tidy};
use crate::i18n::{Catalogue, at_field, control_label, fl};
use crate::web::FormErrors;

/// The most characters of an id.
const LONGEST: usize = 255;

/// The values of each source in the form, in the order of the controls.
#[derive(Debug, Default)]
pub struct Typed {
    /// By the names of the sources.
    sources: Vec<(String, Vec<String>)>,
    /// The values that the form was shown with.
    pub was: String,
}

/// A control for one id.
pub struct Control {
    pub name: String,
    pub label: String,
    pub value: String,
}

/// Reads one id that must not be empty.
///
/// # Errors
/// What is wrong with it.
pub fn read_id(t: &Catalogue, typed: &str) -> Result<String, String> {
    let read = Text::<LONGEST>::parse_required(typed).map(Text::into_string);
    read.map_err(|fault| at_field(t, &fl!(t, "api-id"), &fault))
}

/// The values of each source that a form saves.
pub type Values = Vec<(Source, Vec<String>)>;

impl Typed {
    pub fn of(ids: &[ExternalId]) -> Self {
        let mut typed = Self { was: was(ids), ..Self::default() };
        for known in ids {
            typed.values_mut(&known.source.name).push(known.value.clone());
        }
        typed
    }

    /// Reads the sent fields.
    pub fn read_fields(pairs: Vec<(String, String)>) -> Self {
        let mut typed = Self::default();
        for (name, value) in pairs {
            if name == "was" {
                typed.was = value;
            } else if let Some(rest) = name.strip_prefix(EXTERNAL_ID) {
                let source = rest.split('_').next().unwrap_or_default();
                typed.values_mut(source).push(value);
            }
        }
        typed
    }

    fn values_mut(&mut self, source: &str) -> &mut Vec<String> {
        let at = self.sources.iter().position(|(name, _)| name == source).unwrap_or_else(|| {
            self.sources.push((source.to_owned(), Vec::new()));
            self.sources.len() - 1
        });
        &mut self.sources[at].1
    }

    fn values(&self, source: &str) -> &[String] {
        let found = self.sources.iter().find(|(name, _)| name == source);
        found.map_or(&[], |(_, values)| values)
    }

    /// One control per value, and at least one per source.
    pub fn controls(&self, t: &Catalogue, sources: &[Source]) -> Vec<Control> {
        let mut controls = Vec::new();
        for source in sources {
            let values = self.values(&source.name);
            for place in 0..values.len().max(1) {
                let name = control(&source.name, place);
                let value = values.get(place).cloned().unwrap_or_default();
                controls.push(Control { label: control_label(t, &name), name, value });
            }
        }
        controls
    }

    /// The values of the sources that the form has, each once.
    ///
    /// # Errors
    /// All faults, each at its control; values of a source that was renamed or deleted meanwhile are at `external_ids`.
    pub fn read(&self, t: &Catalogue, sources: &[Source]) -> Result<Values, FormErrors> {
        let mut errors = FormErrors::default();
        let mut read = Values::new();
        for source in sources {
            let mut values: Vec<String> = Vec::new();
            for (place, typed) in self.values(&source.name).iter().enumerate() {
                match Text::<LONGEST>::parse(typed).map(Text::into_string) {
                    Ok(value) if value.is_empty() || values.contains(&value) => {}
                    Ok(value) => values.push(value),
                    Err(fault) => {
                        let name = control(&source.name, place);
                        let message = at_field(t, &control_label(t, &name), &fault);
                        errors.add(name, message);
                    }
                }
            }
            if self.sources.iter().any(|(name, _)| *name == source.name) {
                read.push((source.clone(), values));
            }
        }
        for (name, values) in &self.sources {
            let typed: Vec<&str> = values.iter().map(|value| value.trim()).collect();
            let typed = typed.join(" ").trim().to_owned();
            if !typed.is_empty() && !sources.iter().any(|source| source.name == *name) {
                let message = fl!(t, "external-ids-source-gone", source = name.as_str(), value = typed);
                errors.add("external_ids", message);
            }
        }
        if errors.is_empty() { Ok(read) } else { Err(errors) }
    }

    /// The controls of a typed id.
    pub fn controls_with(&self, source: &str, value: &str) -> Vec<String> {
        let values = self.values(source).iter().enumerate();
        let same = values.filter(|(_, typed)| tidy(typed) == value);
        same.map(|(place, _)| control(source, place)).collect()
    }

    /// Takes over the stored ids of the sources that this form does not change; see [`Drawn::rebase`].
    pub fn rebase(&mut self, stored: &[ExternalId]) {
        let drawn: Vec<String> = serde_json::from_str(&self.was).unwrap_or_default();
        let theirs = Self::of(stored);
        let names: Vec<String> =
            self.sources.iter().chain(&theirs.sources).map(|(name, _)| name.clone()).collect();
        for name in names {
            let was = drawn.iter().find_map(|lines| {
                let mut lines = lines.lines();
                let is_it = lines.next().and_then(|field| field.strip_prefix(EXTERNAL_ID)) == Some(&name);
                is_it.then(|| lines.map(str::to_owned).collect::<Vec<_>>())
            });
            if self.told(&name) == was.unwrap_or_default() {
                *self.values_mut(&name) = theirs.values(&name).to_vec();
            }
        }
        self.was = theirs.was;
    }

    /// The typed ids of a source as they would be stored.
    fn told(&self, source: &str) -> Vec<String> {
        let values = self.values(source).iter().map(|value| tidy(value).into_owned());
        values.filter(|value| !value.is_empty()).collect()
    }

    /// The differences from the stored ids.
    pub fn differences(&self, t: &Catalogue, sources: &[Source], stored: &[ExternalId]) -> Vec<Difference> {
        let theirs = Self::of(stored);
        let shown = |values: Vec<String>| {
            if values.is_empty() { "–".to_owned() } else { values.join(", ") }
        };
        sources
            .iter()
            .map(|source| (source, theirs.told(&source.name), self.told(&source.name)))
            .filter(|(_, theirs, yours)| theirs != yours)
            .map(|(source, theirs, yours)| Difference {
                label: fl!(t, "external-id-in", source = source.name.as_str()),
                theirs: shown(theirs),
                yours: shown(yours),
            })
            .collect()
    }

    /// Adds the stored ids of another contact before the typed ones.
    pub fn join(&mut self, stored: &[ExternalId]) {
        let mut theirs = Self::of(stored);
        for (name, values) in &self.sources {
            for value in values {
                let known = theirs.values_mut(name);
                if !tidy(value).is_empty() && !known.iter().any(|known| *known == tidy(value)) {
                    known.push(value.clone());
                }
            }
        }
        *self = theirs;
    }
}

fn was(ids: &[ExternalId]) -> String {
    let drawn = external_ids::drawn(ids);
    Drawn::write(&drawn.iter().map(String::as_str).collect::<Vec<_>>())
}

fn control(source: &str, place: usize) -> String {
    match place {
        0 => format!("{EXTERNAL_ID}{source}"),
        place => format!("{EXTERNAL_ID}{source}_{}", place + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(source: &str, value: &str) -> ExternalId {
        let source = Source { id: 1, name: source.to_owned() };
        ExternalId { id: 1, contact: 1, source, value: value.to_owned() }
    }

    #[test]
    fn ids_that_this_form_changed_stay_and_the_others_are_theirs() {
        let mut typed = Typed::of(&[known("CRM", "1"), known("RH", "a"), known("RH", "b")]);
        *typed.values_mut("RH") = vec!["a".to_owned(), " c ".to_owned()];
        typed.rebase(&[known("CRM", "2"), known("RH", "a"), known("SI", "x")]);
        assert_eq!(typed.values("CRM"), ["2"]);
        assert_eq!(typed.values("RH"), ["a", " c "]);
        assert_eq!(typed.values("SI"), ["x"]);
    }

    #[test]
    fn a_second_id_of_a_source_has_a_control_of_its_own() {
        let pairs = [("external_id_CRM", "1"), ("external_id_CRM_2", "2"), ("other", "3")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let typed = Typed::read_fields(pairs.to_vec());
        let sources = ["CRM", "RH"].map(|name| Source { id: 1, name: name.to_owned() });
        let controls = typed.controls(crate::i18n::Locale::En.catalogue(), &sources);
        let controls: Vec<(&str, &str)> =
            controls.iter().map(|control| (control.name.as_str(), control.value.as_str())).collect();
        assert_eq!(controls, [("external_id_CRM", "1"), ("external_id_CRM_2", "2"), ("external_id_RH", "")]);
    }
}
