//! A QR code as data for an SVG without style and script, which the pages' policy allows.

use qrcode::{Color, QrCode};
use zeroize::Zeroizing;

use crate::error::{AppError, AppResult};

/// Light modules around the code, required by its standard.
const QUIET_ZONE: usize = 4;

pub struct Qr {
    /// The number of modules along a side, including the quiet zone.
    pub side: usize,
    /// The dark modules, as the `d` of an SVG path.
    pub path: Zeroizing<String>,
}

impl Qr {
    /// Encodes a text.
    ///
    /// # Errors
    /// The text is longer than the 2 331 bytes of a QR code.
    pub fn of(text: &str) -> AppResult<Self> {
        use std::fmt::Write as _;
        let code = QrCode::new(text).map_err(|error| AppError::Internal(error.into()))?;
        let width = code.width();
        let mut path = Zeroizing::new(String::with_capacity(width * width * 4));
        for (row, modules) in code.to_colors().chunks(width).enumerate() {
            let mut column = 0;
            for run in modules.chunk_by(|left, right| left == right) {
                if run[0] == Color::Dark {
                    let (x, y, length) = (column + QUIET_ZONE, row + QUIET_ZONE, run.len());
                    let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
                }
                column += run.len();
            }
        }
        Ok(Self { side: width + 2 * QUIET_ZONE, path })
    }
}
