//! Waiting for the next item. A reader who waits holds neither a connection nor a place among the requests: one task per process asks the
//! database once per second, while somebody waits, and so also learns of the writes of other nodes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::cursor::Place;
use super::read::newest_place;
use super::{Cursor, number, rows_wait};
use crate::db::Db;
use crate::error::AppResult;

const LOOK: Duration = Duration::from_secs(1);

/// Shared by all who wait in this process.
#[derive(Clone)]
pub struct Newcomers {
    db: Db,
    newest: Arc<watch::Sender<Place>>,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Newcomers {
    pub fn new(db: Db) -> Self {
        let (newest, _) = watch::channel(Place::default());
        Self { db, newest: Arc::new(newest), task: Arc::default() }
    }

    /// How many wait now.
    pub fn count(&self) -> usize {
        self.newest.receiver_count()
    }

    /// Waits until the feed has something behind a cursor (`None`: anything at all), at most for `limit`. Returns `false` if the
    /// time is over. What is there need not give an item: [`super::next`] then returns a later place without items.
    pub async fn arrive(&self, after: Option<&Cursor>, limit: Duration) -> bool {
        let after = after.map_or_else(Place::default, |cursor| cursor.place);
        let mut newest = self.newest.subscribe();
        self.look();
        let arrived = newest.wait_for(|newest| *newest > after);
        tokio::time::timeout(limit, arrived).await.is_ok_and(|newest| newest.is_ok())
    }

    /// Starts the task, unless it runs. It may also have ended with the thread that it ran in.
    fn look(&self) {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if task.as_ref().is_none_or(JoinHandle::is_finished) {
            *task = Some(tokio::spawn(self.clone().keep_looking()));
        }
    }

    async fn keep_looking(self) {
        while self.is_awaited() {
            match self.newest_now().await {
                Ok(place) => {
                    self.newest.send_if_modified(|newest| place != std::mem::replace(newest, place));
                }
                Err(error) => {
                    tracing::debug!(%error, "the feed could not be looked at; the next time will do");
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Returns `false`, and lets the next one who waits start the task again, if nobody waits.
    fn is_awaited(&self) -> bool {
        let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
        if self.count() == 0 {
            *task = None;
        }
        task.is_some()
    }

    async fn newest_now(&self) -> AppResult<Place> {
        if self.db.read(rows_wait).await? {
            self.db.write_unhurried(number).await?;
        }
        self.db.read(newest_place).await
    }
}
