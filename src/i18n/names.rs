//! The names of fields, statuses, countries and roles in the reader's language.

use std::sync::LazyLock;

use super::{Catalogue, Locale, fl};
use crate::domain::{CUSTOM, Country, EXTERNAL_ID, Field, Role, SecondFactorFor, Status, fold};

/// The name of a status in the reader's language.
pub fn status_name(t: &Catalogue, status: &Status) -> String {
    field_name(t, status.field())
}

/// The label of a field in the form.
pub fn field_name(t: &Catalogue, field: Field) -> String {
    match field {
        Field::Civility => fl!(t, "field-civility"),
        Field::FirstName => fl!(t, "field-first-name"),
        Field::LastName => fl!(t, "field-last-name"),
        Field::Title => fl!(t, "field-title"),
        Field::Organization => fl!(t, "field-organization"),
        Field::Service => fl!(t, "field-service"),
        Field::Expert => fl!(t, "status-expert"),
        Field::Copy => fl!(t, "status-copy"),
        Field::Transfer => fl!(t, "status-transfer"),
        Field::Email => fl!(t, "field-email-work"),
        Field::EmailPersonal => fl!(t, "field-email-personal"),
        Field::EmailOther => fl!(t, "field-email-other"),
        Field::PhoneWork => fl!(t, "field-phone-work"),
        Field::PhoneCell => fl!(t, "field-phone-cell"),
        Field::PhoneHome => fl!(t, "field-phone-home"),
        Field::PhoneOther => fl!(t, "field-phone-other"),
        Field::SmsWork => fl!(t, "field-sms-work"),
        Field::SmsCell => fl!(t, "field-sms-cell"),
        Field::SmsHome => fl!(t, "field-sms-home"),
        Field::SmsOther => fl!(t, "field-sms-other"),
        Field::Address => fl!(t, "field-address"),
        Field::PostalCode => fl!(t, "field-postal-code"),
        Field::City => fl!(t, "field-city"),
        Field::State => fl!(t, "field-state"),
        Field::Country => fl!(t, "field-country"),
        Field::ExternalUrl => fl!(t, "field-external-url"),
        Field::SocialX => "X".to_owned(),
        Field::SocialFacebook => "Facebook".to_owned(),
        Field::SocialLine => "LINE".to_owned(),
        Field::SocialWhatsapp => "WhatsApp".to_owned(),
        Field::SocialInstagram => "Instagram".to_owned(),
        Field::SurveyOptOut => fl!(t, "field-survey-opt-out"),
        Field::ContactType => fl!(t, "field-contact-type"),
    }
}

/// The name of a column of the strict file.
pub fn column_name(t: &Catalogue, field: Field) -> String {
    match field {
        Field::Email => fl!(t, "field-email"),
        Field::PhoneWork => fl!(t, "field-phone"),
        field => field_name(t, field),
    }
}

/// The name of a country in the reader's language.
pub fn country_name(locale: Locale, code: &str) -> String {
    match (Country::parse(code), locale) {
        (Ok(country), Locale::Fr) => country.french().to_owned(),
        (Ok(country), Locale::En) => country.english().to_owned(),
        (Err(_), _) => code.to_owned(),
    }
}

/// The codes and names of the countries.
type CountryNames = Vec<(&'static str, &'static str)>;

/// The codes and names of the countries, sorted by name in the reader's language. They are sorted once: that took half of the time of
/// a form.
pub fn countries(locale: Locale) -> &'static [(&'static str, &'static str)] {
    static FRENCH: LazyLock<CountryNames> = LazyLock::new(|| sorted_countries(Country::french));
    static ENGLISH: LazyLock<CountryNames> = LazyLock::new(|| sorted_countries(Country::english));
    match locale {
        Locale::Fr => &FRENCH,
        Locale::En => &ENGLISH,
    }
}

fn sorted_countries(name: fn(Country) -> &'static str) -> CountryNames {
    let mut countries: CountryNames =
        Country::ALL.iter().map(|country| (country.code(), name(*country))).collect();
    countries.sort_by_cached_key(|(_, name)| fold(name));
    countries
}

/// The name of a role in the reader's language.
pub fn role_name(t: &Catalogue, role: &Role) -> String {
    match role {
        Role::Agent => fl!(t, "role-agent"),
        Role::Coordinator => fl!(t, "role-coordinator"),
        Role::Administrator => fl!(t, "role-administrator"),
    }
}

