//! The table with all values of the contacts as an Excel workbook. It is a file with an index at its end, so that it is complete
//! before the first byte is sent.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use super::full::Table;
use super::rows::Rows;
use super::xlsx::{self, Workbook};
use crate::base::stop::Stop;
use crate::book::filter::Filter;
use crate::db::{AnyConnection, Db, run_blocking};
use crate::error::AppResult;
use crate::i18n::Locale;

/// A workbook in progress, with the contacts that are still to come.
pub struct Export {
    rows: Rows,
    table: Table,
    workbook: Workbook,
}

impl Export {
    pub fn new(conn: &mut AnyConnection, filter: &Filter, locale: Locale) -> AppResult<Self> {
        let table = Table::load(conn, locale)?;
        let rows = Rows::new(conn, filter, table.extras())?;
        let workbook = Workbook::new(table.columns(), locale, xlsx::MOST_ROWS)?;
        Ok(Self { rows, table, workbook })
    }

    fn next(&mut self, conn: &mut AnyConnection) -> AppResult<()> {
        for row in self.rows.next(conn)? {
            self.workbook.push(self.table.cells(&row))?;
        }
        Ok(())
    }

    /// Writes the whole workbook to a file, outside the async threads. Returns `None` if `stop` is asked first; the file is then
    /// of no use.
    pub async fn write(mut self, db: &Db, file: File, stop: &Stop) -> AppResult<Option<File>> {
        while !self.rows.is_ended() {
            if stop.is_asked() {
                return Ok(None);
            }
            self = db
                .read_unhurried(move |conn| {
                    self.next(conn)?;
                    Ok(self)
                })
                .await?;
        }
        let stop = stop.clone();
        run_blocking(move || {
            let mut out = BufWriter::new(Until { file, stop: stop.clone() });
            match self.workbook.finish(&mut out).and_then(|()| Ok(out.flush()?)) {
                Err(_) if stop.is_asked() => Ok(None),
                Err(error) => Err(error),
                Ok(()) => Ok(Some(out.into_inner().map_err(io::IntoInnerError::into_error)?.file)),
            }
        })
        .await
    }
}

/// A file that cannot be written any more once a stop is asked.
struct Until {
    file: File,
    stop: Stop,
}

impl Write for Until {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.stop.is_asked() {
            return Err(io::Error::other("the process is stopping"));
        }
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
