use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType};

use super::number::Number;
use super::{canonical_digits, digits_of, plan, reader};
use crate::base::text_enum;
use crate::domain::Country;

/// The most characters of a number that a telephone system sends.
const LONGEST: usize = 100;
/// The fewest digits of an international number without its `+`.
const INTERNATIONAL: usize = 8;

text_enum! {
    /// The kind of a number, as far as its plan tells.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum NumberKind {
        Mobile = "mobile",
        Fixed = "fixed",
        /// Dialled unchanged, within a country or a company.
        Short = "short",
        Other = "other",
    }
}

/// The number of a caller, as telephone systems write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallerNumber {
    /// `None` for a number that no plan has: a short one, or an extension of the company.
    e164: Option<String>,
    digits: String,
}

impl CallerNumber {
    /// Reads a number in any usual spelling: national, with `00` or `+`, with a `+` that became a blank on its way, with separators,
    /// as `sip:` or `tel:` URI, with an extension. `None` for a text that is not a number, such as `anonymous`.
    pub fn parse(raw: &str, default: Country) -> Option<Self> {
        if raw.len() > LONGEST || raw.contains(|c: char| c.is_control()) {
            return None;
        }
        let text = without_uri(raw);
        // A `+` in a query means a blank.
        let international =
            raw.starts_with(' ') && text.trim_start().starts_with(|c: char| matches!(c, '1'..='9'));
        let text = if international { format!("+{}", text.trim()) } else { text.trim().to_owned() };
        if text.contains(char::is_alphabetic) && reader::read(&text, default).is_empty() {
            return None;
        }
        if let Some(number) = reader::read(&text, default).into_iter().next() {
            let digits =
                number.e164.as_deref().map_or_else(|| canonical_digits(&number.digits), canonical_digits);
            return Some(Self { e164: number.e164, digits });
        }
        let digits = digits_of(&text);
        if digits.is_empty() {
            return None;
        }
        // `33123456789`, as some systems send it.
        let with_code =
            Some(&digits).filter(|digits| digits.len() >= INTERNATIONAL && !digits.starts_with('0'));
        if let Some(e164) = with_code.and_then(|digits| plan::e164(&format!("+{digits}"), default)) {
            let digits = canonical_digits(&e164);
            return Some(Self { e164: Some(e164), digits });
        }
        // Nothing is left of `00`.
        let digits = canonical_digits(&text);
        (!digits.is_empty()).then_some(Self { e164: None, digits })
    }

    pub fn e164(&self) -> Option<&str> {
        self.e164.as_deref()
    }

    /// The index word by which the search finds its holders.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// Returns `true` if a stored number is this one.
    pub fn is(&self, number: &Number) -> bool {
        match (&self.e164, &number.e164) {
            (Some(own), Some(other)) => own == other,
            (None, None) => canonical_digits(&number.digits) == self.digits,
            _ => false,
        }
    }

    /// Returns `true` if a stored text without a number of any plan is this number.
    pub fn is_text(&self, stored: &str) -> bool {
        self.e164.is_none() && canonical_digits(stored) == self.digits
    }

    pub fn kind(&self) -> NumberKind {
        let Some(e164) = &self.e164 else {
            return NumberKind::Short;
        };
        match PHONE_NUMBER_UTIL.parse(e164, None).map(|number| number.get_type()) {
            Ok(PhoneNumberType::Mobile) => NumberKind::Mobile,
            Ok(PhoneNumberType::FixedLine) => NumberKind::Fixed,
            _ => NumberKind::Other,
        }
    }

    /// The country of the number, as two letters of ISO 3166-1.
    pub fn country(&self) -> Option<String> {
        let number = PHONE_NUMBER_UTIL.parse(self.e164.as_deref()?, None).ok()?;
        number.get_region_code().map(|region| region.to_string())
    }
}

