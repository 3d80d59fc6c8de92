//! The filter bar above the list: the active filters, each with a link to remove it, and links to add more.

use super::around_list::AroundList;
use super::facets;
use crate::book::counts::Count;
use crate::book::filter::{By, Filter, MOST_VALUES};
use crate::book::list::Page;
use crate::domain::{Field, Right, Status};
use crate::i18n::{Catalogue, field_name, fl, status_name};
use crate::web::Context;

/// An active filter.
pub struct Active {
    pub label: String,
    pub value: String,
    /// The address of the list without it.
    pub without: String,
}

/// A status to switch on or off.
pub struct StatusChip {
    pub name: String,
    /// The classes of the chip, with the status's colour.
    pub class: &'static str,
    pub is_on: bool,
    /// The number of contacts with it that pass the other filters, if they are counted.
    pub count: Option<String>,
    pub url: String,
}

pub struct SavedChip {
    pub name: String,
    pub url: String,
    pub is_on: bool,
}

pub struct FilterBar {
    pub statuses: Vec<StatusChip>,
    pub active: Vec<Active>,
    /// Label and address of each page where a value can be chosen.
    pub choices: Vec<(String, String)>,
    pub saved: Vec<SavedChip>,
    /// The address of the form that saves this filter.
    pub save_url: Option<String>,
}

impl FilterBar {
    pub fn new(cx: &Context, filter: &Filter, page: &Page, around: AroundList) -> Self {
        let t = cx.t;
        let statuses = Status::ALL.into_iter().zip(page.with_status).map(|(status, count)| StatusChip {
            name: status_name(t, &status),
            class: match status {
                Status::Expert => "chip expert",
                Status::Copy => "chip copy",
                Status::Transfer => "chip transfer",
            },
            is_on: filter.has(status),
            count: count.map(|count| counted(cx, count)),
            url: filter.switched(status).url(),
        });
        let choices = around
            .by
            .into_iter()
            // Agents have no right to see imports.
            .filter(|by| *by != By::Import || cx.may(Right::ImportView))
            .filter(|by| filter.values(*by).len() < MOST_VALUES)
            .map(|by| (label(t, by), facets::url(filter, by)));
        let query = filter.query();
        let saved: Vec<SavedChip> = around
            .saved
            .into_iter()
            .map(|saved| SavedChip {
                is_on: saved.query == query,
                url: Filter::parse(&saved.query).url(),
                name: saved.name,
            })
            .collect();
        let is_new = !filter.is_empty() && filter.chosen.is_empty() && !saved.iter().any(|saved| saved.is_on);
        Self {
            statuses: statuses.collect(),
            active: active(t, filter),
            choices: choices.collect(),
            save_url: is_new.then(|| filter.at("/contacts/filters/new")),
            saved,
        }
    }
}

/// A count as text, with a `+` if there are more.
pub fn counted(cx: &Context, count: Count) -> String {
    match count {
        Count::Exact(count) => cx.locale.number(count),
        Count::MoreThan(count) => format!("{}+", cx.locale.number(count)),
    }
}

/// The label of a filter.
pub fn label(t: &Catalogue, by: By) -> String {
    match by {
        By::Organization => field_name(t, Field::Organization),
        By::Service => field_name(t, Field::Service),
        By::City => field_name(t, Field::City),
        By::Topic => fl!(t, "filter-topic"),
        By::Language => fl!(t, "filter-language"),
        By::Import => fl!(t, "import-column"),
    }
}

/// The active filters, without the statuses.
pub fn active(t: &Catalogue, filter: &Filter) -> Vec<Active> {
    let typed =
        Active { label: fl!(t, "filter-search"), value: filter.q.clone(), without: filter.with_q("").url() };
    let values = By::ALL.into_iter().flat_map(|by| {
        filter.values(by).iter().map(move |value| Active {
            label: label(t, by),
            value: value.clone(),
            without: filter.without(by, value).url(),
        })
    });
    let chosen = Active {
        label: fl!(t, "filter-chosen"),
        value: if filter.chosen.is_empty() { String::new() } else { filter.chosen.len().to_string() },
        without: "/contacts".to_owned(),
    };
    std::iter::once(typed).chain(values).chain([chosen]).filter(|active| !active.value.is_empty()).collect()
}

/// The filter in words: `Recherche : martin, Service : Voirie, Expert`.
pub fn words(t: &Catalogue, filter: &Filter) -> String {
    let mut words: Vec<String> = active(t, filter)
        .into_iter()
        .map(|active| fl!(t, "filter-words", label = active.label.as_str(), value = active.value.as_str()))
        .collect();
    words.extend(filter.statuses.iter().map(|status| status_name(t, status)));
    if words.is_empty() {
        return fl!(t, "filter-everybody");
    }
    words.join(", ")
}
