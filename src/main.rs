use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = carnet::config::Cli::parse();
    match actix_web::rt::System::new().block_on(carnet::commands::run(cli)) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("carnet: {error:#}");
            ExitCode::from(2)
        }
    }
}
