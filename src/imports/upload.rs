//! Receives a file: it is streamed to a temporary file without a name, which disappears with the process; it is never in
//! memory as a whole.

use std::fs::File;
use std::io::Seek as _;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::{Bytes, Payload};
use sha2::{Digest as _, Sha256};
use tokio::io::AsyncWriteExt as _;

use super::form::ImportForm;
use crate::base::random::hex;
use crate::domain::tidy_prefix;
use crate::error::{AppError, AppResult};
use crate::web::body_rate::Pace;
use crate::web::csrf;

/// The longest text field, in bytes.
const TEXT_LIMIT: usize = 4 * 1024;
/// How many times the limit is still read, so that the browser shows the answer, before the connection is closed.
const PATIENT: u64 = 8;
/// More fields than the form has.
const MOST_FIELDS: usize = 20;

/// The form as received.
#[derive(Default)]
pub struct Upload {
    pub form: ImportForm,
    /// `None` if no file was chosen.
    pub file: Option<UploadedFile>,
}

pub struct UploadedFile {
    pub file: File,
    /// The name given by the browser: shown, never used as a path.
    pub name: String,
    pub size: u64,
    pub sha256: String,
}

/// Reads the whole form. The token comes first: without it no byte of a file is stored.
///
/// # Errors
/// [`AppError::Forgery`] without a valid token, [`AppError::FileTooLarge`] beyond `limit` bytes of file, [`AppError::TooSlow`],
/// [`AppError::BadRequest`] for a damaged form, and a full disk.
pub async fn receive(request: &HttpRequest, mut body: Multipart, limit: u64) -> AppResult<Upload> {
    let mut upload = Upload::default();
    let mut pace = Pace::begin(request);
    let mut verified = false;
    let mut fields = 0;
    let mut too_large = false;
    while let Some(field) = pace.next(&mut body).await? {
        let mut field = field.map_err(damaged)?;
        fields += 1;
        if fields > MOST_FIELDS {
            return Err(AppError::BadRequest("an upload with too many fields"));
        }
        match field.name().unwrap_or_default().to_owned().as_str() {
            "csrf" => {
                csrf::verify(request, Some(&text(&mut pace, &mut field).await?))?;
                verified = true;
            }
            "name" => upload.form.name = text(&mut pace, &mut field).await?,
            "on_error" => upload.form.on_error = text(&mut pace, &mut field).await?,
            "on_ambiguous" => upload.form.on_ambiguous = text(&mut pace, &mut field).await?,
            "preview" => upload.form.preview = text(&mut pace, &mut field).await?,
            "asked" => upload.form.asked = text(&mut pace, &mut field).await?,
            "file" if !verified => return Err(AppError::Forgery),
            "file" => match keep(&mut pace, &mut field, limit).await? {
                Some(file) => upload.file = file,
                None => too_large = true,
            },
            _ => while piece(&mut pace, &mut field).await?.is_some() {},
        }
    }
    if too_large {
        return Err(AppError::FileTooLarge { limit });
    }
    if !verified {
        return Err(AppError::Forgery);
    }
    Ok(upload)
}

/// Returns `true` if the request's own length says that it is larger than what would be read at most for a file of `limit` bytes.
pub fn announces_too_much(request: &HttpRequest, limit: u64) -> bool {
    request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok())
        .is_some_and(|length| length > limit.saturating_mul(PATIENT))
}

/// A connection that ends before the upload does is an interruption; anything else is no form of ours.
fn damaged(error: MultipartError) -> AppError {
    match error {
        MultipartError::Incomplete | MultipartError::Payload(_) => AppError::TooSlow,
        _ => AppError::BadRequest("a damaged upload"),
    }
}

async fn piece(pace: &mut Pace, field: &mut Field) -> AppResult<Option<Bytes>> {
    let piece = pace.next(field).await?.transpose();
    let piece = piece.map_err(damaged)?;
    pace.note(piece.as_ref().map_or(0, Bytes::len));
    Ok(piece)
}

async fn text(pace: &mut Pace, field: &mut Field) -> AppResult<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = piece(pace, field).await? {
        if bytes.len() + chunk.len() > TEXT_LIMIT {
            return Err(AppError::BadRequest("a field that is too long"));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Returns the file; the inner value is `None` if no file was chosen, the outer one if it is too large. A file that is too large
/// is still read and discarded up to [`PATIENT`] times the limit: a browser shows the answer only after it has sent everything.
async fn keep(pace: &mut Pace, field: &mut Field, limit: u64) -> AppResult<Option<Option<UploadedFile>>> {
    let name = field.content_disposition().and_then(|disposition| disposition.get_filename());
    // Some browsers send the path: the folders of a person's machine are nobody's business.
    let name = name.unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
    let mut kept = Kept::begin(limit)?;
    while let Some(chunk) = piece(pace, field).await? {
        kept.add(&chunk).await?;
    }
    match kept.end(&name).await? {
        None => Ok(None),
        Some(file) if file.name.is_empty() && file.size == 0 => Ok(Some(None)),
        file => Ok(Some(file)),
    }
}

/// Reads a file that is the whole body of a request.
///
/// # Errors
/// [`AppError::FileTooLarge`] beyond `limit` bytes, [`AppError::TooSlow`], and a full disk.
pub async fn receive_file(
    request: &HttpRequest,
    mut body: Payload,
    limit: u64,
    name: &str,
) -> AppResult<UploadedFile> {
    let mut pace = Pace::begin(request);
    let mut kept = Kept::begin(limit)?;
    while let Some(chunk) = pace.next(&mut body).await? {
        let chunk = chunk.map_err(|_| AppError::TooSlow)?;
        pace.note(chunk.len());
        kept.add(&chunk).await?;
    }
    kept.end(name).await?.ok_or(AppError::FileTooLarge { limit })
}

/// A file that arrives.
struct Kept {
    file: tokio::fs::File,
    hash: Sha256,
    size: u64,
    limit: u64,
}

impl Kept {
    fn begin(limit: u64) -> AppResult<Self> {
        let file = tokio::fs::File::from_std(tempfile::tempfile()?);
        Ok(Self { file, hash: Sha256::new(), size: 0, limit })
    }

    /// Adds a piece. Beyond the limit, pieces are discarded.
    ///
    /// # Errors
    /// [`AppError::FileTooLarge`] beyond [`PATIENT`] times the limit.
    async fn add(&mut self, piece: &[u8]) -> AppResult<()> {
        let limit = self.limit;
        self.size += piece.len() as u64;
        if self.size > limit.saturating_mul(PATIENT) {
            return Err(AppError::FileTooLarge { limit });
        }
        if self.size <= limit {
            self.hash.update(piece);
            self.file.write_all(piece).await?;
        }
        Ok(())
    }

    /// The whole file at its beginning; `None` if it is too large.
    async fn end(mut self, name: &str) -> AppResult<Option<UploadedFile>> {
        if self.size > self.limit {
            return Ok(None);
        }
        self.file.flush().await?;
        let mut file = self.file.into_std().await;
        file.rewind()?;
        let (name, sha256) = (tidy_prefix(name, 255), hex(&self.hash.finalize()));
        Ok(Some(UploadedFile { file, name, size: self.size, sha256 }))
    }
}
