//! The schemas of the API's description.

use serde_json::{Map, Value, json};

use crate::domain::{Field, FieldKind};
use crate::imports::State;

/// The schemas. The fields of a contact are those of the form.
pub fn schemas() -> Value {
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": text});
    let id = json!({"type": "integer"});
    let time = json!({"type": "string", "format": "date-time"});
    let external_id = json!({
        "type": "object", "properties": {"source": text, "id": text}, "required": ["source", "id"],
        "additionalProperties": false,
    });
    let mut fields = Map::new();
    for field in Field::ALL {
        fields.insert(field.form_name().to_owned(), schema_of(field));
    }
    fields.insert("topics".to_owned(), texts.clone());
    fields.insert("languages".to_owned(), texts);
    fields.insert("external_ids".to_owned(), json!({"type": "array", "items": external_id}));
    let changes = json!({
        "type": "object", "properties": fields, "patternProperties": {"^custom_": text}, "additionalProperties": false,
    });
    let substitute = json!({
        "type": ["object", "null"],
        "properties": {"id": id, "name": text, "number": maybe("string"), "url": text},
    });
    let absence = json!({
        "type": ["object", "null"],
        "properties": {"from": {"type": "string", "format": "date"}, "until": {"type": "string", "format": "date"}, "substitute": substitute},
    });
    let import = json!({"type": ["object", "null"], "properties": {"id": id, "name": text}});
    for (name, schema) in [
        ("id", &id),
        ("version", &id),
        ("absence", &absence),
        ("import", &import),
        ("created_at", &time),
        ("updated_at", &time),
        ("url", &text),
    ] {
        fields.insert(name.to_owned(), schema.clone());
    }
    let contact = json!({
        "type": "object", "properties": fields, "patternProperties": {"^custom_": text}, "required": ["id", "version", "url"],
    });
    let mut schemas = json!({
        "Contact": contact,
        "Contacts": list("Contact"),
        "ContactChanges": changes,
        "WholeContact": {"allOf": [{"$ref": "#/components/schemas/ContactChanges"}, {"required": ["first_name", "last_name"]}]},
    });
    for others in [other_schemas(&absence), many_schemas()] {
        if let (Some(all), Some(others)) = (schemas.as_object_mut(), others.as_object()) {
            all.extend(others.clone());
        }
    }
    schemas
}

/// The schema of a part of a list.
fn list(items: &str) -> Value {
    json!({
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": {"$ref": format!("#/components/schemas/{items}")}},
            "next": {"type": ["string", "null"]},
        },
        "required": ["items", "next"],
    })
}

/// The schema of a value that can be `null`.
fn maybe(kind: &str) -> Value {
    json!({"type": [kind, "null"]})
}

/// The schema of a text of at most `max` characters that can be `null`.
fn maybe_short(max: usize) -> Value {
    json!({"type": ["string", "null"], "maxLength": max})
}

/// The schemas of everything but contacts; `absence` is that of an absence.
fn other_schemas(absence: &Value) -> Value {
    let text = json!({"type": "string"});
    let id = json!({"type": "integer"});
    let time = json!({"type": "string", "format": "date-time"});
    let holder = json!({
        "type": "object",
        "properties": {
            "id": id, "name": text, "organization": text, "service": text, "expert": {"type": "boolean"},
            "copy": {"type": "boolean"}, "transfer": {"type": "boolean"}, "absence": absence, "url": text,
        },
        "required": ["id", "name", "url"],
    });
    let number = json!({
        "type": ["object", "null"],
        "properties": {
            "e164": maybe("string"), "digits": text, "kind": {"enum": ["mobile", "fixed", "short", "other"]},
            "country": maybe("string"),
        },
    });
    let note = json!({
        "type": "object",
        "properties": {"id": id, "author": text, "note": text, "created_at": time, "edited_at": maybe("string")},
    });
    let organization = json!({
        "type": "object",
        "properties": {
            "id": id, "version": id, "name": text, "website": text, "phone": text, "industry": text, "address": text,
            "postal_code": text, "city": text, "country": text, "notes": text, "number_blocks": {"type": "array", "items": text}, "contacts": id, "updated_at": time, "url": text,
        },
        "required": ["id", "name", "url"],
    });
    let changes = changes_schema();
    json!({
        "ContactOrForeseen": {"anyOf": [{"$ref": "#/components/schemas/Contact"}, {"$ref": "#/components/schemas/Foreseen"}]},
        "Foreseen": {
            "type": "object",
            "properties": {
                "effect": {"enum": ["created", "changed", "unchanged"]},
                "contact": id,
                "changes": changes,
            },
            "required": ["effect", "changes"],
        },
        "Lookup": {
            "type": "object",
            "properties": {"number": number, "email": maybe("string"), "contacts": {"type": "array", "items": holder}, "organization": {"type": ["object", "null"]}, "more": {"type": "boolean"}},
            "required": ["number", "email", "contacts", "more"],
        },
        "Note": note,
        "Notes": list("Note"),
        "NewNote": {"type": "object", "properties": {"note": {"type": "string", "minLength": 1}}, "required": ["note"], "additionalProperties": false},
        "Organization": organization,
        "OrganizationChanges": {
            "type": "object",
            "properties": {
                "name": maybe_short(100), "website": maybe_short(1_000), "phone": maybe_short(50), "industry": maybe_short(100), "address": maybe_short(100),
                "postal_code": maybe_short(25), "city": maybe_short(100), "country": maybe_short(2), "notes": maybe_short(32_000),
                "number_blocks": {"type": ["array", "null"], "items": text},
            },
            "additionalProperties": false,
        },
        "Organizations": list("Organization"),
        "Source": {"type": "object", "properties": {"name": text}, "required": ["name"]},
        "Sources": list("Source"),
        "Changes": {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "cursor": text, "at": time, "contact": id, "version": maybe("integer"), "import": maybe("integer"),
                        "kind": {"enum": ["created", "changed", "deleted", "restored", "merged", "erased"]},
                        "fields": {"type": "array", "items": text}, "account": maybe("integer"),
                    },
                    "required": ["cursor", "at", "kind", "contact", "version", "fields", "import", "account"],
                }},
                "next": maybe("string"),
                "more": {"type": "boolean"},
            },
            "required": ["items", "next", "more"],
        },
        "Document": {"type": "object"},
        "Problem": {
            "type": "object",
            "properties": {
                "type": text, "title": text, "status": id, "detail": text, "right": text,
                "errors": {"type": "array", "items": {"type": "object", "properties": {"pointer": text, "detail": text}, "required": ["pointer", "detail"]}},
            },
            "required": ["type", "title", "status", "detail"],
        },
    })
}

