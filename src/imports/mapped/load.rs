//! Loads what the reading of a mapped list needs.

use diesel::prelude::*;

use super::Mapped;
use crate::book::external_ids;
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
    let fields = match contact_type {
        Some(contact_type) => contact_types::fields_in_use(conn, contact_type)?,
        None => Vec::new(),
    };
    let has_source = external_ids::sources(conn)?.iter().any(|source| Some(source.id) == mapping.source);
    for choice in &mut mapping.columns {
        let is_left = match &choice.target {
            Some(Target::Custom(key)) => fields.iter().any(|field| field.key == *key),
            Some(Target::ExternalId) => has_source,
            _ => true,
        };
        if !is_left {
            choice.target = None;
        }
    }
    mapping.matching.retain(|key| *key != MatchKey::ExternalId || has_source);
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
    let (mut name, mut customs, mut fields) = (String::new(), Vec::new(), Vec::new());
    let types = contact_types::types_in_use(conn)?;
    if let Some(contact_type) = types.into_iter().find(|known| Some(known.id) == mapping.contact_type) {
        fields = contact_types::fields_in_use(conn, &contact_type)?;
        name = contact_type.name;
        customs = fields
            .iter()
            .map(|field| CustomColumn {
                key: field.key.clone(),
                kind: field.kind,
                choices: field.choices.clone(),
            })
            .collect();
    }
    mapping.contact_type = mapping.contact_type.filter(|_| !name.is_empty());
    let sources = external_ids::sources(conn)?;
    let source = sources.into_iter().find(|known| Some(known.id) == mapping.source);
    mapping.source = source.as_ref().map(|source| source.id);
    let contact_type = mapping.contact_type;
    let book = Book { customs, contact_type: name, default_country: default, in_french: true };
    let rules = match Rules::compile(mapping, book) {
        Ok(rules) => rules,
        Err(faults) => return Ok(Err(faults)),
    };
    let undone: Vec<i64> =
        imports::table.filter(imports::undone_at.is_not_null()).select(imports::id).load(conn)?;
    Ok(Ok(Mapped {
        rules,
        source,
        contact_type,
        fields: fields.into_iter().map(|field| (field.key, field.id)).collect(),
        organizations: organizations::names_by_key(conn)?,
        undone: undone.into_iter().collect(),
        default,
        restores: false,
        is_bounded: true,
    }))
}
