use super::super::read;
use super::super::row::tests::{cells, rules};
use super::*;

#[test]
fn corrections_and_faults_are_counted_with_their_first_example() {
    let rules = rules(&["last_name", "email", "civility"], |mapping| mapping.capitals = true);
    let mut tally = Tally::default();
    for row in ["DUPONT|a@x.fr|Madame", "MARTIN||Dr", "LE GOFF||M.", "||", "Durand|x|Pr"] {
        let cells = cells(row);
        tally.add(&cells, &read(&cells, &rules));
    }
    assert_eq!((tally.rows, tally.blank, tally.faulty, tally.without_email), (5, 1, 2, 1));
    let shown: Vec<_> = tally
        .cleanings
        .iter()
        .map(|known| (known.column, known.kind, known.count, known.before.as_str(), known.after.as_str()))
        .collect();
    let expected =
        [(1, Cleaning::Capitals, 2, "DUPONT", "Dupont"), (3, Cleaning::Civility, 1, "Madame", "Mme")];
    assert_eq!(shown, expected);
    let faults: Vec<_> = tally
        .faults
        .iter()
        .map(|known| (known.column, known.count, known.shown.as_str(), &known.fault))
        .collect();
    assert_eq!(faults, [(2, 1, "x", &Fault::NotAnEmail), (3, 2, "Dr", &Fault::UnknownCivility)]);
    let json = serde_json::to_string(&tally).unwrap();
    assert_eq!(serde_json::from_str::<Tally>(&json).unwrap(), tally);
}
