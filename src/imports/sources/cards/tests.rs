use proptest::prelude::*;

use super::super::tests::read;
use super::super::{MAX_RECORD, Table};
use super::*;
use crate::domain::CARD_PRODUCT;

/// Reads cards, and returns the filled cells of each with their headings, without the dropped properties.
fn cards(text: &str) -> (Table, Vec<Vec<(String, String)>>) {
    cards_of(text.as_bytes())
}

fn cards_of(bytes: &[u8]) -> (Table, Vec<Vec<(String, String)>>) {
    let (table, rows) = read(bytes).unwrap();
    assert_eq!(table.heading_row, Some(1));
    let (headings, cards) = rows.split_first().unwrap();
    let filled = |cells: &Vec<String>| {
        let pairs = headings.iter().cloned().zip(cells.iter().cloned());
        pairs.filter(|(heading, cell)| !cell.is_empty() && heading != "dropped").collect()
    };
    (table.clone(), cards.iter().map(filled).collect())
}

fn card(text: &str) -> Vec<(String, String)> {
    cards(&format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{text}\r\nEND:VCARD\r\n")).1.remove(0)
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(heading, cell)| ((*heading).to_owned(), (*cell).to_owned())).collect()
}

/// The cells with the dropped properties.
fn dropped(text: &str) -> Vec<String> {
    let (_, rows) = read(text.as_bytes()).unwrap();
    let at = rows[0].iter().position(|heading| heading == "dropped").unwrap();
    rows[1..].iter().map(|cells| cells.get(at).cloned().unwrap_or_default()).collect()
}

#[test]
fn dropped_properties_are_kept_beside_the_others_up_to_a_limit() {
    let many: Vec<String> = (0..100).map(|n| format!("X-MANY-{n}:{}\r\n", "é".repeat(1_500))).collect();
    let many = many.concat();
    let cards = format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Roux;Anne;;Dr;PhD\r\nX-SKYPE;TYPE=HOME:anne\\n\tr\r\nBDAY:1980-04-12\r\n\
        TEL;TYPE=FAX:01 10 20 30 40\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nFN:B\r\n{many}END:VCARD\r\n"
    );
    let kept = dropped(&cards);
    let expected = "N;PREFIX: Dr\nN;SUFFIX: PhD\nX-SKYPE (home): anne  r\nBDAY: 1980-04-12\nTEL;FAX (fax): 01 10 20 30 40";
    assert_eq!(kept[0], expected);
    assert!(kept[1].len() < 13_000 && kept[1].ends_with("…\n…"), "{}", kept[1].len());
}

#[test]
fn a_card_of_this_program_is_read_as_it_was_written() {
    let card = |product: &str| {
        card(&format!(
            "PRODID:{product}\r\nN:;;;;\r\nFN:a@x.fr\r\nEMAIL;TYPE=WORK:a@x.fr\r\nEMAIL;TYPE=HOME:a@x.fr\r\n\
             TEL;TYPE=WORK:+33110203040\r\nX-CARNET-PHONE-WORK:'=01 10 20 30 40\r\nitem1.EMAIL:b@x.fr\r\n\
             item1.X-ABLabel:Autre"
        ))
    };
    let own = pairs(&[
        ("email", "a@x.fr"),
        ("email_personal", "a@x.fr"),
        ("email_other", "b@x.fr"),
        // Later steps take the first apostrophe away.
        ("phone_work", "''=01 10 20 30 40"),
    ]);
    assert_eq!(card(CARD_PRODUCT), own);
    let other = [
        ("last_name", "a@x.fr"),
        ("email", "a@x.fr"),
        ("email_personal", "b@x.fr"),
        ("phone_work", "+33110203040"),
    ];
    assert_eq!(card("-//Apple Inc.//iPhone OS 18.1//EN"), pairs(&other));
}

