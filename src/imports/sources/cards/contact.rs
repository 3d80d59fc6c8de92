//! The contact of a card: its properties in the fields of the form.

use std::collections::HashMap;

use super::columns::{COLUMNS, NETWORKS, NO_TOPICS, TECHNICAL};
use super::property::Property;
use crate::domain::{CARD_EXACT, CARD_PRODUCT, Civility, TICKED, is_blank};
use crate::imports::mapping::{civility, split_name};

/// The most characters of a dropped property that are kept for a note, and the bytes of all of a card after which no more are kept.
const KEPT_LINE: usize = 1_000;
const KEPT: usize = 10_000;
/// Bytes of the values among which a repetition is looked for.
const COMPARED: usize = 4_096;
const MAILS: [&str; 3] = ["email", "email_personal", "email_other"];

/// The values of a card, one for each of [`COLUMNS`].
pub(super) struct Contact {
    pub values: Vec<String>,
    /// The names of the filled properties that no column has.
    pub dropped: Vec<String>,
    /// `true` for a card that this program wrote, whose values are taken as they are.
    pub is_own: bool,
    has_work_address: bool,
}

impl Contact {
    /// Reads a card from its unfolded lines.
    pub(super) fn of(lines: Vec<String>) -> Self {
        let mut properties: Vec<Property> = lines.iter().filter_map(|line| Property::read(line)).collect();
        add_labels(&mut properties);
        let is_by = |property: &Property| property.name == "PRODID" && property.value == CARD_PRODUCT;
        let mut contact = Self {
            values: vec![String::new(); COLUMNS.len()],
            dropped: Vec::new(),
            is_own: properties.iter().any(is_by),
            has_work_address: false,
        };
        if is_kind(&properties, "group") {
            // A list of other cards is no contact. Its row stays empty, so that rows keep their numbers.
            contact.dropped.push("KIND;GROUP".to_owned());
            return contact;
        }
        for property in properties.iter().filter(|property| !is_blank(&property.value)) {
            contact.add(property);
        }
        if contact.is_own {
            for property in &properties {
                contact.set_exactly(property);
            }
        } else {
            contact.add_whole_name(&properties);
        }
        contact
    }

    /// The whole name of a card without its parts. That of an organization is not split.
    fn add_whole_name(&mut self, properties: &[Property]) {
        let whole = properties.iter().find(|property| property.name == "FN").map(Property::text);
        let Some(whole) =
            whole.filter(|_| self.get("first_name").is_empty() && self.get("last_name").is_empty())
        else {
            return;
        };
        let is_organization =
            is_kind(properties, "org") || is_kind(properties, "company") || whole == self.get("organization");
        if is_organization {
            return self.fill("last_name", &whole);
        }
        let name = split_name(&whole);
        self.fill("civility", name.civility.map_or("", Civility::as_str));
        self.fill("first_name", &name.first);
        self.fill("last_name", &name.last);
    }

    fn add(&mut self, property: &Property) {
        match property.name.as_str() {
            "N" => self.add_name(property),
            "TITLE" => self.fill("title", &property.text()),
            "ORG" => self.add_organization(property),
            "EMAIL" => self.add_email(property),
            "TEL" => self.add_phone(property),
            "ADR" => self.add_address(property),
            "URL" => self.add_url(property),
            "X-SOCIALPROFILE" | "SOCIALPROFILE" | "IMPP" | "X-WHATSAPP" | "X-FACEBOOK" | "X-TWITTER" => {
                self.add_social(property);
            }
            "CATEGORIES" => {
                let topics = property.list();
                let topics = topics.iter().filter(|topic| !NO_TOPICS.contains(&topic.as_str()));
                topics.for_each(|topic| self.append("topics", topic, "\n"));
            }
            "LANG" => self.append("languages", &property.text(), "\n"),
            "NOTE" => self.append("note", &property.text(), "\n"),
            "UID" => self.fill("uid", &property.text()),
            name if TECHNICAL.contains(&name) || name.starts_with(CARD_EXACT) => {}
            _ => self.drop(&property.name, property),
        }
    }

    /// Takes a value that this program wrote as it is stored.
    fn set_exactly(&mut self, property: &Property) {
        let Some(name) = property.name.strip_prefix(CARD_EXACT) else { return };
        let column = name.to_ascii_lowercase().replace('-', "_");
        if let Some(place) = place(&column) {
            self.values[place] = property.text();
        }
    }

