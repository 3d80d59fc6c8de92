//! Every page by two judges: the Nu HTML checker for its markup, axe-core in Chromium for WCAG 2.2 AA.
//!
//! A new page gets a row in one of the three tables, and both tests look at it.

use std::path::PathBuf;
use std::process::Command;

use carnet::domain::Role;
use fantoccini::Locator;
use serde_json::{Value, json};

use crate::support::{
    Backend, Client, Driver, PASSWORD, Person, TestApp, installed, left_out, person, with_app,
};

type Who = Option<Role>;

const STRANGER: Who = None;
const AGENT: Who = Some(Role::Agent);
const COORDINATOR: Who = Some(Role::Coordinator);
const ADMINISTRATOR: Who = Some(Role::Administrator);

/// While there is no account.
const BEFORE_ANYBODY: &[Visit] = &[
    opens(STRANGER, "/setup"),
    errs(STRANGER, "/setup", "main form", &[("username", "a b")]),
];

/// While there is no contact.
const BEFORE_ANY_LIST: &[Visit] = &[
    opens(AGENT, "/contacts"),
    opens(COORDINATOR, "/contacts"),
    opens(COORDINATOR, "/imports"),
    opens(AGENT, "/organizations"),
    opens(COORDINATOR, "/organizations"),
    opens(COORDINATOR, "/duplicates"),
];

