use proptest::prelude::*;

use super::*;

/// Suggestions for headings with their values, separated by bars; each line is `heading: value | value → target`.
fn check(list: &str) {
    let lines: Vec<(&str, Vec<String>, &str)> = list
        .trim()
        .lines()
        .map(|line| {
            let (column, target) = line.rsplit_once('→').unwrap();
            let (heading, values) = column.split_once(':').unwrap();
            let values = values.split('|').map(|value| value.trim().to_owned()).collect();
            (heading.trim(), values, target.trim())
        })
        .collect();
    let columns: Vec<(&str, &[String])> =
        lines.iter().map(|(heading, values, _)| (*heading, values.as_slice())).collect();
    let found = suggest(&columns, &[("siret", "N° SIRET")]);
    let found: Vec<String> =
        found.iter().map(|target| target.as_ref().map_or(String::new(), Target::form_name)).collect();
    for ((heading, _, expected), found) in lines.iter().zip(&found) {
        assert_eq!(found, expected, "{heading:?} of {list}");
    }
}

#[test]
fn a_list_of_a_colleague() {
    check(
        "
Civilité: Madame | Monsieur → civility
NOM: DUPONT | LE GOFF → last_name
Prénom: Jeanne | Yann → first_name
Fonction: Juriste | Chef de projet → title
Service: Contentieux | Achats → service
Mail: j.dupont@ville.example | y.legoff@ville.example → email
Tél. fixe: 01 10 20 30 40 | 01 10 20 30 41 → phone_work
Mobile: 612345678 | 712345678 → phone_cell
Adresse: 1 rue de la Paix | 2 place Bellecour → address
CP: 1000 | 69002 → postal_code
Ville: LYON | BOURG → city
Société: Ville de Lyon | Ville de Lyon → organization",
    );
}

#[test]
fn an_export_of_outlook() {
    check(
        "
Title: Mr. |  → civility
First Name: Jean | Léa → first_name
Middle Name: P. |  → 
Last Name: Dupont | Martin → last_name
Suffix: | → 
Company: Acme | Acme → organization
Department: Achats | → service
Job Title: Acheteur | → title
Business Street: 1 rue X | → address
Business Street 2: bât. B | → 
Business City: Lyon | → city
Business State: | → state
Business Postal Code: 69001 | → postal_code
Business Country/Region: France | → country
Home Street: 3 rue Y | → 
Home City: Nice | → 
Home Postal Code: 06000 | → 
Assistant's Phone: 0110203049 | → 
Business Fax: 0110203048 | → 
Business Phone: 0110203040 | → phone_work
Business Phone 2: 0110203041 | → phone_other
Car Phone: | → 
Company Main Phone: 0110203000 | → 
Home Fax: | → 
Home Phone: 0410203040 | → phone_home
Mobile Phone: +33 6 12 34 56 78 | → phone_cell
Other Fax: | → 
Other Phone: | → 
Pager: | → 
Primary Phone: | → 
E-mail Address: jean@acme.example | lea@acme.example → email
E-mail Type: SMTP | SMTP → 
E-mail Display Name: Jean Dupont (jean@acme.example) | Léa → 
E-mail 2 Address: jd@perso.example | → email_personal
E-mail 3 Address: | → 
Birthday: 0/0/00 | 0/0/00 → 
Language: | → languages
Notes: | Rappeler → note
Web Page: | → external_url",
    );
    check(
        "
Titre: M. | Mme → civility
Prénom: Jean | Léa → first_name
Deuxième prénom: | → 
Nom: Dupont | Martin → last_name
Société: Acme | → organization
Service: Achats | → service
Titre: Directeur général | Acheteuse → title
Rue (bureau): 1 rue X | → address
Ville (bureau): Lyon | → city
Dép/Région (bureau): | → state
Code postal (bureau): 69001 | → postal_code
Pays/Région (bureau): France | → country
Rue (domicile): | → 
Télécopie (bureau): 0110203048 | → 
Téléphone (bureau): 0110203040 | → phone_work
Téléphone (domicile): | → phone_home
Tél. mobile: 0612345678 | → phone_cell
Adresse de messagerie: jean@acme.example | → email
Type de messagerie: SMTP | → 
Nom complet de l'adresse de messagerie: Jean | → 
Adresse de messagerie 2: jd@perso.example | → email_personal
Notes: | → note",
    );
}

