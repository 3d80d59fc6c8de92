//! The memory for request bodies, which is limited for all of them together. A body counts as its bytes arrive, so that an
//! announced body takes nothing from others, and until its request is answered. A body without room is refused at once, because
//! waiting bodies would wait for each other.

use std::sync::Arc;

use actix_web::{HttpMessage as _, HttpRequest, web};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{AppError, AppResult};
use crate::web::{Account, Caller};

/// The largest form, in bytes: the longest note takes 384 kB when encoded.
const SIGNED_IN: usize = 1024 * 1024;
/// The largest form without a session, in bytes: the longest note takes 640 kB when the sign-in page carries it.
const STRANGER: usize = 768 * 1024;
/// The memory for all bodies, and for all bodies without a session.
const ALL: usize = 64 * 1024 * 1024;
const STRANGERS: usize = 16 * 1024 * 1024;
/// The beginning of each body, which needs no room: a sign-in is shorter. The number of connections bounds this memory.
const FREE: usize = 8 * 1024;
/// The unit in which memory is counted.
const PIECE: usize = 8 * 1024;

/// The available room, in pieces of [`PIECE`] bytes. All clones share it.
#[derive(Clone)]
pub struct Bodies {
    all: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

impl Bodies {
    /// The room of a server with this number of connections.
    pub fn new(connections: usize) -> Self {
        let pieces = |bytes: usize| bytes.saturating_sub(connections * FREE) / PIECE;
        Self {
            all: Arc::new(Semaphore::new(pieces(ALL))),
            strangers: Arc::new(Semaphore::new(pieces(STRANGERS))),
        }
    }
}

/// The room of one body, until it is dropped.
pub struct Room {
    limit: usize,
    bytes: usize,
    from: Vec<Arc<Semaphore>>,
    taken: Vec<OwnedSemaphorePermit>,
}

impl Room {
    /// Room for the body of this request.
    pub fn of(request: &HttpRequest) -> Self {
        let extensions = request.extensions();
        let is_stranger = extensions.get::<Account>().is_none() && extensions.get::<Caller>().is_none();
        drop(extensions);
        let bodies = request.app_data::<web::Data<Bodies>>();
        let mut from = Vec::new();
        if let Some(bodies) = bodies {
            from.push(Arc::clone(&bodies.all));
            if is_stranger {
                from.push(Arc::clone(&bodies.strangers));
            }
        }
        Self { limit: if is_stranger { STRANGER } else { SIGNED_IN }, bytes: 0, from, taken: Vec::new() }
    }

    /// Checks the announced length of a body.
    ///
    /// # Errors
    /// [`AppError::TooLarge`]
    pub fn expect(&self, bytes: usize) -> AppResult<()> {
        let limit = self.limit;
        if bytes <= limit {
            return Ok(());
        }
        Err(AppError::TooLarge { limit: limit as u64 })
    }

    /// Takes room for this number of further bytes.
    ///
    /// # Errors
    /// [`AppError::TooLarge`], and [`AppError::Overloaded`] if there is no room.
    pub fn take(&mut self, bytes: usize) -> AppResult<()> {
        self.expect(self.bytes + bytes)?;
        let pieces = |bytes: usize| bytes.saturating_sub(FREE).div_ceil(PIECE);
        let more = pieces(self.bytes + bytes) - pieces(self.bytes);
        self.bytes += bytes;
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        if more == 0 {
            return Ok(());
        }
        for room in &self.from {
            let taken = Arc::clone(room).try_acquire_many_owned(more);
            self.taken.push(taken.map_err(|_| AppError::Overloaded)?);
        }
        Ok(())
    }

    /// Keeps the room until the request is answered.
    pub fn keep_with(self, request: &HttpRequest) {
        request.extensions_mut().insert(self);
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const CONNECTIONS: usize = 896;

    fn request(bodies: &Bodies) -> HttpRequest {
        let data = web::Data::new(bodies.clone());
        TestRequest::default().app_data(data).to_http_request()
    }

    #[test]
    fn bodies_without_a_session_share_a_part_and_release_it() {
        let bodies = Bodies::new(CONNECTIONS);
        let mut rooms = Vec::new();
        let refused = loop {
            let mut room = Room::of(&request(&bodies));
            if let Err(error) = room.take(STRANGER) {
                break error;
            }
            rooms.push(room);
        };
        assert!(matches!(refused, AppError::Overloaded));
        assert!(rooms.len() * STRANGER + CONNECTIONS * FREE <= STRANGERS);
        assert!(rooms.len() >= 10, "{}", rooms.len());
        // A sign-in still finds room.
        let mut room = Room::of(&request(&bodies));
        assert!(room.take(FREE).is_ok());
        assert!(matches!(room.take(STRANGER - FREE), Err(AppError::Overloaded)));
        drop((room, rooms));
        let request = request(&bodies);
        let mut room = Room::of(&request);
        assert!(room.take(STRANGER).is_ok());
        room.keep_with(&request);
        drop(request);
        let whole = Bodies::new(CONNECTIONS).all.available_permits();
        assert_eq!(bodies.all.available_permits(), whole);
    }

    #[test]
    fn a_body_over_its_limit_is_refused_when_announced_and_while_it_arrives() {
        let mut room = Room::of(&request(&Bodies::new(CONNECTIONS)));
        assert!(room.expect(STRANGER).is_ok());
        assert!(matches!(room.expect(STRANGER + 1), Err(AppError::TooLarge { .. })));
        assert!(room.take(STRANGER - 1).is_ok());
        assert!(room.take(1).is_ok());
        assert!(matches!(room.take(1), Err(AppError::TooLarge { .. })));
    }
}
