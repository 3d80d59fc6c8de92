//! How slowly a body may come. A client that is slower is gone, or means harm.

use std::time::Duration;

use actix_web::HttpRequest;
use futures_util::{Stream, StreamExt as _};
use tokio::time::Instant;

use super::connections::Receiving;
use crate::error::{AppError, AppResult};

/// Between two pieces.
const SILENCE: Duration = Duration::from_secs(20);
/// Bytes a second on the whole, after a first [`SILENCE`]: a body that drips ends as soon as one that stops. The slowest
/// networks of mobile phones are faster.
const SLOWEST: u32 = 8 * 1024;

/// The pace of one body.
pub struct Pace {
    begun: Instant,
    received: u64,
    _receiving: Receiving,
}

impl Pace {
    /// From here on the body of this request is read.
    pub fn begin(request: &HttpRequest) -> Self {
        Self {
            begun: Instant::now(),
            received: 0,
            _receiving: Receiving::begin(request),
        }
    }

    /// The next piece of the body, or of what is read from it; [`Pace::note`] tells how many bytes it was.
    ///
    /// # Errors
    /// [`AppError::TooSlow`]
    pub async fn next<S: Stream + Unpin>(&self, stream: &mut S) -> AppResult<Option<S::Item>> {
        let allowed = Duration::from_secs(self.received / u64::from(SLOWEST));
        let deadline = self.begun + SILENCE + allowed;
        tokio::time::timeout_at(deadline.min(Instant::now() + SILENCE), stream.next())
            .await
            .map_err(|_| AppError::TooSlow)
    }

    pub fn note(&mut self, bytes: usize) {
        self.received += bytes as u64;
    }
}
