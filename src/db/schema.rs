//! The tables as diesel sees them, the same for both databases. Columns and tables of only one database (`order_label` and
//! `contact_search` on SQLite, `tokens` on PostgreSQL) belong to `book/search/` and are declared there.

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
        code_hash -> Nullable<Text>,
        code_until -> Nullable<Timestamp>,
        totp_key -> Nullable<Text>,
        totp_step -> Nullable<BigInt>,
        totp_since -> Nullable<Timestamp>,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
        wrong_codes -> BigInt,
        wrong_codes_since -> Nullable<Timestamp>,
        wrong_codes_of_day -> BigInt,
        wrong_codes_day -> Nullable<Timestamp>,
        display_name -> Text,
        email -> Text,
        signed_in_at -> Nullable<Timestamp>,
        rows_per_page -> BigInt,
    }
}

table! {
    recovery_codes (account_id, code_hash) {
        account_id -> BigInt,
        code_hash -> Text,
    }
}

table! {
    access_keys (id) {
        id -> BigInt,
        account_id -> BigInt,
        label -> Text,
        scope -> Text,
        key_hash -> Text,
        beginning -> Text,
        networks -> Text,
        last_day -> Date,
        created_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        used_day -> Nullable<Date>,
        requests -> BigInt,
        address -> Text,
    }
}

table! {
    done_requests (key_id, request) {
        key_id -> BigInt,
        request -> Text,
        body -> Text,
        status -> BigInt,
        made_id -> BigInt,
        done_at -> Timestamp,
    }
}

