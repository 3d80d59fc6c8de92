//! The part about undo on the page of a finished import.

use super::kept::{self, Difference, KeptContact};
use super::store::{self, Undo};
use crate::base::paging;
use crate::book::wording::Wording;
use crate::db::AnyConnection;
use crate::error::AppResult;
use crate::i18n::Locale;
use crate::imports::import::{Import, State};

/// Kept contacts per page.
const PAGE: usize = 25;

#[derive(Default)]
pub struct Section {
    /// The undo, with the name of the account that started it.
    undo: Option<(Undo, Option<String>)>,
    pub can_begin: bool,
    pub kept: Vec<KeptContact>,
    /// The contact after which the next page begins.
    pub next: Option<i64>,
    wording: Wording,
}

impl Section {
    pub fn load(conn: &mut AnyConnection, import: &Import, after: i64) -> AppResult<Self> {
        if import.state != State::Done {
            return Ok(Self::default());
        }
        let Some(undo) = store::show(conn, import.id)? else {
            return Ok(Self { can_begin: store::can_be_undone(conn, import)?, ..Self::default() });
        };
        let mut section = Self { undo: Some(undo), ..Self::default() };
        if section.finished().is_some() {
            section.kept = kept::kept(conn, import.id, after, paging::limit(PAGE))?;
            section.wording = Wording::load(conn)?;
        }
        section.next = paging::cut(&mut section.kept, PAGE, |kept| kept.contact.id);
        Ok(section)
    }

    /// The undo, while it is running.
    pub fn running(&self) -> Option<&Undo> {
        let (undo, _) = self.undo.as_ref()?;
        undo.finished_at.is_none().then_some(undo)
    }

    /// The undo, once it has ended.
    pub fn finished(&self) -> Option<&Undo> {
        let (undo, _) = self.undo.as_ref()?;
        undo.finished_at.is_some().then_some(undo)
    }

    pub fn by(&self) -> Option<&str> {
        self.undo.as_ref().and_then(|(_, by)| by.as_deref())
    }

    pub fn label(&self, locale: &Locale, difference: &Difference) -> String {
        self.wording.label(locale.catalogue(), &difference.field)
    }

    /// A value of the difference's field, in words.
    pub fn value(&self, locale: &Locale, difference: &Difference, stored: &str) -> String {
        self.wording.value(*locale, &difference.field, stored)
    }
}
