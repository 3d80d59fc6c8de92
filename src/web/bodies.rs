//! Memory for the bodies of requests, which is bounded over all of them together. A body is counted as its bytes come, so that
//! one that is only announced takes nothing from others, and until its request is answered. What finds no room is refused at
//! once: those that come would else wait for each other.

use std::sync::Arc;

use actix_web::{HttpMessage as _, HttpRequest, web};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{AppError, AppResult};
use crate::web::Account;

/// Bytes of one form: the longest note takes 384 kB once encoded.
const SIGNED_IN: usize = 1024 * 1024;
/// The same of somebody without a session: the longest note takes 640 kB when it is carried through the sign-in page.
const STRANGER: usize = 768 * 1024;
/// Of all together, and of those without a session together.
const ALL: usize = 64 * 1024 * 1024;
const STRANGERS: usize = 16 * 1024 * 1024;
/// The beginning of each body, which always finds room: whoever signs in sends less. The connections bound how many there are.
const FREE: usize = 8 * 1024;
/// What is counted at once.
const PIECE: usize = 8 * 1024;

/// The room that there is; clones share it. In pieces.
#[derive(Clone)]
pub struct Bodies {
    all: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

impl Bodies {
    /// For a server with so many connections.
    pub fn new(connections: usize) -> Self {
        let pieces = |bytes: usize| bytes.saturating_sub(connections * FREE) / PIECE;
        Self {
            all: Arc::new(Semaphore::new(pieces(ALL))),
            strangers: Arc::new(Semaphore::new(pieces(STRANGERS))),
        }
    }
}

/// Room for one body, until it is dropped.
pub struct Room {
    limit: usize,
    bytes: usize,
    from: Vec<Arc<Semaphore>>,
    taken: Vec<OwnedSemaphorePermit>,
}

impl Room {
    /// For the body of this request.
    pub fn of(request: &HttpRequest) -> Self {
        let is_stranger = request.extensions().get::<Account>().is_none();
        let bodies = request.app_data::<web::Data<Bodies>>();
        let mut from = Vec::new();
        if let Some(bodies) = bodies {
            from.push(Arc::clone(&bodies.all));
            if is_stranger {
                from.push(Arc::clone(&bodies.strangers));
            }
        }
        Self {
            limit: if is_stranger { STRANGER } else { SIGNED_IN },
            bytes: 0,
            from,
            taken: Vec::new(),
        }
    }

    /// Whether a body of so many bytes may come at all.
    ///
    /// # Errors
    /// [`AppError::TooLarge`]
    pub fn expect(&self, bytes: usize) -> AppResult<()> {
        let limit = self.limit;
        if bytes <= limit {
            return Ok(());
        }
        Err(AppError::TooLarge {
            limit: limit as u64,
        })
    }

    /// Takes room for so many bytes more.
    ///
    /// # Errors
    /// [`AppError::TooLarge`], and [`AppError::Overloaded`] where there is none.
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
    fn those_without_a_session_share_a_part_and_give_it_back() {
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
        // Whoever signs in finds room all the same.
        let mut room = Room::of(&request(&bodies));
        assert!(room.take(FREE).is_ok());
        assert!(matches!(
            room.take(STRANGER - FREE),
            Err(AppError::Overloaded)
        ));
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
    fn a_body_over_its_limit_is_refused_as_it_is_announced_and_as_it_comes() {
        let mut room = Room::of(&request(&Bodies::new(CONNECTIONS)));
        assert!(room.expect(STRANGER).is_ok());
        assert!(matches!(
            room.expect(STRANGER + 1),
            Err(AppError::TooLarge { .. })
        ));
        assert!(room.take(STRANGER - 1).is_ok());
        assert!(room.take(1).is_ok());
        assert!(matches!(room.take(1), Err(AppError::TooLarge { .. })));
    }
}
