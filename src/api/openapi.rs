//! The description of the API (`OpenAPI` 3.1), from which the page `/api` is made too. Every route has an [`Operation`]; a test
//! compares the two tables.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};

use super::once;
use super::schemas::schemas;
use crate::db::Db;
use crate::error::AppResult;
use crate::i18n::{Catalogue, Locale, fl};

/// What is sent or answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    Contact,
    Contacts,
    ContactChanges,
    /// The changes of a contact that begins empty.
    WholeContact,
    Lookup,
    Note,
    Notes,
    NewNote,
    Organization,
    Organizations,
    OrganizationChanges,
    Sources,
    Changes,
    Foreseen,
    NewContacts,
    Outcomes,
    Import,
    Imports,
    /// The bytes of a file, of any type but those of forms.
    File,
    Document,
    Nothing,
}

/// A method of a path.
pub struct Operation {
    pub method: &'static str,
    pub path: &'static str,
    pub id: &'static str,
    pub title: fn(&Catalogue) -> String,
    /// The names and types of the query's parameters.
    pub query: &'static [(&'static str, &'static str)],
    pub body: Option<Content>,
    pub answers: &'static [(u16, Content)],
    /// `true` if a request has to name the version that it changes.
    pub is_versioned: bool,
}

const LIST: [(&str, &str); 2] = [("cursor", "string"), ("limit", "integer")];
/// The filters of the list.
const FILTERS: [(&str, &str); 10] = [
    LIST[0],
    LIST[1],
    ("q", "string"),
    ("status", "string"),
    ("organization", "string"),
    ("service", "string"),
    ("city", "string"),
    ("topic", "string"),
    ("language", "string"),
    ("import", "string"),
];

macro_rules! operation {
    ($method:literal, $path:literal, $id:literal, $title:expr, $query:expr, $body:expr, $answers:expr, $versioned:expr) => {
        Operation {
            method: $method,
            path: $path,
            id: $id,
            title: $title,
            query: &$query,
            body: $body,
            answers: &$answers,
            is_versioned: $versioned,
        }
    };
}

