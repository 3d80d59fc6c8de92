use serde::{Deserialize, Serialize};

/// The reason why a value is refused. It is data, not a text, so that each interface can show it in the reader's language.
///
/// It is stored in the database with an import's findings: variants may be added, but never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    Missing,
    /// Lengths are in characters after NFC.
    TooLong {
        length: usize,
        max: usize,
    },
    TooShort {
        min: usize,
    },
    /// A password on the list of common ones.
    CommonPassword,
    /// A password with too few different characters.
    RepeatedCharacters,
    /// A password made of known words: of the product, the account or the organization.
    KnownWords,
    /// A control character or a line break inside the value.
    ControlCharacter,
    /// An invisible character, without which the value would be valid.
    Invisible {
        character: char,
    },
    /// Not `M.`, `Mme` or `Mlle`.
    UnknownCivility,
    NotAnEmail,
    /// An apostrophe before an e-mail.
    EmailApostrophe,
    /// A character after the `@` that host names cannot have.
    EmailSign {
        sign: char,
    },
    /// The part after the `@` ends with a number, as in an IP address.
    EmailNumber,
    /// The part after the `@` is not a host name for another reason.
    EmailHost,
    /// A phone number without any digit.
    NoDigit,
    /// An extension without a phone number.
    ExtensionAlone,
    /// A phone number that a spreadsheet has shortened to `6,12E+08`.
    Shortened,
    /// Not an `http` or `https` address.
    NotAUrl,
    /// Not a country of ISO 3166-1.
    UnknownCountry,
    /// Not a whole number of at most 18 digits.
    NotAnInteger,
    /// Not a number.
    NotANumber,
    /// Not a day of the calendar.
    NotADate,
    /// Not a day and a time.
    NotADateTime,
    /// Not one of a list's choices.
    NotAChoice,
    /// A name of a source with other characters than letters, digits and hyphens.
    NotASourceName,
    /// Not the beginning of phone numbers, with at least four digits behind the country code.
    NotANumberBlock,
    NumberBlockTwice,
    TooManyNumberBlocks {
        max: usize,
    },
    /// Not an IP address or a network in CIDR notation.
    NotANetwork,
    TooManyNetworks {
        max: usize,
    },
    TooManyTags {
        max: usize,
    },
    /// A phone number of the import with other characters than digits.
    NotOnlyDigits,
    /// White space in a value that must not contain any.
    WhiteSpace,
    /// A line of the import with `found` fields instead of eight.
    FieldCount {
        found: usize,
    },
    /// The sign between the fields of a line, within a field that somebody typed.
    Separator {
        sign: char,
    },
    /// Line ends of an old Mac within the line.
    BareReturn,
    /// A line longer than any valid one could be.
    LineTooLong {
        max: usize,
    },
    /// A line that is not in the encoding of the rest of its file.
    OtherEncoding,
    /// An organization that the book does not have; the names that are nearest to it.
    UnknownOrganization {
        nearest: Vec<String>,
    },
    /// A row of a list that may mean several contacts.
    Doubtful,
    /// The same e-mail is in the file again, on `line`, which takes precedence.
    Superseded {
        line: u64,
    },
}
