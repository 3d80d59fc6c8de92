use std::process::{Command, Output};

pub const CARNET: &str = env!("CARGO_BIN_EXE_carnet");

/// The program as somebody in France runs it.
pub fn carnet(arguments: &[&str]) -> Command {
    let mut command = Command::new(CARNET);
    command
        .args(arguments)
        .env("LANG", "fr_FR.UTF-8")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES");
    command
}

/// Standard output and standard error.
pub fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
