//! Counts the uses of keys in memory, and stores them every few seconds: a write for each look-up would be many times slower than
//! the look-up. The uses of the last seconds before a kill are lost.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;

use super::store;
use crate::base::clock;
use crate::base::stop::Stop;
use crate::db::Db;

const BETWEEN: Duration = Duration::from_secs(10);

/// The uses and refusals of this process. All clones share them.
#[derive(Clone, Default)]
pub struct Uses(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    /// The requests, and the last address, of a key on a day.
    requests: HashMap<(i64, NaiveDate), (i64, Option<IpAddr>)>,
    /// What was refused on [`Counts::refused_on`], by key and reason.
    refused: HashSet<(i64, &'static str)>,
    refused_on: NaiveDate,
}

impl Uses {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn note(&self, key: i64, address: Option<IpAddr>) {
        let mut counts = self.counts();
        let (requests, last) = counts.requests.entry((key, clock::today())).or_default();
        *requests += 1;
        *last = address;
    }

    /// Returns `true` for the first refusal of a key for this reason today, which goes into the history. A program that goes on
    /// trying would fill it.
    pub fn is_first_refusal(&self, key: i64, reason: &'static str) -> bool {
        let mut counts = self.counts();
        let today = clock::today();
        if counts.refused_on != today {
            counts.refused.clear();
            counts.refused_on = today;
        }
        counts.refused.insert((key, reason))
    }

    /// Stores the uses regularly, and once more at the end.
    pub async fn keep_stored(self, db: Db, stop: Stop) {
        while tokio::time::timeout(BETWEEN, stop.asked()).await.is_err() {
            self.store(&db).await;
        }
        self.store(&db).await;
    }

    async fn store(&self, db: &Db) {
        let taken = std::mem::take(&mut self.counts().requests);
        if taken.is_empty() {
            return;
        }
        let stored = taken.clone();
        let result = db
            .write_unhurried(move |conn| {
                for ((key, day), (requests, address)) in stored {
                    store::add_uses(conn, key, (day, requests), address)?;
                }
                Ok(())
            })
            .await;
        if let Err(error) = result {
            tracing::debug!(%error, "the uses of keys could not be stored; the next time will do");
            let mut counts = self.counts();
            for (use_of, (requests, address)) in taken {
                let (again, last) = counts.requests.entry(use_of).or_default();
                *again += requests;
                *last = last.or(address);
            }
        }
    }
}
