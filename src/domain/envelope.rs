use super::Country;

/// The lines of a postal address on a French envelope: street, postal code and town, region, the country in capitals.
/// `country` is the stored code of two letters, or empty.
pub fn envelope(street: &str, postal_code: &str, city: &str, state: &str, country: &str) -> Vec<String> {
    let town = format!("{postal_code} {city}");
    let country = match country {
        "" => String::new(),
        code => {
            Country::parse(code).map_or_else(|_| code.to_owned(), |country| country.french().to_uppercase())
        }
    };
    [street.to_owned(), town.trim().to_owned(), state.to_owned(), country]
        .into_iter()
        .filter(|line| !line.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_has_one_line_per_known_part() {
        assert_eq!(
            envelope("12 rue Haute", "69001", "Lyon", "", "CI"),
            ["12 rue Haute", "69001 Lyon", "CÔTE D’IVOIRE"]
        );
        assert_eq!(envelope("", "", "Lyon", "", ""), ["Lyon"]);
        assert!(envelope("", "", "", "", "").is_empty());
    }
}
