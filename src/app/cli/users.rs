//! `carnet user …`: accounts from the command line.

use std::io::BufRead as _;

use anyhow::{Context as _, bail};
use zeroize::Zeroizing;

use crate::accounts::profile::{self, Profile};
use crate::accounts::store::{self, Change};
use crate::accounts::{passwords, second_factor};
use crate::config::{DatabaseArgs, UserCommand};
use crate::db::Db;
use crate::domain::{Fault, NewPassword, Username};
use crate::error::{AppError, Constraint};

const BETTER: &str = "choose a few words that have nothing to do with one another";

/// # Errors
/// The reason and what to do about it, to be printed as it is.
pub async fn run(command: UserCommand) -> anyhow::Result<()> {
    match command {
        UserCommand::Add { name, role, display_name, email, password_stdin, database } => {
            let username = parse_name(&name)?;
            let profile = parse_profile(&display_name, &email)?;
            // Accounts can be added before the first start of the server.
            let db = Db::open(&database.url()?)?;
            let hash = passwords::hash_now(read_password(password_stdin, &name)?.expose())?;
            match db.write(move |conn| store::insert(conn, &username, role, &profile, &hash, None)).await {
                Err(AppError::Taken(Constraint::AccountName)) => {
                    bail!("there is already an account {name:?}")
                }
                result => result?,
            };
            println!("Added {name} ({}).", role.as_str());
        }
        UserCommand::List(database) => {
            for user in open(&database)?.read(store::all).await? {
                let state = if user.disabled_at.is_some() { "disabled" } else { "active" };
                let Profile { display_name, email } = &user.profile;
                let signed_in = user.signed_in_at.map(|at| at.format("%F %R").to_string());
                let signed_in = signed_in.unwrap_or_else(|| "-".to_owned());
                let (name, role) = (&user.username, user.role.as_str());
                println!("{name}\t{role}\t{state}\t{display_name}\t{email}\t{signed_in}");
            }
        }
        UserCommand::Disable { name, database } => {
            let username = parse_name(&name)?;
            let change = open(&database)?
                .write(move |conn| {
                    let id = store::id_of(conn, &username)?;
                    store::update(conn, id, None, Some(true), None)
                })
                .await;
            match known(change, &name)? {
                Change::Made => println!("Disabled {name}."),
                Change::LastAdministrator => {
                    bail!("{name} is the last administrator: make somebody else an administrator first")
                }
            }
        }
        UserCommand::Password { name, password_stdin, database } => {
            let username = parse_name(&name)?;
            let db = open(&database)?;
            let hash = passwords::hash_now(read_password(password_stdin, &name)?.expose())?;
            let id = db.read(move |conn| store::id_of(conn, &username)).await;
            let id = known(id, &name)?;
            let saved = db.write(move |conn| store::set_password(conn, id, &hash, None, None));
            match saved.await {
                Err(AppError::NotFound) => {
                    bail!("{name} signs in with the company's account, and has no password here")
                }
                result => result?,
            }
            println!("New password for {name}; its sessions have ended.");
        }
        UserCommand::RemoveSecondFactor { name, database } => {
            let username = parse_name(&name)?;
            let removed = open(&database)?
                .write(move |conn| {
                    let id = store::id_of(conn, &username)?;
                    second_factor::remove(conn, id, None)
                })
                .await;
            if known(removed, &name)? {
                println!("Turned off two-factor authentication for {name}; its sessions have ended.");
            } else {
                println!("{name} has no two-factor authentication.");
            }
        }
    }
    Ok(())
}

fn open(database: &DatabaseArgs) -> anyhow::Result<Db> {
    Db::open(&database.existing_url()?)
}

fn known<T>(result: Result<T, AppError>, name: &str) -> anyhow::Result<T> {
    match result {
        Err(AppError::NotFound) => {
            bail!("there is no account {name:?}; `carnet user list` shows them")
        }
        result => Ok(result?),
    }
}

fn parse_name(name: &str) -> anyhow::Result<Username> {
    match Username::parse(name) {
        Ok(username) => Ok(username),
        Err(Fault::Missing) => bail!("the account needs a name"),
        Err(Fault::TooLong { length, max }) => {
            bail!("the name has {length} characters; at most {max}")
        }
        Err(_) => bail!("the name contains a control character"),
    }
}

fn parse_profile(display_name: &str, email: &str) -> anyhow::Result<Profile> {
    let display_name = match profile::display_name(display_name) {
        Ok(name) => name,
        Err(Fault::TooLong { length, max }) => {
            bail!("the display name has {length} characters; at most {max}")
        }
        Err(_) => bail!("the display name contains a control character"),
    };
    let Ok(email) = profile::email(email) else {
        bail!("{email:?} is not an e-mail address");
    };
    Ok(Profile { display_name, email })
}

fn read_password(from_stdin: bool, account: &str) -> anyhow::Result<NewPassword> {
    let typed = if from_stdin {
        let mut line = Zeroizing::new(String::new());
        std::io::stdin().lock().read_line(&mut line).context("no password on standard input")?;
        Zeroizing::new(line.trim_end_matches(['\r', '\n']).to_owned())
    } else {
        let typed = rpassword::prompt_password("Password: ")
            .map(Zeroizing::new)
            .context("no terminal to ask the password; use --password-stdin")?;
        if Zeroizing::new(rpassword::prompt_password("Again: ")?) != typed {
            bail!("the two passwords differ");
        }
        typed
    };
    match NewPassword::parse(&typed, &[account]) {
        Ok(password) => Ok(password),
        Err(Fault::TooLong { max, .. }) => bail!("the password is longer than {max} characters"),
        Err(Fault::CommonPassword) => bail!("the password is too common; {BETTER}"),
        Err(Fault::RepeatedCharacters) => {
            bail!("the password is the same few characters over and over; {BETTER}")
        }
        Err(Fault::KnownWords) => bail!(
            "the password is made of words that are easy to guess: of the account, of the product, of a role; {BETTER}"
        ),
        Err(_) => bail!("the password needs at least {} characters", crate::domain::PASSWORD_MIN),
    }
}
