//! `serve --demo`: a temporary database with invented people, for trying everything.

use std::fmt::Write as _;
use std::io::{Seek as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::accounts;
use crate::app::cli::check;
use crate::base::random::random_hex;
use crate::book::write::{self, Switch};
use crate::config::DatabaseUrl;
use crate::db::Db;
use crate::domain::{Role, Status, Username, fold};

const ACCOUNTS: [(&str, Role); 3] =
    [("coordinateur", Role::Coordinator), ("agent", Role::Agent), ("admin", Role::Administrator)];

const FIRST_NAMES: [(&str, &str); 26] = [
    ("Mme", "Hélène"),
    ("M.", "Marc"),
    ("Mme", "Inès"),
    ("M.", "Jean-François"),
    ("Mme", "Zoé"),
    ("M.", "Étienne"),
    ("Mme", "Aïcha"),
    ("M.", "Loïc"),
    ("Mlle", "Maëlle"),
    ("M.", "Karim"),
    ("Mme", "Françoise"),
    ("M.", "Théo"),
    ("Mme", "Élodie"),
    ("M.", "Benoît"),
    ("Mme", "Anne-Sophie"),
    ("M.", "Raphaël"),
    ("Mme", "Solène"),
    ("M.", "Noël"),
    ("Mlle", "Chloé"),
    ("M.", "Gaëtan"),
    ("Mme", "Cécile"),
    ("M.", "Yacine"),
    ("Mme", "Geneviève"),
    ("M.", "Paul"),
    ("Mme", "Nadia"),
    ("M.", "Côme"),
];

const LAST_NAMES: [&str; 31] = [
    "Lefèvre",
    "Beaulieu",
    "Aubert",
    "D’Ormesson",
    "Nœud",
    "Œuvrard",
    "Wagner",
    "Le Goff",
    "Saint-Martin",
    "Benali",
    "Dupont",
    "Dupond",
    "Lefebvre",
    "Moreau",
    "Guérin",
    "N’Diaye",
    "Château",
    "Prévost",
    "Müller",
    "De La Fontaine",
    "Garçon",
    "Hébert",
    "Zimmermann",
    "Costa",
    "Traoré",
    "Lemaître",
    "Ferré",
    "Bénard",
    "Kowalski",
    "Vasseur",
    "Payet",
];

const SERVICES: [&str; 13] = [
    "État civil",
    "Urbanisme",
    "Contentieux",
    "Voirie",
    "Relation client",
    "Facturation",
    "Affaires juridiques",
    "Accueil téléphonique",
    "Eau potable",
    "Ressources humaines",
    "Support niveau 2",
    "Petite enfance",
    "Recouvrement",
];

const CITIES: [&str; 9] = [
    "Lyon",
    "Paris",
    "L’Haÿ-les-Roses",
    "Strasbourg",
    "Rennes",
    "Dijon",
    "Saint-Étienne",
    "Marseille",
    "Évry-Courcouronnes",
];

const DOMAINS: [&str; 4] = ["mairie.example", "regie.example", "metropole.example", "eaux.example"];

const STREETS: [&str; 5] =
    ["rue Haute", "avenue de la République", "place des Écoles", "quai du Port", "boulevard Voltaire"];

/// Enough people for a few pages of the list.
const PEOPLE: usize = 320;

/// A demonstration. Its database is deleted when the value is dropped.
pub struct Demo {
    folder: TempDir,
    password: String,
}

impl Demo {
    /// # Errors
    /// No folder for temporary files.
    pub fn prepare() -> anyhow::Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir().context("no folder for the demonstration's database")?,
            password: format!("essai-{}", random_hex::<3>()),
        })
    }

    pub fn database_url(&self) -> DatabaseUrl {
        DatabaseUrl::Sqlite(self.path())
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("demo.db")
    }

    /// Creates the accounts, imports the people in the way of a coordinator, and sets some statuses.
    pub async fn fill(&self, db: &Db) -> anyhow::Result<()> {
        let password = self.password.clone();
        let coordinator = db
            .write(move |conn| {
                let mut ids = Vec::new();
                for (name, role) in ACCOUNTS {
                    let name = Username::parse(name)
                        .map_err(|_| crate::error::AppError::BadRequest("a name of the demonstration"))?;
                    ids.push(accounts::insert_account(conn, &name, role, &password)?);
                }
                Ok(ids[0])
            })
            .await?;
        let mut file = tempfile::tempfile()?;
        file.write_all(people().as_bytes())?;
        file.rewind()?;
        check::import_file(db, file, "annuaire-2026", Some(coordinator)).await?;
        db.write(move |conn| write::switch(conn, &switches(), coordinator)).await?;
        Ok(())
    }

    pub fn announce(&self, address: SocketAddr) {
        println!("Carnet is ready at http://{address}/ (demonstration: nothing is kept)");
        for (name, role) in ACCOUNTS {
            println!("  {name:<13} {}  ({})", self.password, role.as_str());
        }
    }
}

/// Returns the people as a file to import, with two lines that a coordinator would have to correct.
fn people() -> String {
    let mut lines = String::from("Civilité,Prénom,Nom,E-mail,Service,Téléphone,Adresse,Ville\n");
    for index in 0..PEOPLE {
        let (civility, first_name) = FIRST_NAMES[index % FIRST_NAMES.len()];
        let last_name = LAST_NAMES[(index * 7) % LAST_NAMES.len()];
        let address = format!("{}.{}", local_part(first_name), local_part(last_name));
        let repeated = index / (FIRST_NAMES.len() * LAST_NAMES.len());
        let suffix = if repeated == 0 { String::new() } else { repeated.to_string() };
        let phone = 110_203_040 + (index * 7_654_321) % 400_000_000;
        let _ = writeln!(
            lines,
            "{civility},{first_name},{last_name},{address}{suffix}@{},{},0{phone},{} {},{}",
            DOMAINS[index % DOMAINS.len()],
            SERVICES[(index * 5) % SERVICES.len()],
            1 + index % 90,
            STREETS[index % STREETS.len()],
            CITIES[(index * 4) % CITIES.len()],
        );
    }
    lines.push_str("Mme,Odile,Marchand,odile.marchand.regie.example,Voirie,0102030405,,Lyon\n");
    lines.push_str("Dr,Hugo,Blanc,hugo.blanc@mairie.example,Voirie,01 02 03 04 05,,Lyon\n");
    lines
}

fn local_part(name: &str) -> String {
    fold(name).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// Every fourth person has the status Transfert; some are not Expert, some not Copie. The first import into an empty book
/// numbers its contacts from 1.
fn switches() -> Vec<Switch> {
    (1..=PEOPLE as i64)
        .flat_map(|contact| {
            [
                (contact % 4 == 1).then_some(Switch { contact, status: Status::Transfer, on: true }),
                (contact % 9 == 0).then_some(Switch { contact, status: Status::Expert, on: false }),
                (contact % 7 == 0).then_some(Switch { contact, status: Status::Copy, on: false }),
            ]
        })
        .flatten()
        .collect()
}
