//! The minimum speed of a request body. A slower client is gone or malicious.

use std::time::Duration;

use actix_web::HttpRequest;
use futures_util::{Stream, StreamExt as _};
use tokio::time::Instant;

use super::connections::Receiving;
use crate::error::{AppError, AppResult};

/// The largest pause between two pieces.
const SILENCE: Duration = Duration::from_secs(20);
/// The minimum number of bytes per second on average, after a first [`SILENCE`], so that a trickling body ends as soon as a
/// stopped one. The slowest mobile networks are faster.
const SLOWEST: u32 = 8 * 1024;

/// The speed of one body.
pub struct Pace {
    begun: Instant,
    received: u64,
    _receiving: Receiving,
}

impl Pace {
    /// Begins to read the body of this request.
    pub fn begin(request: &HttpRequest) -> Self {
        Self { begun: Instant::now(), received: 0, _receiving: Receiving::begin(request) }
    }

    /// The next piece of the body, or of data parsed from it. The caller reports its bytes with [`Pace::note`].
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
