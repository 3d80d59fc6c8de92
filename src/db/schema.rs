//! The tables as diesel sees them, the same for both databases. What only one of them has (`order_label` and
//! `contact_search` on SQLite, `tokens` on PostgreSQL) belongs to `contacts/search/` and stands there.

use diesel::{allow_tables_to_appear_in_same_query, joinable, table};

table! {
    settings (key) {
        key -> Text,
        value -> Text,
    }
}

table! {
    accounts (id) {
        id -> BigInt,
        username -> Text,
        username_key -> Text,
        role -> Text,
        password_hash -> Text,
        locale -> Nullable<Text>,
        created_at -> Timestamp,
        disabled_at -> Nullable<Timestamp>,
    }
}

table! {
    sessions (id) {
        id -> BigInt,
        key_hash -> Text,
        account_id -> Nullable<BigInt>,
        state -> Text,
        created_at -> Timestamp,
        last_seen_at -> Timestamp,
    }
}

table! {
    sign_in_throttles (bucket) {
        bucket -> Text,
        failures -> BigInt,
        blocked_until -> Timestamp,
        last_failure_at -> Timestamp,
    }
}

table! {
    jobs (id) {
        id -> BigInt,
        kind -> Text,
        subject_id -> BigInt,
        claimed_by -> Nullable<Text>,
        heartbeat_at -> Nullable<Timestamp>,
        run_after -> Timestamp,
        attempts -> BigInt,
        created_at -> Timestamp,
    }
}

table! {
    import_files (id) {
        id -> BigInt,
        created_at -> Timestamp,
    }
}

table! {
    import_chunks (file_id, seq) {
        file_id -> BigInt,
        seq -> BigInt,
        bytes -> Binary,
    }
}

table! {
    imports (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        file_id -> BigInt,
        file_name -> Text,
        file_size -> BigInt,
        file_sha256 -> Text,
        on_error -> Text,
        state -> Text,
        refusal -> Nullable<Text>,
        lines -> BigInt,
        cursor_line -> BigInt,
        cursor_byte -> BigInt,
        created -> BigInt,
        updated -> BigInt,
        unchanged -> BigInt,
        restored -> BigInt,
        superseded -> BigInt,
        rejected -> BigInt,
        skipped -> BigInt,
        created_by -> Nullable<BigInt>,
        created_at -> Timestamp,
        applying_since -> Nullable<Timestamp>,
        finished_at -> Nullable<Timestamp>,
    }
}

table! {
    import_findings (import_id, kind, line, ordinal) {
        import_id -> BigInt,
        line -> BigInt,
        ordinal -> BigInt,
        kind -> Text,
        field -> Nullable<BigInt>,
        value -> Text,
        fault -> Text,
        line_start -> BigInt,
        line_length -> BigInt,
    }
}

table! {
    contacts (id) {
        id -> BigInt,
        civility -> Text,
        first_name -> Text,
        last_name -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        service -> Text,
        phone_work -> Text,
        address -> Text,
        city -> Text,
        expert -> Bool,
        copy -> Bool,
        transfer -> Bool,
        import_id -> Nullable<BigInt>,
        sort_key -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        updated_by -> Nullable<BigInt>,
        deleted_at -> Nullable<Timestamp>,
    }
}

joinable!(sessions -> accounts (account_id));
joinable!(imports -> accounts (created_by));
joinable!(contacts -> imports (import_id));
joinable!(import_findings -> imports (import_id));
joinable!(imports -> import_files (file_id));
allow_tables_to_appear_in_same_query!(
    accounts,
    sessions,
    imports,
    import_files,
    import_findings,
    contacts
);
