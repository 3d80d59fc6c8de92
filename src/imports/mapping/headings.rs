//! The names that lists give to their columns, in French and English: those of Outlook, Google Contacts, customer and staff
//! programs, of the strict file and of this product's own tables.

use std::collections::HashMap;
use std::sync::LazyLock;

use Meaning::{
    Email, ExternalId, Field as To, FullName, Languages, Name, Note, Nothing, Phone, Post, Title, Topics,
};

use crate::domain::{Field, folded_words};

/// What a heading says about its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Field(Field),
    Topics,
    Languages,
    FullName,
    ExternalId,
    Note,
    /// The last name beside a column of first names, otherwise the full name.
    Name,
    /// The civility or the job title.
    Title,
    /// The job title or the extension of a phone.
    Post,
    /// A phone number, in this field if the heading says so.
    Phone(Option<Field>),
    /// An e-mail, in this field if the heading says so.
    Email(Option<Field>),
    /// A value that no field has.
    Nothing,
}

/// The meanings with their names. Of several columns with one meaning, the one whose name is first here has the value.
#[rustfmt::skip] // One meaning per paragraph.
const NAMES: [(Meaning, &[&str]); 42] = [
    (To(Field::Civility), &[
        "Civilité", "Civ.", "Civility", "Formule d’appel", "Salutation", "Prefix", "Name prefix", "Préfixe",
    ]),
    (Title, &["Titre", "Title"]),
    (To(Field::FirstName), &[
        "Prénom", "First name", "Given name", "Prénom usuel", "Prénoms", "Prénom(s)", "Forename", "Firstname",
    ]),
    (To(Field::LastName), &[
        "Nom de famille", "Last name", "Family name", "Surname", "Nom usuel", "Nom d’usage", "Nom usage",
        "Lastname", "sn",
    ]),
    (Name, &["Nom", "Name", "Noms", "Nom contact", "Contact name"]),
    (FullName, &[
        "Nom complet", "Full name", "Nom et prénom", "Nom prénom", "Prénom et nom", "Prénom nom",
        "Nom & prénom", "Display name", "Nom affiché", "Nom d’affichage", "Contact", "Interlocuteur",
        "Collaborateur", "Agent", "Salarié", "Employee name", "Identité", "cn",
    ]),
    (To(Field::Title), &[
        "Fonction", "Job title", "Intitulé de poste", "Intitulé du poste", "Poste occupé", "Libellé fonction",
        "Libellé emploi", "Organization title", "Organization 1 - Title", "Emploi", "Métier", "Profession",
        "Position", "Rôle", "Role", "Qualité", "Poste/Fonction", "Fonction/Poste",
    ]),
    (Post, &["Poste", "Post"]),
    (To(Field::Organization), &[
        "Organisation", "Organization", "Société", "Company", "Company name", "Entreprise", "Raison sociale",
        "Organisme", "Organization name", "Organization 1 - Name", "Account name", "Account",
        "Nom de la société", "Nom de l’entreprise", "Associated company", "Employeur", "Employer",
        "Établissement", "Structure", "Collectivité", "Client", "External organization name",
        "External organization", "Compte", "Nom du compte", "Tiers", "Nom du tiers",
    ]),
    (To(Field::Service), &[
        "Service", "Department", "Organization department", "Organization 1 - Department", "Département",
        "Libellé service", "Nom du service", "Direction", "Pôle", "Unité", "Division", "Équipe", "Team",
        "Entité", "Affectation",
    ]),
    (To(Field::Expert), &["Expert"]),
    (To(Field::Copy), &["Copie", "Copy"]),
    (To(Field::Transfer), &["Transfert", "Transfer"]),
    (Email(Some(Field::Email)), &["E-mail professionnel", "Work e-mail"]),
    (Email(Some(Field::EmailPersonal)), &["E-mail personnel", "Personal e-mail"]),
    (Email(Some(Field::EmailOther)), &["Autre e-mail", "Other e-mail"]),
    (Phone(Some(Field::PhoneWork)), &[
        "Fixe", "Ligne directe", "Ligne fixe", "Direct line", "N° direct", "Poste fixe",
    ]),
    (Phone(Some(Field::PhoneCell)), &["Mobile", "Portable", "GSM", "Cell", "N° de portable"]),
    (To(Field::SmsWork), &[
        "Le téléphone professionnel reçoit les SMS", "The work phone takes text messages", "Work phone accepts SMS",
    ]),
    (To(Field::SmsCell), &[
        "Le téléphone mobile reçoit les SMS", "The mobile takes text messages", "Cell phone accepts SMS",
    ]),
    (To(Field::SmsHome), &[
        "Le téléphone du domicile reçoit les SMS", "The home phone takes text messages", "Home phone accepts SMS",
    ]),
    (To(Field::SmsOther), &[
        "L’autre téléphone reçoit les SMS", "The other phone takes text messages", "Other phone accepts SMS",
    ]),
    (To(Field::Address), &[
        "Adresse", "Address", "Adresse postale", "Street address", "Rue (bureau)", "Business street", "Rue",
        "Street", "Adresse 1", "Address 1", "Adresse ligne 1", "Address line 1", "Address 1 - Street",
        "Address street", "Mailing street", "Mailing address", "Adresse professionnelle", "Adresse (bureau)",
        "Business address", "Voie", "N° et voie", "N° et rue", "Work address", "Address address 1",
    ]),
    (To(Field::PostalCode), &[
        "Code postal", "Postal code", "CP", "Zip", "Zip code", "Postcode", "Code postal (bureau)",
        "Business postal code", "Address 1 - Postal code", "Address postal code", "Mailing zip/postal code",
        "Mailing zip", "Zip/Postal code", "Code Postal/Zip", "Work zip code", "Code postal (prof.)",
    ]),
    (To(Field::City), &[
        "Ville", "City", "Commune", "Ville (bureau)", "Business city", "Town", "Address 1 - City",
        "Address city", "Mailing city", "Localité", "Work city", "Ville (prof.)", "Lieu de travail",
        "Localisation", "Site", "L",
    ]),
    (To(Field::State), &[
        "Région ou état", "State or region", "Région", "State", "State/Region", "Dép/Région (bureau)",
        "Business state", "Address 1 - Region", "Address state", "Mailing state/province", "Mailing state",
        "Province", "Region", "State or province", "Work state", "État (prof.)",
    ]),
    (To(Field::Country), &[
        "Pays", "Country", "Country/Region", "Pays/Région", "Pays/Région (bureau)", "Business country/region",
        "Business country", "Address 1 - Country", "Address country", "Mailing country", "Country or region",
        "Work country", "Pays (prof.)", "Country code", "Address country code", "Code pays", "co",
    ]),
    (To(Field::ExternalUrl), &[
        "Fiche dans un autre système", "Record in another system", "Lien", "URL", "Link", "Web page",
        "Page web", "Website", "Website 1 - Value", "Site web", "Site internet", "External system URL",
        "Web page 1", "Page web 1", "Site web 1", "Personal web page",
    ]),
    (To(Field::SocialX), &["X", "Twitter", "Compte X", "X (Twitter)", "Social Twitter", "Twitter id screen name"]),
    (To(Field::SocialFacebook), &["Facebook", "Social Facebook"]),
    (To(Field::SocialLine), &["LINE", "Social LINE"]),
    (To(Field::SocialWhatsapp), &["WhatsApp", "Social WhatsApp"]),
    (To(Field::SocialInstagram), &["Instagram", "Social Instagram"]),
    (To(Field::SurveyOptOut), &[
        "Ne pas solliciter pour les enquêtes", "Do not contact for surveys", "Survey opt out",
    ]),
    (Topics, &[
        "Spécialités", "Topics", "Spécialité", "Thèmes", "Thématiques", "Domaines", "Domaines d’expertise",
        "Compétences", "Expertise", "Expertises", "Sujets", "Skills",
    ]),
    (Languages, &["Langues", "Languages", "Langues parlées", "Langue", "Language", "Spoken languages"]),
    (ExternalId, &[
        "Matricule", "Identifiant", "External id", "Id externe", "Employee id", "Employee number",
        "Matricule RH", "Numéro de matricule", "Numéro d’employé", "N° agent", "Id agent", "Personnel number",
        "Record id", "Contact id", "Identifier", "Référence", "Code agent", "Government id number", "ID",
    ]),
    (Note, &[
        "Note", "Notes", "Commentaire", "Commentaires", "Comment", "Comments", "Remarque", "Remarques",
        "Observations", "Observation", "Description", "Note (publique)",
    ]),
    (Nothing, &[
        "Nom de naissance", "Nom naissance", "Nom de jeune fille", "Maiden name", "Birth name", "Deuxième prénom",
        "Middle name", "Additional name",
    ]),
    (Nothing, &[
        "Numéro", "Number", "N°", "Type de contact", "Contact type", "Importation", "Import", "Remplacement",
        "Substitute",
    ]),
    (Nothing, &[
        "Créé le", "Created", "Modifié le", "Changed", "Vérifié le", "Checked", "Date de naissance",
        "Birthday", "Anniversaire",
    ]),
    (Nothing, &[
        "Téléphone société", "Company main phone", "Pager", "Télex", "Telex", "RNIS", "ISDN", "Rappel",
        "Callback",
    ]),
];

