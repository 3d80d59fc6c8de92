//! The examples of the page `/api` and of the description: each works as it stands.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestApp;
use crate::support::contacts::add;
use crate::support::external_ids::add_source;
use crate::support::keys::{Program, program, read};

both_backends!(each_command_of_the_page_works, each_example_of_the_description_works);

/// The file that a command reads.
const FILE: &str = "M.,Paul,Petit,paul@example.org,Accueil,0142685301,,Lyon\n";

/// A book with everything that the examples name.
async fn begin(app: &TestApp) -> Program {
    let (alice, charlie) = (app.coordinator().await, app.administrator().await);
    add_source(&charlie, "RH").await;
    add(&alice, &[("first_name", "Anne"), ("last_name", "Martin"), ("phone_work", "0142685300")]).await;
    alice.import("un", "M.,A,B,a@b.fr,,,,\n", false).await;
    let own = program(app, &alice, "write").await;
    let anne = json!({"external_ids": [{"source": "RH", "id": "0042"}]});
    assert_eq!(own.send(Method::PATCH, "/api/v1/contacts/1", &anne, Some("*")).await.status, 200);
    let made = own.send(Method::POST, "/api/v1/organizations", &json!({"name": "Région"}), None).await;
    assert_eq!((made.status, &made.json()["id"]), (201, &json!(1)));
    own
}

/// The statuses of a success that the description has for an operation.
fn documented(description: &Value, method: &str, path: &str) -> Vec<u16> {
    let operation = &description["paths"][path][method.to_lowercase()];
    let statuses = operation["responses"].as_object().unwrap_or_else(|| panic!("{method} {path}"));
    statuses.keys().filter_map(|status| status.parse().ok()).filter(|status| *status < 300).collect()
}

/// The pattern of the description that a path matches.
fn pattern(description: &Value, path: &str) -> String {
    let parts = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let own = parts(path);
    let fits = |pattern: &&String| {
        let pattern = parts(pattern);
        pattern.len() == own.len()
            && pattern.iter().zip(&own).all(|(part, own)| part == own || part.starts_with('{'))
    };
    let mut found: Vec<&String> = description["paths"].as_object().unwrap().keys().filter(fits).collect();
    found.sort_by_key(|pattern| pattern.matches('{').count());
    found[0].clone()
}

/// The words of a command, as a shell reads them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for letter in command.chars() {
        match (quote, letter) {
            (None, '\'' | '"') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (_, letter) => word.push(letter),
        }
    }
    words.push(word);
    words
}

async fn each_command_of_the_page_works(app: TestApp) {
    let own = begin(&app).await;
    let description = own.get("/api/v1/openapi.json").await.json();
    let page = app.coordinator().await.get("/api").await;
    let text = page.one("pre.lines code");
    // A command ends with the address in quotes; the title of the next one follows.
    let command = |part: &str| format!("curl {}", &part[..=part.rfind('"').unwrap()]);
    let mut commands: Vec<String> = text.split("curl ").skip(1).map(command).collect();
    let described: usize =
        description["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
    assert_eq!(commands.len(), described, "{text}");
    // What they delete, the others still need.
    commands.sort_by_key(|command| command.contains("DELETE"));
    for command in commands {
        let words = words(&command.replace("$KEY", &own.key));
        let url = words.last().unwrap().clone();
        let path =
            url.strip_prefix(&format!("http://{}", app.address)).unwrap_or_else(|| panic!("{command}"));
        let mut method = Method::GET;
        let mut options = words[1..words.len() - 1].chunks(2);
        let mut headers = Vec::new();
        let mut body = String::new();
        for option in &mut options {
            match option[0].as_str() {
                "-X" => method = Method::from_bytes(option[1].as_bytes()).unwrap(),
                "-H" => headers
                    .push(option[1].split_once(": ").map(|(n, v)| (n.to_owned(), v.to_owned())).unwrap()),
                "-d" => body.clone_from(&option[1]),
                "--data-binary" => FILE.clone_into(&mut body),
                other => panic!("{other} in {command}"),
            }
        }
        let stranger = Program::new(&app, "");
        let mut request = stranger.raw(method.clone(), path).body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = read(request).await;
        let path = path.split('?').next().unwrap();
        let expected = documented(&description, method.as_str(), &pattern(&description, path));
        assert!(expected.contains(&answer.status), "{command}: {answer:?}");
    }
}

async fn each_example_of_the_description_works(app: TestApp) {
    let own = begin(&app).await;
    let description = own.get("/api/v1/openapi.json").await.json();
    let mut operations: Vec<(String, String, Value)> = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            operations.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    operations.sort_by_key(|(method, ..)| method == "DELETE");
    for (method, pattern, operation) in operations {
        let (mut path, mut query) = (pattern.clone(), Vec::new());
        let mut headers = Vec::new();
        for parameter in operation["parameters"].as_array().unwrap() {
            let name = parameter["name"].as_str().unwrap();
            let example = match &parameter["example"] {
                Value::Null => {
                    assert_ne!(parameter["required"], true, "{method} {pattern}: {name}");
                    continue;
                }
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            match parameter["in"].as_str().unwrap() {
                "path" => path = path.replace(&format!("{{{name}}}"), &example),
                "query" => query.push((name.to_owned(), example)),
                _ => headers.push((name.to_owned(), example)),
            }
        }
        assert!(!path.contains('{'), "{path}");
        let mut url = url::Url::parse("http://localhost").unwrap();
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut request = own.raw(Method::from_bytes(method.as_bytes()).unwrap(), &format!("{path}{query}"));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        if let Some(content) = operation["requestBody"]["content"].as_object() {
            let (kind, content) = content
                .iter()
                .find(|(_, content)| content.get("example").is_some())
                .unwrap_or_else(|| panic!("{pattern}"));
            let example = &content["example"];
            let body = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            assert_ne!(body, "null", "{method} {pattern}");
            request = request.header("content-type", kind).body(body);
        }
        let answer = read(request).await;
        let expected = documented(&description, &method, &pattern);
        assert!(expected.contains(&answer.status), "{method} {path}{query}: {answer:?}");
    }
}