/// All operations, in the order of the page.
#[rustfmt::skip]
pub static OPERATIONS: [Operation; 24] = [
    operation!("GET", "/api/v1/lookup", "lookUp", |t| fl!(t, "api-look-up"),
        [("number", "string"), ("email", "string"), ("format", "string"), ("max", "integer"), ("ascii", "string")],
        None, [(200, Content::Lookup)], false),
    operation!("GET", "/api/v1/contacts", "listContacts", |t| fl!(t, "api-list-contacts"), FILTERS, None, [(200, Content::Contacts)], false),
    operation!("POST", "/api/v1/contacts", "addContact", |t| fl!(t, "api-add-contact"), [], Some(Content::WholeContact),
        [(201, Content::Contact), (200, Content::Contact)], false),
    operation!("GET", "/api/v1/contacts/{id}", "readContact", |t| fl!(t, "api-read-contact"), [], None,
        [(200, Content::Contact), (304, Content::Nothing)], false),
    operation!("PUT", "/api/v1/contacts/{id}", "replaceContact", |t| fl!(t, "api-replace-contact"), [], Some(Content::WholeContact),
        [(200, Content::Contact)], true),
    operation!("PATCH", "/api/v1/contacts/{id}", "changeContact", |t| fl!(t, "api-change-contact"), [], Some(Content::ContactChanges),
        [(200, Content::Contact)], true),
    operation!("DELETE", "/api/v1/contacts/{id}", "deleteContact", |t| fl!(t, "api-delete-contact"), [], None, [(204, Content::Nothing)], true),
    operation!("GET", "/api/v1/contacts/{id}/notes", "listNotes", |t| fl!(t, "api-list-notes"), LIST, None, [(200, Content::Notes)], false),
    operation!("POST", "/api/v1/contacts/{id}/notes", "addNote", |t| fl!(t, "api-add-note"), [], Some(Content::NewNote), [(201, Content::Note)], false),
    operation!("GET", "/api/v1/organizations", "listOrganizations", |t| fl!(t, "api-list-organizations"),
        [("q", "string"), ("cursor", "string")], None, [(200, Content::Organizations)], false),
    operation!("GET", "/api/v1/organizations/{id}", "readOrganization", |t| fl!(t, "api-read-organization"), [], None,
        [(200, Content::Organization), (304, Content::Nothing)], false),
    operation!("POST", "/api/v1/organizations", "addOrganization", |t| fl!(t, "api-add-organization"), [], Some(Content::OrganizationChanges),
        [(201, Content::Organization)], false),
    operation!("PUT", "/api/v1/organizations/{id}", "replaceOrganization", |t| fl!(t, "api-replace-organization"), [],
        Some(Content::OrganizationChanges), [(200, Content::Organization)], true),
    operation!("PATCH", "/api/v1/organizations/{id}", "changeOrganization", |t| fl!(t, "api-change-organization"), [],
        Some(Content::OrganizationChanges), [(200, Content::Organization)], true),
    operation!("DELETE", "/api/v1/organizations/{id}", "deleteOrganization", |t| fl!(t, "api-delete-organization"),
        [("contacts", "string"), ("move_to", "integer")], None, [(204, Content::Nothing)], true),
    operation!("GET", "/api/v1/imports", "listImports", |t| fl!(t, "api-list-imports"), LIST, None, [(200, Content::Imports)], false),
    operation!("POST", "/api/v1/imports", "startImport", |t| fl!(t, "api-start-import"),
        [("profile", "string"), ("name", "string"), ("file_name", "string"), ("on_error", "string"), ("on_ambiguous", "string"), ("preview", "string")],
        Some(Content::File), [(201, Content::Import), (202, Content::Import)], false),
    operation!("GET", "/api/v1/imports/{id}", "readImport", |t| fl!(t, "api-read-import"), [], None, [(200, Content::Import)], false),
    operation!("GET", "/api/v1/changes", "readChanges", |t| fl!(t, "api-read-changes"),
        [("after", "string"), ("limit", "integer"), ("wait", "integer")], None, [(200, Content::Changes)], false),
    operation!("GET", "/api/v1/sources", "listSources", |t| fl!(t, "api-list-sources"), [], None, [(200, Content::Sources)], false),
    operation!("GET", "/api/v1/sources/{source}/contacts/{external_id}", "readContactBySource", |t| fl!(t, "api-read-by-source"), [], None,
        [(200, Content::Contact), (304, Content::Nothing)], false),
    operation!("PUT", "/api/v1/sources/{source}/contacts/{external_id}", "putContactBySource", |t| fl!(t, "api-put-by-source"),
        [("dry_run", "string")], Some(Content::ContactChanges), [(201, Content::Contact), (200, Content::Foreseen)], false),
    operation!("POST", "/api/v1/sources/{source}/contacts", "putContactsBySource", |t| fl!(t, "api-put-many-by-source"),
        [("dry_run", "string")], Some(Content::NewContacts), [(200, Content::Outcomes)], false),
    operation!("GET", "/api/v1/openapi.json", "readDescription", |t| fl!(t, "api-read-description"), [], None, [(200, Content::Document)], false),
];

impl Content {
    /// The name of its schema.
    fn name(self) -> &'static str {
        match self {
            Self::Contact => "Contact",
            Self::Contacts => "Contacts",
            Self::ContactChanges => "ContactChanges",
            Self::WholeContact => "WholeContact",
            Self::Lookup => "Lookup",
            Self::Note => "Note",
            Self::Notes => "Notes",
            Self::NewNote => "NewNote",
            Self::Organization => "Organization",
            Self::Organizations => "Organizations",
            Self::OrganizationChanges => "OrganizationChanges",
            Self::Sources => "Sources",
            Self::Changes => "Changes",
            Self::Foreseen => "ContactOrForeseen",
            Self::NewContacts => "NewContacts",
            Self::Outcomes => "Outcomes",
            Self::Import => "Import",
            Self::Imports => "Imports",
            Self::Document => "Document",
            Self::File | Self::Nothing => "",
        }
    }
}

