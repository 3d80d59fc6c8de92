//! The list of an import, of whichever kind.

use super::import::Import;
use super::mapped::{self, Mapped};
use super::strict::{Careful, Strict};
use crate::db::AnyConnection;
use crate::error::AppResult;

pub enum AnyList {
    Strict(Strict),
    /// The strict list whose doubtful rows wait.
    Careful(Box<Careful>),
    Mapped(Box<Mapped>),
}

impl AnyList {
    /// Like [`AnyList::of`], without the columns of a list that name something that was deleted since. An import that is being
    /// written continues without them.
    pub fn what_is_left(conn: &mut AnyConnection, import: &Import) -> AppResult<Self> {
        match import.list {
            None => Self::of(conn, import),
            Some(_) => Ok(Self::Mapped(Box::new(mapped::load_what_is_left(conn, import)?))),
        }
    }

    /// # Errors
    /// [`crate::error::AppError::Gone`] if a mapping names something that was deleted since.
    pub fn of(conn: &mut AnyConnection, import: &Import) -> AppResult<Self> {
        match import.list {
            None => {
                let strict = Strict { reading: import.reading };
                Ok(if import.holds_doubtful {
                    Self::Careful(Box::new(Careful::new(conn, strict)?))
                } else {
                    Self::Strict(strict)
                })
            }
            Some(_) => Ok(Self::Mapped(Box::new(mapped::load(conn, import)?))),
        }
    }
}
