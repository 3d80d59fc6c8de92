//! The sentence on a page whose background work stands still.

use crate::i18n::{Catalogue, fl};
use crate::jobs::Cause;

/// Why a job stands still, and when it is tried again.
pub fn trouble_text(t: &Catalogue, cause: &Cause) -> String {
    match cause {
        Cause::StorageFull => fl!(t, "trouble-full"),
        Cause::Unavailable => fl!(t, "trouble-unavailable"),
        Cause::Fault { reference } => fl!(t, "trouble-fault", reference = reference.as_str()),
    }
}
