//! Contacts that were typed in although the directory has them.

use crate::app::demo::office::{Fields, Office, add, namesakes};
use crate::duplicates;
use crate::error::AppResult;

/// Contacts that were typed in although the directory has them, and the search that finds them.
pub fn contacts_typed_twice(office: &Office) -> AppResult<()> {
    let typed: [Fields<'_>; 5] = [
        &[
            ("civility", "Mme"),
            ("first_name", "Helene"),
            ("last_name", "Lefevre"),
            ("service", "État civil"),
            ("phone_work", "04 65 71 61 01"),
        ],
        &[
            ("civility", "Mme"),
            ("first_name", "Zoé"),
            ("last_name", "Vasseur-Martin"),
            ("title", "Juriste"),
            ("email", "zoe.vasseur-martin@agence.example"),
            ("phone_work", "+33 1 99 00 61 24"),
            ("city", "Paris"),
        ],
        &[
            ("civility", "M."),
            ("first_name", "Karim"),
            ("last_name", "Leclercq"),
            ("service", "Médiation"),
            ("email", "mediation@agence.example"),
            ("city", "L’Haÿ-les-Roses"),
        ],
        &[
            ("civility", "M."),
            ("first_name", "Etienne"),
            ("last_name", "Blanchard"),
            ("service", "Urbanisme"),
            ("email_personal", "e.blanchard@courriel.example"),
        ],
        &[
            ("civility", "M."),
            ("first_name", "Paul"),
            ("last_name", "Garçon"),
            ("email", "paul.garcon@metropole.example"),
            ("service", "Relation client"),
            ("city", "Toulouse"),
        ],
    ];
    office.write(|conn| {
        for fields in typed {
            add(conn, fields, office.coordinator)?;
        }
        duplicates::begin_search(conn, Some(office.coordinator))
    })
}

/// One pair is merged, one is of two people. The others wait.
pub fn decisions_about_duplicates(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        let pair = namesakes(conn, "Étienne Blanchard")?;
        let both = duplicates::Both::load(conn, pair)?;
        duplicates::merge(conn, &duplicates::proposed(pair, &both), office.coordinator)?;
        let pair = namesakes(conn, "Paul Garçon")?;
        duplicates::dismiss(conn, pair, true, office.admin)?;
        Ok(())
    })
}
