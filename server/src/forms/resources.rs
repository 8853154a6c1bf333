//! Forms on the screens about resources and features.

use app::api::{
    features::{AddFeature, AddFeatureSet, DeleteFeature, EditFeature, SetFeatureDefault},
    resources::{
        changes::{DeleteResource, EditResource, TransferResource, TransferResources},
        create::CreateResource,
        grants::{GrantAccess, RunGrantOperation},
    },
};
use axum::routing::post;

use super::send::{FormRoute, send};

/// Forms, each at the path of its page.
pub(super) const FORMS: &[FormRoute] = &[
    ("/resources/new", || post(send::<CreateResource>)),
    ("/resources/transfer", || post(send::<TransferResources>)),
    ("/resources/{id}", || post(send::<RunGrantOperation>)),
    ("/resources/{id}/grant", || post(send::<GrantAccess>)),
    ("/resources/{id}/transfer", || {
        post(send::<TransferResource>)
    }),
    ("/resources/{id}/edit", || post(send::<EditResource>)),
    ("/resources/{id}/delete", || post(send::<DeleteResource>)),
    ("/features", || post(send::<SetFeatureDefault>)),
    ("/features/new", || post(send::<AddFeature>)),
    ("/features/set", || post(send::<AddFeatureSet>)),
    ("/features/{key}/edit", || post(send::<EditFeature>)),
    ("/features/{key}/delete", || post(send::<DeleteFeature>)),
];
