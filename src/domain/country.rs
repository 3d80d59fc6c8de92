use super::Fault;
use super::text::tidy;

/// A country or territory of ISO 3166-1.
///
/// The names are the usual short ones, not the official ones: people choose from them and read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Country {
    code: &'static str,
    french: &'static str,
    english: &'static str,
}

impl Country {
    /// All countries in the order of their codes; the order of the names depends on the reader's language.
    pub const ALL: &[Self] = &TABLE;

    /// Finds a country by its two letters, in any case.
    ///
    /// # Errors
    /// [`Fault::UnknownCountry`]
    pub fn parse(code: &str) -> Result<Self, Fault> {
        let code = &*tidy(code);
        Self::ALL
            .iter()
            .copied()
            .find(|country| country.code.eq_ignore_ascii_case(code))
            .ok_or(Fault::UnknownCountry)
    }

    /// The code: two capital letters.
    pub fn code(self) -> &'static str {
        self.code
    }

    pub fn french(self) -> &'static str {
        self.french
    }

    pub fn english(self) -> &'static str {
        self.english
    }
}

const fn country(code: &'static str, french: &'static str, english: &'static str) -> Country {
    Country { code, french, english }
}

#[rustfmt::skip] // One country per line.
const TABLE: [Country; 249] = [
    country("AD", "Andorre", "Andorra"),
    country("AE", "Émirats arabes unis", "United Arab Emirates"),
    country("AF", "Afghanistan", "Afghanistan"),
    country("AG", "Antigua-et-Barbuda", "Antigua and Barbuda"),
    country("AI", "Anguilla", "Anguilla"),
    country("AL", "Albanie", "Albania"),
    country("AM", "Arménie", "Armenia"),
    country("AO", "Angola", "Angola"),
    country("AQ", "Antarctique", "Antarctica"),
    country("AR", "Argentine", "Argentina"),
    country("AS", "Samoa américaines", "American Samoa"),
    country("AT", "Autriche", "Austria"),
    country("AU", "Australie", "Australia"),
    country("AW", "Aruba", "Aruba"),
    country("AX", "Îles Åland", "Åland Islands"),
    country("AZ", "Azerbaïdjan", "Azerbaijan"),
    country("BA", "Bosnie-Herzégovine", "Bosnia and Herzegovina"),
    country("BB", "Barbade", "Barbados"),
    country("BD", "Bangladesh", "Bangladesh"),
    country("BE", "Belgique", "Belgium"),
    country("BF", "Burkina Faso", "Burkina Faso"),
    country("BG", "Bulgarie", "Bulgaria"),
    country("BH", "Bahreïn", "Bahrain"),
    country("BI", "Burundi", "Burundi"),
    country("BJ", "Bénin", "Benin"),
    country("BL", "Saint-Barthélemy", "Saint Barthélemy"),
    country("BM", "Bermudes", "Bermuda"),
    country("BN", "Brunei", "Brunei"),
    country("BO", "Bolivie", "Bolivia"),
    country("BQ", "Pays-Bas caribéens", "Caribbean Netherlands"),
    country("BR", "Brésil", "Brazil"),
    country("BS", "Bahamas", "Bahamas"),
    country("BT", "Bhoutan", "Bhutan"),
    country("BV", "Île Bouvet", "Bouvet Island"),
    country("BW", "Botswana", "Botswana"),
    country("BY", "Biélorussie", "Belarus"),
    country("BZ", "Belize", "Belize"),
    country("CA", "Canada", "Canada"),
    country("CC", "Îles Cocos", "Cocos (Keeling) Islands"),
    country("CD", "République démocratique du Congo", "Democratic Republic of the Congo"),
    country("CF", "République centrafricaine", "Central African Republic"),
    country("CG", "Congo", "Congo"),
    country("CH", "Suisse", "Switzerland"),
    country("CI", "Côte d’Ivoire", "Côte d’Ivoire"),
    country("CK", "Îles Cook", "Cook Islands"),
    country("CL", "Chili", "Chile"),
    country("CM", "Cameroun", "Cameroon"),
    country("CN", "Chine", "China"),
    country("CO", "Colombie", "Colombia"),
    country("CR", "Costa Rica", "Costa Rica"),
    country("CU", "Cuba", "Cuba"),
    country("CV", "Cap-Vert", "Cape Verde"),
    country("CW", "Curaçao", "Curaçao"),
    country("CX", "Île Christmas", "Christmas Island"),
    country("CY", "Chypre", "Cyprus"),
    country("CZ", "Tchéquie", "Czechia"),
    country("DE", "Allemagne", "Germany"),
    country("DJ", "Djibouti", "Djibouti"),
    country("DK", "Danemark", "Denmark"),
    country("DM", "Dominique", "Dominica"),
    country("DO", "République dominicaine", "Dominican Republic"),
    country("DZ", "Algérie", "Algeria"),
    country("EC", "Équateur", "Ecuador"),
    country("EE", "Estonie", "Estonia"),
    country("EG", "Égypte", "Egypt"),
    country("EH", "Sahara occidental", "Western Sahara"),
    country("ER", "Érythrée", "Eritrea"),
    country("ES", "Espagne", "Spain"),
    country("ET", "Éthiopie", "Ethiopia"),
    country("FI", "Finlande", "Finland"),
    country("FJ", "Fidji", "Fiji"),
    country("FK", "Îles Malouines", "Falkland Islands"),
    country("FM", "Micronésie", "Micronesia"),
    country("FO", "Îles Féroé", "Faroe Islands"),
    country("FR", "France", "France"),
    country("GA", "Gabon", "Gabon"),
    country("GB", "Royaume-Uni", "United Kingdom"),
    country("GD", "Grenade", "Grenada"),
    country("GE", "Géorgie", "Georgia"),
    country("GF", "Guyane française", "French Guiana"),
    country("GG", "Guernesey", "Guernsey"),
    country("GH", "Ghana", "Ghana"),
    country("GI", "Gibraltar", "Gibraltar"),
    country("GL", "Groenland", "Greenland"),
    country("GM", "Gambie", "Gambia"),
    country("GN", "Guinée", "Guinea"),
    country("GP", "Guadeloupe", "Guadeloupe"),
    country("GQ", "Guinée équatoriale", "Equatorial Guinea"),
    country("GR", "Grèce", "Greece"),
    country("GS", "Géorgie du Sud-et-les Îles Sandwich du Sud", "South Georgia and the South Sandwich Islands"),
    country("GT", "Guatemala", "Guatemala"),
    country("GU", "Guam", "Guam"),
    country("GW", "Guinée-Bissau", "Guinea-Bissau"),
    country("GY", "Guyana", "Guyana"),
    country("HK", "Hong Kong", "Hong Kong"),
    country("HM", "Îles Heard-et-MacDonald", "Heard Island and McDonald Islands"),
    country("HN", "Honduras", "Honduras"),
    country("HR", "Croatie", "Croatia"),
    country("HT", "Haïti", "Haiti"),
    country("HU", "Hongrie", "Hungary"),
    country("ID", "Indonésie", "Indonesia"),
    country("IE", "Irlande", "Ireland"),
    country("IL", "Israël", "Israel"),
    country("IM", "Île de Man", "Isle of Man"),
    country("IN", "Inde", "India"),
    country("IO", "Territoire britannique de l’océan Indien", "British Indian Ocean Territory"),
    country("IQ", "Irak", "Iraq"),
    country("IR", "Iran", "Iran"),
    country("IS", "Islande", "Iceland"),
    country("IT", "Italie", "Italy"),
    country("JE", "Jersey", "Jersey"),
    country("JM", "Jamaïque", "Jamaica"),
    country("JO", "Jordanie", "Jordan"),
    country("JP", "Japon", "Japan"),
    country("KE", "Kenya", "Kenya"),
    country("KG", "Kirghizstan", "Kyrgyzstan"),
    country("KH", "Cambodge", "Cambodia"),
    country("KI", "Kiribati", "Kiribati"),
    country("KM", "Comores", "Comoros"),
    country("KN", "Saint-Christophe-et-Niévès", "Saint Kitts and Nevis"),
    country("KP", "Corée du Nord", "North Korea"),
    country("KR", "Corée du Sud", "South Korea"),
    country("KW", "Koweït", "Kuwait"),
    country("KY", "Îles Caïmans", "Cayman Islands"),
    country("KZ", "Kazakhstan", "Kazakhstan"),
    country("LA", "Laos", "Laos"),
    country("LB", "Liban", "Lebanon"),
    country("LC", "Sainte-Lucie", "Saint Lucia"),
    country("LI", "Liechtenstein", "Liechtenstein"),
    country("LK", "Sri Lanka", "Sri Lanka"),
    country("LR", "Libéria", "Liberia"),
    country("LS", "Lesotho", "Lesotho"),
    country("LT", "Lituanie", "Lithuania"),
    country("LU", "Luxembourg", "Luxembourg"),
    country("LV", "Lettonie", "Latvia"),
    country("LY", "Libye", "Libya"),
    country("MA", "Maroc", "Morocco"),
    country("MC", "Monaco", "Monaco"),
    country("MD", "Moldavie", "Moldova"),
    country("ME", "Monténégro", "Montenegro"),
    country("MF", "Saint-Martin", "Saint Martin"),
    country("MG", "Madagascar", "Madagascar"),
    country("MH", "Îles Marshall", "Marshall Islands"),
    country("MK", "Macédoine du Nord", "North Macedonia"),
    country("ML", "Mali", "Mali"),
    country("MM", "Birmanie", "Myanmar"),
    country("MN", "Mongolie", "Mongolia"),
    country("MO", "Macao", "Macao"),
    country("MP", "Îles Mariannes du Nord", "Northern Mariana Islands"),
    country("MQ", "Martinique", "Martinique"),
    country("MR", "Mauritanie", "Mauritania"),
    country("MS", "Montserrat", "Montserrat"),
    country("MT", "Malte", "Malta"),
    country("MU", "Maurice", "Mauritius"),
    country("MV", "Maldives", "Maldives"),
    country("MW", "Malawi", "Malawi"),
    country("MX", "Mexique", "Mexico"),
    country("MY", "Malaisie", "Malaysia"),
    country("MZ", "Mozambique", "Mozambique"),
    country("NA", "Namibie", "Namibia"),
    country("NC", "Nouvelle-Calédonie", "New Caledonia"),
    country("NE", "Niger", "Niger"),
    country("NF", "Île Norfolk", "Norfolk Island"),
    country("NG", "Nigéria", "Nigeria"),
    country("NI", "Nicaragua", "Nicaragua"),
    country("NL", "Pays-Bas", "Netherlands"),
    country("NO", "Norvège", "Norway"),
    country("NP", "Népal", "Nepal"),
    country("NR", "Nauru", "Nauru"),
    country("NU", "Niue", "Niue"),
    country("NZ", "Nouvelle-Zélande", "New Zealand"),
    country("OM", "Oman", "Oman"),
    country("PA", "Panama", "Panama"),
    country("PE", "Pérou", "Peru"),
    country("PF", "Polynésie française", "French Polynesia"),
    country("PG", "Papouasie-Nouvelle-Guinée", "Papua New Guinea"),
    country("PH", "Philippines", "Philippines"),
    country("PK", "Pakistan", "Pakistan"),
    country("PL", "Pologne", "Poland"),
    country("PM", "Saint-Pierre-et-Miquelon", "Saint Pierre and Miquelon"),
    country("PN", "Îles Pitcairn", "Pitcairn Islands"),
    country("PR", "Porto Rico", "Puerto Rico"),
    country("PS", "Palestine", "Palestine"),
    country("PT", "Portugal", "Portugal"),
    country("PW", "Palaos", "Palau"),
    country("PY", "Paraguay", "Paraguay"),
    country("QA", "Qatar", "Qatar"),
    country("RE", "La Réunion", "Réunion"),
    country("RO", "Roumanie", "Romania"),
    country("RS", "Serbie", "Serbia"),
    country("RU", "Russie", "Russia"),
    country("RW", "Rwanda", "Rwanda"),
    country("SA", "Arabie saoudite", "Saudi Arabia"),
    country("SB", "Îles Salomon", "Solomon Islands"),
    country("SC", "Seychelles", "Seychelles"),
    country("SD", "Soudan", "Sudan"),
    country("SE", "Suède", "Sweden"),
    country("SG", "Singapour", "Singapore"),
    country("SH", "Sainte-Hélène", "Saint Helena"),
    country("SI", "Slovénie", "Slovenia"),
    country("SJ", "Svalbard et Jan Mayen", "Svalbard and Jan Mayen"),
    country("SK", "Slovaquie", "Slovakia"),
    country("SL", "Sierra Leone", "Sierra Leone"),
    country("SM", "Saint-Marin", "San Marino"),
    country("SN", "Sénégal", "Senegal"),
    country("SO", "Somalie", "Somalia"),
    country("SR", "Suriname", "Suriname"),
    country("SS", "Soudan du Sud", "South Sudan"),
    country("ST", "Sao Tomé-et-Principe", "São Tomé and Príncipe"),
    country("SV", "Salvador", "El Salvador"),
    country("SX", "Saint-Martin (partie néerlandaise)", "Sint Maarten"),
    country("SY", "Syrie", "Syria"),
    country("SZ", "Eswatini", "Eswatini"),
    country("TC", "Îles Turques-et-Caïques", "Turks and Caicos Islands"),
    country("TD", "Tchad", "Chad"),
    country("TF", "Terres australes françaises", "French Southern Territories"),
    country("TG", "Togo", "Togo"),
    country("TH", "Thaïlande", "Thailand"),
    country("TJ", "Tadjikistan", "Tajikistan"),
    country("TK", "Tokelau", "Tokelau"),
    country("TL", "Timor oriental", "Timor-Leste"),
    country("TM", "Turkménistan", "Turkmenistan"),
    country("TN", "Tunisie", "Tunisia"),
    country("TO", "Tonga", "Tonga"),
    country("TR", "Turquie", "Turkey"),
    country("TT", "Trinité-et-Tobago", "Trinidad and Tobago"),
    country("TV", "Tuvalu", "Tuvalu"),
    country("TW", "Taïwan", "Taiwan"),
    country("TZ", "Tanzanie", "Tanzania"),
    country("UA", "Ukraine", "Ukraine"),
    country("UG", "Ouganda", "Uganda"),
    country("UM", "Îles mineures éloignées des États-Unis", "United States Minor Outlying Islands"),
    country("US", "États-Unis", "United States"),
    country("UY", "Uruguay", "Uruguay"),
    country("UZ", "Ouzbékistan", "Uzbekistan"),
    country("VA", "Vatican", "Vatican City"),
    country("VC", "Saint-Vincent-et-les-Grenadines", "Saint Vincent and the Grenadines"),
    country("VE", "Venezuela", "Venezuela"),
    country("VG", "Îles Vierges britanniques", "British Virgin Islands"),
    country("VI", "Îles Vierges américaines", "United States Virgin Islands"),
    country("VN", "Vietnam", "Vietnam"),
    country("VU", "Vanuatu", "Vanuatu"),
    country("WF", "Wallis-et-Futuna", "Wallis and Futuna"),
    country("WS", "Samoa", "Samoa"),
    country("YE", "Yémen", "Yemen"),
    country("YT", "Mayotte", "Mayotte"),
    country("ZA", "Afrique du Sud", "South Africa"),
    country("ZM", "Zambie", "Zambia"),
    country("ZW", "Zimbabwe", "Zimbabwe"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_two_capitals_each_once_and_in_order() {
        assert_eq!(Country::ALL.len(), 249);
        assert!(Country::ALL.is_sorted_by(|a, b| a.code() < b.code()));
        for country in Country::ALL {
            let code = country.code();
            assert_eq!(code.len(), 2, "{code}");
            assert!(code.bytes().all(|b| b.is_ascii_uppercase()), "{code}");
        }
    }

    #[test]
    fn the_names_use_typographic_apostrophes_and_differ() {
        for name in [Country::french, Country::english] {
            let mut names: Vec<&str> = Country::ALL.iter().map(|country| name(*country)).collect();
            for name in &names {
                assert!(!name.is_empty() && name.trim() == *name, "{name:?}");
                assert!(!name.contains('\''), "{name}");
            }
            names.sort_unstable();
            assert!(names.is_sorted_by(|a, b| a < b), "a name twice");
        }
    }

    #[test]
    fn a_code_is_accepted_in_any_case() {
        let france = Country::parse(" fr ").unwrap();
        assert_eq!((france.code(), france.french()), ("FR", "France"));
        assert_eq!(Country::parse("cI").unwrap().french(), "Côte d’Ivoire");
        for country in Country::ALL {
            assert_eq!(Country::parse(country.code()), Ok(*country));
        }
    }

    #[test]
    fn other_codes_are_refused() {
        for code in ["XX", "", "F", "FRA", "France"] {
            assert_eq!(Country::parse(code), Err(Fault::UnknownCountry), "{code}");
        }
    }
}
