//! The file that is imported.

use std::fmt::Write as _;

use carnet::domain::fold;

/// A last name of one person in fifty thousand.
pub const RARE: &str = "Zwolinski";
const RARE_EVERY: usize = 50_000;

/// The headings of [`list`].
pub const HEADINGS: [&str; 12] = [
    "Civilité",
    "Prénom",
    "Nom",
    "E-mail",
    "Fonction",
    "Organisation",
    "Service",
    "Téléphone",
    "Portable",
    "Adresse",
    "Code postal",
    "Ville",
];

/// The street of all addresses, so that another one changes every contact.
#[derive(Debug, Clone, Copy)]
pub enum Street {
    Haute,
    Basse,
}

/// Lines with names as common and as rare as in life, the same at each run.
pub fn generate(lines: usize) -> String {
    on_street(lines, Street::Haute)
}

/// The people of [`generate`], with more about them, as a list of twelve columns with semicolons.
pub fn list(lines: usize, street: Street) -> String {
    const TITLE: [&str; 5] =
        ["Responsable", "Chargée de clientèle", "Juriste", "Technicienne", "Directrice adjointe"];
    const ORGANIZATION: [&str; 5] = ["Mairie", "Société", "Agence", "Syndicat", "Groupe"];
    let mut text = HEADINGS.join(";") + "\n";
    for (n, line) in on_street(lines, street).lines().enumerate() {
        let fields: Vec<&str> = line.split(',').collect();
        let [_, first, last, email, service, phone, address, city] = fields[..] else { continue };
        let pairs = |number: &str, sign: &str| {
            let digits: Vec<char> = number.chars().collect();
            let pairs: Vec<String> = digits.chunks(2).map(|pair| pair.iter().collect()).collect();
            pairs.join(sign)
        };
        let (work, cell) = (pairs(phone, " "), pairs(&phone.replacen("01", "06", 1), "."));
        let (title, kind) = (TITLE[n % 5], ORGANIZATION[n / 5 % 5]);
        let (organization, code) = (format!("{kind} {}", n % 97), 69_001 + n % 9);
        let _ = writeln!(
            text,
            "Madame;{first};{last};{email};{title};{organization};{service};{work};{cell};{address};{code};{city}"
        );
    }
    text
}

/// The lines of [`generate`], on a street.
pub fn on_street(lines: usize, street: Street) -> String {
    people(0, lines, street)
}

/// Part `part` of a long list: people who are in no other part.
pub fn part(part: usize, lines: usize) -> String {
    people(part, lines, Street::Haute)
}

fn people(part: usize, lines: usize, street: Street) -> String {
    const FIRST: [&str; 12] = [
        "Marie",
        "Jean",
        "Françoise",
        "Hélène",
        "Loïc",
        "Anne-Sophie",
        "Karim",
        "Zoé",
        "Étienne",
        "Noël",
        "Inès",
        "Paul",
    ];
    const BEGIN: [&str; 20] = [
        "Mar", "Beau", "Le ", "Du", "Gar", "Ro", "Châ", "Saint-", "Val", "Per", "Ber", "Fon", "Mo", "La",
        "Tra", "Kow", "Ben", "Lef", "Gué", "D’Or",
    ];
    const END: [&str; 20] = [
        "tin", "lieu", "roux", "pont", "nier", "bert", "teau", "mont", "lois", "rin", "nard", "taine",
        "reau", "croix", "oré", "alski", "ali", "èvre", "ville", "messon",
    ];
    const SERVICE: [&str; 8] = [
        "État civil",
        "Urbanisme",
        "Voirie",
        "Contentieux",
        "Relation client",
        "Facturation",
        "Eau potable",
        "Support niveau 2",
    ];
    const CITY: [&str; 8] =
        ["Paris", "Lyon", "Marseille", "L’Haÿ-les-Roses", "Saint-Étienne", "Rennes", "Évry", "Strasbourg"];
    let mut state = 42 + part as u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % below
    };
    let mut text = String::new();
    for line in part * lines..(part + 1) * lines {
        let (first, service, city) = (FIRST[next(12)], SERVICE[next(8)], CITY[next(8)]);
        let mut last = format!("{}{}", BEGIN[next(20).min(next(20))], END[next(20)]);
        if line % RARE_EVERY == 0 {
            RARE.clone_into(&mut last);
        }
        let local = format!("{}.{}", fold(first), fold(&last)).replace([' ', '’'], "");
        let phone = next(90_000_000) + 10_000_000;
        let _ = writeln!(
            text,
            "Mme,{first},{last},{local}{line}@mairie.example,{service},01{phone},{} rue {street:?},{city}",
            next(200) + 1
        );
    }
    text
}