/// The number in a `sip:`, `sips:` or `tel:` URI, or the text itself.
fn without_uri(text: &str) -> &str {
    let text = match (text.find('<'), text.find('>')) {
        (Some(open), Some(close)) if open < close => &text[open + 1..close],
        _ => text,
    };
    let trimmed = text.trim_start();
    let scheme = ["sip:", "sips:", "tel:"].into_iter().find(|scheme| {
        trimmed.get(..scheme.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
    });
    let Some(scheme) = scheme else {
        return text;
    };
    let rest = &trimmed[scheme.len()..];
    let end = rest.find(['@', ';', '?']).unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn e164(raw: &str) -> Option<String> {
        let number = CallerNumber::parse(raw, Country::parse("FR").unwrap())?;
        number.e164().map(str::to_owned)
    }

    #[test]
    fn every_spelling_is_the_same_number() {
        for raw in [
            "0142685300",
            "+33142685300",
            " 33142685300",
            "0033142685300",
            "33142685300",
            "01 42 68 53 00",
            "01.42.68.53.00",
            "+33 (0)1 42 68 53 00",
            "tel:+33-1-42-68-53-00",
            "tel:+33142685300;ext=12",
            "sip:+33142685300@10.0.0.1;user=phone",
            "sip:0142685300@pbx.example.org",
            "\"Paul\" <sip:0142685300@pbx>",
            "SIPS:0142685300@pbx",
            "0142685300,,12",
            "01 42 68 53 00 poste 12",
        ] {
            assert_eq!(e164(raw).as_deref(), Some("+33142685300"), "{raw}");
        }
        assert_eq!(e164("+442079460958").as_deref(), Some("+442079460958"));
        assert_eq!(e164(" 442079460958").as_deref(), Some("+442079460958"));
    }

    #[test]
    fn the_signs_of_an_international_call_are_those_of_the_country() {
        for (country, raw) in [
            ("AU", "0011 33 1 42 68 53 00"),
            ("NG", "009 33 1 42 68 53 00"),
            ("KE", "000 33 1 42 68 53 00"),
            ("SG", "001 33 1 42 68 53 00"),
            ("BR", "0015 33 1 42 68 53 00"),
            ("US", "011 33 1 42 68 53 00"),
            ("AU", "0033 1 42 68 53 00"),
        ] {
            let number = CallerNumber::parse(raw, Country::parse(country).unwrap());
            assert_eq!(number.as_ref().and_then(CallerNumber::e164), Some("+33142685300"), "{country} {raw}");
        }
    }

    #[test]
    fn a_short_number_is_its_digits_and_a_text_is_none() {
        let france = Country::parse("FR").unwrap();
        for (raw, digits) in [("3646", "3646"), ("17", "17"), ("4012", "4012"), ("sip:4012@pbx", "4012")] {
            let number = CallerNumber::parse(raw, france).unwrap();
            assert_eq!((number.e164(), number.digits()), (None, digits), "{raw}");
            assert_eq!(number.kind(), NumberKind::Short);
        }
        for raw in [
            "",
            " ",
            "00",
            "+",
            "anonymous",
            "Anonymous",
            "unknown",
            "sip:anonymous@anonymous.invalid",
            "a1",
            "1\n2",
        ] {
            assert_eq!(CallerNumber::parse(raw, france), None, "{raw}");
        }
        assert_eq!(CallerNumber::parse(&"1".repeat(4_000), france), None);
    }

    #[test]
    fn the_plan_tells_kind_and_country() {
        let of = |raw: &str| {
            let number = CallerNumber::parse(raw, Country::parse("FR").unwrap()).unwrap();
            (number.kind(), number.country())
        };
        assert_eq!(of("0612345678"), (NumberKind::Mobile, Some("FR".to_owned())));
        assert_eq!(of("0142685300"), (NumberKind::Fixed, Some("FR".to_owned())));
        assert_eq!(of("+3225551212"), (NumberKind::Fixed, Some("BE".to_owned())));
        assert_eq!(of("3646"), (NumberKind::Short, None));
    }
}