/// The beginnings of a heading without which it is looked for too: `Contact First Name`, `LIB_SERVICE`.
const PREFIXES: [&str; 3] = ["contact", "libelle", "lib"];

/// The words of a column of phone numbers, of e-mails, and of columns about them that have other values.
const PHONE: [&str; 8] = ["tel", "telephone", "telephones", "phone", "phones", "tph", "ligne", "standard"];
const MOBILE: [&str; 7] = ["mobile", "mobiles", "portable", "portables", "gsm", "cell", "cellulaire"];
const EMAIL: [&str; 8] = ["email", "emails", "mail", "mails", "courriel", "courriels", "mel", "messagerie"];
#[rustfmt::skip] // Side by side.
const ABOUT: [&str; 31] = [
    "fax", "telecopie", "telecopieur", "type", "label", "libelle", "display", "nom", "name", "manager",
    "responsable", "superieur", "hierarchique", "assistant", "assistante", "assistants", "n1", "n2", "opt",
    "optout", "statut", "status", "valide", "sms", "indicatif", "extension", "date", "voiture", "car",
    "radio", "tdd",
];
/// The words that say which number or e-mail it is.
#[rustfmt::skip] // Side by side.
const WORK: [&str; 14] = [
    "bureau", "pro", "professionnel", "professionnelle", "work", "business", "office", "travail", "fixe",
    "direct", "directe", "interne", "entreprise", "pros",
];
const HOME: [&str; 10] = [
    "domicile",
    "perso",
    "personnel",
    "personnelle",
    "personal",
    "home",
    "prive",
    "privee",
    "private",
    "maison",
];
const OTHER: [&str; 7] =
    ["autre", "other", "secondaire", "secondary", "alternate", "standard", "secretariat"];

