//! `GET /api/v1/changes`: the feed of changes.

use std::time::{Duration, Instant};

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::changes::{self, Batch, Cursor, Newcomers};
use crate::db::Db;
use crate::error::{ApiRefusal, AppError, AppResult};
use crate::web::concurrency_limit::without_place;

/// The most seconds that a poll waits.
const LONGEST: u64 = 30;
/// The most polls that wait at the same time in this process.
const WAITING: usize = 100;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ChangesQuery {
    /// The `next` of the answer before; empty for the beginning.
    after: String,
    limit: Option<usize>,
    /// Seconds to wait for the next item if there is none.
    wait: u64,
}

/// `GET /api/v1/changes`. A poll that waits has neither a place among the requests nor a connection to the database.
pub async fn index(
    request: HttpRequest,
    db: web::Data<Db>,
    newcomers: web::Data<Newcomers>,
    query: web::Query<ChangesQuery>,
) -> AppResult<HttpResponse> {
    let limit = query.limit.unwrap_or(changes::MOST).clamp(1, changes::MOST);
    let mut after = match query.after.as_str() {
        "" => None,
        text => Some(Cursor::parse(text)?),
    };
    let end = Instant::now() + Duration::from_secs(query.wait.min(LONGEST));
    loop {
        let batch = changes::next(&db, after.clone(), limit).await?;
        let left = end.saturating_duration_since(Instant::now());
        if !batch.items.is_empty() || batch.has_more || left.is_zero() {
            return Ok(answer(&batch));
        }
        if newcomers.count() >= WAITING {
            return Err(AppError::Api(ApiRefusal::TooFast { seconds: 5 }));
        }
        after = batch.next.clone();
        let arrived = without_place(&request, async { Ok(newcomers.arrive(after.as_ref(), left).await) });
        if !arrived.await? {
            return Ok(answer(&batch));
        }
    }
}

fn answer(batch: &Batch) -> HttpResponse {
    let next = batch.next.as_ref().map(ToString::to_string);
    HttpResponse::Ok().json(json!({"items": batch.items, "next": next, "more": batch.has_more}))
}
