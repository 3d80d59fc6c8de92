//! An example request of each operation, for the page `/api` and the description. A test sends them all.

use url::Url;

use super::openapi::{Content, OPERATIONS, Operation};

/// An example.
pub struct Example {
    /// The id of its operation.
    pub operation: &'static str,
    /// The path with its values and the query.
    pub target: &'static str,
    /// The body; of a file, its content. Empty for none.
    pub body: &'static str,
}

const fn example(operation: &'static str, target: &'static str, body: &'static str) -> Example {
    Example { operation, target, body }
}

/// One per operation.
#[rustfmt::skip]
static EXAMPLES: [Example; OPERATIONS.len()] = [
    example("lookUp", "/api/v1/lookup?number=0142685300", ""),
    example("listContacts", "/api/v1/contacts?q=martin&limit=5", ""),
    example("addContact", "/api/v1/contacts", r#"{"first_name": "Anne", "last_name": "Martin", "phone_work": "0142685300"}"#),
    example("readContact", "/api/v1/contacts/1", ""),
    example("replaceContact", "/api/v1/contacts/1", r#"{"first_name": "Anne", "last_name": "Martin", "city": "Lyon"}"#),
    example("changeContact", "/api/v1/contacts/1", r#"{"city": "Paris", "topics": ["eau", "gaz"]}"#),
    example("deleteContact", "/api/v1/contacts/1", ""),
    example("listNotes", "/api/v1/contacts/1/notes?limit=5", ""),
    example("addNote", "/api/v1/contacts/1/notes", r#"{"note": "Rappeler lundi"}"#),
    example("listOrganizations", "/api/v1/organizations?q=mairie", ""),
    example("readOrganization", "/api/v1/organizations/1", ""),
    example("addOrganization", "/api/v1/organizations", r#"{"name": "Mairie de Lyon", "city": "Lyon", "number_blocks": ["0472103"]}"#),
    example("replaceOrganization", "/api/v1/organizations/1", r#"{"name": "Région Bretagne", "city": "Rennes"}"#),
    example("changeOrganization", "/api/v1/organizations/1", r#"{"phone": "02 99 27 10 10"}"#),
    example("deleteOrganization", "/api/v1/organizations/1?contacts=leave", ""),
    example("listImports", "/api/v1/imports?limit=5", ""),
    example("startImport", "/api/v1/imports?file_name=liste.csv", "M.,Paul,Petit,paul@example.org,Accueil,0142685301,,Lyon\n"),
    example("readImport", "/api/v1/imports/1", ""),
    example("readChanges", "/api/v1/changes?after=&limit=100", ""),
    example("listSources", "/api/v1/sources", ""),
    example("readContactBySource", "/api/v1/sources/RH/contacts/0042", ""),
    example("putContactBySource", "/api/v1/sources/RH/contacts/0042", r#"{"first_name": "Anne", "last_name": "Martin", "service": "Accueil"}"#),
    example("putContactsBySource", "/api/v1/sources/RH/contacts", r#"{"items": [{"id": "0042", "contact": {"city": "Lyon"}}, {"id": "0043", "contact": {"first_name": "Paul", "last_name": "Petit"}}]}"#),
    example("readDescription", "/api/v1/openapi.json", ""),
];

impl Operation {
    /// Its example.
    pub fn example(&self) -> Option<&'static Example> {
        EXAMPLES.iter().find(|example| example.operation == self.id)
    }
}

impl Example {
    /// The value of a path's parameter or of a query's.
    pub fn value(&self, pattern: &str, name: &str) -> Option<String> {
        let url = Url::parse("http://localhost").and_then(|base| base.join(self.target)).ok()?;
        let braced = format!("{{{name}}}");
        let own = pattern.split('/').position(|part| part == braced);
        match own {
            Some(place) => url.path().split('/').nth(place).map(str::to_owned),
            None => url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned()),
        }
    }

    /// The example as a command for `curl`. `base` is the beginning of the server's addresses.
    pub fn curl(&self, operation: &Operation, base: &str) -> String {
        let method = match operation.method {
            "GET" => String::new(),
            method => format!(" -X {method}"),
        };
        let version = if operation.is_versioned { " -H \"If-Match: *\"" } else { "" };
        let body = match operation.body {
            None => String::new(),
            Some(Content::File) => " -H \"Content-Type: text/csv\" --data-binary @liste.csv".to_owned(),
            Some(_) => format!(" -H \"Content-Type: application/json\" -d '{}'", self.body),
        };
        let key = " -H \"Authorization: Bearer $KEY\"";
        format!("curl{method}{key}{version}{body} \"{base}{}\"", self.target)
    }
}
