//! From the command line to the feature that does it.

use crate::config::{Cli, Command, LogFormat, ServeArgs};
use crate::startup::{self, Application};
use crate::{accounts, backup, contacts, copy, imports, telemetry};

/// Runs a command, and returns the process's exit status.
///
/// # Errors
/// What stopped the command, with what to do; printed as it is.
pub async fn run(cli: Cli) -> anyhow::Result<i32> {
    match cli.command {
        None => serve(cli.serve).await,
        Some(Command::Serve(arguments)) => serve(arguments).await,
        Some(Command::Check { file }) => Ok(imports::commands::check(&file)),
        Some(Command::Import(arguments)) => {
            telemetry::init(LogFormat::Text);
            Ok(imports::commands::import(arguments).await)
        }
        Some(Command::Export(arguments)) => {
            telemetry::init(LogFormat::Text);
            Ok(contacts::export::export(arguments).await)
        }
        Some(Command::Backup(arguments)) => Ok(backup::backup(arguments).await),
        Some(Command::Copy(arguments)) => {
            telemetry::init(LogFormat::Text);
            Ok(copy::copy(arguments).await)
        }
        Some(Command::User(command)) => accounts::commands::run(command).await.map(|()| 0),
        Some(Command::Migrate(database)) => {
            startup::open(database.url()?).await?;
            println!("The database is up to date.");
            Ok(0)
        }
    }
}

async fn serve(arguments: ServeArgs) -> anyhow::Result<i32> {
    telemetry::init(arguments.log_format);
    let application = Application::build(&arguments).await?;
    application.announce();
    application.run_until_stopped().await?;
    Ok(0)
}
