//! The signal to stop: long work ends between two transactions, and continues after the next start.

use std::sync::Arc;

use actix_web::rt::signal;
use tokio::sync::watch;

/// A flag that asks the process to stop. All clones share it.
#[derive(Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }
}

impl Stop {
    /// A flag that SIGTERM or Ctrl-C sets.
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

    /// Returns when a stop has been requested.
    pub async fn asked(&self) {
        // The sender exists as long as `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|asked| *asked).await;
    }
}

#[cfg(unix)]
async fn until_told() {
    let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) else {
        tracing::warn!("cannot listen for SIGTERM: it ends the process at once");
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
