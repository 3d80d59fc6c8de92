//! The commands, each with the feature that carries it out.

mod by_profile;
pub mod check;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod outlook;
pub(crate) mod progress;
mod told;
pub(crate) mod users;

use super::serve::{self, Application};
use super::{backup, data_transfer};
use crate::config::{Cli, Command, LogFormat, ServeArgs};
use crate::logging;

/// Runs a command, and returns the exit status of the process.
///
/// # Errors
/// The reason why the command stopped and what to do about it, to be printed as it is.
pub async fn run(cli: Cli) -> anyhow::Result<i32> {
    match cli.command {
        None => serve(cli.serve).await,
        Some(Command::Serve(arguments)) => serve(arguments).await,
        Some(Command::Check(arguments)) => match &arguments.profile {
            None => Ok(check::check(&arguments.file)),
            Some(profile) => Ok(by_profile::check(&arguments, profile).await),
        },
        Some(Command::Import(arguments)) => {
            logging::init(LogFormat::Text);
            Ok(import::import(arguments).await)
        }
        Some(Command::Export(arguments)) => {
            logging::init(LogFormat::Text);
            Ok(export::export(arguments).await)
        }
        Some(Command::Backup(arguments)) => Ok(backup::backup(arguments).await),
        Some(Command::Copy(arguments)) => {
            logging::init(LogFormat::Text);
            Ok(data_transfer::copy(arguments).await)
        }
        Some(Command::User(command)) => users::run(command).await.map(|()| 0),
        Some(Command::Migrate(database)) => {
            serve::open(database.url()?).await?;
            println!("The database is up to date.");
            Ok(0)
        }
    }
}

async fn serve(arguments: ServeArgs) -> anyhow::Result<i32> {
    logging::init(arguments.log_format);
    let application = Application::build(&arguments).await?;
    application.announce();
    application.run_until_stopped().await?;
    Ok(0)
}
