//! The server processes that use this database, one row each, so that every process knows the nodes that are alive and their
//! versions. A node renews its row while it runs. Commands have no row, because they end by themselves.
//!
//! Versions before the first generation have no rows. [`crate::jobs::older`] finds those nodes.

use std::time::Duration;

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;

use super::schema::nodes;
use super::{AnyConnection, Db, on_backend};
use crate::base::clock;
use crate::base::random::random_hex;
use crate::base::stop::Stop;
use crate::error::AppResult;

/// The generation of this program. It rises when a version stores values that the versions before it read or write
/// differently; such values are written only when no node of an older generation is alive.
pub const GENERATION: i64 = 7;

/// How often a node renews its row.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long a node counts as alive without a renewal: three heartbeats, so that a late or failed one does no harm.
const ALIVE: TimeDelta = TimeDelta::seconds(15);
/// How long the row of a killed node is kept, so that operators can see which nodes ran.
const KEPT: TimeDelta = TimeDelta::days(7);

/// A node that is alive.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = nodes)]
pub struct Node {
    pub id: String,
    /// The program version of the node.
    pub version: String,
    pub generation: i64,
    pub started_at: NaiveDateTime,
}

/// The nodes that are alive, the longest-running first.
pub fn alive(conn: &mut AnyConnection) -> AppResult<Vec<Node>> {
    let now = clock::now();
    Ok(nodes::table
        .filter(nodes::heartbeat_at.gt(now - ALIVE))
        // A heartbeat far in the future was written before the clock was set back.
        .filter(nodes::heartbeat_at.lt(now + ALIVE))
        .order((nodes::started_at, nodes::id))
        .select(Node::as_select())
        .load(conn)?)
}

/// The row of this process in `nodes`: added by [`Membership::join`], renewed and finally removed by [`Membership::keep_up`].
pub struct Membership {
    db: Db,
    node: Node,
}

impl Membership {
    /// Adds this process to the nodes, and removes rows older than seven days.
    pub async fn join(db: &Db) -> AppResult<Self> {
        let membership = Self {
            db: db.clone(),
            node: Node {
                id: random_hex::<8>(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                generation: GENERATION,
                started_at: clock::now(),
            },
        };
        db.write(|conn| {
            let outdated = nodes::table.filter(nodes::heartbeat_at.lt(clock::now() - KEPT));
            diesel::delete(outdated).execute(conn)?;
            Ok(())
        })
        .await?;
        membership.renew().await?;
        Ok(membership)
    }

    /// Renews the row until `ended` is requested, then removes it.
    pub async fn keep_up(self, ended: Stop) {
        while tokio::time::timeout(HEARTBEAT, ended.asked()).await.is_err() {
            // The next renewal may succeed. Work that needs the database reports that it is unreachable.
            if let Err(error) = self.renew().await {
                tracing::debug!(%error, "the node's heartbeat could not be written");
            }
        }
        let id = self.node.id;
        let left = self.db.write_unhurried(move |conn| {
            diesel::delete(nodes::table.find(id)).execute(conn)?;
            Ok(())
        });
        if let Err(error) = left.await {
            tracing::debug!(%error, "the node's row could not be removed; it will expire");
        }
    }

    async fn renew(&self) -> AppResult<()> {
        let node = self.node.clone();
        self.db
            .write_unhurried(move |conn| {
                let now = clock::now();
                on_backend!(conn, |conn| diesel::insert_into(nodes::table)
                    .values((
                        nodes::id.eq(node.id),
                        nodes::version.eq(node.version),
                        nodes::generation.eq(node.generation),
                        nodes::started_at.eq(node.started_at),
                        nodes::heartbeat_at.eq(now),
                    ))
                    .on_conflict(nodes::id)
                    .do_update()
                    .set(nodes::heartbeat_at.eq(now))
                    .execute(conn))?;
                Ok(())
            })
            .await
    }
}
