use super::phone::Phone;
use super::text::{clean, naming_invisible};
use super::visible::is_blank;
use super::{Civility, Country, Email, Fault, WebUrl};

/// A field that every contact has, in the order of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    Civility,
    FirstName,
    LastName,
    Title,
    Organization,
    Service,
    Expert,
    Copy,
    Transfer,
    Email,
    EmailPersonal,
    EmailOther,
    PhoneWork,
    SmsWork,
    PhoneCell,
    SmsCell,
    PhoneHome,
    SmsHome,
    PhoneOther,
    SmsOther,
    Address,
    PostalCode,
    City,
    State,
    Country,
    ExternalUrl,
    SocialX,
    SocialFacebook,
    SocialLine,
    SocialWhatsapp,
    SocialInstagram,
    SurveyOptOut,
    ContactType,
}

/// The kind of a field: its allowed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    Civility,
    /// One line with this maximum number of characters.
    Text(usize),
    Email,
    Phone,
    /// A check box.
    Flag,
    /// Two letters of ISO 3166-1.
    Country,
    /// `http` or `https`, with this maximum number of characters.
    Url(usize),
    /// The name of an existing organization.
    Organization,
    /// The name of an existing contact type.
    ContactType,
}

/// The value of a ticked check box, in forms and in storage. The value of an unticked one is empty.
pub const TICKED: &str = "on";

impl Field {
    pub const ALL: [Self; 33] = [
        Self::Civility,
        Self::FirstName,
        Self::LastName,
        Self::Title,
        Self::Organization,
        Self::Service,
        Self::Expert,
        Self::Copy,
        Self::Transfer,
        Self::Email,
        Self::EmailPersonal,
        Self::EmailOther,
        Self::PhoneWork,
        Self::SmsWork,
        Self::PhoneCell,
        Self::SmsCell,
        Self::PhoneHome,
        Self::SmsHome,
        Self::PhoneOther,
        Self::SmsOther,
        Self::Address,
        Self::PostalCode,
        Self::City,
        Self::State,
        Self::Country,
        Self::ExternalUrl,
        Self::SocialX,
        Self::SocialFacebook,
        Self::SocialLine,
        Self::SocialWhatsapp,
        Self::SocialInstagram,
        Self::SurveyOptOut,
        Self::ContactType,
    ];

    /// The eight fields of the strict file, in the file's order.
    pub const IN_FILE: [Self; 8] = [
        Self::Civility,
        Self::FirstName,
        Self::LastName,
        Self::Email,
        Self::Service,
        Self::PhoneWork,
        Self::Address,
        Self::City,
    ];

    /// In the order in which numbers are shown: the first one is called first.
    pub const PHONES: [Self; 4] = [Self::PhoneWork, Self::PhoneCell, Self::PhoneHome, Self::PhoneOther];
    /// Each of [`Self::PHONES`] with the flag of its text messages.
    pub const PHONES_WITH_SMS: [(Self, Self); 4] = [
        (Self::PhoneWork, Self::SmsWork),
        (Self::PhoneCell, Self::SmsCell),
        (Self::PhoneHome, Self::SmsHome),
        (Self::PhoneOther, Self::SmsOther),
    ];
    pub const EMAILS: [Self; 3] = [Self::Email, Self::EmailPersonal, Self::EmailOther];

