use clap::Parser as _;

fn main() {
    let cli = carnet::config::Cli::parse();
    if cli.serves() {
        allocator::give_back();
    }
    let system = actix_web::rt::System::new();
    let code = system
        .block_on(carnet::app::cli::run(cli))
        .unwrap_or_else(|error| {
            eprintln!("carnet: {error:#}");
            2
        });
    // Not by dropping the runtime, which would wait for blocking work for as long as it takes: what is still open is
    // undone by the database.
    std::process::exit(code);
}

/// glibc's allocator keeps what was freed for the next of its size once such a size was freed, however large: a flood of forms or
/// of sign-ins leaves several times the memory that the program had. Told from which size on it is to give back, it does; it reads
/// that from the environment as a process begins, so the program begins once more, as the same process.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod allocator {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    const SIZE: &str = "MALLOC_MMAP_THRESHOLD_";
    /// Larger than what pages and batches of an import allocate again and again.
    const BYTES: &str = "524288";

    pub fn give_back() {
        if std::env::var_os(SIZE).is_some() {
            return;
        }
        let mut arguments = std::env::args_os();
        let name = arguments.next().unwrap_or_default();
        let mut again = Command::new("/proc/self/exe");
        again.arg0(name).args(arguments).env(SIZE, BYTES);
        // Where that is not possible, it goes on as it is.
        let _ = again.exec();
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod allocator {
    pub fn give_back() {}
}
