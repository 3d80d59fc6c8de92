//! A QR code as what an SVG needs: no style and no script, so that the pages' policy lets it be drawn.

use qrcode::{Color, QrCode};
use zeroize::Zeroizing;

use crate::error::{AppError, AppResult};

/// Light modules around the code, as its standard asks for.
const QUIET_ZONE: usize = 4;

pub struct Qr {
    /// Modules along a side, with the quiet zone.
    pub side: usize,
    /// The dark modules, as the `d` of a path.
    pub path: Zeroizing<String>,
}

impl Qr {
    /// # Errors
    /// The text is longer than a QR code holds: 2 331 bytes.
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
        Ok(Self {
            side: width + 2 * QUIET_ZONE,
            path,
        })
    }
}