#[test]
fn a_card_of_a_phone_is_read() {
    let (table, cards) = cards_of(include_bytes!("../../../../tests/files/lists/iphone.vcf"));
    assert_eq!(
        cards,
        [pairs(&[
            ("civility", "M."),
            ("first_name", "François Marie"),
            ("last_name", "Noël"),
            ("title", "Chef de service"),
            ("organization", "Régie des eaux"),
            ("email", "francois.noel@regie.example"),
            ("email_personal", "francois@maison.example"),
            ("phone_work", "04 72 10 30 31"),
            ("phone_cell", "06 12 34 56 78 / 07 11 22 33 44"),
            ("address", "3 place de l’Évêché"),
            ("postal_code", "25000"),
            ("city", "Besançon"),
            ("state", "Doubs"),
            ("country", "France"),
            ("external_url", "https://regie.example/a?b=1"),
            ("social_x", "http://twitter.com/fnoel"),
            ("social_whatsapp", "33612345678"),
        ])]
    );
    assert_eq!(table.photos, 1);
    let dropped = [("ADR", 1), ("BDAY", 1), ("TEL;FAX", 1)];
    assert_eq!(table.dropped, dropped.map(|(name, count)| (name.to_owned(), count)));
}

#[test]
fn cards_of_google_are_read() {
    let (table, cards) = cards_of(include_bytes!("../../../../tests/files/lists/google.vcf"));
    assert_eq!(
        cards,
        [
            pairs(&[
                ("first_name", "Marc"),
                ("last_name", "Beaulieu"),
                ("email", "marc.beaulieu@regie.example"),
                ("phone_work", "+33 4 72 10 30 31"),
                ("phone_other", "+33 4 72 10 30 32"),
                ("topics", "Eau"),
            ]),
            pairs(&[("last_name", "Accueil"), ("organization", "Mairie"), ("phone_other", "01 10 20 30 40")]),
        ]
    );
    assert_eq!(table.rows, 3);
    let headings: Vec<&str> = table.columns.iter().map(|column| column.heading.as_str()).collect();
    assert_eq!(headings[..3], ["first_name", "last_name", "organization"]);
    assert_eq!(table.columns[0].filled, 1);
}

#[test]
fn a_card_of_version_2_1_is_read() {
    let (table, cards) = cards_of(include_bytes!("../../../../tests/files/lists/outlook.vcf"));
    assert_eq!(
        cards,
        [pairs(&[
            ("civility", "Mme"),
            ("first_name", "Hélène"),
            ("last_name", "Lefèvre"),
            ("organization", "Mairie"),
            ("email", "helene.lefevre@mairie.example"),
            ("phone_work", "01 10 20 30 40"),
            ("phone_cell", "06 12 34 56 78"),
            ("address", "12 rue Haute, bât. B"),
            ("postal_code", "69001"),
            ("city", "Lyon"),
            ("country", "France"),
        ])]
    );
    assert_eq!(table.photos, 1);
}

#[test]
fn a_card_of_a_library_is_read() {
    let (_, cards) = cards_of(include_bytes!("../../../../tests/files/lists/vobject.vcf"));
    let value = |heading: &str| cards[0].iter().find(|(known, _)| known == heading).unwrap().1.as_str();
    assert_eq!((value("organization"), value("service")), ("Mairie; annexe", "État civil"));
    assert_eq!(value("address"), "12 rue Haute, bât. B");
    assert!(value("note").ends_with("avec des accents : é è à ù.\nFin."));
    assert_eq!(value("topics"), "Eau\nVoirie");
}

