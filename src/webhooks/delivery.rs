//! Sends what has happened: one task per process, which claims each message, so that several nodes do not send it at the same time.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use super::message::Message;
use super::sender::{Sender, Trouble};
use super::store::{self, Claim, Webhook};
use crate::base::random::random_hex;
use crate::base::stop::Stop;
use crate::changes::{self, Batch};
use crate::db::Db;
use crate::error::{AppError, AppResult};

/// How often a node looks for changes to send.
const LOOK: Duration = Duration::from_secs(1);

/// Sends until the process is asked to stop. A message that is being sent then is sent again by the next node.
pub async fn keep_delivering(db: Db, sender: Sender, stop: Stop) {
    let node: Arc<str> = random_hex::<8>().into();
    // A receiver that hangs stops no other one.
    let mut running = JoinSet::new();
    let mut busy = HashSet::new();
    while tokio::time::timeout(LOOK, stop.asked()).await.is_err() {
        while let Some(ended) = running.try_join_next() {
            if let Ok(id) = ended {
                busy.remove(&id);
            } else {
                // A task has panicked, and which one is unknown. Claims keep two from sending the same.
                busy.clear();
            }
        }
        let due = match db.read(store::due).await {
            Ok(due) => due,
            Err(error) => {
                tracing::debug!(%error, "webhooks could not be read; the next time will do");
                continue;
            }
        };
        for webhook in due {
            if busy.insert(webhook.id) {
                let (db, sender, node) = (db.clone(), sender.clone(), Arc::clone(&node));
                running.spawn(async move {
                    let id = webhook.id;
                    if let Err(error) = deliver((&db, &node), &sender, webhook).await {
                        tracing::warn!(webhook = id, %error, "changes could not be sent; they are sent later");
                    }
                    id
                });
            }
        }
    }
    running.shutdown().await;
    if let Err(error) = db.write_unhurried(move |conn| store::release(conn, &node)).await {
        tracing::debug!(%error, "claims could not be given up; they end by themselves");
    }
}

/// Sends what follows the webhook's place, message by message, until the end of the feed or a failure.
async fn deliver((db, node): (&Db, &Arc<str>), sender: &Sender, mut webhook: Webhook) -> AppResult<()> {
    loop {
        let batch = match next(db, &webhook).await {
            Ok(batch) => batch,
            Err(AppError::UnknownCursor | AppError::CursorGone) => {
                return match claim(db, webhook, node).await? {
                    Some(claim) => fail(db, claim, Trouble::Place).await,
                    None => Ok(()),
                };
            }
            Err(error) => return Err(error),
        };
        let to = batch.next.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut items = batch.items;
        items.retain(|item| webhook.sends(item.kind));
        if items.is_empty() {
            if to != webhook.cursor {
                let (from, place) = (webhook.clone(), to.clone());
                db.write_unhurried(move |conn| store::pass(conn, &from, &place)).await?;
            }
        } else {
            let Some(claim) = claim(db, webhook.clone(), node).await? else { return Ok(()) };
            let message = Message::of(webhook.id, &items)?;
            let Webhook { url, secret, .. } = &claim.webhook;
            if let Err(trouble) = sender.send(url, secret, &message).await {
                return fail(db, claim, trouble).await;
            }
            let place = to.clone();
            db.write_unhurried(move |conn| store::confirm(conn, &claim, &place)).await?;
        }
        if !batch.has_more {
            return Ok(());
        }
        webhook.cursor = to;
    }
}

async fn next(db: &Db, webhook: &Webhook) -> AppResult<Batch> {
    changes::next(db, webhook.place()?, changes::MOST).await
}

async fn claim(db: &Db, webhook: Webhook, node: &Arc<str>) -> AppResult<Option<Claim>> {
    let node = Arc::clone(node);
    db.write_unhurried(move |conn| store::claim(conn, &webhook, &node)).await
}

async fn fail(db: &Db, claim: Claim, trouble: Trouble) -> AppResult<()> {
    let id = claim.webhook.id;
    let is_off = db.write_unhurried(move |conn| store::fail(conn, &claim, trouble)).await?;
    let trouble = trouble.text();
    if is_off {
        tracing::warn!(webhook = id, trouble, "a webhook is switched off");
    } else {
        tracing::info!(webhook = id, trouble, "a receiver has not confirmed a message; it is sent again");
    }
    Ok(())
}
