//! Contacts that people typed in, completed or deleted.

use crate::app::demo::office::{Fields, Office, add, edit, find, unfilled};
use crate::book::external_ids;
use crate::book::organizations::{self, Details};
use crate::book::write::{self, Expertise};
use crate::domain::Drawn;
use crate::error::AppResult;

/// People outside of the directory, typed in with all that is known about them.
pub fn partners(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        for (name, industry) in [
            ("Cabinet Aubry-Lenoir", "Avocats"),
            ("Dépannage Carrel", "Plomberie"),
            ("TraducVox", "Interprétariat"),
        ] {
            let (name, industry) = (name.to_owned(), industry.to_owned());
            let details = Details { name, industry, ..Details::default() };
            organizations::create(conn, &details, office.coordinator)?;
        }
        for partner in PARTNERS {
            add(conn, partner, office.coordinator)?;
        }
        Ok(())
    })
}

const PARTNERS: [Fields<'static>; 4] = [
    &[
        ("civility", "Mme"),
        ("first_name", "Corinne"),
        ("last_name", "Delmas-Aubry"),
        ("title", "Avocate associée"),
        ("organization", "Cabinet Aubry-Lenoir"),
        ("email", "corinne.delmas@aubry-lenoir.example"),
        ("phone_work", "01 99 00 41 20 poste 12"),
        ("phone_other", "01 99 00 41 00"),
        ("address", "14 rue Haute"),
        ("postal_code", "75008"),
        ("city", "Paris"),
        ("country", "FR"),
        ("external_url", "https://affaires.aubry-lenoir.example/dossiers/1042"),
        ("transfer", "on"),
        ("contact_type", "Prestataire"),
        ("custom_convention", "CV-2031"),
        ("custom_echeance", "31/12/2027"),
        ("custom_prestations", "Expropriation, Marchés publics"),
        ("custom_engagement", "Sous 24 h"),
        ("custom_portail", "https://www.aubry-lenoir.example/clients"),
        ("custom_bon_de_commande_exige", "on"),
    ],
    &[
        ("civility", "M."),
        ("first_name", "Denis"),
        ("last_name", "Carrel"),
        ("title", "Gérant"),
        ("organization", "Dépannage Carrel"),
        ("email", "contact@carrel.example"),
        ("email_personal", "denis.carrel@courriel.example"),
        ("phone_work", "05 36 49 77 10 / 05 36 49 77 11"),
        ("city", "Bordeaux"),
        ("social_whatsapp", "+33639987710"),
        ("contact_type", "Prestataire"),
        ("custom_convention", "CV-1987"),
        ("custom_prestations", "Fuites, Compteurs gelés"),
        ("custom_engagement", "Sous 4 h"),
    ],
    &[
        ("civility", "Mme"),
        ("first_name", "Oksana"),
        ("last_name", "Petrenko"),
        ("title", "Interprète"),
        ("organization", "TraducVox"),
        ("email", "o.petrenko@traducvox.example"),
        ("phone_work", "01 99 00 52 07"),
        ("city", "Paris"),
        ("survey_opt_out", "on"),
        ("contact_type", "Prestataire"),
        ("custom_convention", "CV-2044"),
        ("custom_prestations", "Interprétation par téléphone"),
    ],
    // Without an e-mail, a contact can only be Expert.
    &[
        ("first_name", "Dominique"),
        ("last_name", "Roche"),
        ("title", "Gardien du parc des sports"),
        ("phone_work", "04 65 71 30 18"),
        // No numbering plan knows the mobile numbers of fiction, and Carnet says so.
        ("phone_cell", "06 39 98 30 18"),
        ("sms_cell", "on"),
        ("city", "Lyon"),
    ],
];

