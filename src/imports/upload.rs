//! Receives a file: it is streamed to a temporary file without a name, which disappears with the process; it is never in
//! memory as a whole.

use std::fs::File;
use std::io::Seek as _;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Bytes;
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
    let name = tidy_prefix(name.unwrap_or_default(), 255);
    let mut file = tokio::fs::File::from_std(tempfile::tempfile()?);
    let mut hash = Sha256::new();
    let mut size: u64 = 0;
    while let Some(chunk) = piece(pace, field).await? {
        size += chunk.len() as u64;
        if size > limit.saturating_mul(PATIENT) {
            return Err(AppError::FileTooLarge { limit });
        }
        if size <= limit {
            hash.update(&chunk);
            file.write_all(&chunk).await?;
        }
    }
    if size > limit {
        return Ok(None);
    }
    if name.is_empty() && size == 0 {
        return Ok(Some(None));
    }
    file.flush().await?;
    let mut file = file.into_std().await;
    file.rewind()?;
    Ok(Some(Some(UploadedFile { file, name, size, sha256: hex(&hash.finalize()) })))
}
