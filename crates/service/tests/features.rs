//! Features: the catalogue, and those that users have by default, through groups and as administrators.

use domain::{
    error::Conflict,
    features::{EffectiveFeature, FeatureDraft, FeatureReason, FeatureSet},
    stored::StoredObject,
};
use service::{Error, Services, access::operator, features};
use sqlx::PgPool;
use testing::{groups::group, users::user};
use uuid::Uuid;

use crate::support::{
    services,
    users::{add, count},
};

fn draft(default_value: bool) -> FeatureDraft {
    FeatureDraft {
        default_value,
        ..FeatureDraft::default()
    }
}

async fn effective(services: &Services, user: Uuid) -> Vec<EffectiveFeature> {
    features::list_effective(services, &operator(), user)
        .await
        .unwrap()
}

#[testing::test]
async fn features_are_created_replaced_and_deleted(pool: PgPool) {
    let services = services(&pool);
    let reader = operator();
    let operator = operator();
    let created = features::put(&services, &operator, "chat.call", None, draft(false))
        .await
        .unwrap();
    assert_eq!((created.label.as_str(), created.version), ("Call", 1));
    let replaced = features::put(&services, &operator, "chat.call", Some(1), draft(true))
        .await
        .unwrap();
    assert!(replaced.default_value);
    let outdated = features::put(&services, &operator, "chat.call", Some(1), draft(false)).await;
    let Err(Error::Outdated(current)) = outdated else {
        panic!("{outdated:?}");
    };
    assert_eq!(*current, StoredObject::Feature(replaced));
    let invalid = features::put(&services, &operator, "Chat Call", None, draft(true)).await;
    assert!(matches!(invalid, Err(Error::Invalid(_))), "{invalid:?}");

    group("Callers")
        .features(&["chat.call"])
        .insert(&pool)
        .await;
    let preview = features::preview_deletion(&services, &reader, "chat.call")
        .await
        .unwrap();
    group("Speakers")
        .features(&["chat.call"])
        .insert(&pool)
        .await;
    let delete = async |groups| {
        features::delete(&services, &operator, "chat.call", Some(2), Some(groups)).await
    };
    let changed = delete(preview).await;
    assert!(
        matches!(changed, Err(Error::Conflict(Conflict::PreviewChanged))),
        "{changed:?}"
    );
    let having = "select count(*) from groups where features <> '{}'";
    assert_eq!(count(&pool, having).await, 2, "nothing is removed");
    delete(preview + 1).await.unwrap();
    assert_eq!(count(&pool, having).await, 0);
    let deleted = features::delete(&services, &operator, "chat.call", None, None).await;
    assert!(matches!(deleted, Err(Error::NotFound(_))), "{deleted:?}");
    let entries = "select count(*) from audit_events where action like 'feature.%'";
    assert_eq!(count(&pool, entries).await, 3);
}

#[testing::test]
async fn known_set_is_added_once(pool: PgPool) {
    let services = services(&pool);
    let own = features::put(&services, &operator(), "chat.share", None, draft(false)).await;
    assert!(own.is_ok());
    let number = FeatureSet::OpenWebui.features().len();
    for expected in [number - 1, 0] {
        let added = features::add_set(&services, &operator(), FeatureSet::OpenWebui).await;
        assert_eq!(added.unwrap(), expected);
    }
    let catalogue = features::list(&services, &operator()).await.unwrap();
    assert_eq!(catalogue.len(), number);
    // A feature that was there before stays as it was.
    let share = catalogue.iter().find(|feature| feature.key == "chat.share");
    assert!(share.is_some_and(|feature| !feature.default_value));
}

#[testing::test]
async fn groups_add_features_and_remove_none(pool: PgPool) {
    let services = services(&pool);
    for (key, default_value) in [("a.default", true), ("b.group", false), ("c.none", false)] {
        features::put(&services, &operator(), key, None, draft(default_value))
            .await
            .unwrap();
    }
    let root = add(&pool, "root", &["admin"]).await;
    let ada = add(&pool, "ada", &["user"]).await;
    let eve = user("eve").status("suspended").insert(&pool).await;
    let id = group("Editors")
        .features(&["b.group"])
        .members(&[ada, eve])
        .insert(&pool)
        .await;
    group("Without").members(&[ada]).insert(&pool).await;
    let editors = FeatureReason::Group {
        id,
        name: "Editors".to_owned(),
    };
    let had = |features: &[EffectiveFeature]| -> Vec<(bool, Vec<FeatureReason>)> {
        let had = features.iter();
        had.map(|feature| (feature.value, feature.because.clone()))
            .collect()
    };
    assert_eq!(
        had(&effective(&services, ada).await),
        [
            (true, vec![FeatureReason::Default]),
            (true, vec![editors.clone()]),
            (false, vec![]),
        ]
    );
    assert_eq!(
        had(&effective(&services, eve).await),
        [
            (false, vec![FeatureReason::Default]),
            (false, vec![editors]),
            (false, vec![]),
        ]
    );
    let all = effective(&services, root).await;
    assert!(all.iter().all(|feature| feature.value));
    for user in [root, ada, eve] {
        for feature in effective(&services, user).await {
            let has = db::features::has(&pool, user, &feature.key).await.unwrap();
            assert_eq!(has, feature.value, "{feature:?}");
        }
    }
    let unknown = features::list_effective(&services, &operator(), Uuid::nil()).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
}