pub fn titles_and_further_numbers(office: &Office) -> AppResult<()> {
    let edits: [(&str, Fields<'_>); 7] = [
        ("Hélène Lefèvre", &[("title", "Responsable de l’état civil"), ("phone_other", "04 65 71 61 01")]),
        ("Karim Leclerc", &[("title", "Médiateur"), ("social_x", "@mediation_usagers")]),
        ("Zoé Vasseur", &[("title", "Juriste"), ("phone_other", "01 99 00 61 24")]),
        (
            "Inès N’Diaye",
            &[("title", "Cheffe du service facturation"), ("phone_other", "02 61 91 44 17 poste 3")],
        ),
        ("Étienne Blanchard", &[("title", "Instructeur des permis de construire")]),
        (
            "Chloé Diallo",
            &[
                ("contact_type", "Technicien d’astreinte"),
                ("custom_badge", "AT-118"),
                ("custom_secteur", "Rive gauche"),
                ("custom_habilitations", "Espaces confinés, Chlore gazeux"),
                (
                    "custom_consignes",
                    "Appeler d’abord la ligne d’astreinte.\nSans réponse en dix minutes : le cadre de nuit.",
                ),
                ("phone_other", "05 36 49 20 18"),
            ],
        ),
        (
            "Thi-Lan Nguyen",
            &[
                ("contact_type", "Technicien d’astreinte"),
                ("custom_badge", "AT-131"),
                ("custom_secteur", "Rive droite"),
                ("custom_habilitations", "Haute tension, Espaces confinés"),
                ("phone_other", "05 36 49 20 38"),
            ],
        ),
    ];
    office.write(|conn| {
        edits.iter().try_for_each(|(name, fields)| edit(conn, name, fields, office.coordinator))
    })
}

pub fn expertise(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        for (name, topics, languages) in [
            ("Hélène Lefèvre", "Actes de naissance\nMariage et PACS\nLivret de famille", "Anglais"),
            ("Cécile Besson", "Actes de naissance\nChangement de nom", "Italien"),
            ("Marc Saint-Martin", "Nids-de-poule\nÉclairage public", "Allemand"),
            ("Jean-François Zimmermann", "Qualité de l’eau\nFuites", ""),
            ("Paul Garçon", "Fuites\nBranchements neufs", "Espagnol"),
            ("Étienne Blanchard", "Permis de construire", ""),
            ("Aïcha Weber", "Marchés publics\nOccupation du domaine public", "Arabe\nAllemand"),
            ("Karim Leclerc", "Litiges entre voisins\nÉchéancier", "Arabe\nAnglais"),
            ("Loïc Mancini", "Échéancier\nMise en demeure", "Italien"),
            ("Inès N’Diaye", "Prélèvement automatique\nÉchéancier", "Wolof\nAnglais"),
            ("Théo Le Goff", "", "Breton"),
            ("Solène Schmitt", "Réclamations", "Allemand\nAlsacien"),
            ("Thi-Lan Nguyen", "Coupures d’eau", "Vietnamien"),
            ("Oksana Petrenko", "Interprétation", "Ukrainien\nRusse\nPolonais"),
            ("Corinne Delmas-Aubry", "Expropriation\nMarchés publics", "Anglais"),
        ] {
            let id = find(conn, name)?;
            let expertise = Expertise { topics: topics.to_owned(), languages: languages.to_owned() };
            write::set_expertise(conn, id, &expertise, &unfilled::<2>(), office.coordinator)?;
        }
        Ok(())
    })
}

/// Ids in two other systems: personnel numbers, and customer numbers of partners.
pub fn ids_in_other_systems(office: &Office) -> AppResult<()> {
    office.write(|conn| {
        for name in ["SIRH", "Facturation"] {
            external_ids::add(conn, name, office.admin)?;
        }
        let sources = external_ids::sources(conn)?;
        for (name, source, value) in [
            ("Hélène Lefèvre", "SIRH", "104-2217"),
            ("Karim Leclerc", "SIRH", "104-3180"),
            ("Zoé Vasseur", "SIRH", "104-2954"),
            ("Paul Garçon", "SIRH", "104-1066"),
            ("Denis Carrel", "Facturation", "F-7710"),
            ("Corinne Delmas-Aubry", "Facturation", "F-4120"),
        ] {
            let id = find(conn, name)?;
            let source = sources.iter().filter(|known| known.name == source).cloned();
            let ids: Vec<_> = source.map(|source| (source, vec![value.to_owned()])).collect();
            write::set_external_ids(conn, id, &ids, &Drawn::default(), office.coordinator)?;
        }
        Ok(())
    })
}

pub fn trash(office: &Office) -> AppResult<()> {
    delete(office, &["Gaëtan Joly", "Yasmine Ferré"], office.coordinator)?;
    delete(office, &["Antoine Carpentier"], office.admin)
}

fn delete(office: &Office, names: &[&str], account: i64) -> AppResult<()> {
    office.write(|conn| {
        for name in names {
            let id = find(conn, name)?;
            write::delete(conn, id, account)?;
        }
        Ok(())
    })
}
