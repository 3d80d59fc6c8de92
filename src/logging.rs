//! What an operator sees of a process: its logs, and its figures ([`metrics`], served by [`exposition`]).
//!
//! One line a finished request and one a cause, on standard error, each with the request's id. Logs and figures carry route
//! patterns, ids and references, never what people typed: no names, no addresses, no query strings.

use std::io::IsTerminal as _;
use std::panic::PanicHookInfo;

use tracing_subscriber::EnvFilter;

use crate::config::LogFormat;

/// What is logged where `RUST_LOG` says nothing.
const USUAL: &str = "warn,carnet=info";
/// The framework writes an error for whatever is no request of HTTP, on behalf of anybody. What it fails at is logged here too.
const FRAMEWORK: &str = "actix_http";

/// What `RUST_LOG` chooses. The framework's lines are there for somebody who looks for them, by their target or at a level at which
/// everything is told.
fn filter(chosen: Option<&str>) -> EnvFilter {
    let chosen = chosen.unwrap_or(USUAL);
    let is_looking = ["debug", "trace", FRAMEWORK]
        .iter()
        .any(|word| chosen.split(',').any(|part| part.starts_with(word)));
    let filter = EnvFilter::try_new(chosen).unwrap_or_else(|_| EnvFilter::new(USUAL));
    match format!("{FRAMEWORK}=off").parse() {
        Ok(quiet) if !is_looking => filter.add_directive(quiet),
        _ => filter,
    }
}

/// Starts logging; `RUST_LOG` chooses more or less than [`USUAL`].
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

/// A panic is a line as any other, with the id of the request that it happened in. Its message is left out: that of a slice
/// out of bounds holds the text that was sliced.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "panicked");
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;

    /// What this thread logs, as the server writes it; panics too.
    pub(crate) fn logged() -> (Log, tracing::subscriber::DefaultGuard) {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(log.clone())
            .json()
            .with_span_list(false)
            .finish();
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
