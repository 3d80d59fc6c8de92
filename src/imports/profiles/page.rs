//! The templates of the pages of profiles.

use askama::Template;

use super::form::ProfileForm;
use super::store::{Listed, Profile};
use crate::book::external_ids::Source;
use crate::book::wording::Wording;
use crate::domain::{Difference, Right};
use crate::i18n::fl;
use crate::imports::columns;
use crate::imports::mapping::{Choice, Target};
use crate::web::{Context, FormErrors};

#[derive(Template)]
#[template(path = "import_profiles/index.html")]
pub struct ProfilesPage {
    pub cx: Context,
    pub profiles: Vec<Listed>,
}

impl ProfilesPage {
    /// The number of columns that the profile imports.
    fn columns(&self, profile: &Profile) -> String {
        let imported = profile.mapping.columns.iter().filter(|choice| choice.target.is_some()).count();
        self.cx.locale.number(i64::try_from(imported).unwrap_or(i64::MAX))
    }

    /// The date of the last change, and its author.
    fn changed(&self, (profile, by): &Listed) -> String {
        let date = self.cx.locale.short_date_time(&profile.updated_at);
        match by {
            Some(by) => fl!(self.cx.t, "profile-changed-by", date = date, by = by.as_str()),
            None => date,
        }
    }
}

#[derive(Template)]
#[template(path = "import_profiles/show.html")]
pub struct ProfilePage {
    pub cx: Context,
    pub errors: FormErrors,
    pub profile: Profile,
    pub typed: ProfileForm,
    /// The differences from what was saved since the form was shown.
    pub conflict: Vec<Difference>,
    pub names: Names,
}

/// The names of what a mapping refers to by id.
pub struct Names {
    /// The labels of the fields of contact types.
    pub wording: Wording,
    pub source: Option<Source>,
    pub contact_type: Option<String>,
}

impl ProfilePage {
    fn may_edit(&self) -> bool {
        self.cx.may(Right::ImportProfileEdit)
    }

    /// Heading, field and replacement of each column.
    fn columns(&self) -> Vec<(String, String, String)> {
        let mapping = &self.profile.mapping;
        let columns = mapping.headings.iter().zip(&mapping.columns).zip(1..);
        columns
            .map(|((heading, choice), number)| {
                let heading = columns::heading(self.cx.t, heading, number);
                let policy = choice.target.as_ref().map(|_| columns::policy_name(self.cx.t, choice.policy));
                (heading, self.target(choice), policy.unwrap_or_default())
            })
            .collect()
    }

    fn target(&self, choice: &Choice) -> String {
        let t = self.cx.t;
        match &choice.target {
            None => fl!(t, "columns-ignored"),
            Some(target @ Target::Custom(_)) => self.names.wording.label(t, &target.form_name()),
            Some(target) => columns::target_name(t, target),
        }
    }

    /// The rules for the list as a whole: what they are about, and the choice.
    fn rules(&self) -> Vec<(String, String)> {
        let t = self.cx.t;
        let mapping = &self.profile.mapping;
        let keys: Vec<String> = mapping.keys().into_iter().map(|key| columns::key_name(t, key)).collect();
        let mut cleaning = Vec::new();
        for (is_on, words) in [
            (mapping.capitals, fl!(t, "columns-capitals")),
            (mapping.postal_zeros, fl!(t, "columns-postal-zeros")),
            (mapping.create_organizations, fl!(t, "columns-create-organizations")),
        ] {
            if is_on {
                cleaning.push(words);
            }
        }
        let mut rules = vec![
            (fl!(t, "columns-mode"), columns::mode_name(t, mapping.mode)),
            (fl!(t, "columns-blank"), columns::blank_name(t, mapping.blank)),
            (fl!(t, "columns-ambiguous"), columns::doubt_name(t, mapping.on_ambiguous)),
            (fl!(t, "columns-match"), keys.join(", ")),
        ];
        if !cleaning.is_empty() {
            rules.push((fl!(t, "columns-cleaning"), cleaning.join(", ")));
        }
        if let Some(source) =
            self.names.source.as_ref().filter(|_| mapping.column_of(&Target::ExternalId).is_some())
        {
            rules.push((fl!(t, "columns-source"), source.name.clone()));
        }
        if let Some(name) = &self.names.contact_type {
            rules.push((fl!(t, "columns-type"), name.clone()));
        }
        rules
    }
}