    fn add_name(&mut self, property: &Property) {
        let parts = property.parts();
        let part = |place: usize| parts.get(place).map_or("", String::as_str);
        self.fill("last_name", part(0));
        self.fill("first_name", format!("{} {}", part(1), part(2)).trim());
        // `Dr` is no civility here; a card must not be refused for it.
        if civility(part(3)).is_some() {
            self.fill("civility", part(3));
        } else if !part(3).is_empty() {
            self.drop_value("N;PREFIX", "", part(3));
        }
        if !part(4).is_empty() {
            self.drop_value("N;SUFFIX", "", part(4));
        }
    }

    /// The first part is the organization, the others are its services from the largest to the smallest.
    fn add_organization(&mut self, property: &Property) {
        let parts = property.whole_parts();
        if let Some((organization, services)) = parts.split_first() {
            self.fill("organization", organization);
            let services: Vec<&str> =
                services.iter().map(String::as_str).filter(|service| !service.is_empty()).collect();
            self.fill("service", &services.join(", "));
        }
    }

    /// An address of the home goes into its field, another one into the first free field.
    fn add_email(&mut self, property: &Property) {
        let value = property.text();
        let value = value.strip_prefix("mailto:").unwrap_or(&value);
        let places = if property.is("home") {
            ["email_personal", "email_other", "email"]
        } else if self.is_own && property.is("autre") {
            ["email_other", "email_personal", "email"]
        } else {
            MAILS
        };
        if !self.is_own && places.iter().any(|place| self.get(place) == value) {
            return;
        }
        match places.into_iter().find(|place| self.get(place).is_empty()) {
            Some(place) => self.fill(place, value),
            None => self.drop("EMAIL", property),
        }
    }

    /// A second number of the same kind stands beside the first, as people type them into the form.
    fn add_phone(&mut self, property: &Property) {
        let is = |kinds: &[&str]| kinds.iter().any(|kind| property.is(kind));
        if property.kinds.iter().any(|kind| kind.contains("fax")) || is(&["pager"]) {
            return self.drop("TEL;FAX", property);
        }
        let kind = if is(&["cell", "mobile", "iphone", "portable"]) {
            "cell"
        } else if is(&["work", "travail", "bureau", "professionnel"]) {
            "work"
        } else if is(&["home", "domicile", "maison", "personnel"]) {
            "home"
        } else {
            "other"
        };
        self.append(&format!("phone_{kind}"), &dialled(&property.text()), " / ");
        if property.is("text") {
            self.fill(&format!("sms_{kind}"), TICKED);
        }
    }

    /// The address of the work, or else the first one.
    fn add_address(&mut self, property: &Property) {
        let is_work = property.is("work");
        let columns = ["address", "city", "state", "postal_code", "country"];
        let is_free = columns.iter().all(|column| self.get(column).is_empty());
        if !is_free && (self.has_work_address || !is_work) {
            return self.drop("ADR", property);
        }
        if !is_free {
            self.drop_address(columns);
            for column in columns {
                self.clear(column);
            }
        }
        self.has_work_address = is_work;
        let parts = property.whole_parts();
        let part = |place: usize| parts.get(place).map_or("", |part| part.trim()).replace('\n', ", ");
        let street: Vec<String> = [2, 1, 0].map(part).into_iter().filter(|part| !part.is_empty()).collect();
        self.fill("address", &street.join(", "));
        for (column, place) in columns.into_iter().skip(1).zip(3..) {
            self.fill(column, &part(place));
        }
    }

    fn add_url(&mut self, property: &Property) {
        let value = property.text();
        let is_web = value.starts_with("http://") || value.starts_with("https://");
        if is_web && self.get("external_url").is_empty() {
            self.fill("external_url", &value);
        } else {
            self.drop("URL", property);
        }
    }

    fn add_social(&mut self, property: &Property) {
        let value = property.text();
        let named = format!(
            "{} {} {} {}",
            property.name,
            property.kinds.join(" "),
            [property.parameter("SERVICE-TYPE"), property.parameter("X-SERVICE-TYPE")].concat(),
            value
        );
        let named = named.to_lowercase();
        let is_exactly = |network: &str| {
            let known = network.trim_start_matches("social_");
            property.is(known) || property.parameter("SERVICE-TYPE").eq_ignore_ascii_case(known)
        };
        let found = NETWORKS
            .into_iter()
            .find(|(network, words)| is_exactly(network) || words.iter().any(|word| named.contains(word)));
        let Some((network, _)) = found.filter(|(network, _)| self.get(network).is_empty()) else {
            return self.drop(&property.name, property);
        };
        let user = property.parameter("X-USER");
        let name = match value.split_once(':') {
            Some(("http" | "https", _)) | None => value.as_str(),
            Some(("x-apple", rest)) if user.is_empty() => rest,
            Some(("x-apple", _)) => user,
            Some((_, rest)) => rest,
        };
        self.fill(network, name);
    }

