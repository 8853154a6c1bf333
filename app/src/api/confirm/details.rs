//! Details of the target of a dialog.

use time::OffsetDateTime;

use super::ConfirmationDetail;
use crate::text;

/// Returns a detail with a text.
pub(super) fn detail(label: &str, text: impl Into<String>) -> ConfirmationDetail {
    ConfirmationDetail {
        label: label.to_owned(),
        text: text.into(),
        at: None,
    }
}

/// Returns a detail with a timestamp, or with "never".
pub(super) fn when(label: &str, at: Option<OffsetDateTime>) -> ConfirmationDetail {
    let text = if at.is_some() {
        ""
    } else {
        text::confirm::never()
    };
    ConfirmationDetail {
        at,
        ..detail(label, text)
    }
}