/// The meanings by the names for comparison, each with its place among the names of its meaning.
static KNOWN: LazyLock<HashMap<String, (Meaning, usize)>> = LazyLock::new(|| {
    let mut known = HashMap::new();
    for (meaning, names) in NAMES {
        for (place, name) in names.iter().enumerate() {
            known.entry(compact(name)).or_insert((meaning, place));
        }
    }
    known
});

/// The meaning of a heading, with a number that is smaller for a better name; `None` for an unknown heading.
pub(super) fn meaning(heading: &str) -> Option<(Meaning, usize)> {
    let name = compact(heading);
    let without = |prefix: &&str| KNOWN.get(name.strip_prefix(*prefix)?).copied();
    let of_words = || number(heading).map(|meaning| (meaning, usize::MAX));
    KNOWN.get(&name).copied().or_else(|| PREFIXES.iter().find_map(without)).or_else(of_words)
}

/// The meaning of a heading of phone numbers or e-mails by its words.
pub(super) fn number(heading: &str) -> Option<Meaning> {
    kind_of_number(&separated(heading))
}

/// A heading for comparison: its letters and digits in lower case without accents, so that `First name`, `first_name` and
/// `FirstName` are the same.
pub(super) fn compact(heading: &str) -> String {
    folded_words(heading).concat()
}

