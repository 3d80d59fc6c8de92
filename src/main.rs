use clap::Parser as _;

fn main() {
    let cli = carnet::config::Cli::parse();
    let system = actix_web::rt::System::new();
    let code = system
        .block_on(carnet::commands::run(cli))
        .unwrap_or_else(|error| {
            eprintln!("carnet: {error:#}");
            2
        });
    // Not by dropping the runtime, which would wait for blocking work for as long as it takes: what is still open is
    // undone by the database.
    std::process::exit(code);
}