#[test]
fn exports_of_google_contacts_and_customer_programs() {
    check(
        "
Name: Jean Dupont | Léa Martin → 
Given Name: Jean | Léa → first_name
Family Name: Dupont | Martin → last_name
Name Prefix: | → civility
Organization 1 - Name: Acme | → organization
Organization 1 - Title: Acheteur | → title
Organization 1 - Department: Achats | → service
E-mail 1 - Type: Work | → 
E-mail 1 - Value: jean@acme.example | → email
E-mail 2 - Value: j@perso.example | → email_personal
Phone 1 - Type: Mobile | → 
Phone 1 - Value: 06 12 34 56 78 | 07 12 34 56 78 → phone_cell
Phone 2 - Value: 01 10 20 30 40 | → phone_work
Address 1 - Formatted: 1 rue X, Lyon | → 
Address 1 - Street: 1 rue X | → address
Address 1 - City: Lyon | → city
Address 1 - Postal Code: 69001 | → postal_code
Address 1 - Country: FR | → country",
    );
    check(
        "
Record ID: 1201 | 1202 → external_id
First Name: Jean | Léa → first_name
Last Name: Dupont | Martin → last_name
Email: j@acme.example | → email
Phone Number: 0110203040 | → phone_work
Mobile Phone Number: 0612345678 | → phone_cell
Account Name: Acme | → organization
Mailing Street: 1 rue X | → address
Mailing City: Lyon | → city
Mailing State/Province: | → state
Mailing Zip/Postal Code: 69001 | → postal_code
Contact owner: x@crm.example | → ",
    );
    check(
        "
id: 12 | 13 → external_id
name: Jean Dupont | Léa Martin → full_name
email: j@acme.example | → email
phone_number: +33612345678 | → phone_cell
company_name: Acme | → organization
country_code: FR | → country
city: Lyon | → city",
    );
}

#[test]
fn a_table_of_a_staff_program() {
    check(
        "
Matricule: A0012 | A0013 → external_id
Civ.: MME | M → civility
NOM USUEL: DUPONT | MARTIN → last_name
Nom de naissance: DURAND | MARTIN → 
Prénom: JEANNE | PAUL → first_name
Poste: 4512 | 4513 → 
Emploi: Agent d'accueil | Juriste → title
Direction: DRH | DSI → service
Site: Part-Dieu | Gerland → city
Tél. 1: 01 10 20 30 40 | → phone_work
Tél. 2: 04 10 20 30 40 | → phone_home
GSM: 06 12 34 56 78 | → phone_cell
Courriel: j@ville.example | → email
Raison sociale: Ville | → organization
N° SIRET: 12345678901234 | → custom_siret
Actif: oui | non → ",
    );
    check(
        "
Nom et prénom: DUPONT Jeanne | MARTIN Paul → full_name
Poste: Juriste | Acheteur → title
Portable: 0612345678 | → phone_cell
Adresse mail: j@ville.example | → email
Adresse: 1 rue X | → address
Commune: LYON | → city
Entreprise: Acme | → organization",
    );
}

#[test]
fn the_own_tables() {
    check(
        "
Numéro: 1 | 2 → 
Civilité: Mme | – → civility
Prénom: Léa | Jean → first_name
Nom: Martin | Dupont → last_name
Fonction: Juriste | → title
Organisation: Ville | → organization
Service: Achats | → service
Expert: oui | non → expert
Copie: oui | non → copy
Transfert: non | non → transfer
E-mail professionnel: a@b.example | → email
E-mail personnel: | → email_personal
Autre e-mail: | → email_other
Téléphone professionnel: 0110203040 | → phone_work
Le téléphone professionnel reçoit les SMS: non | non → sms_work
Téléphone mobile: 0612345678 | → phone_cell
Le téléphone mobile reçoit les SMS: oui | non → sms_cell
Téléphone du domicile: | → phone_home
Le téléphone du domicile reçoit les SMS: non | non → sms_home
Autre téléphone: | → phone_other
L’autre téléphone reçoit les SMS: non | non → sms_other
Adresse: | → address
Code postal: | → postal_code
Ville: | → city
Région ou état: | → state
Pays: France | → country
Fiche dans un autre système: | → external_url
X: | → social_x
Facebook: | → social_facebook
LINE: | → social_line
WhatsApp: | → social_whatsapp
Instagram: | → social_instagram
Ne pas solliciter pour les enquêtes: non | non → survey_opt_out
Type de contact: Avocat | → 
Premier jour d’absence: | → 
Dernier jour d’absence: | → 
Remplacement: | → 
Spécialités: eau, gaz | → topics
Langues: Anglais | → languages
Avocat – N° SIRET: 1 | → custom_siret
Importation: | → 
Créé le: 2026-01-01 10:00:00 | → ",
    );
    check(
        "
Title: Ms | Mr → civility
First name: Léa | → first_name
Last name: Martin | → last_name
Job title: Lawyer | → title
Organization: City | → organization
Service: Law | → service
Copy: yes | no → copy
Work e-mail: a@b.example | → email
Personal e-mail: | → email_personal
Other e-mail: | → email_other
Work phone: 0110203040 | → phone_work
The work phone takes text messages: no | no → sms_work
Mobile phone: | → phone_cell
Home phone: | → phone_home
Other phone: | → phone_other
State or region: | → state
Record in another system: | → external_url
Do not contact for surveys: no | → survey_opt_out
Topics: | → topics",
    );
    check(
        "
Civilité: Mme | → civility
Prénom: Léa | → first_name
Nom: Martin | → last_name
E-mail: a@b.example | → email
Service: Achats | → service
Téléphone: 0110203040 | → phone_work
Adresse: 1 rue X | → address
Ville: Lyon | → city",
    );
}

