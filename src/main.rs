use clap::Parser as _;

fn main() {
    let cli = carnet::config::Cli::parse();
    if cli.serves() {
        allocator::give_back();
    }
    let system = actix_web::rt::System::new();
    let code = system.block_on(carnet::app::cli::run(cli)).unwrap_or_else(|error| {
        eprintln!("carnet: {error:#}");
        2
    });
    // The runtime is not dropped, because that would wait for blocking work without a time limit. The database rolls back open
    // transactions.
    std::process::exit(code);
}

/// Makes glibc return freed memory to the system.
///
/// After glibc's allocator has freed a large block, it keeps later blocks of that size for reuse: after a flood of forms or of
/// sign-ins, the process has several times the memory that it had before. A fixed threshold makes it return larger blocks. It
/// reads the threshold from the environment when a process begins, so the program executes itself again, as the same process.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod allocator {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    const SIZE: &str = "MALLOC_MMAP_THRESHOLD_";
    /// Larger than the blocks that pages and import batches allocate repeatedly.
    const BYTES: &str = "524288";

    pub fn give_back() {
        if std::env::var_os(SIZE).is_some() {
            return;
        }
        let mut arguments = std::env::args_os();
        let name = arguments.next().unwrap_or_default();
        let mut again = Command::new("/proc/self/exe");
        again.arg0(name).args(arguments).env(SIZE, BYTES);
        // If this fails, the program continues with the default threshold.
        let _ = again.exec();
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod allocator {
    pub fn give_back() {}
}
