use rlibphonenumber::PHONE_NUMBER_UTIL;

use super::signs::is_separator;
use crate::domain::{Country, Fault};

/// The numbers of an organization by their beginnings, in international form: `+33142`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberBlocks(Vec<String>);

/// The fewest digits behind the country code. A shorter beginning would be a whole region.
const FEWEST: usize = 4;
/// The most digits of a number, with its country code (E.164).
const LONGEST: usize = 15;

impl NumberBlocks {
    /// The most blocks of an organization.
    pub const MOST: usize = 100;

    /// Parses one beginning per line: with `+` or `00`, or national with the default country.
    ///
    /// # Errors
    /// [`Fault::NotANumberBlock`], [`Fault::NumberBlockTwice`], [`Fault::TooManyNumberBlocks`]
    pub fn parse(typed: &str, default: Country) -> Result<Self, Fault> {
        let mut blocks: Vec<String> = Vec::new();
        for line in typed.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let block = block(line, default).ok_or(Fault::NotANumberBlock)?;
            if blocks.contains(&block) {
                return Err(Fault::NumberBlockTwice);
            }
            if blocks.len() == Self::MOST {
                return Err(Fault::TooManyNumberBlocks { max: Self::MOST });
            }
            blocks.push(block);
        }
        Ok(Self(blocks))
    }

    /// One per line, as stored.
    pub fn into_text(self) -> String {
        self.0.join("\n")
    }
}

/// The beginnings of a number in international form that a block can have, the longest first.
pub fn beginnings(e164: &str) -> impl Iterator<Item = &str> {
    (FEWEST + 2..=e164.len()).rev().map(|end| &e164[..end])
}

fn block(line: &str, default: Country) -> Option<String> {
    let line = line.replace("(0)", "");
    if !line.chars().all(|c| c.is_ascii_digit() || c == '+' || is_separator(c)) {
        return None;
    }
    let digits: String = line.chars().filter(char::is_ascii_digit).collect();
    let international = match digits.strip_prefix("00") {
        Some(rest) => rest.to_owned(),
        None if line.trim_start().starts_with('+') => digits,
        None => {
            let region = default.code().parse().ok()?;
            let code = PHONE_NUMBER_UTIL.get_country_code_for_region(region)?;
            format!("{code}{}", digits.strip_prefix('0').unwrap_or(&digits))
        }
    };
    let code = (1..=3).find(|&length| {
        let code = international.get(..length).and_then(|code| code.parse().ok());
        code.is_some_and(|code| PHONE_NUMBER_UTIL.get_region_for_country_code(code).is_some())
    })?;
    let is_long_enough = international.len() >= code + FEWEST && international.len() <= LONGEST;
    is_long_enough.then(|| format!("+{international}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: &str) -> Result<String, Fault> {
        NumberBlocks::parse(typed, Country::parse("FR").unwrap()).map(NumberBlocks::into_text)
    }

    #[test]
    fn blocks_are_read_in_every_spelling() {
        assert_eq!(parse("01 42 68").unwrap(), "+3314268");
        assert_eq!(
            parse("+33 1 42 68\n\n0033 (0)1 42 69\n+32 2 555").unwrap(),
            "+3314268\n+3314269\n+322555"
        );
        assert_eq!(parse(" \n").unwrap(), "");
        for wrong in ["014", "+33 14", "abc", "01 42 68 x", "+999 1234", "+33142685300123456"] {
            assert_eq!(parse(wrong), Err(Fault::NotANumberBlock), "{wrong}");
        }
        assert_eq!(parse("01 42 68\n+33 1 42 68"), Err(Fault::NumberBlockTwice));
        let many: Vec<String> = (1000..1101).map(|n| format!("+331{n}")).collect();
        assert_eq!(parse(&many.join("\n")), Err(Fault::TooManyNumberBlocks { max: NumberBlocks::MOST }));
    }

    #[test]
    fn the_longest_beginning_comes_first() {
        let all: Vec<&str> = beginnings("+33142685300").collect();
        assert_eq!((all[0], *all.last().unwrap()), ("+33142685300", "+33142"));
        assert_eq!(beginnings("+1").count(), 0);
    }
}