#[test]
fn a_card_of_this_program_comes_back() {
    let text = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:urn:uuid:0e1f\r\nFN:Hélène Lefèvre\r\nN:Lefèvre;Hélène;;Mme;\r\n\
        ORG:Mairie\\, annexe;État civil\r\nTITLE:Cheffe\\; adjointe\r\n\
        TEL;TYPE=work,voice;VALUE=uri:tel:+33110203040;ext=12\r\nTEL;TYPE=work,voice:3900\r\n\
        TEL;TYPE=cell,voice,text;VALUE=uri:tel:+33612345678\r\nEMAIL;TYPE=work:h@mairie.example\r\n\
        EMAIL;TYPE=home:h@maison.example\r\nEMAIL:h@autre.example\r\n\
        ADR;TYPE=work:;;12 rue Haute\\, bât. B;Lyon;Rhône;69001;France\r\nURL:https://a.example/b%2Cc\r\n\
        CATEGORIES:Eau\\, gaz,Voirie\r\nLANG;PREF=1:fr\r\nLANG;PREF=2:br\r\nREV:20260630T094100Z\r\nEND:VCARD\r\n";
    let (table, cards) = cards(text);
    assert_eq!(
        cards,
        [pairs(&[
            ("civility", "Mme"),
            ("first_name", "Hélène"),
            ("last_name", "Lefèvre"),
            ("title", "Cheffe; adjointe"),
            ("organization", "Mairie, annexe"),
            ("service", "État civil"),
            ("email", "h@mairie.example"),
            ("email_personal", "h@maison.example"),
            ("email_other", "h@autre.example"),
            ("phone_work", "+33110203040 poste 12 / 3900"),
            ("phone_cell", "+33612345678"),
            ("sms_cell", "on"),
            ("address", "12 rue Haute, bât. B"),
            ("postal_code", "69001"),
            ("city", "Lyon"),
            ("state", "Rhône"),
            ("country", "France"),
            ("external_url", "https://a.example/b%2Cc"),
            ("topics", "Eau, gaz\nVoirie"),
            ("languages", "fr\nbr"),
            ("uid", "urn:uuid:0e1f"),
        ])]
    );
    assert_eq!(table.dropped, []);
}

#[test]
fn values_find_free_places() {
    assert_eq!(
        card("EMAIL;TYPE=HOME:a@ex.fr\nEMAIL:b@ex.fr\nEMAIL:c@ex.fr\nEMAIL:b@ex.fr\nEMAIL:d@ex.fr"),
        pairs(&[("email", "b@ex.fr"), ("email_personal", "a@ex.fr"), ("email_other", "c@ex.fr")])
    );
    assert_eq!(
        card("ADR;TYPE=HOME:;;1 a;X;;1;\nADR;TYPE=WORK:bp 3;esc. 2;2 b\\nc;Y;;2;"),
        pairs(&[("address", "2 b, c, esc. 2, bp 3"), ("postal_code", "2"), ("city", "Y")])
    );
    assert_eq!(
        card("SOCIALPROFILE;SERVICE-TYPE=X:https://x.com/a\nIMPP:facebook:b\nURL:ftp://c\nIMPP:xmpp:d"),
        pairs(&[("social_x", "https://x.com/a"), ("social_facebook", "b")])
    );
}

#[test]
fn photos_take_no_memory_and_other_texts_have_a_limit() {
    let photo = "A".repeat(3 * MAX_RECORD);
    for fold in ["", "\r\n "] {
        let text = format!(
            "BEGIN:VCARD\r\nitem1.PHOTO;ENCODING=b:{fold}{photo}\r\n {photo}\r\nFN:A\r\nLOGO:{photo}\r\nEND:VCARD\r\n"
        );
        let (table, cards) = cards(&text);
        assert_eq!((cards, table.photos), (vec![pairs(&[("last_name", "A")])], 1));
    }
    let line = "A".repeat(1_000);
    for note in
        [photo.clone(), format!("{line}\r\n ").repeat(1_100), format!("{line}\r\nNOTE:").repeat(1_100)]
    {
        let text = format!("BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\nBEGIN:VCARD\r\nNOTE:{note}\r\nEND:VCARD\r\n");
        assert_eq!(read(text.as_bytes()), Err(SourceFault::CardTooLong { card: 2, max: MAX_RECORD }));
    }
}

