//! Screens about the operation of the server: audit log, settings, dialects and background jobs.

use domain::permission::Permission;

use super::{Node, Screen};
use crate::{components::icon::Icon, parts::User, text};

/// Audit log.
pub(super) const AUDIT_LOG: Screen = Screen::panel("/audit", &User::AuditLog).in_sidebar(
    text::frame::screen_audit,
    Icon::Record,
    Permission::AuditRead,
);

/// Settings.
pub(super) const SETTINGS: Screen = Screen::panel("/settings", &User::Settings).in_sidebar(
    text::frame::screen_settings,
    Icon::Sliders,
    Permission::AuditRead,
);

/// Dialects.
pub(super) const DIALECTS: Screen =
    Screen::panel("/settings/dialects", &User::Dialects).titled(text::dialects::title);

/// Background jobs.
pub(super) const JOBS: Screen = Screen::panel("/settings/jobs", &User::Jobs)
    .titled(text::frame::screen_jobs)
    .with(&[Node::confirmation(":id/retry")]);
