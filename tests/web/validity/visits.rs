//! The pages that are checked: a new page gets a row in one of the three tables.

use carnet::domain::Role;

use crate::support::PASSWORD;

pub type Who = Option<Role>;

pub const STRANGER: Who = None;
pub const AGENT: Who = Some(Role::Agent);
pub const COORDINATOR: Who = Some(Role::Coordinator);
pub const ADMINISTRATOR: Who = Some(Role::Administrator);

/// While there is no account.
pub const BEFORE_ANYBODY: &[Visit] =
    &[opens(STRANGER, "/setup"), errs(STRANGER, "/setup", "main form", &[("username", "a b")])];

/// While there is no contact.
pub const BEFORE_ANY_LIST: &[Visit] = &[
    opens(AGENT, "/contacts"),
    opens(COORDINATOR, "/contacts"),
    opens(COORDINATOR, "/imports"),
    opens(COORDINATOR, "/import-profiles"),
    opens(COORDINATOR, "/reviews"),
    opens(AGENT, "/organizations"),
    opens(COORDINATOR, "/organizations"),
    opens(COORDINATOR, "/duplicates"),
    opens(COORDINATOR, "/waiting"),
];

/// With the book of [`fill`]. `{Name}` is the path of the contact, import or account with that name, as [`places`] finds it.
pub const IN_USE: &[Visit] = &[
    opens(STRANGER, "/login"),
    errs(STRANGER, "/login?next=%2Fimports", "main form", &[("username", "alice"), ("password", "wrong")]),
    opens(STRANGER, "/login?not_saved=1&next=%2Fimports%2Fnew"),
    meets(STRANGER, "/login/company", 503),
    opens(STRANGER, "/login/code"),
    errs(STRANGER, "/login/code", "main form", &[("username", "alice"), ("password", "court")]),
    does(STRANGER, "/login", "main form", &[("username", "dora"), ("password", PASSWORD)]),
    errs(STRANGER, "/login/second-factor", "main form", &[("code", "x")]),
    meets(STRANGER, "/nowhere", 404),
    opens(AGENT, "/contacts"),
    opens(AGENT, "/contacts?q=lefevre"),
    opens(AGENT, "/contacts?q=lefevre&status=copy&service=etat&city=lyon"),
    opens(AGENT, "/contacts?q=nobody"),
    opens(AGENT, "/contacts?q=lefevrr"),
    opens(AGENT, "/contacts?q=lefevrr&exact=on"),
    opens(AGENT, "/contacts?sort=name"),
    opens(AGENT, "/contacts/recent"),
    opens(AGENT, "/contacts/favourites"),
    opens(AGENT, "/contacts/message?as=to"),
    opens(AGENT, "/contacts/message?as=to&contact=1&contact=2&contact=3"),
    opens(AGENT, "/contacts/message?as=copy&contact=999999"),
    opens(AGENT, "{Lefèvre, Hélène}"),
    opens(AGENT, "{Lefèvre, Hélène}?from=/contacts?sort=name"),
    opens(AGENT, "/account"),
    opens(AGENT, "/account/second-factor"),
    opens(AGENT, "/account/second-factor/codes"),
    errs(AGENT, "/account/second-factor/off", "main form", &[]),
    stays(
        AGENT,
        "/account/second-factor/codes",
        "main form",
        &[("current_password", PASSWORD), ("code", RECOVERY_CODE)],
    ),
    opens(AGENT, "/organizations"),
    opens(AGENT, "/organizations?q=nobody"),
    opens(AGENT, "{Régie des eaux}"),
    opens(AGENT, "/contacts?organization=regie+des+eaux"),
    meets(AGENT, "/users", 403),
    meets(AGENT, "/contacts/999999", 404),
    opens(COORDINATOR, "/contacts"),
    opens(COORDINATOR, "{next page}"),
    opens(COORDINATOR, "/contacts?q=lefevre&status=expert&import=juin2026"),
    opens(COORDINATOR, "/contacts?q=nobody"),
    opens(AGENT, "/contacts/choices?by=city&q=lefevre"),
    opens(COORDINATOR, "/contacts/choices?by=import"),
    opens(COORDINATOR, "/contacts/choices?by=service&find=nobody"),
    opens(COORDINATOR, "/contacts?sort=city&status=expert&status=copy&service=voirie"),
    opens(AGENT, "/contacts/filters"),
    opens(COORDINATOR, "/contacts/filters/new?city=lyon"),
    errs(COORDINATOR, "/contacts/filters/new?city=lyon", "main form", &[("name", "")]),
    does(
        COORDINATOR,
        "/contacts/filters/new?city=lyon",
        "main form",
        &[("name", "Ceux de Lyon"), ("shared", "on")],
    ),
    opens(COORDINATOR, "/contacts/filters"),
    opens(COORDINATOR, "/contacts/filters/1"),
    errs(COORDINATOR, "/contacts/filters/1", "main form", &[("name", "")]),
    errs(COORDINATOR, "/contacts/filters/1", "main form", &[("was", "[\"Lyon\"]"), ("name", "Lyonnais")]),
    opens(COORDINATOR, "/contacts/bulk?service=voirie"),
    errs(
        COORDINATOR,
        "/contacts/bulk?q=zola&do=statuses&transfer=on",
        "main form",
        &[("expected", "2-1:1,2")],
    ),
    opens(COORDINATOR, "/contacts/bulk/1"),
    meets(COORDINATOR, "/contacts/bulk?do=statuses", 422),
    opens(COORDINATOR, "/contacts/bulk?do=statuses&transfer=on&expert=off"),
    does(COORDINATOR, "/contacts/bulk?service=voirie&do=statuses&transfer=on", "main form", &[]),
    opens(COORDINATOR, "/contacts/export?service=voirie"),
    opens(COORDINATOR, "/contacts/export?city=crowded"),
    meets(COORDINATOR, "/contacts.xlsx?city=crowded", 422),
    does(COORDINATOR, "/contacts", "main form[method=post]", &[]),
    does(COORDINATOR, "/duplicates", "form[action$=search]", &[]),
    opens(COORDINATOR, "/duplicates"),
    does(COORDINATOR, "/duplicates", ".pair form[action$=merge]", &[]),
    opens(COORDINATOR, "/duplicates?merged=1"),
    does(COORDINATOR, "/duplicates?merged=1", "#merged form", &[]),
    does(COORDINATOR, "/duplicates", "form[action$=dismiss]", &[]),
    opens(COORDINATOR, "/duplicates/dismissed"),
    opens(COORDINATOR, "/duplicates/1/2/merge"),
    errs(COORDINATOR, "/duplicates/1/2/merge", "main form", &[("low_version", "0")]),
    opens(COORDINATOR, "/contacts/new"),
    errs(COORDINATOR, "/contacts/new", "main form", WRONG_CONTACT),
    does(
        COORDINATOR,
        "/contacts/new",
        "main form",
        &[("first_name", "Anne"), ("last_name", "Zola"), ("email", "anne@regie.example")],
    ),
    opens(COORDINATOR, "{Lefèvre, Hélène}"),
    opens(COORDINATOR, "{Coordonnée, Sans}"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/edit"),
    errs(COORDINATOR, "{Lefèvre, Hélène}/edit", "main form", WRONG_CONTACT),
    errs(COORDINATOR, "{Lefèvre, Hélène}/edit", "main form", &[("version", "0"), ("city", "Villeurbanne")]),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/edit",
        "main form",
        &[("external_url", "x"), ("phone_home", "poste 12"), ("custom_siret", "")],
    ),
    opens(COORDINATOR, "{Lefèvre, Hélène}/merge"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/merge?q=zola"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/absence"),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/absence",
        "main form",
        &[("absent_from", "demain"), ("absent_until", ""), ("substitute", "zola")],
    ),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/absence",
        "main form",
        &[("was", "[]"), ("absent_from", "2126-01-05"), ("absent_until", "2126-01-09")],
    ),
    opens(COORDINATOR, "{Lefèvre, Hélène}/expertise"),
    errs(COORDINATOR, "{Lefèvre, Hélène}/expertise", "main form", &[("was", "[]"), ("topics", "gaz")]),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/expertise",
        "main form",
        &[("topics", "1,2,3,4,5,6,7,8,9,10,11"), ("languages", "arabe")],
    ),
    opens(COORDINATOR, "{Lefèvre, Hélène}/external-ids"),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/external-ids",
        "main form",
        &[("external_id_Référentiel", LONG_ANSWER)],
    ),
    errs(
        COORDINATOR,
        "{Lefèvre, Hélène}/external-ids",
        "main form",
        &[("was", "[]"), ("external_id_SAP-RH", "A-13")],
    ),
    opens(COORDINATOR, "/contacts/unchecked"),
    does(COORDINATOR, "{Lefèvre, Hélène}", "form[action$=checked]", &[]),
    opens(COORDINATOR, "/contacts/unchecked?beyond=1-1"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/delete"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/history"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/notes"),
    errs(COORDINATOR, "{Lefèvre, Hélène}", "#notes form", &[]),
    errs(COORDINATOR, "{Lefèvre, Hélène}#report", "#reports form", &[]),
    opens(COORDINATOR, "/waiting"),
    opens(COORDINATOR, "/waiting?after=999999"),
    opens(COORDINATOR, "/reports/1"),
    errs(COORDINATOR, "/reports/1", "main form", &[("outcome", "fixed"), ("answer", LONG_ANSWER)]),
    does(COORDINATOR, "/reports/1", "main form", &[("outcome", "fixed"), ("answer", "Merci.")]),
    opens(COORDINATOR, "/reports/1"),
    opens(AGENT, "{Lefèvre, Hélène}"),
    opens(COORDINATOR, "{note}/edit"),
    errs(COORDINATOR, "{note}/edit", "main form", &[("note", "")]),
    errs(COORDINATOR, "{note}/edit", "main form", &[("was", "[\"1\"]"), ("note", "Autre")]),
    opens(COORDINATOR, "{note}/delete"),
    opens(ADMINISTRATOR, "/contact-types"),
    opens(ADMINISTRATOR, "/contact-types/new"),
    errs(ADMINISTRATOR, "/contact-types/new", "main form", &[]),
    opens(ADMINISTRATOR, "{Prestataire}"),
    opens(ADMINISTRATOR, "{Prestataire}/edit"),
    errs(ADMINISTRATOR, "{Prestataire}/edit", "main form", &[("was", "[]"), ("name", "Fournisseur")]),
    opens(ADMINISTRATOR, "{Prestataire}/delete"),
    opens(ADMINISTRATOR, "{Prestataire}/fields/new"),
    errs(ADMINISTRATOR, "{Prestataire}/fields/new", "main form", &[]),
    opens(ADMINISTRATOR, "{Siret}"),
    errs(ADMINISTRATOR, "{Siret}", "main form", &[("was", "[]"), ("label", "Siren")]),
    opens(COORDINATOR, "/account/keys"),
    errs(
        COORDINATOR,
        "/account/keys",
        "main form[action='/account/keys']",
        &[("label", ""), ("until", "hier"), ("networks", "partout"), ("password", "faux")],
    ),
    opens(ADMINISTRATOR, "/users/keys"),
    opens(COORDINATOR, "/api"),
    opens(ADMINISTRATOR, "/webhooks"),
    errs(ADMINISTRATOR, "/webhooks", "main form", &[("url", "http://outil.example.org/")]),
    opens(ADMINISTRATOR, "{https://outil.example.org/carnet}"),
    errs(
        ADMINISTRATOR,
        "{https://outil.example.org/carnet}",
        "main form.card",
        &[("was", "[]"), ("url", "https://autre.example.org/")],
    ),
    opens(ADMINISTRATOR, "{https://outil.example.org/carnet}/secret"),
    opens(ADMINISTRATOR, "{https://outil.example.org/carnet}/delete"),
    opens(ADMINISTRATOR, "/sources"),
    errs(ADMINISTRATOR, "/sources", "main form", &[("name", "SAP RH")]),
    opens(ADMINISTRATOR, "{SAP-RH}"),
    errs(ADMINISTRATOR, "{SAP-RH}", "main form", &[("was", "[]"), ("name", "SIRH")]),
    opens(ADMINISTRATOR, "{SAP-RH}/delete"),
    errs(ADMINISTRATOR, "{SAP-RH}/delete", "main form", &[("expected", "2-1:1,2")]),
    opens(COORDINATOR, "/organizations"),
    opens(COORDINATOR, "/organizations/new"),
    errs(
        COORDINATOR,
        "/organizations/new",
        "main form",
        &[("name", ""), ("website", "regie.example"), ("phone", "poste 12")],
    ),
    errs(COORDINATOR, "/organizations/new", "main form", &[("name", "REGIE DES EAUX")]),
    opens(COORDINATOR, "{Régie des eaux}"),
    opens(COORDINATOR, "{Régie des eaux}/edit"),
    errs(COORDINATOR, "{Régie des eaux}/edit", "main form", &[("version", "0"), ("city", "Villeurbanne")]),
    opens(COORDINATOR, "{Régie des eaux}/delete"),
    stays(COORDINATOR, "{Régie des eaux}/delete", "main form", &[("organization", "mairie")]),
    opens(COORDINATOR, "{Mairie}/delete"),
    opens(COORDINATOR, "{Lefèvre, Hélène}/data"),
    errs(COORDINATOR, "{Lefèvre, Hélène}/erase", "main form", &[]),
    does(COORDINATOR, "{Coordonnée, Sans}/delete", "main form", &[]),
    opens(COORDINATOR, "{Coordonnée, Sans}/erase"),
    opens(COORDINATOR, "/contacts/trash"),
    errs(COORDINATOR, "/contacts/trash/empty", "main form", &[("expected", "2-1:1,2")]),
    does(COORDINATOR, "/contacts/trash/empty", "main form", &[]),
    opens(COORDINATOR, "/contacts/trash"),
    opens(COORDINATOR, "/imports"),
    opens(COORDINATOR, "/imports/new"),
    errs(COORDINATOR, "/imports/new", "main form", &[("name", "deux mots")]),
    errs(COORDINATOR, "/imports/new", "main form", &[("name", "sans-fichier")]),
    opens(COORDINATOR, "{juin2026}"),
    opens(COORDINATOR, "{juillet2026}"),
    opens(COORDINATOR, "{aperçu}"),
    opens(COORDINATOR, "{aperçu}?show=created"),
    opens(COORDINATOR, "{aperçu}?show=emptied"),
    opens(COORDINATOR, "{aperçu}?show=superseded"),
    opens(COORDINATOR, "{annulé}"),
    opens(COORDINATOR, "{refusé}"),
    opens(COORDINATOR, "/imports?state=refused"),
    errs(COORDINATOR, "{aperçu}", "form[action$=confirm]", &[("name", "deux mots")]),
    errs(COORDINATOR, "{Points}", "form[action$=reading]", &[]),
    opens(COORDINATOR, "{téléphones}"),
    opens(COORDINATOR, "{zéros}"),
    opens(COORDINATOR, "{checking}"),
    opens(COORDINATOR, "{applying}"),
    opens(COORDINATOR, "{juin2026}/lines"),
    errs(COORDINATOR, "{aperçu}/lines", "form#lines", &[("cell_2_7", "12, rue Haute")]),
    opens(COORDINATOR, "{juin2026}/undo"),
    errs(COORDINATOR, "{juin2026}/undo", "main form", &[("expected", "2-1:1,2")]),
    opens(COORDINATOR, "{undone}"),
    opens(COORDINATOR, "{undoing}"),
    opens(COORDINATOR, "{colonnes}/columns"),
    errs(
        COORDINATOR,
        "{colonnes}/columns",
        "form.mapping",
        &[("profile_name", "Mensuel"), ("column_1", "city")],
    ),
    errs(COORDINATOR, "{colonnes}/columns", "form.mapping", &[("profile_name", "Mensuel")]),
    opens(COORDINATOR, "{mensuel2026}"),
    opens(COORDINATOR, "/import-profiles"),
    opens(COORDINATOR, "{Mensuel}"),
    errs(
        COORDINATOR,
        "{Mensuel}",
        "main form.card",
        &[("name", ""), ("bound_changed", "x"), ("bound_emptied", "101")],
    ),
    errs(COORDINATOR, "{Mensuel}", "main form.card", &[("was", "[]"), ("bound_changed", "20")]),
    opens(COORDINATOR, "{Mensuel}/delete"),
    opens(COORDINATOR, "{douteux}"),
    opens(COORDINATOR, "/reviews"),
    opens(COORDINATOR, "/reviews?group=1-name"),
    opens(COORDINATOR, "{ligne 2}"),
    opens(COORDINATOR, "/imports?name=juin&state=done"),
    opens(COORDINATOR, "/imports?name=absent"),
    opens(COORDINATOR, "/imports?before=1"),
    meets(COORDINATOR, "/imports?since=hier&until=demain", 422),
    opens(COORDINATOR, "{sans-fichier}"),
    opens(COORDINATOR, "{sans-fichier}?reason=all"),
    opens(COORDINATOR, "{changé}?show=changed"),
    meets(COORDINATOR, "{sans-fichier}/file", 410),
    opens(ADMINISTRATOR, "/account"),
    errs(ADMINISTRATOR, "/account", "form[action$=password]", &[("password", "court")]),
    opens(ADMINISTRATOR, "/account/second-factor"),
    errs(ADMINISTRATOR, "/account/second-factor", "main form", &[("current_password", "faux")]),
    does(ADMINISTRATOR, "/account/second-factor", "main form", &[("current_password", PASSWORD)]),
    errs(ADMINISTRATOR, "/account/second-factor/key", "main form", &[("code", "x")]),
    opens(ADMINISTRATOR, "{dora}"),
    opens(ADMINISTRATOR, "/audit"),
    opens(ADMINISTRATOR, "/audit?account=carnet&kind=account.added"),
    opens(ADMINISTRATOR, "/audit?contact=1"),
    opens(ADMINISTRATOR, "/audit?contact=999999"),
    opens(ADMINISTRATOR, "/audit?before=1"),
    meets(ADMINISTRATOR, "/audit?since=hier&until=demain", 422),
    opens(ADMINISTRATOR, "/settings"),
    errs(ADMINISTRATOR, "/settings", "main form", &[("default_country", "XX")]),
    errs(ADMINISTRATOR, "/settings", "#second-factor", &[("second_factor_for", "x")]),
    errs(ADMINISTRATOR, "/settings", "main form", &[("was", "[\"DE\"]"), ("default_country", "CH")]),
    does(ADMINISTRATOR, "/settings", "main form", &[("default_country", "BE")]),
    stays(ADMINISTRATOR, "/settings", "#second-factor", &[("second_factor_for", "everybody")]),
    opens(ADMINISTRATOR, "/users"),
    opens(ADMINISTRATOR, "/users/sessions/end"),
    opens(ADMINISTRATOR, "{alice}/sessions/end"),
    opens(ADMINISTRATOR, "{alice}/second-factor/remove"),
    stays(ADMINISTRATOR, "{alice}", "main form", &[("disabled", "on")]),
    opens(ADMINISTRATOR, "/users/new"),
    errs(ADMINISTRATOR, "/users/new", "main form", &[("username", "a b"), ("password", "court")]),
    opens(ADMINISTRATOR, "{alice}"),
    errs(
        ADMINISTRATOR,
        "{alice}",
        "main form",
        &[("was", "[\"alicia\",\"coordinator\",\"\"]"), ("username", "alix")],
    ),
    errs(ADMINISTRATOR, "{alice}", "form[action$=password]", &[]),
    stays(ADMINISTRATOR, "{alice}", "form[action$=code]", &[]),
    does(ADMINISTRATOR, "{alice}", "main form", &[]),
];

