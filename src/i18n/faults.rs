//! The messages for invalid values. Forms, import pages, reports and the command line share them.

use super::{Catalogue, fl};
use crate::domain::Fault;

pub struct Explanation {
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub cure: String,
}

pub fn explain(t: &Catalogue, fault: &Fault) -> Explanation {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let (reason, cure) = match fault {
        Fault::UnknownOrganization { nearest } if nearest.is_empty() => {
            (fl!(t, "fault-organization"), fl!(t, "fault-organization-cure"))
        }
        Fault::UnknownOrganization { nearest } => {
            (fl!(t, "fault-organization"), fl!(t, "fault-organization-near", names = nearest.join(", ")))
        }
        Fault::Doubtful => (fl!(t, "fault-doubtful"), fl!(t, "fault-doubtful-cure")),
        Fault::Missing => (fl!(t, "fault-missing"), fl!(t, "fault-missing-cure")),
        Fault::TooLong { length, max } => (
            fl!(t, "fault-too-long", length = count(*length), max = count(*max)),
            fl!(t, "fault-too-long-cure"),
        ),
        Fault::TooShort { min } => {
            (fl!(t, "fault-too-short", min = count(*min)), fl!(t, "fault-too-short-cure"))
        }
        Fault::CommonPassword => (fl!(t, "fault-common-password"), fl!(t, "fault-password-cure")),
        Fault::RepeatedCharacters => (fl!(t, "fault-repeated-characters"), fl!(t, "fault-password-cure")),
        Fault::KnownWords => (fl!(t, "fault-known-words"), fl!(t, "fault-password-cure")),
        Fault::ControlCharacter => (fl!(t, "fault-control"), fl!(t, "fault-control-cure")),
        Fault::UnknownCivility => (fl!(t, "fault-civility"), fl!(t, "fault-civility-cure")),
        Fault::NotAnEmail => (fl!(t, "fault-email"), fl!(t, "fault-email-cure")),
        Fault::Invisible { character } => (
            fl!(t, "fault-invisible", code = format!("U+{:04X}", u32::from(*character))),
            fl!(t, "fault-invisible-cure"),
        ),
        Fault::EmailApostrophe => (fl!(t, "fault-email-apostrophe"), fl!(t, "fault-email-apostrophe-cure")),
        Fault::EmailSign { sign } => {
            (fl!(t, "fault-email-sign", sign = sign.to_string()), fl!(t, "fault-email-sign-cure"))
        }
        Fault::EmailNumber => (fl!(t, "fault-email-number"), fl!(t, "fault-email-number-cure")),
        Fault::EmailHost => (fl!(t, "fault-email-host"), fl!(t, "fault-email-host-cure")),
        Fault::NoDigit => (fl!(t, "fault-no-digit"), fl!(t, "fault-no-digit-cure")),
        Fault::ExtensionAlone => (fl!(t, "fault-extension"), fl!(t, "fault-extension-cure")),
        Fault::Shortened => (fl!(t, "fault-shortened"), fl!(t, "fault-shortened-cure")),
        Fault::NotAUrl => (fl!(t, "fault-url"), fl!(t, "fault-url-cure")),
        Fault::UnknownCountry => (fl!(t, "fault-country"), fl!(t, "fault-country-cure")),
        Fault::NotAnInteger => (fl!(t, "fault-integer"), fl!(t, "fault-integer-cure")),
        Fault::NotANumber => (fl!(t, "fault-number"), fl!(t, "fault-number-cure")),
        Fault::NotADate => (fl!(t, "fault-date"), fl!(t, "fault-date-cure")),
        Fault::NotADateTime => (fl!(t, "fault-date-time"), fl!(t, "fault-date-time-cure")),
        Fault::NotAChoice => (fl!(t, "fault-choice"), fl!(t, "fault-choice-cure")),
        Fault::NotASourceName => (fl!(t, "fault-source-name"), fl!(t, "fault-source-name-cure")),
        Fault::NotANumberBlock => (fl!(t, "fault-number-block"), fl!(t, "fault-number-block-cure")),
        Fault::NumberBlockTwice => {
            (fl!(t, "fault-number-block-twice"), fl!(t, "fault-number-block-twice-cure"))
        }
        Fault::TooManyNumberBlocks { max } => {
            (fl!(t, "fault-number-blocks", max = count(*max)), fl!(t, "fault-number-blocks-cure"))
        }
        Fault::NotANetwork => (fl!(t, "fault-network"), fl!(t, "fault-network-cure")),
        Fault::TooManyNetworks { max } => {
            (fl!(t, "fault-networks", max = count(*max)), fl!(t, "fault-networks-cure"))
        }
        Fault::TooManyTags { max } => (fl!(t, "fault-tags", max = count(*max)), fl!(t, "fault-tags-cure")),
        Fault::NotOnlyDigits => (fl!(t, "fault-digits"), fl!(t, "fault-digits-cure")),
        Fault::WhiteSpace => (fl!(t, "fault-white-space"), fl!(t, "fault-white-space-cure")),
        Fault::FieldCount { found } => (
            fl!(t, "fault-field-count", found = count(*found)),
            if *found > 8 { fl!(t, "fault-field-count-more") } else { fl!(t, "fault-field-count-fewer") },
        ),
        Fault::Separator { sign } => {
            (fl!(t, "fault-separator", sign = sign.to_string()), fl!(t, "fault-separator-cure"))
        }
        Fault::BareReturn => (fl!(t, "fault-bare-return"), fl!(t, "fault-bare-return-cure")),
        Fault::LineTooLong { max } => {
            (fl!(t, "fault-line-too-long", max = count(*max)), fl!(t, "fault-line-too-long-cure"))
        }
        Fault::OtherEncoding => (fl!(t, "fault-other-encoding"), fl!(t, "fault-other-encoding-cure")),
        Fault::Superseded { line } => (
            fl!(t, "fault-superseded", line = i64::try_from(*line).unwrap_or(i64::MAX)),
            fl!(t, "fault-superseded-cure"),
        ),
    };
    Explanation { reason, cure }
}

/// One sentence for a form: the field's label, the fault and the cure.
pub fn at_field(t: &Catalogue, label: &str, fault: &Fault) -> String {
    let Explanation { reason, cure } = explain(t, fault);
    fl!(t, "fault-at-field", label = label, reason = reason, cure = cure)
}
