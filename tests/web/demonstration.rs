//! `carnet serve --demo` shows every feature with a book that people have worked with.

use crate::support::process::{Served, carnet};
use crate::support::{Client, Page};

/// A feature, the page that shows it, and a text of this page.
type Shown = (&'static str, &'static str, &'static str);

const TO_COORDINATORS: [Shown; 27] = [
    ("organizations", "/organizations", "Régie des transports de l’Ouest Transports Rennes 64"),
    ("details of organizations", "organization Agence des usagers", "01 99 00 00 00"),
    ("fields of a contact type", "Corinne Delmas-Aubry", "CV-2031"),
    ("another contact type", "Thi-Lan Nguyen", "Haute tension"),
    ("topics", "/contacts?topic=Échéancier", "Leclerc, Karim"),
    ("languages", "Oksana Petrenko", "Ukrainien"),
    ("an absence with a substitute", "Zoé Vasseur", "Remplacement : Nadia Bénard"),
    ("external ids", "Denis Carrel", "Identifiant dans FacturationF-7710"),
    ("a coming absence", "Benoît Hébert", "Absent du"),
    ("notes", "Denis Carrel", "Dépanne aussi le dimanche."),
    ("two numbers in one field", "Denis Carrel", "05 36 49 77 11"),
    ("a number that no plan knows", "Dominique Roche", "numéro non reconnu"),
    ("duplicates to decide", "/duplicates", "3 doublons possibles"),
    ("a pair of two people", "/duplicates/dismissed", "Paul Garçon"),
    ("a merge", "Étienne Blanchard", "Annuler la fusion"),
    ("a shared filter", "/contacts/filters", "Parlent allemand partagé avec l’équipe"),
    ("an own filter", "/contacts/filters", "Experts de l’annuaire"),
    ("contacts to verify", "/contacts/unchecked", "Maëlle Camara"),
    ("the trash", "/contacts/trash", "Antoine"),
    ("a bulk edit", "/contacts/bulk/6", "Transfert"),
    ("a finished import", "/imports/2", "Télécharger les 2 lignes refusées"),
    ("an undone import", "/imports/3", "Jade Rousseau – une note y a été ajoutée"),
    ("an import with doubtful rows", "/imports/4", "6 douteuses"),
    ("doubtful rows", "/reviews", "annuaire-telephonie"),
    ("a doubtful row", "/reviews/1", "Kerviel"),
    ("an import to decide", "/imports/5", "Importer les 7 lignes valides"),
    ("everything that waits", "/waiting", "Elle me dit avoir changé de service"),
];

const TO_AGENTS: [Shown; 7] = [
    ("favourites", "/contacts/favourites", "Inès N’Diaye"),
    ("recent contacts", "/contacts/recent", "Solène Schmitt"),
    ("absent people before a search", "/contacts", "Absences aujourd’hui Françoise Collet"),
    ("a shared filter", "/contacts", "Fuites et coupures"),
    ("an own filter", "/contacts/filters", "À qui transférer à Paris"),
    ("an open report", "Léa Tran", "L’adresse e-mail revient en erreur."),
    ("an answer to a report", "Karim Leclerc", "Merci, le numéro direct est à jour."),
];

const TO_ADMINISTRATORS: [Shown; 7] = [
    ("the history of a contact", "Françoise Collet", "→ Petite enfance"),
    ("changes by the coordinator", "/audit", "Claire Morvan"),
    ("changes by the agent", "/audit", "Erreur signalée · Agnès Picard Samir Bouaziz"),
    ("changes by the administrator", "/contacts/trash", "Isabelle Lacombe"),
    ("contact types", "/contact-types", "Technicien d’astreinte"),
    ("sources of external ids", "/sources", "SIRH 4"),
    ("accounts with display names", "/users", "Samir Bouaziz agent"),
];

#[test]
fn the_demonstration_serves_with_three_accounts() {
    let mut served = Served::start(carnet(&["serve", "--demo", "--listen", "127.0.0.1:0"]));
    let printed: Vec<String> = served.printed.by_ref().take(3).map(Result::unwrap).collect();
    actix_web::rt::System::new().block_on(async {
        for (line, shown) in
            printed.iter().zip([&TO_COORDINATORS[..], &TO_AGENTS[..], &TO_ADMINISTRATORS[..]])
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            let client = Client::new(served.address);
            client.sign_in(words[0], words[1]).await;
            let found = client.get("/contacts?q=lefevre+hel").await;
            assert!(found.body.contains("Lefèvre"), "{line}");
            for (feature, place, text) in shown {
                let page = visit(&client, place).await;
                assert_eq!(page.status, 200, "{line}: {feature}");
                let main = page.one("main").replace(['\u{A0}', '\u{202F}'], " ");
                assert!(main.contains(text), "{line}: {feature}: no {text:?} in {main}");
            }
        }
    });
}

/// A page by its path, or that of an organization or a contact by its name.
async fn visit(client: &Client, place: &str) -> Page {
    if place.starts_with('/') {
        return client.get(place).await;
    }
    let (list, name) = match place.strip_prefix("organization ") {
        Some(name) => ("/organizations", name),
        None => ("/contacts", place),
    };
    let found = client.get(&format!("{list}?q={name}")).await;
    let paths = found.attributes(&format!("main a[href^='{list}/']"), "href");
    let path = paths.iter().find(|path| path.rsplit('/').next().is_some_and(|id| id.parse::<i64>().is_ok()));
    client.get(path.unwrap_or_else(|| panic!("no page of {place}"))).await
}
