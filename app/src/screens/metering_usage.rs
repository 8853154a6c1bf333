//! Screen about usage.

use domain::permission::Permission;

use super::Screen;
use crate::{components::icon::Icon, parts::Metering, text};

/// Usage of all users.
pub(super) const USAGE: Screen = Screen::panel("/usage", &Metering::Usage).in_sidebar(
    text::usage::title,
    Icon::Bars,
    Permission::UsageRead,
);
