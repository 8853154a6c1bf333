//! Screens about resources and features of the host application.

use domain::permission::Permission;

use super::{Node, Screen};
use crate::{components::icon::Icon, parts::Access, text};

/// List of resources.
pub(super) const LIST: Screen = Screen::panel("/resources", &Access::Resources)
    .in_sidebar(
        text::resources::title,
        Icon::Cube,
        Permission::ResourcesRead,
    )
    .with(&[Node::new("transfer", &Access::TransferResources)]);

/// Page of a resource.
pub(super) const PAGE: Screen = Screen::panel("/resources/:id", &Access::ResourcePage)
    .titled(text::resources::one)
    .with(&[
        Node::new("grant", &Access::GrantAccess),
        Node::new("transfer", &Access::TransferResource),
        Node::new("edit", &Access::EditResource),
        Node::new("delete", &Access::DeleteResource),
    ]);

/// Features.
pub(super) const FEATURES: Screen = Screen::panel("/features", &Access::Features)
    .in_sidebar(
        text::features::title,
        Icon::Toggle,
        Permission::FeaturesRead,
    )
    .with(&[
        Node::new("new", &Access::NewFeature),
        Node::new("set", &Access::AddFeatureSet),
        Node::new(":key/edit", &Access::EditFeature),
        Node::new(":key/delete", &Access::DeleteFeature),
    ]);
