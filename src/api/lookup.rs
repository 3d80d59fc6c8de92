//! `GET /api/v1/lookup`: who is calling?

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use any_ascii::any_ascii;
use serde::Deserialize;
use serde_json::{Value, json};

use super::contact_json::{Base, absence_json};
use crate::book::absences::{Absences, absences};
use crate::book::lookup::{self, Holder, Holders};
use crate::db::{AnyConnection, Db};
use crate::domain::{CallerNumber, Email};
use crate::error::AppResult;
use crate::i18n::fl;
use crate::web::problem::{self, wants_text};
use crate::web::{Context, FormErrors};

/// The characters of a name on a telephone's display, unless the program asks for fewer.
const DISPLAY: usize = 40;
/// The most characters that it can ask for.
const LONGEST: usize = 200;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct LookupQuery {
    number: Option<String>,
    email: Option<String>,
    /// Characters of a text answer.
    max: Option<usize>,
    /// `1` for a text answer in ASCII.
    ascii: String,
}

/// What was asked, as it was understood.
enum Asked {
    Number(CallerNumber),
    Email(Email),
}

struct Answer {
    asked: Option<Asked>,
    holders: Holders,
    absences: Absences,
}

/// `GET /api/v1/lookup`
pub async fn show(
    request: HttpRequest,
    db: web::Data<Db>,
    query: web::Query<LookupQuery>,
) -> AppResult<HttpResponse> {
    let cx = Context::new(&request);
    let query = query.into_inner();
    let is_text = wants_text(request.head());
    if query.number.is_some() == query.email.is_some() {
        if is_text {
            return Ok(text(""));
        }
        return Ok(problem::invalid(cx.t, &FormErrors::one("number", fl!(cx.t, "problem-lookup"))));
    }
    let (max, is_ascii) = (query.max.unwrap_or(DISPLAY).min(LONGEST), query.ascii == "1");
    let answer = db.read(move |conn| ask(conn, &query)).await?;
    if is_text {
        let line = match (answer.holders.contacts.first(), &answer.holders.organization) {
            (Some(holder), _) => display(holder),
            (None, Some((_, name))) => name.clone(),
            (None, None) => String::new(),
        };
        return Ok(text(&fitted(line, max, is_ascii)));
    }
    Ok(HttpResponse::Ok().json(answer.json(&Base::of(&request))))
}

fn ask(conn: &mut AnyConnection, query: &LookupQuery) -> AppResult<Answer> {
    let (asked, holders) = if let Some(typed) = &query.number {
        let number = lookup::read_number(conn, typed)?;
        let holders = match &number {
            Some(number) => lookup::by_number(conn, number)?,
            None => Holders::default(),
        };
        (number.map(Asked::Number), holders)
    } else {
        let email = Email::parse_typed(query.email.as_deref().unwrap_or_default()).ok();
        let holders = match &email {
            Some(email) => lookup::by_email(conn, email)?,
            None => Holders::default(),
        };
        (email.map(Asked::Email), holders)
    };
    let absences = absences(conn, holders.contacts.iter().map(|holder| &*holder.contact))?;
    Ok(Answer { asked, holders, absences })
}

impl Answer {
    fn json(&self, base: &Base) -> Value {
        let (mut number, mut email) = (Value::Null, Value::Null);
        match &self.asked {
            Some(Asked::Number(asked)) => {
                number = json!({
                    "e164": asked.e164(),
                    "digits": asked.digits(),
                    "kind": asked.kind().as_str(),
                    "country": asked.country(),
                });
            }
            Some(Asked::Email(asked)) => email = json!(asked.as_str()),
            None => {}
        }
        let holders: Vec<Value> =
            self.holders.contacts.iter().map(|holder| self.holder(holder, base)).collect();
        let organization = self.holders.organization.as_ref();
        let organization =
            organization.map(|(id, name)| json!({"id": id, "name": name, "url": base.organization(*id)}));
        json!({
            "number": number,
            "email": email,
            "contacts": holders,
            "organization": organization,
            "more": self.holders.has_more,
        })
    }

    fn holder(&self, holder: &Holder, base: &Base) -> Value {
        let contact = &holder.contact;
        json!({
            "id": contact.id,
            "name": contact.name(),
            "organization": holder.organization,
            "service": contact.service,
            "expert": contact.expert,
            "copy": contact.copy,
            "transfer": contact.transfer,
            "absence": self.absences.of(&contact.id).map(|absence| absence_json(absence, base)),
            "url": base.contact(contact.id),
        })
    }
}

/// A contact on the display of a telephone: `Hélène Lefèvre, Mairie de Lyon`.
fn display(holder: &Holder) -> String {
    let name = holder.contact.name();
    let beside = [holder.organization.as_str(), holder.contact.service.as_str()];
    let beside = beside.into_iter().find(|text| !text.is_empty());
    match beside {
        Some(beside) => format!("{name}, {beside}"),
        None => name,
    }
}

/// The beginning of a line that fits on a display.
fn fitted(line: String, max: usize, is_ascii: bool) -> String {
    // Some telephones show nothing but ASCII: `Œuvrard` becomes `Oeuvrard`, and `Жуков` `Zhukov`.
    let line = if is_ascii { any_ascii(&line) } else { line };
    line.chars().take(max).collect::<String>().trim_end_matches([' ', ',']).to_owned()
}

fn text(line: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/plain; charset=utf-8"))
        .body(line.to_owned())
}