/// With the book of [`fill`]. `{Name}` stands for the path of the contact, import or account of that name, as
/// [`places`] finds it.
const IN_USE: &[Visit] = &[
    opens(STRANGER, "/login"),
    errs(
        STRANGER,
        "/login?next=%2Fimports",
        "main form",
        &[("username", "alice"), ("password", "wrong")],
    ),
    opens(STRANGER, "/login/code"),
    errs(
        STRANGER,
        "/login/code",
        "main form",
        &[("username", "alice"), ("password", "court")],
    ),
    meets(STRANGER, "/nowhere", 404),
    opens(AGENT, "/contacts"),
    opens(AGENT, "/contacts?q=lefevre"),
    opens(
        AGENT,
        "/contacts?q=lefevre&status=copy&service=etat&city=lyon",
    ),
    opens(AGENT, "/contacts?q=nobody"),
    opens(AGENT, "/contacts/recent"),
    opens(AGENT, "/contacts/favourites"),
    opens(AGENT, "/contacts/message?as=to"),
    opens(
        AGENT,
        "/contacts/message?as=to&contact=1&contact=2&contact=3",
    ),
    opens(AGENT, "/contacts/message?as=copy&contact=999999"),
    opens(AGENT, "{Lefèvre, Hélène}"),
    opens(AGENT, "/account"),
    opens(AGENT, "/organizations"),
    opens(AGENT, "/organizations?q=nobody"),
    opens(AGENT, "{Régie des eaux}"),
    opens(AGENT, "/contacts?organization=regie+des+eaux"),
    meets(AGENT, "/users", 403),
    meets(AGENT, "/contacts/999999", 404),
    opens(COORDINATOR, "/contacts"),
    opens(COORDINATOR, "{next page}"),
    opens(
        COORDINATOR,
        "/contacts?q=lefevre&status=expert&import=juin2026",
    ),
    opens(COORDINATOR, "/contacts?q=nobody"),
    opens(AGENT, "/contacts/choices?by=city&q=lefevre"),
    opens(COORDINATOR, "/contacts/choices?by=import"),
    opens(COORDINATOR, "/contacts/choices?by=service&find=nobody"),
    opens(
        COORDINATOR,
        "/contacts?sort=city&status=expert&status=copy&service=voirie",
    ),
    opens(AGENT, "/contacts/filters"),
    opens(COORDINATOR, "/contacts/filters/new?city=lyon"),
    errs(
        COORDINATOR,
        "/contacts/filters/new?city=lyon",
        "main form",
        &[("name", "")],
    ),
    does(
        COORDINATOR,
        "/contacts/filters/new?city=lyon",
        "main form",
        &[("name", "Ceux de Lyon"), ("shared", "on")],
    ),
    opens(COORDINATOR, "/contacts/filters"),
    opens(COORDINATOR, "/contacts/filters/1"),
    errs(
        COORDINATOR,
        "/contacts/filters/1",
        "main form",
        &[("name", "")],
    ),
    opens(COORDINATOR, "/contacts/bulk?service=voirie"),
    meets(COORDINATOR, "/contacts/bulk?do=statuses", 422),
    opens(
        COORDINATOR,
        "/contacts/bulk?do=statuses&transfer=on&expert=off",
    ),
    does(
        COORDINATOR,
        "/contacts/bulk?service=voirie&do=statuses&transfer=on",
        "main form",
        &[],
    ),
    opens(COORDINATOR, "/contacts/export?service=voirie"),
    does(COORDINATOR, "/contacts", "main form[method=post]", &[]),
    does(COORDINATOR, "/duplicates", "form[action$=search]", &[]),
    opens(COORDINATOR, "/duplicates"),
    does(COORDINATOR, "/duplicates", "form[action$=dismiss]", &[]),
    opens(COORDINATOR, "/duplicates/dismissed"),
    opens(COORDINATOR, "/duplicates/1/2/merge"),
    errs(
        COORDINATOR,
        "/duplicates/1/2/merge",
        "main form",
        &[("low_version", "0")],
    ),
    opens(COORDINATOR, "/contacts/new"),
    errs(COORDINATOR, "/contacts/new", "main form", WRONG_CONTACT),
    does(
        COORDINATOR,
        "/contacts/new",
        "main form",
        &[
            ("first_name", "Anne"),
            ("last_name", "Zola"),
            ("email", "anne@regie.example"),
        ],
    ),
    opens(COORDINATOR, "{Lefèvre, Hélène}"),
    opens(COORDINATOR, "{Coordonnée, Sans}"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/edit"),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/edit",
        "main form",
        WRONG_CONTACT,
    ),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/edit",
        "main form",
        &[("version", "0"), ("city", "Villeurbanne")],
    ),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/edit",
        "main form",
        &[
            ("external_url", "x"),
            ("phone_home", "poste 12"),
            ("custom_siret", ""),
        ],
    ),
    opens(COORDINATOR, "{Lefèvre, Hélène}/absence"),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/absence",
        "main form",
        &[
            ("absent_from", "demain"),
            ("absent_until", ""),
            ("substitute", "zola"),
        ],
    ),
    opens(COORDINATOR, "{Lefèvre, Hélène}/expertise"),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/expertise",
        "main form",
        &[
            ("topics", "1,2,3,4,5,6,7,8,9,10,11"),
            ("languages", "arabe"),
        ],
    ),
    opens(COORDINATOR, "/contacts/unchecked"),
    does(
        COORDINATOR,
        "{Lefèvre, Hélène}",
        "form[action$=checked]",
        &[],
    ),
    opens(COORDINATOR, "/contacts/unchecked?beyond=1-1"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/delete"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/history"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/notes"),
    errs(COORDINATOR, "{Lefèvre, Hélène}", "#notes form", &[]),
    opens(COORDINATOR, "{note}/edit"),
    errs(COORDINATOR, "{note}/edit", "main form", &[("note", "")]),
    opens(COORDINATOR, "{note}/delete"),
    opens(ADMINISTRATOR, "/contact-types"),
    opens(ADMINISTRATOR, "/contact-types/new"),
    errs(ADMINISTRATOR, "/contact-types/new", "main form", &[]),
    opens(ADMINISTRATOR, "{Prestataire}"),
    opens(ADMINISTRATOR, "{Prestataire}/edit"),
    opens(ADMINISTRATOR, "{Prestataire}/delete"),
    opens(ADMINISTRATOR, "{Prestataire}/fields/new"),
    errs(ADMINISTRATOR, "{Prestataire}/fields/new", "main form", &[]),
    opens(ADMINISTRATOR, "{Siret}"),
    opens(COORDINATOR, "/organizations"),
    opens(COORDINATOR, "/organizations/new"),
    errs(
        COORDINATOR,
        "/organizations/new",
        "main form",
        &[
            ("name", ""),
            ("website", "regie.example"),
            ("phone", "poste 12"),
        ],
    ),
    errs(
        COORDINATOR,
        "/organizations/new",
        "main form",
        &[("name", "REGIE DES EAUX")],
    ),
    opens(COORDINATOR, "{Régie des eaux}"),
    opens(COORDINATOR, "{Régie des eaux}/edit"),
    errs(
        COORDINATOR,
        "{Régie des eaux}/edit",
        "main form",
        &[("version", "0"), ("city", "Villeurbanne")],
    ),
    opens(COORDINATOR, "{Régie des eaux}/delete"),
    stays(
        COORDINATOR,
        "{Régie des eaux}/delete",
        "main form",
        &[("organization", "mairie")],
    ),
    opens(COORDINATOR, "{Mairie}/delete"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/data"),
    errs(COORDINATOR, "{Lefèvre, Hélène}/erase", "main form", &[]),
    does(COORDINATOR, "{Coordonnée, Sans}/delete", "main form", &[]),
    opens(COORDINATOR, "{Coordonnée, Sans}/erase"),
    opens(COORDINATOR, "/contacts/trash"),
    does(COORDINATOR, "/contacts/trash/empty", "main form", &[]),
    opens(COORDINATOR, "/contacts/trash"),
    opens(COORDINATOR, "/imports"),
    opens(COORDINATOR, "/imports/new"),
    errs(
        COORDINATOR,
        "/imports/new",
        "main form",
        &[("name", "deux mots")],
    ),
    errs(
        COORDINATOR,
        "/imports/new",
        "main form",
        &[("name", "sans-fichier")],
    ),
    opens(COORDINATOR, "{juin2026}"),
    opens(COORDINATOR, "{juillet2026}"),
    opens(COORDINATOR, "{aperçu}"),
    opens(COORDINATOR, "{aperçu}?show=created"),
    opens(COORDINATOR, "{aperçu}?show=emptied"),
    opens(COORDINATOR, "{aperçu}?show=superseded"),
    opens(COORDINATOR, "{annulé}"),
    opens(COORDINATOR, "{refusé}"),
    errs(COORDINATOR, "{Points}", "form[action$=reading]", &[]),
    opens(COORDINATOR, "{téléphones}"),
    opens(COORDINATOR, "{zéros}"),
    opens(COORDINATOR, "{checking}"),
    opens(COORDINATOR, "{applying}"),
    opens(COORDINATOR, "{juin2026}/undo"),
    opens(COORDINATOR, "{undone}"),
    opens(COORDINATOR, "{undoing}"),
    opens(COORDINATOR, "/imports?name=juin&state=done"),
    opens(COORDINATOR, "/imports?name=absent"),
    opens(COORDINATOR, "/imports?before=1"),
    meets(COORDINATOR, "/imports?since=hier&until=demain", 422),
    opens(COORDINATOR, "{sans-fichier}"),
    meets(COORDINATOR, "{sans-fichier}/file", 410),
    opens(ADMINISTRATOR, "/account"),
    errs(
        ADMINISTRATOR,
        "/account",
        "form[action$=password]",
        &[("password", "court")],
    ),
    opens(ADMINISTRATOR, "/audit"),
    opens(ADMINISTRATOR, "/audit?account=carnet&kind=account.added"),
    opens(ADMINISTRATOR, "/audit?contact=1"),
    opens(ADMINISTRATOR, "/audit?contact=999999"),
    opens(ADMINISTRATOR, "/audit?before=1"),
    meets(ADMINISTRATOR, "/audit?since=hier&until=demain", 422),
    opens(ADMINISTRATOR, "/settings"),
    errs(
        ADMINISTRATOR,
        "/settings",
        "main form",
        &[("default_country", "XX")],
    ),
    does(
        ADMINISTRATOR,
        "/settings",
        "main form",
        &[("default_country", "BE")],
    ),
    opens(ADMINISTRATOR, "/users"),
    opens(ADMINISTRATOR, "/users/new"),
    errs(
        ADMINISTRATOR,
        "/users/new",
        "main form",
        &[("username", "a b"), ("password", "court")],
    ),
    opens(ADMINISTRATOR, "{alice}"),
    errs(ADMINISTRATOR, "{alice}", "form[action$=password]", &[]),
    stays(ADMINISTRATOR, "{alice}", "form[action$=code]", &[]),
    does(ADMINISTRATOR, "{alice}", "main form", &[]),
];

const WRONG_CONTACT: &[(&str, &str)] = &[
    ("last_name", ""),
    ("email", "helene.lefevre"),
    ("phone_work", "12"),
];

/// A look at one page: who opens which path, what they send from there, and how it is answered.
#[derive(Clone, Copy)]
struct Visit {
    who: Who,
    path: &'static str,
    sends: Option<Sending>,
    status: u16,
}

/// A form by its selector, and what is typed into it.
#[derive(Clone, Copy)]
struct Sending {
    form: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

const fn opens(who: Who, path: &'static str) -> Visit {
    meets(who, path, 200)
}

/// Opens an error page.
const fn meets(who: Who, path: &'static str, status: u16) -> Visit {
    Visit {
        who,
        path,
        sends: None,
        status,
    }
}

/// Gets a form back.
const fn errs(
    who: Who,
    path: &'static str,
    form: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Visit {
    Visit {
        who,
        path,
        sends: Some(Sending { form, fields }),
        status: 422,
    }
}

/// Sends a form that is right, and sees the page after it.
const fn does(
    who: Who,
    path: &'static str,
    form: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Visit {
    Visit {
        status: 303,
        ..errs(who, path, form, fields)
    }
}

/// Presses a button that only draws the page again.
const fn stays(
    who: Who,
    path: &'static str,
    form: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Visit {
    Visit {
        status: 200,
        ..errs(who, path, form, fields)
    }
}

impl std::fmt::Display for Visit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} as {:?}", self.path, self.who)?;
        match self.sends {
            Some(Sending { form, fields }) => write!(f, ", {form} with {fields:?}"),
            None => Ok(()),
        }
    }
}

/// Goes through the three tables while a book comes into being, and shows each visit with its path.
async fn walk(app: &TestApp, mut look: impl AsyncFnMut(Visit, &str)) {
    for visits in [BEFORE_ANYBODY, BEFORE_ANY_LIST] {
        for visit in visits {
            look(*visit, visit.path).await;
        }
    }
    fill(app).await;
    let places = places(app).await;
    for visit in IN_USE {
        let path = match visit
            .path
            .strip_prefix('{')
            .and_then(|path| path.split_once('}'))
        {
            Some((name, rest)) => {
                let place = places.iter().find(|(known, _)| known == name);
                let (_, place) = place.unwrap_or_else(|| panic!("{name} is not in {places:?}"));
                format!("{place}{rest}")
            }
            None => visit.path.to_owned(),
        };
        look(*visit, &path).await;
    }
}

/// A list of more than one page with rejected and superseded lines, and an import in each state.
async fn fill(app: &TestApp) {
    use carnet::db::schema::imports;
    use diesel::prelude::*;
    let alice = app.coordinator().await;
    let others: String = (0..55)
        .map(|index| format!("M.,Paul,Zola {index},paul{index}@regie.example,Voirie,,,\n"))
        .collect();
    let list = format!(
        "Mme,Hélène,Lefèvre,helene.lefevre@mairie.example,État civil,0110203040,12 rue Haute,Lyon\n\
         Dr,A,B,,Voirie,01 02 03 04 05,,\n{others}M.,Paul,Zola,paul0@regie.example,Voirie,,,\n"
    );
    let form = alice.get("/contacts/new").await;
    let fields = [
        ("civility", "M."),
        ("first_name", "Sans"),
        ("last_name", "Coordonnée"),
    ];
    alice.post(&form, "/contacts", &fields).await;
    let new = alice.get("/organizations/new").await;
    let regie = [
        ("name", "Régie des eaux"),
        ("industry", "Eau potable"),
        ("website", "https://eaux.example/"),
        ("phone", "0110203040"),
        ("address", "12 quai du Port"),
        ("city", "Lyon"),
        ("country", "FR"),
        ("notes", "Fermée le lundi."),
    ];
    alice.post(&new, "/organizations", &regie).await;
    let mairie = [("name", "Mairie")];
    alice.post(&new, "/organizations", &mairie).await;
    let fields = [
        ("first_name", "Inès"),
        ("last_name", "Régisseuse"),
        ("phone_work", "0110203041"),
        ("organization", "regie des eaux"),
    ];
    let form = alice.get("/contacts/new").await;
    alice.post(&form, "/contacts", &fields).await;
    alice.import("juin2026", list.clone(), true).await;
    fill_in_the_whole_contact(app, &alice).await;
    alice.import("juillet2026", list.clone(), false).await;
    let changed = list.replace("Voirie", "Eau").replace("État civil", "");
    let new = "M.,Tout,Nouveau,nouveau@regie.example,Voirie,0110203042,,Lyon\n";
    alice.preview("aperçu", format!("{changed}{new}")).await;
    let waiting = alice.import("annulé", list, false).await;
    alice.submit(&waiting, "form[action$=cancel]", &[]).await;
    alice
        .import("refusé", b"M.,Ren\xE9,A,a@b.fr,,,,\n".to_vec(), false)
        .await;
    alice
        .import("sans-fichier", "Dr,,,,,,,\nM.,A,B,a@b.fr,,,,\n", true)
        .await;
    app.db
        .write(|conn| {
            use carnet::db::schema::import_files;
            let own = imports::table
                .filter(imports::name.eq("sans-fichier"))
                .select(imports::file_id);
            diesel::update(import_files::table.filter(import_files::id.eq_any(own)))
                .set(import_files::dropped_at.eq(carnet::clock::now()))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
    let points = "M.;Inès;Zola;ines@regie.example;Voirie;01 02 03 04 05;;\n";
    alice.upload("Points", points, false).await;
    alice
        .import("points", "M.,Inès,Zola,ines@regie.example,,,,\n", false)
        .await;
    let telephones = "M.,Inès,Zola,ines@regie.example,Voirie,01 02 03 04 05,,\n";
    alice.import("téléphones", telephones, false).await;
    let zeros = "M.,Inès,Zola,ines@regie.example,Voirie,102030405,,\n";
    alice.import("zéros", zeros, false).await;
    for state in ["checking", "applying"] {
        alice.import(state, "M.,A,B,a@b.fr,,,,\n", false).await;
        app.db
            .write(move |conn| {
                let half = (imports::lines.eq(400), imports::cursor_line.eq(168));
                diesel::update(imports::table.filter(imports::name.eq(state)))
                    .set((imports::state.eq(state), half))
                    .execute(conn)?;
                Ok(())
            })
            .await
            .unwrap();
    }
    fill_in_what_is_undone(app, &alice).await;
}

/// An import that was undone, but for somebody who was edited, and one that is being undone.
async fn fill_in_what_is_undone(app: &TestApp, alice: &Client) {
    use carnet::db::schema::{import_undos, imports};
    use diesel::prelude::*;
    let list = "Mme,Élodie,Vanier,elodie@regie.example,Voirie,,,Lyon\nM.,Luc,Vanier,luc@regie.example,,,,\n";
    alice.import("undone", list, false).await;
    let found = alice.get("/contacts?q=elodie").await;
    let path = found.attributes("tbody th a", "href").remove(0);
    let form = alice.get(&format!("{path}/edit")).await;
    let typed = [("city", Some("Dijon"))];
    alice.submit(&form, "main form", &typed).await;
    crate::undo::undo(alice, "undone").await;
    alice.import("undoing", list, false).await;
    app.db
        .write(|conn| {
            let id: i64 = imports::table
                .filter(imports::name.eq("undoing"))
                .select(imports::id)
                .first(conn)?;
            let row = (
                import_undos::import_id.eq(id),
                import_undos::done.eq(1),
                import_undos::created_at.eq(carnet::clock::now()),
            );
            diesel::insert_into(import_undos::table)
                .values(row)
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// Hélène with everything that a contact can have.
async fn fill_in_the_whole_contact(app: &TestApp, alice: &Client) {
    let charlie = app.administrator().await;
    let form = charlie.get("/contact-types/new").await;
    let name = [("name", Some("Prestataire"))];
    let path = charlie.submit(&form, "main form", &name).await.location();
    for (label, kind) in [
        ("Siret", "identifier"),
        ("Remarques", "text_area"),
        ("Étiquettes", "tag"),
        ("Depuis", "date"),
        ("Rendez-vous", "date_time"),
        ("Agréé", "check_box"),
        ("Niveau", "list"),
        ("Fiche", "url"),
    ] {
        let form = charlie.get(&format!("{path}/fields/new")).await;
        let typed = [
            ("label", Some(label)),
            ("kind", Some(kind)),
            ("choices", Some("Or\nArgent")),
            ("required", (label == "Siret").then_some("on")),
        ];
        charlie.submit(&form, "main form", &typed).await;
    }
    let found = alice.get("/contacts?q=helene").await;
    let path = found.attributes("tbody th a", "href").remove(0);
    let edit = alice.get(&format!("{path}/edit")).await;
    let typed = [
        ("title", "Directrice"),
        ("email_personal", "helene@perso.example"),
        ("phone_cell", "+32 2 555 12 12"),
        ("sms_cell", "on"),
        ("phone_home", "3949"),
        ("postal_code", "69001"),
        ("country", "FR"),
        ("external_url", "https://crm.exemple.fr/fiche?id=1&x=2"),
        ("social_x", "@helene"),
        ("survey_opt_out", "on"),
        ("contact_type", "Prestataire"),
        ("custom_siret", "732 829 320"),
        ("custom_remarques", "une\ndeux"),
        ("custom_etiquettes", "gaz\neau"),
        ("custom_depuis", "2026-06-30"),
        ("custom_rendez_vous", "2026-06-30T09:41"),
        ("custom_agree", "on"),
        ("custom_niveau", "Or"),
        ("custom_fiche", "https://a.fr"),
    ];
    let saved = alice
        .submit(
            &edit,
            "main form",
            &typed.map(|(name, value)| (name, Some(value))),
        )
        .await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    fill_in_what_stands_beside(app, alice, &path).await;
    let page = alice.get(&path).await;
    alice
        .submit(
            &page,
            "#notes form",
            &[("note", Some("Rappelle le matin.\nPas le mercredi."))],
        )
        .await;
}

/// An absence, what Hélène knows, somebody unchecked for years, and an agent who keeps people at hand.
async fn fill_in_what_stands_beside(app: &TestApp, alice: &Client, path: &str) {
    use carnet::db::schema::contacts;
    use diesel::prelude::*;
    let form = alice.get(&format!("{path}/expertise")).await;
    let typed = [
        ("topics", Some("Naturalisation, livret de famille")),
        ("languages", Some("arabe")),
    ];
    alice.submit(&form, "main form", &typed).await;
    let form = alice.get(&format!("{path}/absence")).await;
    let today = carnet::clock::today().to_string();
    let typed = [
        ("absent_from", Some(today.as_str())),
        ("absent_until", Some("2100-01-01")),
        ("substitute", Some("ines regisseuse")),
    ];
    let saved = alice.submit(&form, "main form", &typed).await;
    assert_eq!(saved.status, 303, "{:?}", saved.errors());
    let bob = app.agent().await;
    let page = bob.get(path).await;
    bob.submit(
        &page,
        "form[action$=favourite]",
        &[("favourite", Some("on"))],
    )
    .await;
    app.db
        .write(|conn| {
            let old = carnet::clock::now() - chrono::TimeDelta::days(900);
            diesel::update(contacts::table.filter(contacts::last_name.like("Zola 1%")))
                .set(contacts::created_at.eq(old))
                .execute(conn)?;
            Ok(())
        })
        .await
        .unwrap();
}

/// The paths that have an id, by the name in the list that leads there.
async fn places(app: &TestApp) -> Vec<(String, String)> {
    let charlie = app.administrator().await;
    let mut places = Vec::new();
    for (list, name, link) in [
        ("/contacts", "tbody th a", "tbody th a"),
        ("/imports", "tbody th a", "tbody th a"),
        ("/organizations", "tbody th a", "tbody th a"),
        ("/users", "tbody th", "tbody td a"),
        ("/contact-types", "tbody th", "tbody th a"),
        ("/contact-types/1", "tbody th a", "tbody th a"),
    ] {
        let page = charlie.get(list).await;
        places.extend(
            page.select(name)
                .into_iter()
                .zip(page.attributes(link, "href")),
        );
        for next in page.attributes("a[rel=next]", "href") {
            places.push(("next page".to_owned(), next));
        }
    }
    let found = charlie.get("/contacts?q=helene").await;
    let path = found.attributes("tbody th a", "href").remove(0);
    let alice = app.coordinator().await;
    let note = alice
        .get(&path)
        .await
        .attributes(".note .actions a", "href");
    places.push(("note".to_owned(), note[0].replace("/edit", "")));
    places
}

/// A file of the checkers that `npm ci --prefix tests/tools` fetches.
fn tool(file: &str) -> Option<PathBuf> {
    let modules = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tools/node_modules");
    Some(PathBuf::from(modules).join(file)).filter(|path| path.is_file())
}

#[test]
fn every_page_is_html_without_an_error() {
    let (Some(java), Some(vnu)) = (installed("java"), tool("vnu-jar/build/dist/vnu.jar")) else {
        return left_out("java and the Nu HTML checker (npm ci --prefix tests/tools)");
    };
    with_app(Backend::Sqlite, async |app| {
        let folder = tempfile::tempdir().unwrap();
        let mut visits = Vec::new();
        let mut client = app.stranger();
        let mut who = STRANGER;
        walk(&app, async |visit, path| {
            if visit.who != who {
                who = visit.who;
                client = match who {
                    Some(role) => app.sign_in(role).await,
                    None => app.stranger(),
                };
            }
            let mut page = client.get(path).await;
            if let Some(Sending { form, fields }) = visit.sends {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, text)| (*name, Some(*text)))
                    .collect();
                page = client.submit(&page, form, &fields).await;
            }
            assert_eq!(page.status, visit.status, "{visit}: {}", page.body);
            if page.status == 303 {
                page = client.follow(&page).await;
            }
            let file = folder.path().join(format!("{}.html", visits.len()));
            std::fs::write(file, page.body).unwrap();
            visits.push(visit);
        })
        .await;

        let checked = Command::new(java)
            .arg("-jar")
            .arg(vnu)
            .args([
                "--format",
                "json",
                "--stdout",
                "--errors-only",
                "--skip-non-html",
            ])
            .arg(folder.path())
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&checked.stdout).unwrap();
        let faults: String = report["messages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|message| {
                let url = message["url"].as_str().unwrap_or_default();
                let number = url.rsplit('/').next().unwrap().trim_end_matches(".html");
                let visit = number
                    .parse()
                    .ok()
                    .and_then(|number: usize| visits.get(number));
                let visit = visit.map_or(url.to_owned(), Visit::to_string);
                format!(
                    "{visit}, line {}: {}\n    {}\n",
                    message["lastLine"], message["message"], message["extract"]
                )
            })
            .collect();
        assert!(faults.is_empty(), "the Nu HTML checker finds\n{faults}");
        assert!(checked.status.success(), "{checked:?}");
    });
}

/// Widths in CSS pixels: a desk and a phone.
const WIDTHS: [u16; 2] = [1280, 390];
const SCHEMES: [&str; 2] = ["light", "dark"];

#[test]
fn every_page_passes_axe_in_light_and_dark_on_a_desk_and_a_phone() {
    let Some(axe) = tool("axe-core/axe.min.js") else {
        return left_out("axe-core (npm ci --prefix tests/tools)");
    };
    let Some(driver) = Driver::start() else {
        return left_out("Chromium and chromedriver");
    };
    let axe = std::fs::read_to_string(axe).unwrap();
    with_app(Backend::Sqlite, async |app| {
        let inspector = driver.inspector(&app).await;
        let mut faults = Vec::new();
        let mut who = STRANGER;
        walk(&app, async |visit, path| {
            if visit.who != who {
                who = visit.who;
                change_to(&app, &inspector, who).await;
            }
            inspector.open(path).await;
            if let Some(Sending { form, fields }) = visit.sends {
                type_and_send(&inspector, form, fields).await;
            }
            let script = "const [{redirectCount, responseStatus}] = performance.getEntriesByType('navigation');
                return [redirectCount, responseStatus];";
            let answer = inspector.browser.execute(script, Vec::new()).await;
            let expected = match visit.status {
                303 => [1, 200],
                status => [0, status],
            };
            assert_eq!(answer.unwrap(), json!(expected), "{visit}");
            // The driver's scripts stand outside the page's content security policy.
            inspector.browser.execute(&axe, Vec::new()).await.unwrap();
            for width in WIDTHS {
                for scheme in SCHEMES {
                    show_at(&inspector, width, scheme).await;
                    for fault in violations(&inspector, scheme).await {
                        faults.push(format!("{visit}, {scheme} at {width}: {fault}"));
                    }
                }
            }
        })
        .await;
        inspector.browser.clone().close().await.unwrap();
        assert!(faults.is_empty(), "axe finds\n{}", faults.join("\n"));
    });
}

async fn change_to(app: &TestApp, inspector: &Person, who: Who) {
    inspector.open("/login").await;
    inspector.browser.delete_all_cookies().await.unwrap();
    if let Some(role) = who {
        app.add_account(person(role), role).await;
        inspector.open("/login").await;
        type_and_send(
            inspector,
            "main form",
            &[("username", person(role)), ("password", PASSWORD)],
        )
        .await;
    }
}

/// Types into a form, hidden fields too, and presses its main button.
async fn type_and_send(inspector: &Person, form: &str, fields: &[(&str, &str)]) {
    for (name, text) in fields {
        let script = "const [form, name, text] = arguments; document.querySelector(form).elements[name].value = text;";
        let arguments = vec![json!(form), json!(name), json!(text)];
        inspector.browser.execute(script, arguments).await.unwrap();
    }
    let main = format!("{form} button.main");
    let has_main = inspector.browser.find(Locator::Css(&main)).await.is_ok();
    let button = if has_main {
        main
    } else {
        format!("{form} button")
    };
    inspector.follow(&button).await;
}

/// Gives the page a width and a colour scheme where it stands.
async fn show_at(inspector: &Person, width: u16, scheme: &str) {
    let screen = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
    inspector
        .chromium("Emulation.setDeviceMetricsOverride", screen)
        .await;
    // Without motion: a colour on its way to another has no contrast of its own.
    let features = json!({"features": [
        {"name": "prefers-color-scheme", "value": scheme},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]});
    inspector
        .chromium("Emulation.setEmulatedMedia", features)
        .await;
    let script =
        "return [innerWidth, matchMedia(`(prefers-color-scheme: ${arguments[0]})`).matches];";
    let shown = inspector.browser.execute(script, vec![json!(scheme)]).await;
    assert_eq!(shown.unwrap(), json!([width, true]));
}

/// What axe finds on the page as it is shown; in the dark only the colours are others.
async fn violations(inspector: &Person, scheme: &str) -> Vec<String> {
    let rules = match scheme {
        "dark" => json!({"type": "rule", "values": ["color-contrast"]}),
        _ => {
            json!({"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        }
    };
    let script = "const [rules, done] = arguments;
        axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(
            ({passes, violations}) => done({
                looked: passes.length,
                found: violations.flatMap(({id, nodes}) =>
                    nodes.map(({html, failureSummary}) => `${id}: ${html} ${failureSummary}`)),
            }),
            fault => done({looked: 0, found: [String(fault)]}));";
    let mut report = inspector
        .browser
        .execute_async(script, vec![rules])
        .await
        .unwrap();
    assert_ne!(report["looked"], 0, "axe looked at nothing: {report}");
    serde_json::from_value(report["found"].take()).unwrap()
}
