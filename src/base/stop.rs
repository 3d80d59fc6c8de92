//! The process is told to end: long work stops between two transactions, and the next start goes on with it.

use std::sync::Arc;

use actix_web::rt::signal;
use tokio::sync::watch;

/// Whether the process is to end; clones share it.
#[derive(Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// Asked for by SIGTERM or Ctrl-C.
    pub fn at_signals() -> Self {
        let stop = Self::default();
        let asking = stop.clone();
        tokio::spawn(async move {
            until_told().await;
            asking.ask();
        });
        stop
    }

    pub fn ask(&self) {
        self.0.send_replace(true);
    }

    pub fn is_asked(&self) -> bool {
        *self.0.borrow()
    }

    /// Returns once it is asked for.
    pub async fn asked(&self) {
        // The sender lives as long as `self`.
        let _ = self.0.subscribe().wait_for(|asked| *asked).await;
    }
}

#[cfg(unix)]
async fn until_told() {
    let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
        tracing::warn!("SIGTERM cannot be waited for: it ends the process at once");
        return until_interrupted().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        () = until_interrupted() => {}
    }
}

#[cfg(not(unix))]
async fn until_told() {
    until_interrupted().await;
}

async fn until_interrupted() {
    if signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
