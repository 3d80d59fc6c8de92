//! Loads what the reading of a mapped list needs.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Mapped;
use crate::book::external_ids::{self, Source};
use crate::book::{contact_types, organizations};
use crate::db::schema::{import_mappings, imports};
use crate::db::{AnyConnection, Json, settings};
use crate::error::{AppError, AppResult};
use crate::imports::import::Import;
use crate::imports::mapping::{Book, CustomColumn, Mapping, MappingFault, MatchKey, Rules, Target};

/// The list of an import whose columns are mapped.
///
/// # Errors
/// [`AppError::Gone`] if the mapping names a contact type or a source that was deleted since.
pub fn load(conn: &mut AnyConnection, import: &Import) -> AppResult<Mapped> {
    let mapping = stored(conn, import.id)?;
    let list = of_mapping(conn, mapping)?.map_err(|faults| {
        tracing::info!(import = import.id, ?faults, "a mapping is no longer valid");
        AppError::Gone
    })?;
    Ok(list.read_for(import))
}

/// Like [`load`], without the columns whose contact type or source was deleted since: what is left can still be decided.
pub fn load_what_is_left(conn: &mut AnyConnection, import: &Import) -> AppResult<Mapped> {
    let mut mapping = stored(conn, import.id)?;
    let types = contact_types::types_in_use(conn)?;
    let contact_type = types.iter().find(|known| Some(known.id) == mapping.contact_type);
    let mut fields = Vec::new();
    for known in types.iter().filter(|known| mapping.exact || contact_type == Some(known)) {
        fields.extend(contact_types::fields_in_use(conn, known)?);
    }
    let sources = external_ids::sources(conn)?;
    for choice in &mut mapping.columns {
        let is_left = match &choice.target {
            Some(Target::Custom(key)) => fields.iter().any(|field| field.key == *key),
            Some(Target::ExternalId) => sources.iter().any(|source| Some(source.id) == mapping.source),
            Some(Target::IdIn(name)) => sources.iter().any(|source| source.name == *name),
            _ => true,
        };
        if !is_left {
            choice.target = None;
        }
    }
    if !mapping.gives(MatchKey::ExternalId) {
        mapping.matching.retain(|key| *key != MatchKey::ExternalId);
    }
    Ok(of_mapping(conn, mapping)?.map_err(|_| AppError::Gone)?.read_for(import))
}

impl Mapped {
    fn read_for(self, import: &Import) -> Self {
        Self { is_bounded: import.profile_id.is_none(), ..self }
    }
}

fn stored(conn: &mut AnyConnection, import: i64) -> AppResult<Mapping> {
    let Json(mapping): Json<Option<Mapping>> =
        import_mappings::table.find(import).select(import_mappings::mapping).first(conn)?;
    mapping.ok_or_else(|| AppError::Internal(anyhow::anyhow!("a list without a mapping")))
}

/// The list with this mapping. A contact type or a source that was deleted since counts as none, so that its columns are faults.
pub fn of_mapping(
    conn: &mut AnyConnection,
    mut mapping: Mapping,
) -> AppResult<Result<Mapped, Vec<MappingFault>>> {
    let default = settings::default_country(conn)?;
    let mut book = Book {
        customs: Vec::new(),
        types: Vec::new(),
        contact_type: String::new(),
        default_country: default,
        in_french: true,
    };
    let (mut fields, mut types) = (HashMap::new(), HashMap::new());
    // A contact keeps a type that is switched off.
    let all = if mapping.exact { contact_types::all(conn)? } else { contact_types::types_in_use(conn)? };
    for known in all {
        let is_chosen = Some(known.id) == mapping.contact_type;
        if !is_chosen && !mapping.exact {
            continue;
        }
        for field in contact_types::fields_in_use(conn, &known)? {
            fields.insert(field.key.clone(), (field.id, known.id));
            let (key, contact_type) = (field.key, known.name.clone());
            book.customs.push(CustomColumn { key, contact_type, kind: field.kind, choices: field.choices });
        }
        if is_chosen {
            book.contact_type.clone_from(&known.name);
        }
        if mapping.exact {
            book.types.push(known.name.clone());
        }
        types.insert(known.name, known.id);
    }
    mapping.contact_type = mapping.contact_type.filter(|_| !book.contact_type.is_empty());
    let known = external_ids::sources(conn)?;
    let source = known.iter().find(|known| Some(known.id) == mapping.source);
    mapping.source = source.map(|source| source.id);
    let mut sources: Vec<(Target, Source)> =
        source.map(|source| (Target::ExternalId, source.clone())).into_iter().collect();
    let mut faults = Vec::new();
    for (choice, column) in mapping.columns.iter().zip(1..) {
        let Some(target @ Target::IdIn(name)) = &choice.target else { continue };
        match known.iter().find(|source| source.name == *name) {
            Some(source) => sources.push((target.clone(), source.clone())),
            None => faults.push(MappingFault::NoSource { column }),
        }
    }
    let contact_type = mapping.contact_type;
    let rules = match Rules::compile(mapping, book) {
        Ok(rules) if faults.is_empty() => rules,
        Ok(_) => return Ok(Err(faults)),
        Err(others) => return Ok(Err([faults, others].concat())),
    };
    let undone: Vec<i64> =
        imports::table.filter(imports::undone_at.is_not_null()).select(imports::id).load(conn)?;
    Ok(Ok(Mapped {
        rules,
        sources,
        contact_type,
        types,
        fields,
        book: settings::known_book_id(conn)?,
        organizations: organizations::names_by_key(conn)?,
        undone: undone.into_iter().collect(),
        default,
        restores: false,
        is_bounded: true,
    }))
}