    fn get(&self, column: &str) -> &str {
        place(column).map_or("", |place| &self.values[place])
    }

    fn clear(&mut self, column: &str) {
        if let Some(place) = place(column) {
            self.values[place].clear();
        }
    }

    /// Sets the value of a column that is still empty.
    fn fill(&mut self, column: &str, value: &str) {
        if let Some(place) = place(column)
            && self.values[place].is_empty()
        {
            value.clone_into(&mut self.values[place]);
        }
    }

    /// Adds a value to those of a column. A repetition is left out, unless there are so many values that
    /// comparing takes long.
    fn append(&mut self, column: &str, value: &str, separator: &str) {
        let Some(place) = place(column) else { return };
        let values = &mut self.values[place];
        let is_known =
            !self.is_own && values.len() < COMPARED && values.split(separator).any(|known| known == value);
        if value.is_empty() || is_known {
            return;
        }
        if !values.is_empty() {
            values.push_str(separator);
        }
        values.push_str(value);
    }

    /// Notes a property that no column has, with its value.
    fn drop(&mut self, name: &str, property: &Property) {
        let kinds = property.kinds.join(", ");
        let label = if kinds.is_empty() { String::new() } else { format!(" ({kinds})") };
        self.drop_value(name, &label, &property.text());
    }

    /// The address of the columns gives way to that of the work.
    fn drop_address(&mut self, columns: [&str; 5]) {
        let parts = columns.map(|column| self.get(column).to_owned());
        let filled: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        self.drop_value("ADR", "", &filled.join(", "));
    }

    fn drop_value(&mut self, name: &str, label: &str, value: &str) {
        self.dropped.push(name.chars().take(50).collect());
        let Some(place) = place("dropped") else { return };
        let lines = &mut self.values[place];
        if lines.len() > KEPT {
            return;
        }
        if !lines.is_empty() {
            lines.push('\n');
        }
        let line = format!("{name}{label}: {value}");
        lines.extend(line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(KEPT_LINE));
        if line.chars().count() > KEPT_LINE {
            lines.push('…');
        }
        if lines.len() > KEPT {
            lines.push_str("\n…");
        }
    }
}

/// Returns `true` if a card says that it is of this kind.
fn is_kind(properties: &[Property], kind: &str) -> bool {
    let names = ["KIND", "X-ADDRESSBOOKSERVER-KIND", "X-ABSHOWAS"];
    let mut kinds = properties.iter().filter(|property| names.contains(&property.name.as_str()));
    kinds.any(|property| property.value.trim().eq_ignore_ascii_case(kind))
}

fn place(column: &str) -> Option<usize> {
    COLUMNS.iter().position(|known| *known == column)
}

/// Gives properties the label of their group as a further kind: `item1.X-ABLabel:_$!<Mobile>!$_` belongs to
/// `item1.TEL`.
fn add_labels(properties: &mut [Property]) {
    let labels: HashMap<String, String> = properties
        .iter()
        .filter(|property| property.name == "X-ABLABEL" && !property.group.is_empty())
        .map(|property| {
            let label = property.text();
            (property.group.clone(), label.trim_matches(['_', '$', '!', '<', '>']).to_lowercase())
        })
        .collect();
    for property in properties {
        property.kinds.extend(labels.get(&property.group).cloned());
    }
}

/// Returns the number of a `tel:` address as people type it, another text as it is.
fn dialled(value: &str) -> String {
    let Some(number) = value.strip_prefix("tel:").or_else(|| value.strip_prefix("TEL:")) else {
        return value.to_owned();
    };
    let (number, parameters) = number.split_once(';').unwrap_or((number, ""));
    match parameters.split(';').find_map(|parameter| parameter.strip_prefix("ext=")) {
        Some(extension) => format!("{number} poste {extension}"),
        None => number.to_owned(),
    }
}
