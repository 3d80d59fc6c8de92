//! The sentence for a page whose background job is stalled.

use crate::i18n::{Catalogue, fl};
use crate::jobs::Cause;

/// The reason why a job is stalled, and when it is tried again.
pub fn trouble_text(t: &Catalogue, cause: &Cause) -> String {
    match cause {
        Cause::StorageFull => fl!(t, "trouble-full"),
        Cause::Unavailable => fl!(t, "trouble-unavailable"),
        Cause::Fault { reference } => fl!(t, "trouble-fault", reference = reference.as_str()),
    }
}