table! {
    webhooks (id) {
        id -> BigInt,
        url -> Text,
        events -> Text,
        secret -> Text,
        state -> Text,
        cursor -> Text,
        created_at -> Timestamp,
        claim -> Nullable<Text>,
        claimed_until -> Nullable<Timestamp>,
        due_at -> Timestamp,
        delivered_at -> Nullable<Timestamp>,
        failures -> BigInt,
        failing_since -> Nullable<Timestamp>,
        trouble -> Text,
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
    repairs (id) {
        id -> BigInt,
        stage -> Text,
        cursor_id -> BigInt,
        cursor_kind -> Text,
        cursor_word -> Text,
        contacts -> BigInt,
        changed -> BigInt,
        numbers -> BigInt,
        kept -> BigInt,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

table! {
    nodes (id) {
        id -> Text,
        version -> Text,
        generation -> BigInt,
        started_at -> Timestamp,
        heartbeat_at -> Timestamp,
    }
}

table! {
    import_files (id) {
        id -> BigInt,
        created_at -> Timestamp,
        dropped_at -> Nullable<Timestamp>,
    }
}

table! {
    import_chunks (file_id, seq) {
        file_id -> BigInt,
        seq -> BigInt,
        bytes -> Binary,
        packed -> Nullable<Binary>,
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
        preview -> Bool,
        reading -> Nullable<Text>,
        diagnosis -> Nullable<Text>,
        checked_entry -> Nullable<BigInt>,
        checked_at -> Nullable<Timestamp>,
        emptied -> BigInt,
        foreseen -> Nullable<Text>,
        decided_by -> Nullable<BigInt>,
        undone_at -> Nullable<Timestamp>,
        list -> Nullable<Text>,
        original_file_id -> Nullable<BigInt>,
        rows_size -> Nullable<BigInt>,
        profile_id -> Nullable<BigInt>,
        awaits_columns -> Bool,
        held -> BigInt,
        unmatched -> BigInt,
        holds_doubtful -> Bool,
    }
}

table! {
    import_mappings (import_id) {
        import_id -> BigInt,
        source -> Text,
        mapping -> Nullable<Text>,
    }
}

table! {
    import_profiles (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        mapping -> Text,
        bound_changed -> BigInt,
        bound_emptied -> BigInt,
        apply -> Bool,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
        updated_at -> Timestamp,
        updated_by -> Nullable<BigInt>,
    }
}

table! {
    import_corrections (import_id, line) {
        import_id -> BigInt,
        line -> BigInt,
        cells -> Text,
    }
}

table! {
    import_held (id) {
        id -> BigInt,
        import_id -> BigInt,
        line -> BigInt,
        doubt -> Text,
        candidates -> Text,
        line_start -> BigInt,
        line_length -> BigInt,
        decision -> Nullable<Text>,
        contact_id -> Nullable<BigInt>,
        decided_by -> Nullable<BigInt>,
        decided_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

table! {
    import_lines (import_id, line) {
        import_id -> BigInt,
        line -> BigInt,
        effect -> Text,
        contact_id -> Nullable<BigInt>,
        contact_version -> Nullable<BigInt>,
        line_start -> BigInt,
        line_length -> BigInt,
        emptied -> BigInt,
        moved -> Bool,
    }
}

table! {
    import_journal (import_id, line) {
        import_id -> BigInt,
        line -> BigInt,
        touched -> Text,
    }
}

table! {
    import_undos (import_id) {
        import_id -> BigInt,
        account_id -> Nullable<BigInt>,
        done -> BigInt,
        withdrawn -> BigInt,
        reverted -> BigInt,
        kept -> BigInt,
        untouched -> BigInt,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

table! {
    import_kept (import_id, contact_id) {
        import_id -> BigInt,
        contact_id -> BigInt,
        held_by -> Nullable<BigInt>,
        previous_import_id -> Nullable<BigInt>,
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
        no_civility -> Bool,
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
        title -> Text,
        organization_id -> Nullable<BigInt>,
        email_personal -> Text,
        email_other -> Text,
        phone_work_e164 -> Nullable<Text>,
        sms_work -> Bool,
        phone_cell -> Text,
        phone_cell_e164 -> Nullable<Text>,
        sms_cell -> Bool,
        phone_home -> Text,
        phone_home_e164 -> Nullable<Text>,
        sms_home -> Bool,
        phone_other -> Text,
        phone_other_e164 -> Nullable<Text>,
        sms_other -> Bool,
        postal_code -> Text,
        state -> Text,
        country -> Text,
        external_url -> Text,
        social_x -> Text,
        social_facebook -> Text,
        social_line -> Text,
        social_whatsapp -> Text,
        social_instagram -> Text,
        survey_opt_out -> Bool,
        contact_type_id -> Nullable<BigInt>,
        created_import_id -> Nullable<BigInt>,
        form_key -> Nullable<Text>,
        absent_from -> Nullable<Date>,
        absent_until -> Nullable<Date>,
        substitute_id -> Nullable<BigInt>,
        topics -> Text,
        languages -> Text,
        checked_at -> Nullable<Timestamp>,
        checked_by -> Nullable<BigInt>,
        merged_into -> Nullable<BigInt>,
        former_emails -> Text,
    }
}

table! {
    book_words (word) {
        word -> Text,
        sound -> Text,
    }
}

table! {
    book_values (kind, value_key) {
        kind -> Text,
        value_key -> Text,
        value -> Text,
    }
}

table! {
    book_counts (kind, value_key) {
        kind -> Text,
        value_key -> Text,
        n -> BigInt,
    }
}

table! {
    book_count_deltas (id) {
        id -> BigInt,
        kind -> Text,
        value_key -> Text,
        delta -> BigInt,
    }
}

table! {
    contact_aliases (email_key) {
        email_key -> Text,
        email -> Text,
        contact_id -> BigInt,
        merge_id -> BigInt,
    }
}

table! {
    contact_merges (id) {
        id -> BigInt,
        kept_id -> BigInt,
        gone_id -> BigInt,
        taken -> Text,
        account_id -> Nullable<BigInt>,
        created_at -> Timestamp,
        undone_at -> Nullable<Timestamp>,
    }
}

table! {
    duplicate_pairs (low_id, high_id) {
        low_id -> BigInt,
        high_id -> BigInt,
        reasons -> Text,
        certainty -> BigInt,
        run -> BigInt,
        found_at -> Timestamp,
        dismissed_at -> Nullable<Timestamp>,
        dismissed_by -> Nullable<BigInt>,
    }
}

table! {
    duplicate_runs (id) {
        id -> BigInt,
        account_id -> Nullable<BigInt>,
        cursor_id -> BigInt,
        done -> BigInt,
        total -> BigInt,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

table! {
    shared_phones (e164) {
        e164 -> Text,
        contacts -> BigInt,
        run -> BigInt,
    }
}

table! {
    recent_contacts (account_id, contact_id) {
        account_id -> BigInt,
        contact_id -> BigInt,
        seen_at -> Timestamp,
    }
}

table! {
    favourite_contacts (account_id, contact_id) {
        account_id -> BigInt,
        contact_id -> BigInt,
        created_at -> Timestamp,
    }
}

table! {
    saved_filters (id) {
        id -> BigInt,
        account_id -> Nullable<BigInt>,
        name -> Text,
        name_key -> Text,
        query -> Text,
        created_by -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

table! {
    bulk_changes (id) {
        id -> BigInt,
        action -> Text,
        query -> Text,
        account_id -> Nullable<BigInt>,
        undone_by -> Nullable<BigInt>,
        state -> Text,
        total -> BigInt,
        done -> BigInt,
        changed -> BigInt,
        kept -> BigInt,
        cursor_id -> BigInt,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
        expected -> Nullable<Text>,
        found -> Nullable<Text>,
    }
}

table! {
    bulk_items (bulk_id, contact_id) {
        bulk_id -> BigInt,
        contact_id -> BigInt,
        before -> Nullable<Text>,
        version -> Nullable<BigInt>,
    }
}

table! {
    number_blocks (prefix) {
        prefix -> Text,
        organization_id -> BigInt,
    }
}

table! {
    organizations (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        website -> Text,
        phone -> Text,
        industry -> Text,
        address -> Text,
        postal_code -> Text,
        city -> Text,
        country -> Text,
        notes -> Text,
        version -> BigInt,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        updated_by -> Nullable<BigInt>,
        same_name_as -> Nullable<BigInt>,
        created_import_id -> Nullable<BigInt>,
        number_blocks -> Text,
    }
}

table! {
    contact_types (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        position -> BigInt,
        disabled_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
    }
}

table! {
    contact_type_fields (id) {
        id -> BigInt,
        type_id -> BigInt,
        key -> Text,
        label -> Text,
        label_key -> Text,
        kind -> Text,
        choices -> Text,
        required -> Bool,
        position -> BigInt,
        disabled_at -> Nullable<Timestamp>,
    }
}

table! {
    contact_values (contact_id, field_id) {
        contact_id -> BigInt,
        field_id -> BigInt,
        value -> Text,
    }
}

table! {
    sources (id) {
        id -> BigInt,
        name -> Text,
        name_key -> Text,
        created_at -> Timestamp,
    }
}

table! {
    contact_external_ids (id) {
        id -> BigInt,
        source_id -> BigInt,
        contact_id -> BigInt,
        value -> Text,
    }
}

table! {
    notes (id) {
        id -> BigInt,
        contact_id -> BigInt,
        account_id -> BigInt,
        text -> Text,
        form_key -> Nullable<Text>,
        created_at -> Timestamp,
        edited_at -> Nullable<Timestamp>,
        import_id -> Nullable<BigInt>,
    }
}

table! {
    reports (id) {
        id -> BigInt,
        contact_id -> BigInt,
        account_id -> BigInt,
        text -> Text,
        form_key -> Nullable<Text>,
        created_at -> Timestamp,
        outcome -> Nullable<Text>,
        answer -> Text,
        answered_by -> Nullable<BigInt>,
        answered_at -> Nullable<Timestamp>,
    }
}

table! {
    audit_entries (id) {
        id -> BigInt,
        at -> Timestamp,
        account_id -> Nullable<BigInt>,
        kind -> Text,
        contact_id -> Nullable<BigInt>,
        import_id -> Nullable<BigInt>,
        subject -> Text,
        version -> Nullable<BigInt>,
        changes -> Nullable<Text>,
        key_label -> Nullable<Text>,
    }
}

table! {
    feed (id) {
        id -> BigInt,
        first_entry -> Nullable<BigInt>,
        last_entry -> Nullable<BigInt>,
        import_id -> Nullable<BigInt>,
        line -> Nullable<BigInt>,
        at -> Nullable<Timestamp>,
        account_id -> Nullable<BigInt>,
    }
}

table! {
    feed_waiting (id) {
        id -> BigInt,
        first_entry -> BigInt,
        last_entry -> Nullable<BigInt>,
        import_id -> Nullable<BigInt>,
        line -> Nullable<BigInt>,
        at -> Nullable<Timestamp>,
        account_id -> Nullable<BigInt>,
    }
}

table! {
    drafts (id) {
        id -> BigInt,
        account_id -> BigInt,
        contact_id -> Nullable<BigInt>,
        body -> Text,
        created_at -> Timestamp,
    }
}

table! {
    erasures (id) {
        id -> BigInt,
        account_id -> Nullable<BigInt>,
        contact_id -> Nullable<BigInt>,
        trashed_before -> Nullable<Timestamp>,
        contacts -> BigInt,
        notes -> BigInt,
        history_values -> BigInt,
        files -> BigInt,
        lines -> BigInt,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

table! {
    erasure_emails (erasure_id, email_hash) {
        erasure_id -> BigInt,
        email_hash -> Text,
    }
}

table! {
    erasure_marks (erasure_id, kind, hash) {
        erasure_id -> BigInt,
        kind -> Text,
        hash -> Text,
    }
}

table! {
    phone_readings (id) {
        id -> BigInt,
        account_id -> Nullable<BigInt>,
        country -> Text,
        cursor_id -> BigInt,
        read_again -> BigInt,
        changed -> BigInt,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

joinable!(contacts -> organizations (organization_id));
joinable!(number_blocks -> organizations (organization_id));
joinable!(contacts -> contact_types (contact_type_id));
joinable!(contact_type_fields -> contact_types (type_id));
joinable!(contact_values -> contact_type_fields (field_id));
joinable!(contact_values -> contacts (contact_id));
joinable!(contact_external_ids -> sources (source_id));
joinable!(contact_external_ids -> contacts (contact_id));
joinable!(notes -> accounts (account_id));
joinable!(notes -> contacts (contact_id));
joinable!(reports -> accounts (account_id));
joinable!(reports -> contacts (contact_id));
joinable!(audit_entries -> accounts (account_id));
joinable!(audit_entries -> imports (import_id));
joinable!(access_keys -> accounts (account_id));
joinable!(erasures -> accounts (account_id));
joinable!(phone_readings -> accounts (account_id));
joinable!(sessions -> accounts (account_id));
joinable!(recovery_codes -> accounts (account_id));
joinable!(imports -> accounts (created_by));
joinable!(contacts -> imports (import_id));
joinable!(import_findings -> imports (import_id));
joinable!(imports -> import_files (file_id));
joinable!(import_lines -> imports (import_id));
joinable!(import_journal -> imports (import_id));
joinable!(import_held -> imports (import_id));
joinable!(import_corrections -> imports (import_id));
joinable!(import_mappings -> imports (import_id));
joinable!(import_profiles -> accounts (updated_by));
joinable!(import_undos -> imports (import_id));
joinable!(import_undos -> accounts (account_id));
joinable!(import_kept -> contacts (contact_id));
joinable!(contact_aliases -> contacts (contact_id));
joinable!(duplicate_runs -> accounts (account_id));
joinable!(contact_merges -> accounts (account_id));
joinable!(recent_contacts -> contacts (contact_id));
joinable!(favourite_contacts -> contacts (contact_id));
joinable!(bulk_items -> contacts (contact_id));
allow_tables_to_appear_in_same_query!(
    access_keys,
    accounts,
    recovery_codes,
    reports,
    settings,
    sessions,
    imports,
    import_files,
    import_chunks,
    import_findings,
    import_lines,
    import_mappings,
    import_profiles,
    import_held,
    import_corrections,
    import_journal,
    import_undos,
    import_kept,
    contacts,
    book_words,
    book_values,
    book_counts,
    book_count_deltas,
    contact_aliases,
    contact_merges,
    duplicate_pairs,
    duplicate_runs,
    shared_phones,
    recent_contacts,
    favourite_contacts,
    saved_filters,
    bulk_changes,
    bulk_items,
    organizations,
    number_blocks,
    contact_types,
    contact_type_fields,
    contact_values,
    sources,
    contact_external_ids,
    notes,
    audit_entries,
    erasures,
    phone_readings
);
