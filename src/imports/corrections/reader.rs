//! Reads a stored file with its corrected lines.

use super::stored::Corrections;
use crate::imports::findings::int;
use crate::imports::format::ReadError;
use crate::imports::list_kind::{Line, LineReader, ListKind, Verdict};

/// A reader that judges the corrections of lines instead of the lines. Their places stay those of the file.
pub struct CorrectedReader<'k, K: ListKind> {
    kind: &'k K,
    file: K::Reader,
    corrections: Corrections,
}

impl<'k, K: ListKind> CorrectedReader<'k, K> {
    pub fn new(kind: &'k K, file: K::Reader, corrections: Corrections) -> Self {
        Self { kind, file, corrections }
    }

    /// The reader of the file itself.
    pub fn file(&self) -> &K::Reader {
        &self.file
    }
}

impl<K: ListKind> LineReader for CorrectedReader<'_, K> {
    type Row = K::Row;

    fn next_line(&mut self) -> Result<Option<Line<K::Row>>, ReadError> {
        let Some(line) = self.file.next_line()? else {
            return Ok(None);
        };
        // A line that is blank by now, or a heading, is not what was corrected.
        let is_content = matches!(line.verdict, Verdict::Valid(_) | Verdict::Rejected(_));
        let corrected = self.corrections.of(int(line.number)).filter(|_| is_content);
        Ok(Some(match corrected {
            Some(cells) => Line { verdict: self.kind.judge(cells, line.place()), ..line },
            None => line,
        }))
    }

    fn offset(&self) -> u64 {
        self.file.offset()
    }
}
