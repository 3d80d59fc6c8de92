//! The log of the process, on standard error.
//!
//! One line per finished request and one per cause of an error, each with the request's id. Lines hold route patterns, ids and
//! references, never what people typed: no names, no addresses, no query strings.

use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// The filter when `RUST_LOG` is not set.
const USUAL: &str = "warn,carnet=info";
/// The framework logs an error for every malformed request, which anyone can send. Its own failures are logged here too.
const FRAMEWORK: &str = "actix_http";

/// The filter for the value of `RUST_LOG`. The lines of the framework are hidden unless the value names its target, or asks
/// for the level `debug` or `trace`.
fn filter(chosen: Option<&str>) -> EnvFilter {
    let chosen = chosen.unwrap_or(USUAL);
    let is_looking =
        ["debug", "trace", FRAMEWORK].iter().any(|word| chosen.split(',').any(|part| part.starts_with(word)));
    let filter = EnvFilter::try_new(chosen).unwrap_or_else(|_| EnvFilter::new(USUAL));
    match format!("{FRAMEWORK}=off").parse() {
        Ok(quiet) if !is_looking => filter.add_directive(quiet),
        _ => filter,
    }
}

/// Starts logging with the filter of `RUST_LOG`, or else [`USUAL`].
pub fn init(format: LogFormat) {
    let chosen = std::env::var(EnvFilter::DEFAULT_ENV).ok();
    let filter = filter(chosen.as_deref());
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second call (tests start many servers in one process) keeps the first subscriber.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().with_span_list(false).try_init(),
    };
    std::panic::set_hook(Box::new(log_panic));
}

/// Logs a panic as one line with the id of its request. The panic's message is left out because it can hold what people typed:
/// an out-of-bounds slice prints the sliced text.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "panicked");
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;

    /// Collects what this thread logs, in the server's format, including panics.
    pub(crate) fn logged() -> (Log, tracing::subscriber::DefaultGuard) {
        let log = Log::default();
        let subscriber =
            tracing_subscriber::fmt().with_writer(log.clone()).json().with_span_list(false).finish();
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            super::log_panic(panic);
            usual(panic);
        }));
        (log, tracing::subscriber::set_default(subscriber))
    }

    #[derive(Clone, Default)]
    pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

    impl Log {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Log {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }
}
