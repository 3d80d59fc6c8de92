use serde::{Deserialize, Serialize};

/// Why a value is refused. Data, not words: each way in tells it in the reader's language.
///
/// Serialized into the database with an import's findings: variants may be added, never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Missing,
    /// Lengths in characters after NFC.
    TooLong {
        length: usize,
        max: usize,
    },
    TooShort {
        min: usize,
    },
    /// A password that many people have.
    CommonPassword,
    /// A password of a few characters over and over.
    RepeatedCharacters,
    /// A password of words that everybody here knows: of the product, of the account.
    KnownWords,
    /// A control character or a line break inside the value.
    ControlCharacter,
    /// A character that nobody sees, without which the value would be valid.
    Invisible {
        character: char,
    },
    /// Not `M.`, `Mme` or `Mlle`.
    UnknownCivility,
    NotAnEmail,
    /// An apostrophe before an e-mail.
    EmailApostrophe,
    /// What no host name has, behind the `@`.
    EmailSign {
        sign: char,
    },
    /// A number at the end, as in an IP address.
    EmailNumber,
    /// No host name for another reason.
    EmailHost,
    /// A phone number without any digit.
    NoDigit,
    /// An extension without the number that it belongs to.
    ExtensionAlone,
    /// Not an `http` or `https` address.
    NotAUrl,
    /// Not a country of ISO 3166-1.
    UnknownCountry,
    /// Not a whole number within 18 digits.
    NotAnInteger,
    /// Not a number.
    NotANumber,
    /// Not a day of the calendar.
    NotADate,
    /// Not a day and a time.
    NotADateTime,
    /// Not one of a list's choices.
    NotAChoice,
    TooManyTags {
        max: usize,
    },
    /// The import takes digits only in a phone number.
    NotOnlyDigits,
    /// White space where none may be.
    WhiteSpace,
    /// A line of the import with `found` fields in place of eight.
    FieldCount {
        found: usize,
    },
    /// Ends of lines of an old Mac within the line.
    BareReturn,
    /// A line longer than any valid one could be.
    LineTooLong {
        max: usize,
    },
    /// A line that is not in the encoding of the rest of its file.
    OtherEncoding,
    /// The same e-mail stands again in the file, at `line`, which wins.
    Superseded {
        line: u64,
    },
}
