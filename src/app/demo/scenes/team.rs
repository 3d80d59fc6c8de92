//! What the team tells each other: notes, verifications, filters, absences and reports.

use chrono::TimeDelta;

use crate::app::demo::office::{Office, find, note, unfilled};
use crate::book::filter::Filter;
use crate::book::reports::{self, Outcome};
use crate::book::saved_filters::{self, New};
use crate::book::{absences, write};
use crate::error::AppResult;
use crate::favourites;

pub fn notes_on_contacts(office: &Office) -> AppResult<()> {
    let (coordinator, agent) = (office.coordinator, office.agent);
    office.write(|conn| {
        for (name, text, author) in [
            ("Hélène Lefèvre", "Ne pas transférer le mercredi après-midi : fermé au public.", coordinator),
            (
                "Hélène Lefèvre",
                "Pour un acte urgent, écrire « urgent obsèques » dans l’objet : lu dans l’heure.",
                agent,
            ),
            ("Inès N’Diaye", "Accepte les échéanciers jusqu’à 1 500 € sans dossier.", agent),
            (
                "Denis Carrel",
                "Demander le numéro du compteur avant d’appeler.\nDépanne aussi le dimanche.",
                agent,
            ),
            ("Corinne Delmas-Aubry", "Convention renouvelée jusqu’à fin 2027.", office.admin),
        ] {
            note(conn, name, text, author)?;
        }
        Ok(())
    })
}

pub fn verifications_and_favourites(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        for name in ["Hélène Lefèvre", "Karim Leclerc", "Zoé Vasseur"] {
            let id = find(conn, name)?;
            write::check(conn, id, office.coordinator)?;
        }
        for name in ["Hélène Lefèvre", "Karim Leclerc", "Inès N’Diaye", "Oksana Petrenko"] {
            let id = find(conn, name)?;
            favourites::keep(conn, office.agent, id)?;
            favourites::keep(conn, office.coordinator, id)?;
        }
        for name in ["Solène Schmitt", "Denis Carrel", "Thi-Lan Nguyen", "Étienne Blanchard"] {
            let id = find(conn, name)?;
            favourites::note(conn, office.agent, id)?;
        }
        Ok(())
    })
}

pub fn filters_with_names(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        for (name, query, owner, account) in [
            (
                "Fuites et coupures",
                "service=Eau+potable&service=Astreinte+technique&status=expert",
                None,
                office.coordinator,
            ),
            ("Parlent allemand", "language=Allemand", None, office.coordinator),
            ("À qui transférer à Paris", "status=transfer&city=Paris", Some(office.agent), office.agent),
            (
                "Experts de l’annuaire",
                "import=annuaire&status=expert",
                Some(office.coordinator),
                office.coordinator,
            ),
        ] {
            let query = Filter::parse(query).query();
            saved_filters::create(conn, &New { name, query: &query, owner }, account)?;
        }
        Ok(())
    })
}

pub fn absences_with_substitutes(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        for (name, from, until, substitute) in [
            ("Inès N’Diaye", -3, 5, "Geneviève Moreau"),
            ("Zoé Vasseur", -1, 12, "Nadia Bénard"),
            ("Françoise Collet", -2, 0, "Martine Vidal"),
            ("Loïc Mancini", 4, 11, "Mamadou Etchegaray"),
            ("Benoît Hébert", 9, 30, "Stéphane De La Fontaine"),
        ] {
            let (id, substitute) = (find(conn, name)?, find(conn, substitute)?);
            let day = |days| office.today + TimeDelta::days(days);
            let absence = (day(from), day(until), Some(substitute));
            absences::set(conn, id, Some(absence), &unfilled::<4>(), office.coordinator)?;
        }
        Ok(())
    })
}

pub fn reports_of_mistakes(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        for (name, text, answer) in [
            (
                "Karim Leclerc",
                "Le poste indiqué est celui de son assistante.",
                Some((Outcome::Fixed, "Merci, le numéro direct est à jour.")),
            ),
            (
                "Hugo Œuvrard",
                "Serait parti à la retraite.",
                Some((Outcome::Unfounded, "Vérifié avec lui : il part en juin.")),
            ),
            ("Solène Schmitt", "Le numéro sonne dans le vide depuis lundi.", None),
            ("Léa Tran", "L’adresse e-mail revient en erreur.", None),
            ("Agnès Picard", "Elle me dit avoir changé de service : voir avec la Voirie ?", None),
        ] {
            let contact = find(conn, name)?;
            reports::add(conn, contact, text, None, office.agent)?;
            if let (Some(answer), [report, ..]) = (answer, reports::of_contact(conn, contact, 1)?.as_slice())
            {
                reports::answer(conn, report.id, answer, office.coordinator)?;
            }
        }
        Ok(())
    })
}
