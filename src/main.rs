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
    // Not by dropping the runtime, which would wait for an import under way: its open batch is undone by the
    // database, and it goes on at the next start.
    std::process::exit(code);
}