#[test]
fn values_say_what_headings_do_not() {
    check(
        "
: Mme | M. | M. → civility
: a@b.example | c@d.example | → email
Colonne 3: 01 10 20 30 40 | 01 10 20 30 41 | → phone_work
Colonne 4: 06 10 20 30 40 | 07 10 20 30 41 | → phone_cell
: 69001 | 01000 | 75008 → postal_code
: https://crm.example/1 | https://crm.example/2 | → external_url
: oui | non | oui → 
Couleur: rouge | vert | → ",
    );
    // Another person's address, and codes that are no postal codes.
    check(
        "
E-mail: a@b.example | → email
N+1: chef@b.example | → 
Code interne: 69001 | 75008 → ",
    );
}

#[test]
fn an_empty_column_takes_no_field_from_a_filled_one() {
    check(
        "
Nom: Dupont | Martin → last_name
Web Page: → 
Personal Web Page: https://a.example | → external_url
Country: → 
Work Country: France | → country",
    );
}

#[test]
fn labels_beside_the_numbers_say_which_they_are() {
    check(
        "
First Name: Helen | Tom → first_name
Phone 1 - Label: Mobile | Mobile → 
Phone 1 - Value: +44 7400 123456 | +44 7400 123457 → phone_cell
Phone 2 - Label: * Travail | → 
Phone 2 - Value: +44 20 7946 0018 | → phone_work
Phone 3 - Type: Work Fax | → 
Phone 3 - Value: +44 20 7946 0019 | → ",
    );
}

#[test]
fn lost_zeros_are_noticed_among_french_codes_only() {
    let codes = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert!(lost_zeros(&codes("69001 1000 75008 13001")));
    assert!(!lost_zeros(&codes("69001 75008")));
    assert!(!lost_zeros(&codes("1000 1050 69001")));
    assert!(!lost_zeros(&codes("1000 69001 75008 13001 SW1A")));
    assert!(!lost_zeros(&[]));
}

proptest! {
    #[test]
    fn no_target_is_suggested_twice(
        headings in prop::collection::vec(
            prop::sample::select(vec![
                "Nom", "Prénom", "Nom complet", "Tél.", "Mobile", "Téléphone 2", "E-mail", "Mail pro", "Titre", "Poste",
                "", "Adresse", "Site", "N° SIRET", "Ville", "Contact",
            ]),
            0..14,
        ),
        samples in prop::collection::vec(
            prop::sample::select(vec!["Jean Dupont", "0612345678", "0110203040", "a@b.fr", "M.", "69001", "", "https://a.fr"]),
            0..4,
        ),
    ) {
        let samples: Vec<String> = samples.into_iter().map(str::to_owned).collect();
        let columns: Vec<(&str, &[String])> = headings.iter().map(|heading| (*heading, samples.as_slice())).collect();
        let found = suggest(&columns, &[("siret", "N° SIRET")]);
        prop_assert_eq!(found.len(), columns.len());
        let mut targets: Vec<_> = found.into_iter().flatten().collect();
        let count = targets.len();
        targets.sort();
        targets.dedup();
        prop_assert_eq!(targets.len(), count);
        let has = |target: &Target| targets.contains(target);
        let has_half = has(&Target::Field(Field::FirstName)) || has(&Target::Field(Field::LastName));
        prop_assert!(!(has(&Target::FullName) && has_half));
    }
}