    /// The name of the form's control.
    pub fn form_name(self) -> &'static str {
        match self {
            Self::Civility => "civility",
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Title => "title",
            Self::Organization => "organization",
            Self::Service => "service",
            Self::Expert => "expert",
            Self::Copy => "copy",
            Self::Transfer => "transfer",
            Self::Email => "email",
            Self::EmailPersonal => "email_personal",
            Self::EmailOther => "email_other",
            Self::PhoneWork => "phone_work",
            Self::SmsWork => "sms_work",
            Self::PhoneCell => "phone_cell",
            Self::SmsCell => "sms_cell",
            Self::PhoneHome => "phone_home",
            Self::SmsHome => "sms_home",
            Self::PhoneOther => "phone_other",
            Self::SmsOther => "sms_other",
            Self::Address => "address",
            Self::PostalCode => "postal_code",
            Self::City => "city",
            Self::State => "state",
            Self::Country => "country",
            Self::ExternalUrl => "external_url",
            Self::SocialX => "social_x",
            Self::SocialFacebook => "social_facebook",
            Self::SocialLine => "social_line",
            Self::SocialWhatsapp => "social_whatsapp",
            Self::SocialInstagram => "social_instagram",
            Self::SurveyOptOut => "survey_opt_out",
            Self::ContactType => "contact_type",
        }
    }

    pub fn parse(form_name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.form_name() == form_name)
    }

    /// The field's column in the strict file, from 1; 0 for a field that the file does not have.
    pub fn column(self) -> i64 {
        Self::IN_FILE.into_iter().zip(1..).find(|(field, _)| *field == self).map_or(0, |(_, column)| column)
    }

    pub fn from_column(column: i64) -> Option<Self> {
        Self::IN_FILE.into_iter().find(|field| field.column() == column)
    }

    pub fn kind(self) -> FieldKind {
        match self {
            Self::Civility => FieldKind::Civility,
            Self::FirstName | Self::LastName | Self::Service | Self::State => FieldKind::Text(50),
            Self::Title
            | Self::Address
            | Self::City
            | Self::SocialX
            | Self::SocialFacebook
            | Self::SocialLine
            | Self::SocialWhatsapp
            | Self::SocialInstagram => FieldKind::Text(100),
            Self::PostalCode => FieldKind::Text(25),
            Self::Organization => FieldKind::Organization,
            Self::ContactType => FieldKind::ContactType,
            Self::Email | Self::EmailPersonal | Self::EmailOther => FieldKind::Email,
            Self::PhoneWork | Self::PhoneCell | Self::PhoneHome | Self::PhoneOther => FieldKind::Phone,
            Self::Expert
            | Self::Copy
            | Self::Transfer
            | Self::SmsWork
            | Self::SmsCell
            | Self::SmsHome
            | Self::SmsOther
            | Self::SurveyOptOut => FieldKind::Flag,
            Self::Country => FieldKind::Country,
            Self::ExternalUrl => FieldKind::Url(1000),
        }
    }

    /// Converts a typed value to its stored form; empty for no value. The caller asks the database whether an organization or a
    /// contact type exists.
    ///
    /// # Errors
    /// The reason why the value is refused.
    pub fn clean(self, typed: &str) -> Result<String, Fault> {
        naming_invisible(typed, |typed| self.clean_visible(typed))
    }

    fn clean_visible(self, typed: &str) -> Result<String, Fault> {
        let kind = self.kind();
        if is_blank(typed) {
            return Ok(String::new());
        }
        Ok(match kind {
            FieldKind::Civility => {
                Civility::parse(typed)?.map_or_else(String::new, |known| known.as_str().to_owned())
            }
            FieldKind::Text(max) => clean(typed, max)?.into_owned(),
            FieldKind::Organization | FieldKind::ContactType => clean(typed, 100)?.into_owned(),
            FieldKind::Email => Email::parse_typed(typed)?.as_str().to_owned(),
            FieldKind::Phone => Phone::parse(typed)?.into_string(),
            FieldKind::Flag => TICKED.to_owned(),
            FieldKind::Country => Country::parse(typed)?.code().to_owned(),
            FieldKind::Url(max) => WebUrl::parse(typed, max)?.into_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_complete_and_in_order() {
        for (place, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field as usize, place, "{field:?}");
            assert_eq!(Field::parse(field.form_name()), Some(field));
        }
        assert_eq!(Field::ALL.len(), Field::ContactType as usize + 1);
        let of_kind = |kind| Field::ALL.into_iter().filter(move |field| field.kind() == kind);
        assert!(of_kind(FieldKind::Phone).eq(Field::PHONES));
        assert!(of_kind(FieldKind::Phone).eq(Field::PHONES_WITH_SMS.map(|(phone, _)| phone)));
        assert!(of_kind(FieldKind::Email).eq(Field::EMAILS));
        assert_eq!(Field::from_column(6), Some(Field::PhoneWork));
        assert_eq!(Field::from_column(0), None);
    }
}