/// The name of the group of accounts that must have a second factor, in the reader's language.
pub fn second_factor_for_name(t: &Catalogue, whose: &SecondFactorFor) -> String {
    match whose {
        SecondFactorFor::Nobody => fl!(t, "second-factor-for-nobody"),
        SecondFactorFor::Administrators => fl!(t, "second-factor-for-administrators"),
        SecondFactorFor::Coordinators => fl!(t, "second-factor-for-coordinators"),
        SecondFactorFor::Everybody => fl!(t, "second-factor-for-everybody"),
    }
}

/// The names of kinds of changes, which a stored text has separated by spaces.
pub fn event_names(t: &Catalogue, stored: &str) -> String {
    let names = stored.split_whitespace().map(|kind| match kind {
        "created" => fl!(t, "webhook-event-created"),
        "changed" => fl!(t, "webhook-event-changed"),
        "deleted" => fl!(t, "webhook-event-deleted"),
        "restored" => fl!(t, "webhook-event-restored"),
        "merged" => fl!(t, "webhook-event-merged"),
        "erased" => fl!(t, "webhook-event-erased"),
        kind => kind.to_owned(),
    });
    names.collect::<Vec<_>>().join(", ")
}

/// The label of a form's control or of a field in the history, by its name. An unknown name is its own label, and a custom field,
/// whose label is in the database, has the words of its key.
pub fn control_label(t: &Catalogue, name: &str) -> String {
    if let Some(field) = Field::parse(name) {
        return field_name(t, field);
    }
    if let Some(source) = name.strip_prefix(EXTERNAL_ID) {
        // `external_id_CRM_2` is the second id there: names of sources have no `_`.
        let source = source.split('_').next().unwrap_or_default();
        return fl!(t, "external-id-in", source = source);
    }
    match name {
        "name" => fl!(t, "field-name"),
        "website" => fl!(t, "field-website"),
        "industry" => fl!(t, "field-industry"),
        "phone" => fl!(t, "field-phone"),
        "number_blocks" => fl!(t, "number-blocks"),
        "note" => fl!(t, "note"),
        "report" => fl!(t, "report"),
        "answer" => fl!(t, "report-answer"),
        "notes" => fl!(t, "notes-title"),
        "default_country" => fl!(t, "default-country"),
        "second_factor_for" => fl!(t, "settings-second-factor"),
        "label" => fl!(t, "custom-field-label"),
        "kind" => fl!(t, "custom-field-kind"),
        "choices" => fl!(t, "custom-field-choices"),
        "required" => fl!(t, "custom-field-required"),
        "right" | "scope" => fl!(t, "key-right"),
        "until" => fl!(t, "key-until"),
        "networks" => fl!(t, "key-networks"),
        "refused" => fl!(t, "key-refused"),
        "url" => fl!(t, "webhook-url"),
        "events" => fl!(t, "webhook-events"),
        "secret" => fl!(t, "webhook-secret"),
        "sends" => fl!(t, "webhook-sends"),
        "restored" => fl!(t, "restored-field"),
        "role" => fl!(t, "role"),
        "username" => fl!(t, "username"),
        "display_name" => fl!(t, "display-name"),
        "disabled" => fl!(t, "user-disabled"),
        "absent_from" => fl!(t, "absence-from"),
        "absent_until" => fl!(t, "absence-until"),
        "substitute" => fl!(t, "absence-substitute"),
        "topics" => fl!(t, "expertise-topics"),
        "languages" => fl!(t, "expertise-languages"),
        "bound_changed" => fl!(t, "profile-bound-changed"),
        "bound_emptied" => fl!(t, "profile-bound-emptied"),
        "apply" => fl!(t, "profile-apply"),
        name => match cell_of(name) {
            Some((line, cell)) => fl!(t, "lines-cell", line = line, cell = cell),
            None => name.strip_prefix(CUSTOM).map_or_else(|| name.to_owned(), |key| key.replace('_', " ")),
        },
    }
}

/// Parses the name of a cell of a rejected line that is being fixed: `cell_12_3` is the third cell of line 12.
pub fn cell_of(name: &str) -> Option<(i64, i64)> {
    let (line, cell) = name.strip_prefix("cell_")?.split_once('_')?;
    Some((line.parse().ok()?, cell.parse().ok()?))
}