/// The agent's recovery code.
pub const RECOVERY_CODE: &str = "0000-1111-2222-3333-4444-5555-6666";

/// One character more than an answer may have.
const LONG_ANSWER: &str = match std::str::from_utf8(&[b'a'; 1_001]) {
    Ok(text) => text,
    Err(_) => "",
};

pub const WRONG_CONTACT: &[(&str, &str)] =
    &[("last_name", ""), ("email", "helene.lefevre"), ("phone_work", "12")];

/// A visit of one page: who opens which path, what they send from there, and the expected status.
#[derive(Clone, Copy)]
pub struct Visit {
    pub who: Who,
    pub path: &'static str,
    pub sends: Option<Sending>,
    pub status: u16,
}

/// A form by its selector, and what is typed into it.
#[derive(Clone, Copy)]
pub struct Sending {
    pub form: &'static str,
    pub fields: &'static [(&'static str, &'static str)],
}

pub const fn opens(who: Who, path: &'static str) -> Visit {
    meets(who, path, 200)
}

/// Opens an error page.
pub const fn meets(who: Who, path: &'static str, status: u16) -> Visit {
    Visit { who, path, sends: None, status }
}

/// Sends a form that comes back with errors.
pub const fn errs(
    who: Who,
    path: &'static str,
    form: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Visit {
    Visit { who, path, sends: Some(Sending { form, fields }), status: 422 }
}

/// Sends a valid form, and sees the page after it.
pub const fn does(
    who: Who,
    path: &'static str,
    form: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Visit {
    Visit { status: 303, ..errs(who, path, form, fields) }
}

/// Presses a button that only shows the page again.
pub const fn stays(
    who: Who,
    path: &'static str,
    form: &'static str,
    fields: &'static [(&'static str, &'static str)],
) -> Visit {
    Visit { status: 200, ..errs(who, path, form, fields) }
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