/// The schemas of many contacts at once: of a list, and of an import.
fn many_schemas() -> Value {
    let text = json!({"type": "string"});
    let id = json!({"type": "integer"});
    let time = json!({"type": "string", "format": "date-time"});
    let changes = changes_schema();
    json!({
        "NewContacts": {
            "type": "object",
            "properties": {"items": {"type": "array", "maxItems": 100, "items": {
                "type": "object",
                "properties": {"id": {"type": "string", "minLength": 1, "maxLength": 255}, "contact": {"$ref": "#/components/schemas/ContactChanges"}},
                "required": ["id", "contact"],
                "additionalProperties": false,
            }}},
            "required": ["items"],
            "additionalProperties": false,
        },
        "Outcomes": {
            "type": "object",
            "properties": {
                "items": {"type": "array", "items": {
                    "type": "object",
                    "properties": {
                        "id": text, "outcome": {"enum": ["created", "changed", "unchanged", "refused"]}, "contact": id, "version": id, "url": text,
                        "changes": changes, "problem": {"$ref": "#/components/schemas/Problem"},
                    },
                    "required": ["id", "outcome"],
                }},
                "counts": {"type": "object", "properties": {"created": id, "changed": id, "unchanged": id, "refused": id}},
            },
            "required": ["items", "counts"],
        },
        "Import": {
            "type": "object",
            "properties": {
                "id": id, "name": text, "state": {"enum": State::ALL.map(State::as_str)},
                "waits_for": {"enum": ["columns", "decision", null]}, "reasons": {"type": "array", "items": text},
                "profile": maybe("string"),
                "file": {"type": "object", "properties": {"name": text, "size": id, "sha256": text}},
                "lines": id, "counts": {"type": "object", "additionalProperties": id}, "refusal": maybe("string"),
                "account": maybe("integer"), "created_at": time, "finished_at": maybe("string"), "undone_at": maybe("string"), "url": text,
            },
            "required": ["id", "name", "state", "waits_for", "counts", "url"],
        },
        "Imports": list("Import"),
    })
}

/// The schema of the changes that a dry run foresees.
fn changes_schema() -> Value {
    let text = json!({"type": "string"});
    let value = json!({"type": ["string", "boolean"]});
    json!({
        "type": "array",
        "items": {"type": "object", "properties": {"field": text, "old": value, "new": value}},
    })
}

fn schema_of(field: Field) -> Value {
    match field.kind() {
        FieldKind::Flag => json!({"type": "boolean"}),
        FieldKind::Text(max) | FieldKind::Url(max) => json!({"type": ["string", "null"], "maxLength": max}),
        FieldKind::Civility => json!({"enum": ["", "M.", "Mme", "Mlle", null]}),
        FieldKind::Country => json!({"type": ["string", "null"], "maxLength": 2}),
        FieldKind::Email => json!({"type": ["string", "null"], "maxLength": 255}),
        FieldKind::Phone => json!({"type": ["string", "null"], "maxLength": 50}),
        FieldKind::Organization | FieldKind::ContactType => {
            json!({"type": ["string", "null"], "maxLength": 100})
        }
    }
}