#[test]
fn a_card_has_an_end() {
    for text in [
        "BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\n",
        "BEGIN:VCARD\nFN:A\nEND:VCARD\nBEGIN:VCARD\nFN:B\nBEGIN:VCARD\nEND:VCARD\n",
    ] {
        assert_eq!(read(text.as_bytes()), Err(SourceFault::CardNeverEnds { card: 2 }));
    }
    // A photo, and a folded text, up to the end of the file.
    for begin in ["PHOTO;ENCODING=BASE64:", "NOTE:"] {
        let lines = "\n AAAAAAAAAAAAAAAA".repeat(50_000);
        let text = format!("BEGIN:VCARD\nFN:A\n{begin}{lines}");
        assert_eq!(read(text.as_bytes()), Err(SourceFault::CardNeverEnds { card: 1 }), "{begin}");
    }
    assert_eq!(read(b"BEGIN:VCARDS\n"), Err(SourceFault::Empty));
    // The card of an agent inside a card, and text between cards.
    let text = "BEGIN:VCARD\nFN:A\nAGENT:\nBEGIN:VCARD\nFN:B\nEND:VCARD\nEND:VCARD\n\nx\nbegin:vcard\nFN:C\nend:vcard";
    let (table, cards) = cards(text);
    assert_eq!(cards, [pairs(&[("last_name", "A")]), pairs(&[("last_name", "C")])]);
    assert_eq!(table.rows, 3);
}

#[test]
fn a_card_without_the_parts_of_a_name_has_one() {
    for (text, expected) in [
        ("FN:Mme Léa Le Goff", &[("civility", "Mme"), ("first_name", "Léa"), ("last_name", "Le Goff")][..]),
        (
            "N:;;;;\nFN:Régie des eaux\nORG:Régie des eaux;",
            &[("last_name", "Régie des eaux"), ("organization", "Régie des eaux")],
        ),
        ("FN:Régie des eaux\nKIND:org", &[("last_name", "Régie des eaux")]),
        ("FN:Régie des eaux\nX-ABShowAs:COMPANY", &[("last_name", "Régie des eaux")]),
    ] {
        assert_eq!(card(text), pairs(expected), "{text}");
    }
}

#[test]
fn a_group_is_no_contact() {
    let group = "BEGIN:VCARD\nKIND:group\nFN:Tous\nMEMBER:urn:uuid:1\nEND:VCARD\n";
    let (table, cards) = cards(&format!("{group}BEGIN:VCARD\nFN:A\nEND:VCARD\n"));
    assert_eq!(cards, [vec![], pairs(&[("last_name", "A")])], "and the rows keep their numbers");
    assert_eq!(table.dropped, [("KIND;GROUP".to_owned(), 1)]);
    assert_eq!(read(group.as_bytes()), Err(SourceFault::Empty));
}

proptest! {
    #[test]
    fn cards_that_look_like_cards_never_panic(
        text in "(BEGIN:VCARD|END:VCARD|N|FN|TEL|ADR|EMAIL|NOTE|PHOTO|AGENT|[;:=,\\\\\" é]|ENCODING=QUOTED-PRINTABLE|CHARSET=|=E9|=|TYPE=|HOME|\r\n|\n|\r|\n ){0,80}",
    ) {
        let _ = read(format!("BEGIN:VCARD\n{text}\nEND:VCARD\n").as_bytes());
    }

    #[test]
    fn every_text_comes_back(text in "[a-zA-Zé€,;:\\\\=\" \\n]{1,200}", fold in 5..70_usize) {
        let escaped = text.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;").replace('\n', "\\n");
        let chars: Vec<char> = format!("NOTE:x{escaped}x").chars().collect();
        let lines: Vec<String> = chars.chunks(fold).map(|chars| chars.iter().collect()).collect();
        let read = card(&lines.join("\r\n "));
        prop_assert_eq!(read, pairs(&[("note", &format!("x{text}x"))]));
    }
}