/// Returns `true` for a heading that a program made up: none, or `Colonne 3`.
pub(super) fn says_nothing(heading: &str) -> bool {
    let name = compact(heading);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit());
    matches!(name, "" | "colonne" | "column" | "col" | "champ" | "field" | "f" | "unnamed" | "sanstitre")
}

/// The folded words of a heading, also of one such as `phoneNumber`. `e-mail` is one word, and so is `N+1`, a superior.
fn separated(heading: &str) -> Vec<String> {
    let mut text = String::new();
    let mut before = ' ';
    for c in heading.chars() {
        if before.is_lowercase() && c.is_uppercase() {
            text.push(' ');
        }
        if c != '+' || !matches!(before, 'n' | 'N') {
            text.push(c);
        }
        before = c;
    }
    let mut words = folded_words(&text);
    if let Some(at) = words.windows(2).position(|pair| pair[0] == "e" && pair[1] == "mail") {
        words.splice(at..at + 2, ["email".to_owned()]);
    }
    words
}

fn kind_of_number(words: &[String]) -> Option<Meaning> {
    let has = |some: &[&str]| words.iter().any(|word| some.contains(&word.as_str()));
    let (is_phone, is_mobile, is_email) = (has(&PHONE), has(&MOBILE), has(&EMAIL));
    if !(is_phone || is_mobile || is_email) {
        return has(&["fax", "telecopie", "telecopieur"]).then_some(Nothing);
    }
    if has(&ABOUT) {
        return Some(Nothing);
    }
    let choose = |work, home, other| {
        let (is_home, is_other, is_work) = (has(&HOME), has(&OTHER), has(&WORK));
        is_home.then_some(home).or(is_other.then_some(other)).or(is_work.then_some(work))
    };
    Some(match (is_email, is_mobile) {
        (true, _) => Email(choose(Field::Email, Field::EmailPersonal, Field::EmailOther)),
        (false, true) => Phone(Some(Field::PhoneCell)),
        (false, false) => Phone(choose(Field::PhoneWork, Field::PhoneHome, Field::PhoneOther)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_has_two_meanings() {
        let mut known = HashMap::new();
        for (meaning, names) in NAMES {
            for name in names {
                let other = known.insert(compact(name), meaning);
                assert!(other.is_none_or(|other| other == meaning), "{name}: {meaning:?}, {other:?}");
            }
        }
    }

    #[test]
    fn numbers_and_emails_are_known_by_their_words() {
        for (heading, meaning) in [
            ("Tél. fixe", Phone(Some(Field::PhoneWork))),
            ("Tél. 2", Phone(None)),
            ("phone_number", Phone(None)),
            ("phoneNumber", Phone(None)),
            ("N° de tél. portable (pro)", Phone(Some(Field::PhoneCell))),
            ("Téléphone (domicile)", Phone(Some(Field::PhoneHome))),
            ("Phone 1 - Type", Nothing),
            ("Télécopie (bureau)", Nothing),
            ("E-mail 2 Address", Email(None)),
            ("E-mail Type", Nothing),
            ("Mail pro", Email(Some(Field::Email))),
            ("Courriel personnel", Email(Some(Field::EmailPersonal))),
            ("E-mail du responsable", Nothing),
            ("Courriel N+1", Nothing),
        ] {
            assert_eq!(self::meaning(heading).map(|(meaning, _)| meaning), Some(meaning), "{heading}");
        }
        assert_eq!(self::meaning("Couleur"), None);
        for (heading, meaning) in [
            ("Contact First Name", Some(To(Field::FirstName))),
            ("Contact", Some(FullName)),
            ("LIB_SERVICE", Some(To(Field::Service))),
            ("Contact owner", None),
            ("Liberté", None),
        ] {
            assert_eq!(self::meaning(heading).map(|(meaning, _)| meaning), meaning, "{heading}");
        }
        assert!(says_nothing("Colonne 12") && says_nothing(" ") && !says_nothing("Code"));
    }
}