/// `GET /api/v1/openapi.json`
pub async fn document(_: web::Data<Db>) -> AppResult<HttpResponse> {
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .body(describe().to_string()))
}

/// The whole document, in English.
pub fn describe() -> Value {
    let t = Locale::En.catalogue();
    let mut paths = Map::new();
    for operation in &OPERATIONS {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method.to_lowercase()] = operation.json(t);
    }
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Carnet", "version": env!("CARGO_PKG_VERSION"), "summary": fl!(t, "api-text")},
        "security": [{"bearer": []}, {"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic", "description": fl!(t, "api-basic")},
            },
            "schemas": schemas(),
        },
    })
}

impl Operation {
    fn parameters(&self) -> Vec<Value> {
        let described = |place: &str, name: &str, kind: &str| {
            let mut parameter = json!({"name": name, "in": place, "schema": bounded(name, kind)});
            if let Some(value) = self.example().and_then(|example| example.value(self.path, name)) {
                parameter["example"] = match value.parse::<i64>() {
                    Ok(number) if kind == "integer" => number.into(),
                    _ => value.into(),
                };
            }
            parameter
        };
        let mut parameters = Vec::new();
        for name in self.path.split(['{', '}']).skip(1).step_by(2) {
            let mut parameter = described("path", name, if name == "id" { "integer" } else { "string" });
            parameter["required"] = true.into();
            parameters.push(parameter);
        }
        parameters.extend(self.query.iter().map(|(name, kind)| described("query", name, kind)));
        let text = json!({"type": "string"});
        if self.is_versioned {
            parameters.push(
                json!({"name": "If-Match", "in": "header", "required": true, "schema": text, "example": "*"}),
            );
        }
        if self.method == "POST" {
            let visible = format!("^[!-~]{{1,{}}}$", once::LONGEST);
            let name = json!({"type": "string", "pattern": visible});
            parameters.push(json!({"name": "Idempotency-Key", "in": "header", "schema": name}));
        }
        parameters
    }

    fn json(&self, t: &Catalogue) -> Value {
        let mut answers = Map::new();
        for (status, content) in self.answers {
            let mut answer = json!({"description": if *status < 300 { "Done" } else { "Not modified" }});
            if *content != Content::Nothing {
                answer["content"] = json!({"application/json": {"schema": reference(*content)}});
            }
            if self.id == "lookUp" {
                answer["content"]["text/plain"] = json!({"schema": {"type": "string"}});
            }
            answers.insert(status.to_string(), answer);
        }
        let mut problem = json!({
            "description": fl!(t, "api-problem"),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        if self.id == "lookUp" {
            problem["content"]["text/plain"] = json!({"schema": {"type": "string", "maxLength": 0}});
        }
        answers.insert("default".to_owned(), problem);
        let mut described = json!({
            "operationId": self.id,
            "summary": (self.title)(t),
            "parameters": self.parameters(),
            "responses": answers,
        });
        if let Some(body) = self.body {
            let sent = self.example().map_or("", |example| example.body);
            let content = match body {
                Content::File => json!({"text/csv": {"example": sent}, "application/octet-stream": {}}),
                body => {
                    let example: Value = serde_json::from_str(sent).unwrap_or_default();
                    json!({"application/json": {"schema": reference(body), "example": example}})
                }
            };
            described["requestBody"] = json!({"required": true, "content": content});
        }
        described
    }
}

/// The schema of a parameter, with its bounds.
fn bounded(name: &str, kind: &str) -> Value {
    match name {
        // A number beyond its bound is taken as the bound.
        "limit" | "max" | "wait" => json!({"type": kind, "minimum": 0}),
        "format" => json!({"enum": ["json", "text"]}),
        "ascii" | "dry_run" => json!({"enum": ["0", "1"]}),
        _ => json!({"type": kind}),
    }
}

fn reference(content: Content) -> Value {
    json!({"$ref": format!("#/components/schemas/{}", content.name())})
}
