//! What the people of the contact centre have done before the demonstration starts, from the first day to the last.

mod contacts;
mod duplicates;
mod lists;
mod set_up;
mod team;

use super::office::Scene;

/// The scenes, each with the number of days since.
pub const STORY: [(i64, Scene); 22] = [
    (402, set_up::organizations_and_types),
    (400, lists::first_import),
    (62, lists::import_of_the_directory),
    (61, lists::statuses),
    (60, lists::organization_of_everybody),
    (41, contacts::partners),
    (38, contacts::titles_and_further_numbers),
    (33, contacts::expertise),
    (30, contacts::ids_in_other_systems),
    (21, contacts::trash),
    (17, lists::import_of_the_wrong_list),
    (16, lists::undo_of_the_wrong_list),
    (12, lists::bulk_edit_of_statuses),
    (9, team::notes_on_contacts),
    (8, team::verifications_and_favourites),
    (8, team::filters_with_names),
    (7, duplicates::contacts_typed_twice),
    (6, duplicates::decisions_about_duplicates),
    (5, lists::import_with_doubtful_rows),
    (3, team::absences_with_substitutes),
    (2, team::reports_of_mistakes),
    (1, lists::import_to_decide),
];
