use reqwest::header::{HeaderMap, LOCATION};
use scraper::{ElementRef, Html, Selector};

/// An answer, read as a browser without JavaScript reads it.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

/// A form with the fields that a browser would send.
pub struct FormState {
    pub action: String,
    /// `true` if it is sent as a form with files.
    pub multipart: bool,
    pub fields: Vec<(String, String)>,
}

impl Page {
    pub async fn read(response: reqwest::Response) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await.unwrap(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> String {
        self.headers[LOCATION].to_str().unwrap().to_owned()
    }

    /// The text of each element that a selector names, with single spaces.
    pub fn select(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        html.select(&parse(selector)).map(text).collect()
    }

    /// The text of the one element that a selector names.
    pub fn one(&self, selector: &str) -> String {
        let mut found = self.select(selector);
        assert_eq!(found.len(), 1, "{selector}: {found:?} in {}", self.body);
        found.remove(0)
    }

    /// What a contact's page says about the contact: the line below the name, and the facts.
    pub fn data(&self) -> String {
        self.select("h1 ~ .lead, .facts").join(" ")
    }

    /// An attribute of each element that a selector names. The list that a link to a contact carries is left out, see
    /// [`Page::links`].
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        let selector = parse(selector);
        let values = html.select(&selector).filter_map(|element| element.attr(name));
        values
            .map(|value| match value.split_once("?from=") {
                Some((path, _)) if name == "href" && path.starts_with("/contacts/") => path.to_owned(),
                _ => value.to_owned(),
            })
            .collect()
    }

    /// The whole addresses of links.
    pub fn links(&self, selector: &str) -> Vec<String> {
        let html = Html::parse_document(&self.body);
        html.select(&parse(selector)).filter_map(|link| link.attr("href").map(str::to_owned)).collect()
    }

    /// The address that a list's own way `to` leads to (`next`, `previous`, `first`), which is a link or a button.
    pub fn way(&self, to: &str) -> Option<String> {
        let selector = format!("[data-to={to}]");
        ["href", "value"].into_iter().find_map(|name| self.attributes(&selector, name).pop())
    }

    pub fn csrf(&self) -> String {
        let tokens = self.attributes("input[name=csrf]", "value");
        tokens.into_iter().next().unwrap_or_default()
    }

    pub fn form(&self, selector: &str) -> FormState {
        let html = Html::parse_document(&self.body);
        let form =
            html.select(&parse(selector)).next().unwrap_or_else(|| panic!("no {selector} in {}", self.body));
        let mut fields = Vec::new();
        for control in form.select(&parse("input, select, textarea")) {
            let Some(name) = control.attr("name") else {
                continue;
            };
            if control.attr("disabled").is_some() {
                continue;
            }
            let value = match (control.value().name(), control.attr("type").unwrap_or("text")) {
                ("textarea", _) => Some(control.text().collect()),
                ("select", _) => {
                    let options: Vec<ElementRef<'_>> = control.select(&parse("option")).collect();
                    let chosen = options.iter().find(|option| option.attr("selected").is_some());
                    chosen
                        .or(options.first())
                        .map(|option| option.attr("value").map_or_else(|| text(*option), str::to_owned))
                }
                (_, "checkbox" | "radio") => {
                    control.attr("checked").map(|_| control.attr("value").unwrap_or("on").to_owned())
                }
                (_, "file") => None,
                _ => Some(control.attr("value").unwrap_or_default().to_owned()),
            };
            if let Some(value) = value {
                fields.push((name.to_owned(), value));
            }
        }
        FormState {
            action: form.attr("action").unwrap().to_owned(),
            multipart: form.attr("enctype") == Some("multipart/form-data"),
            fields,
        }
    }

    /// The message about the last action.
    pub fn flash(&self) -> String {
        self.one(".flash")
    }

    /// The lines of the error summary; each link must lead to an element of the page.
    pub fn errors(&self) -> Vec<String> {
        let targets = self.attributes(".error-summary a", "href");
        for target in targets {
            let id = target.strip_prefix('#').unwrap();
            assert!(!self.select(&format!("[id=\"{id}\"]")).is_empty(), "nothing at {target}");
        }
        self.select(".error-summary li")
    }
}

fn parse(selector: &str) -> Selector {
    Selector::parse(selector).unwrap()
}

fn text(element: ElementRef<'_>) -> String {
    let text: String = element.text().collect();
    text.split([' ', '\n', '\t']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
