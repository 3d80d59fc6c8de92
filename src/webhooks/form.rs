//! The form of a webhook: its URL, and the kinds of changes that it sends.

use serde::Deserialize;

use super::address::{Receivers, UrlFault};
use super::store::{Settings, Webhook};
use crate::changes::Kind;
use crate::domain::Drawn;
use crate::i18n::{Catalogue, fl};
use crate::web::FormErrors;

/// A sent form. The same name occurs once per ticked kind.
#[derive(Debug, Default)]
pub struct WebhookForm {
    pub url: String,
    pub events: Vec<String>,
    /// The values that the form was shown with.
    pub was: String,
}

impl WebhookForm {
    /// The form of a new webhook: all kinds.
    pub fn blank() -> Self {
        let events = Kind::ALL.into_iter().map(|kind| kind.as_str().to_owned()).collect();
        Self { events, ..Self::default() }
    }

    pub fn of(webhook: &Webhook) -> Self {
        Self {
            url: webhook.url.clone(),
            events: webhook.events.split(' ').map(str::to_owned).collect(),
            was: Drawn::write(&[&webhook.url, &webhook.events]),
        }
    }

    pub fn read_fields(fields: Fields) -> Self {
        let mut form = Self::default();
        for (name, value) in fields {
            match name.as_str() {
                "url" => form.url = value,
                "events" => form.events.push(value),
                "was" => form.was = value,
                _ => {}
            }
        }
        form
    }

    pub fn has(&self, kind: &Kind) -> bool {
        self.events.iter().any(|event| event == kind.as_str())
    }

    /// # Errors
    /// The faults of both fields.
    pub fn read(&self, t: &Catalogue, receivers: &Receivers) -> Result<Settings, FormErrors> {
        let mut errors = FormErrors::default();
        let url = receivers.parse(&self.url).map_err(|fault| errors.add("url", url_fault(t, fault))).ok();
        let kinds = Kind::ALL.into_iter().filter(|kind| self.has(kind));
        let events: Vec<&str> = kinds.map(Kind::as_str).collect();
        if events.is_empty() {
            errors.add("events", fl!(t, "webhook-events-missing"));
        }
        match url {
            Some(url) if errors.is_empty() => Ok(Settings { url: url.into(), events: events.join(" ") }),
            _ => Err(errors),
        }
    }
}

/// The fields of a form in their order.
pub type Fields = Vec<(String, String)>;

fn url_fault(t: &Catalogue, fault: UrlFault) -> String {
    match fault {
        UrlFault::Missing => fl!(t, "webhook-url-missing"),
        UrlFault::TooLong { max } => fl!(t, "webhook-url-too-long", max = max),
        UrlFault::NotAUrl => fl!(t, "webhook-url-not-a-url"),
        UrlFault::NotHttps => fl!(t, "webhook-url-not-https"),
        UrlFault::Credentials => fl!(t, "webhook-url-credentials"),
        UrlFault::Private => fl!(t, "webhook-url-private"),
    }
}

/// The button of a form that switches a webhook on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StartForm {
    pub from: String,
}
