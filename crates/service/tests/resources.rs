//! Resources and grants: storing many at once, changes, transfer, deletion, and questions about access.

use domain::{
    access_check::{
        AccessBlock, AccessObject, AccessQuestion, AccessReasons, AccessThrough, CHECKS_AT_ONCE,
    },
    error::Conflict,
    features::{FeatureDraft, FeatureReason},
    list::{Limits, ListError, UnfilteredParams},
    resources::{
        GrantDraft, GrantLevel, GrantSubject, GrantTarget, RESOURCES_ORDER, ResourceDeletion,
        ResourceDraft, ResourceEdit, ResourceListParams, StoreOutcome,
    },
};
use serde_json::json;
use service::{
    Error, Services,
    access::{AccessRead, Authorized, ResourcesRead, ResourcesWrite, operator},
    access_check,
    audit::Format,
    features,
    guard::TargetRef,
    resources,
    resources::{ResourceFilter, grants},
};
use sqlx::PgPool;
use testing::{
    groups::group,
    resources::{client, resource},
    roles::role,
    users::user,
};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

fn draft(external_id: &str, name: &str) -> ResourceDraft {
    ResourceDraft {
        kind: "brand".to_owned(),
        external_id: external_id.to_owned(),
        name: name.to_owned(),
        ..ResourceDraft::default()
    }
}

async fn allowed(services: &Services, user: Uuid, resource: Uuid, level: GrantLevel) -> bool {
    let object = AccessObject::Resource {
        id: resource,
        level,
    };
    let questions = [AccessQuestion { user, object }];
    let answers = access_check::check(services, &operator(), &questions).await;
    answers.unwrap().remove(0).allowed
}

#[testing::test]
async fn resources_are_stored_by_their_external_ids(pool: PgPool) {
    let services = services(&pool);
    let seven = client(&pool, "Seven").await;
    let mut of_client = draft("b", "B");
    of_client.client_id = Some(Some(seven));
    let sent = vec![draft("a", "A"), of_client];
    let outcome = |created, updated, unchanged| StoreOutcome {
        created,
        updated,
        unchanged,
    };
    let stored = resources::store(&services, &operator(), sent).await;
    assert_eq!(stored.unwrap(), outcome(2, 0, 0));
    // A client that is left out stays: the resource does not become visible to the users of all clients.
    let sent = vec![draft("a", "A"), draft("b", "Bee"), draft("c", "C")];
    let stored = resources::store(&services, &operator(), sent).await;
    assert_eq!(stored.unwrap(), outcome(1, 1, 1));
    let of_client = "select count(*) from resources where client_id is not null and name = 'Bee' and version = 2";
    assert_eq!(count(&pool, of_client).await, 1);
    let entries = "select count(*) from audit_events where action = 'resource.stored'";
    assert_eq!(count(&pool, entries).await, 2);
}

#[testing::test]
async fn errors_name_the_resource(pool: PgPool) {
    let services = services(&pool);
    let store = async |drafts| match resources::store(&services, &operator(), drafts).await {
        Err(Error::Invalid(errors)) => {
            let fields = errors.iter().map(|error| error.field.clone());
            fields.collect::<Vec<String>>()
        }
        stored => panic!("{stored:?}"),
    };
    let repeated = vec![draft("a", "A"), draft("a", "B"), draft("", "")];
    assert_eq!(
        store(repeated).await,
        [
            "resources.1.external_id",
            "resources.2.external_id",
            "resources.2.name"
        ]
    );
    assert_eq!(store(Vec::new()).await, ["resources"]);
    assert_eq!(store(vec![draft("a", "A"); 1_001]).await, ["resources"]);
    let mut unknown = draft("a", "A");
    unknown.client_id = Some(Some(99));
    assert_eq!(store(vec![unknown]).await, ["client_id"]);
    let mut unknown = draft("a", "A");
    unknown.owner_id = Some(Uuid::nil());
    assert_eq!(store(vec![unknown]).await, ["owner_id"]);
    assert_eq!(count(&pool, "select count(*) from resources").await, 0);
}

#[testing::test]
async fn change_works_on_the_next_question(pool: PgPool) {
    let services = services(&pool);
    let (six, seven) = (client(&pool, "Six").await, client(&pool, "Seven").await);
    let ada = user("ada").clients(&[six]).insert(&pool).await;
    let editors = group("Editors").members(&[ada]).insert(&pool).await;
    let id = resource("brand", "a").client(six).insert(&pool).await;
    assert!(!allowed(&services, ada, id, GrantLevel::Read).await);
    let read = GrantDraft {
        subject: GrantTarget::Group(editors),
        level: GrantLevel::Read,
    };
    for expected in [1, 0] {
        let granted = grants::add(&services, &operator(), id, vec![read]).await;
        assert_eq!(granted.unwrap(), expected);
    }
    assert!(allowed(&services, ada, id, GrantLevel::Read).await);
    assert!(!allowed(&services, ada, id, GrantLevel::Write).await);
    let query = UnfilteredParams::default().parse(Limits::API, RESOURCES_ORDER);
    let filter = ResourceFilter {
        group: Some(editors),
        ..ResourceFilter::default()
    };
    let listed = resources::list(&services, &operator(), &query.unwrap(), filter).await;
    assert_eq!(listed.unwrap().page.rows.len(), 1);
    let write = GrantDraft {
        level: GrantLevel::Write,
        ..read
    };
    grants::add(&services, &operator(), id, vec![write])
        .await
        .unwrap();
    assert!(allowed(&services, ada, id, GrantLevel::Write).await);
    let listed = grants::list(&services, &operator(), id).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert!(matches!(
        &listed[0].subject,
        GrantSubject::Group { members: 1, .. }
    ));

    let moved = ResourceEdit {
        client_id: Some(Some(seven)),
        ..ResourceEdit::default()
    };
    let target = TargetRef::named(id, "a").at_version(1);
    let edited = resources::edit(&services, &operator(), target.clone(), moved.clone()).await;
    assert_eq!(edited.unwrap().client_id, Some(seven));
    assert!(!allowed(&services, ada, id, GrantLevel::Read).await);
    let outdated = resources::edit(&services, &operator(), target, moved).await;
    assert!(matches!(outdated, Err(Error::Outdated(_))), "{outdated:?}");

    let subject = GrantTarget::User(Uuid::nil());
    let unknown = GrantDraft { subject, ..read };
    let unknown = grants::add(&services, &operator(), id, vec![unknown]).await;
    assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
    let preview = resources::preview_deletion(&services, &operator(), id).await;
    let effect = ResourceDeletion {
        users: 0,
        groups: 1,
        members: 1,
        everyone: false,
    };
    assert_eq!(preview.unwrap(), effect);
    let revoked = grants::revoke(&services, &operator(), id, vec![read.subject, subject]).await;
    assert_eq!(revoked.unwrap(), 1);
    let changed = resources::delete(&services, &operator(), id, Some(effect)).await;
    assert!(
        matches!(changed, Err(Error::Conflict(Conflict::PreviewChanged))),
        "{changed:?}"
    );
    resources::delete(&services, &operator(), id, None)
        .await
        .unwrap();
}

#[testing::test]
async fn resources_are_transferred(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let eve = add(&pool, "eve", &[]).await;
    let gone = user("gone").deleted(true).insert(&pool).await;
    for name in ["a", "b"] {
        resource("brand", name).owner(ada).insert(&pool).await;
    }
    let transfer =
        async |to, count| resources::transfer(&services, &operator(), (ada, to), count).await;
    let same = transfer(ada, None).await;
    assert!(matches!(
        same,
        Err(Error::Conflict(Conflict::OwnerIsTarget))
    ));
    let deleted = transfer(gone, None).await;
    assert!(matches!(
        deleted,
        Err(Error::Conflict(Conflict::UserDeleted))
    ));
    let unknown = transfer(Uuid::nil(), None).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))));
    let changed = transfer(eve, Some(1)).await;
    assert!(matches!(
        changed,
        Err(Error::Conflict(Conflict::PreviewChanged))
    ));
    assert_eq!(transfer(eve, Some(2)).await.unwrap(), 2);
    assert_eq!(transfer(eve, None).await.unwrap(), 0);
}

#[testing::test]
async fn answers_have_all_reasons_in_the_order_of_the_questions(pool: PgPool) {
    let services = services(&pool);
    let seven = client(&pool, "Seven").await;
    let ada = add(&pool, "ada", &[]).await;
    let editors = group("Editors").members(&[ada]).insert(&pool).await;
    let id = resource("brand", "a")
        .owner(ada)
        .client(seven)
        .insert(&pool)
        .await;
    testing::resources::grant(&pool, id, (None, Some(editors)), "read").await;
    let call = FeatureDraft {
        default_value: true,
        ..FeatureDraft::default()
    };
    features::put(&services, &operator(), "chat.call", None, call)
        .await
        .unwrap();
    let ask = |object| AccessQuestion { user: ada, object };
    let external = |external_id: &str| AccessObject::External {
        kind: "brand".to_owned(),
        external_id: external_id.to_owned(),
        level: GrantLevel::Read,
    };
    let questions = [
        ask(external("a")),
        ask(AccessObject::Feature("chat.call".to_owned())),
        ask(external("nul\0")),
        ask(AccessObject::Feature("chat.none".to_owned())),
    ];
    let answers = access_check::check(&services, &operator(), &questions)
        .await
        .unwrap();
    let allowed: Vec<bool> = answers.iter().map(|answer| answer.allowed).collect();
    assert_eq!(allowed, [false, true, false, false]);
    let AccessReasons::Resource(paths) = &answers[0].because else {
        panic!("{answers:?}");
    };
    let through: Vec<_> = paths
        .iter()
        .map(|path| (path.through.clone(), path.blocked_by))
        .collect();
    let name = "Editors".to_owned();
    assert_eq!(
        through,
        [
            (AccessThrough::Owner, Some(AccessBlock::Client)),
            (
                AccessThrough::Group { id: editors, name },
                Some(AccessBlock::Client)
            ),
        ]
    );
    let default = AccessReasons::Feature(vec![FeatureReason::Default]);
    assert_eq!(answers[1].because, default);
    let none = vec![ask(external("a")); CHECKS_AT_ONCE + 1];
    let denied = access_check::check(&services, &operator(), &none).await;
    assert!(matches!(denied, Err(Error::Invalid(_))), "{denied:?}");
}

#[testing::test]
async fn audit_log_names_owners_and_clients(pool: PgPool) {
    let services = services(&pool);
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let (six, seven) = (client(&pool, "Six").await, client(&pool, "Seven").await);
    let id = resource("brand", "a").owner(ada).client(six);
    let id = id.insert(&pool).await;
    let audited = async |action: &str| {
        let sql = "select changes from audit_events where action = $1 order by id desc limit 1";
        let changes: serde_json::Value = sqlx::query_scalar(sql)
            .bind(action)
            .fetch_one(&pool)
            .await
            .unwrap();
        (changes["owner"].clone(), changes["client"].clone())
    };
    let edit = async |edit: ResourceEdit| {
        resources::edit(&services, &operator(), id, edit)
            .await
            .unwrap();
        audited("resource.updated").await
    };
    let moved = ResourceEdit {
        owner_id: Some(Some(bob)),
        client_id: Some(Some(seven)),
        ..ResourceEdit::default()
    };
    let named = (json!(["ada", "bob"]), json!(["Six", "Seven"]));
    assert_eq!(edit(moved).await, named);
    // The entry has the name at the time.
    let rename = "update users set username = 'robert' where username = 'bob'";
    sqlx::raw_sql(rename).execute(&pool).await.unwrap();
    assert_eq!(audited("resource.updated").await, named);
    let without = ResourceEdit {
        client_id: Some(None),
        ..ResourceEdit::default()
    };
    assert_eq!(edit(without).await, (json!(null), json!(["Seven", null])));
    resources::delete(&services, &operator(), id, None)
        .await
        .unwrap();
    let deleted = audited("resource.deleted").await;
    assert_eq!(deleted, (json!(["robert", null]), json!(null)));
}

/// Checks that an unknown client is denied, even if the present one is named like its number.
#[testing::test]
async fn clients_with_equal_names_are_distinct(pool: PgPool) {
    let services = services(&pool);
    let named = client(&pool, "#99").await;
    let id = resource("brand", "a").client(named).insert(&pool).await;
    let moved = ResourceEdit {
        client_id: Some(Some(99)),
        ..ResourceEdit::default()
    };
    let unknown = resources::edit(&services, &operator(), id, moved).await;
    assert!(
        matches!(&unknown, Err(Error::Invalid(errors)) if errors.get("client_id").is_some()),
        "{unknown:?}"
    );
}

/// Checks that the permission does not reach resources of clients that are not in the own list, and the role of administrators does.
#[testing::test]
async fn resources_of_other_clients_are_absent(pool: PgPool) {
    let services = services(&pool);
    let granted = ["resources:read", "resources:write"];
    role("keeper").permissions(&granted).insert(&pool).await;
    let (six, seven) = (client(&pool, "Six").await, client(&pool, "Seven").await);
    let keeper = user("keeper").roles(&["keeper"]).clients(&[six]);
    let keeper = keeper.insert(&pool).await;
    let root = add(&pool, "root", &["admin"]).await;
    resource("brand", "free").insert(&pool).await;
    resource("brand", "six").client(six).insert(&pool).await;
    let of_seven = resource("brand", "seven").client(seven);
    let of_seven = of_seven.insert(&pool).await;
    let listed = async |authorized: &Authorized<ResourcesRead>| {
        let query = UnfilteredParams::default().parse(Limits::API, RESOURCES_ORDER);
        let filter = ResourceFilter::default();
        let listed = resources::list(&services, authorized, &query.unwrap(), filter).await;
        let page = listed.unwrap().page;
        assert_eq!(page.page_info.total.count, page.rows.len() as u64);
        let names = page.rows.into_iter().map(|resource| resource.name);
        names.collect::<Vec<String>>()
    };
    let reader: Authorized<ResourcesRead> = caller(keeper, &granted).require().unwrap();
    let writer: Authorized<ResourcesWrite> = caller(keeper, &granted).require().unwrap();
    assert_eq!(listed(&reader).await, ["free", "six"]);
    assert_eq!(listed(&admin(root)).await, ["free", "six", "seven"]);
    let edit = ResourceEdit {
        name: Some("mine".to_owned()),
        ..ResourceEdit::default()
    };
    let everyone = GrantDraft {
        subject: GrantTarget::Everyone,
        level: GrantLevel::Read,
    };
    let subjects = vec![GrantTarget::Everyone];
    let attempts = [
        resources::find(&services, &reader, of_seven).await.err(),
        resources::preview_deletion(&services, &reader, of_seven)
            .await
            .err(),
        grants::list(&services, &reader, of_seven).await.err(),
        resources::edit(&services, &writer, of_seven, edit)
            .await
            .err(),
        grants::add(&services, &writer, of_seven, vec![everyone])
            .await
            .err(),
        grants::revoke(&services, &writer, of_seven, subjects)
            .await
            .err(),
        resources::delete(&services, &writer, of_seven, None)
            .await
            .err(),
    ];
    for (n, denied) in attempts.iter().enumerate() {
        assert!(
            matches!(denied, Some(Error::NotFound(_))),
            "{n}: {denied:?}"
        );
    }
    // A change of the list works at once.
    sqlx::query("update users set client_list = array[$1::int] where id = $2")
        .bind(seven)
        .bind(keeper)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(listed(&reader).await, ["free", "seven"]);
    assert!(resources::find(&services, &reader, of_seven).await.is_ok());
}

/// Checks that the answers about resources of clients outside of the reader's list are those about unknown resources.
#[testing::test]
async fn access_to_resources_of_other_clients_is_hidden(pool: PgPool) {
    let services = services(&pool);
    let granted = ["access:read"];
    role("inspector").permissions(&granted).insert(&pool).await;
    let seven = client(&pool, "Seven").await;
    let inspector = add(&pool, "inspector", &["inspector"]).await;
    let root = add(&pool, "root", &["admin"]).await;
    let ada = user("ada").clients(&[seven]).insert(&pool).await;
    resource("brand", "free").owner(ada).insert(&pool).await;
    let of_seven = resource("brand", "seven").client(seven).owner(ada);
    let id = of_seven.insert(&pool).await;
    let page = UnfilteredParams::default().parse(Limits::API, RESOURCES_ORDER);
    let page = page.unwrap();
    let level = GrantLevel::Read;
    let external = AccessObject::External {
        kind: "brand".to_owned(),
        external_id: "seven".to_owned(),
        level,
    };
    let objects = [AccessObject::Resource { id, level }, external];
    let questions = objects.map(|object| AccessQuestion { user: ada, object });
    let limited: Authorized<AccessRead> = caller(inspector, &granted).require().unwrap();
    for (authorized, is_seen) in [(limited, false), (admin(root), true), (operator(), true)] {
        let answers = access_check::check(&services, &authorized, &questions).await;
        for answer in answers.unwrap() {
            assert_eq!(answer.allowed, is_seen, "{answer:?}");
            let AccessReasons::Resource(paths) = answer.because else {
                panic!("not about a resource");
            };
            assert_eq!(paths.is_empty(), !is_seen, "{paths:?}");
        }
        let number = if is_seen { 2 } else { 1 };
        let totals = access_check::count_by_kind(&services, &authorized, ada).await;
        assert_eq!(totals.unwrap()[0].count, number);
        let listed = access_check::list_reachable(&services, &authorized, ada, None, &page).await;
        assert_eq!(listed.unwrap().page.page_info.total.count, number);
    }
    let own = access_check::list_own(&services, &caller(ada, &[]), None, &page).await;
    assert_eq!(own.unwrap().page.rows.len(), 2);
}

#[testing::test]
async fn export_contains_the_matching_resources_and_is_audited(pool: PgPool) {
    let services = services(&pool);
    let ada = add(&pool, "ada", &[]).await;
    let id = resource("brand", "a").owner(ada).insert(&pool).await;
    resource("models", "b").insert(&pool).await;
    let params = ResourceListParams {
        owner: Some("ada".to_owned()),
        limit: Some("25".to_owned()),
        ..ResourceListParams::default()
    };
    let export = async |format| {
        let mut pieces = resources::export(&services, &operator(), &params, format)
            .await
            .unwrap();
        let mut file = String::new();
        while let Some(piece) = pieces.recv().await {
            file.push_str(&piece.unwrap());
        }
        file
    };
    let file = export(Format::Csv).await;
    let rows: Vec<&str> = file.lines().skip(1).collect();
    assert_eq!(rows.len(), 1, "{file}");
    let pieces = resources::export(&services, &operator(), &params, Format::Csv).await;
    let first = pieces.unwrap().recv().await.unwrap().unwrap();
    assert_eq!(first.lines().count(), 1, "before the names: {first}");
    assert!(rows[0].starts_with(&format!("{id},\"brand\",\"a\",\"a\",\"ada\",")));
    let file = export(Format::Ndjson).await;
    assert_eq!(file.lines().count(), 1, "{file}");
    let changes: serde_json::Value =
        sqlx::query_scalar("select changes from audit_events where action = $1 limit 1")
            .bind("resource.exported")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(changes["filter"][1], "owner=ada");
}

#[testing::test]
async fn list_has_names_grants_and_numbers_of_kinds(pool: PgPool) {
    let services = services(&pool);
    let seven = client(&pool, "Seven").await;
    let ada = add(&pool, "ada", &[]).await;
    let editors = group("Editors").members(&[ada]).insert(&pool).await;
    let id = resource("brand", "a")
        .owner(ada)
        .client(seven)
        .insert(&pool)
        .await;
    resource("models", "b").insert(&pool).await;
    for subject in [(None, Some(editors)), (Some(ada), None), (None, None)] {
        testing::resources::grant(&pool, id, subject, "read").await;
    }
    let params = ResourceListParams {
        kind: Some("brand".to_owned()),
        ..ResourceListParams::default()
    };
    let query = params.parse(Limits::PANEL).unwrap();
    let listing = resources::list_with_grants(&services, &operator(), &query)
        .await
        .unwrap();
    let kinds: Vec<(&str, u64)> = listing
        .kinds
        .iter()
        .map(|kind| (kind.kind.as_str(), kind.count))
        .collect();
    assert_eq!(kinds, [("brand", 1), ("models", 1)]);
    let [listed] = listing.page.rows.as_slice() else {
        panic!("{listing:?}");
    };
    assert_eq!(listed.owner.as_deref(), Some("ada"));
    assert_eq!(listed.client.as_deref(), Some("Seven"));
    let granted = ResourceDeletion {
        users: 1,
        groups: 1,
        members: 1,
        everyone: true,
    };
    assert_eq!(listed.granted, granted);
    let opened = resources::open(&services, &operator(), id).await.unwrap();
    assert_eq!(opened.grants.len(), 3);
}

/// Checks that the list of what a user reaches is that of the checks, and that it needs the permission for these.
#[testing::test]
async fn resources_that_a_user_reaches_are_listed(pool: PgPool) {
    let services = services(&pool);
    let granted = ["resources:read"];
    role("reader").permissions(&granted).insert(&pool).await;
    let reader = add(&pool, "reader", &["reader"]).await;
    let ada = add(&pool, "ada", &[]).await;
    let editors = group("Editors").members(&[ada]).insert(&pool).await;
    let seven = client(&pool, "Seven").await;
    let shared = resource("brand", "shared").insert(&pool).await;
    resource("brand", "other").insert(&pool).await;
    let blocked = resource("brand", "blocked").client(seven);
    let blocked = blocked.insert(&pool).await;
    resource("models", "own").owner(ada).insert(&pool).await;
    for id in [shared, blocked] {
        testing::resources::grant(&pool, id, (None, Some(editors)), "read").await;
    }
    let params = |user: &str| ResourceListParams {
        reached_by: Some(user.to_owned()),
        ..ResourceListParams::default()
    };
    let query = |user: &str| params(user).parse(Limits::PANEL).unwrap();
    let listing = resources::list_with_grants(&services, &operator(), &query("ada"))
        .await
        .unwrap();
    let names: Vec<&str> = listing
        .page
        .rows
        .iter()
        .map(|row| row.resource.name.as_str())
        .collect();
    assert_eq!(names, ["shared", "own"]);
    let counted = access_check::count_by_kind(&services, &operator(), ada).await;
    assert_eq!(listing.kinds, counted.unwrap());
    let all = resources::count_kinds(&services, &operator())
        .await
        .unwrap();
    let all: Vec<(&str, u64)> = all
        .iter()
        .map(|one| (one.kind.as_str(), one.count))
        .collect();
    assert_eq!(all, [("brand", 3), ("models", 1)]);
    let unknown = [
        resources::list_matching(&services, &operator(), &query("unknown-user"))
            .await
            .err(),
        resources::list_with_grants(&services, &operator(), &query("unknown-user"))
            .await
            .err(),
        resources::export(&services, &operator(), &params("unknown-user"), Format::Csv)
            .await
            .err(),
    ];
    for error in unknown {
        assert!(
            matches!(
                &error,
                Some(Error::List(ListError::Value { parameter: "reached_by", typed }))
                    if typed == "unknown-user"
            ),
            "{error:?}"
        );
    }

    let limited: Authorized<ResourcesRead> = caller(reader, &granted).require().unwrap();
    let denied = [
        resources::list_matching(&services, &limited, &query("ada"))
            .await
            .err(),
        resources::list_with_grants(&services, &limited, &query("ada"))
            .await
            .err(),
        resources::export(&services, &limited, &params("ada"), Format::Csv)
            .await
            .err(),
    ];
    for denied in denied {
        assert!(
            matches!(
                denied,
                Some(Error::List(ListError::Unreadable {
                    parameter: "reached_by",
                    ..
                }))
            ),
            "{denied:?}"
        );
    }
    let both = ["resources:read", "access:read"];
    let allowed: Authorized<ResourcesRead> = caller(reader, &both).require().unwrap();
    let listed = resources::list_matching(&services, &allowed, &query("ada")).await;
    assert_eq!(listed.unwrap().page.rows.len(), 2);
}

#[testing::test]
async fn creation_changes_no_other_resource(pool: PgPool) {
    let services = services(&pool);
    let draft = |name: &str| ResourceDraft {
        kind: "models".to_owned(),
        external_id: "gpt".to_owned(),
        name: name.to_owned(),
        ..ResourceDraft::default()
    };
    let created = resources::create(&services, &operator(), draft(" GPT ")).await;
    assert_eq!(created.unwrap().name, "GPT");
    let again = resources::create(&services, &operator(), draft("Other")).await;
    assert!(
        matches!(&again, Err(Error::Taken(errors)) if errors.get("external_id").is_some()),
        "{again:?}"
    );
    let unnamed = resources::create(&services, &operator(), draft(" ")).await;
    assert!(
        matches!(&unnamed, Err(Error::Invalid(errors)) if errors.get("name").is_some()),
        "{unnamed:?}"
    );
    let unknown = ResourceDraft {
        external_id: "llama".to_owned(),
        owner_id: Some(Uuid::nil()),
        ..draft("Llama")
    };
    let unknown = resources::create(&services, &operator(), unknown).await;
    assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
    let stored = "select count(*) from resources where name = 'GPT' and version = 1";
    assert_eq!(count(&pool, stored).await, 1);
    assert_eq!(count(&pool, "select count(*) from resources").await, 1);
    let entries = "select count(*) from audit_events where action = 'resource.stored'";
    assert_eq!(count(&pool, entries).await, 1);
}

/// Checks that resources of clients that the actor does not see are absent for every way to change them.
#[testing::test]
async fn unseen_resources_are_neither_stored_nor_transferred(pool: PgPool) {
    let services = services(&pool);
    let (six, seven) = (client(&pool, "Six").await, client(&pool, "Seven").await);
    let writing = ["resources:write", "users:write"];
    let hosting = ["resources:write", "limits:consume"];
    role("editor").permissions(&writing).insert(&pool).await;
    role("host").permissions(&hosting).insert(&pool).await;
    let eve = user("eve").roles(&["editor"]).clients(&[six]);
    let eve = eve.insert(&pool).await;
    let app = add(&pool, "app", &["host"]).await;
    let editor: Authorized<ResourcesWrite> = caller(eve, &writing).require().unwrap();
    let host: Authorized<ResourcesWrite> = caller(app, &hosting).require().unwrap();
    let ada = add(&pool, "ada", &[]).await;
    let secret = resource("brand", "secret").client(seven).owner(ada);
    secret.insert(&pool).await;
    let own = resource("brand", "own").client(six).owner(ada);
    own.insert(&pool).await;
    resource("brand", "free").owner(ada).insert(&pool).await;

    let stolen = || {
        let mut stolen = draft("secret", "Stolen");
        stolen.client_id = Some(None);
        stolen
    };
    let sent = vec![draft("own", "Own"), draft("new", "New"), stolen()];
    let Err(Error::Taken(errors)) = resources::store(&services, &editor, sent).await else {
        panic!("the resource is stored");
    };
    let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["resources.2.external_id"]);
    let created = resources::create(&services, &editor, stolen()).await;
    assert!(matches!(created, Err(Error::Taken(_))), "{created:?}");
    let as_before = "select count(*) from resources where version = 1";
    assert_eq!(count(&pool, as_before).await, 3);
    let sent = vec![
        draft("own", "Own"),
        draft("new", "New"),
        draft("free", "Free"),
    ];
    let stored = resources::store(&services, &editor, sent).await.unwrap();
    assert_eq!((stored.created, stored.updated), (1, 2));
    let moved = resources::transfer(&services, &editor, (ada, eve), None).await;
    assert_eq!(moved.unwrap(), 2);
    let untouched = "select count(*) from resources r join users u on u.id = r.owner_id
        where r.external_id = 'secret' and r.version = 1 and u.username = 'ada'";
    assert_eq!(count(&pool, untouched).await, 1);

    // A host application stores the resources of all clients.
    let stored = resources::store(&services, &host, vec![draft("secret", "Renamed")]).await;
    assert_eq!(stored.unwrap().updated, 1);
    let moved = resources::transfer(&services, &host, (ada, eve), None).await;
    assert_eq!(moved.unwrap(), 1);
}

#[testing::test]
async fn resources_are_transferred_between_accounts_that_the_actor_can_edit(pool: PgPool) {
    let services = services(&pool);
    let (storing, writing) = (["resources:write"], ["resources:write", "users:write"]);
    role("storer").permissions(&storing).insert(&pool).await;
    role("editor").permissions(&writing).insert(&pool).await;
    let storer = add(&pool, "storer", &["storer"]).await;
    let editor = add(&pool, "editor", &["editor"]).await;
    let storer: Authorized<ResourcesWrite> = caller(storer, &storing).require().unwrap();
    let editor: Authorized<ResourcesWrite> = caller(editor, &writing).require().unwrap();
    let (ada, bob) = (add(&pool, "ada", &[]).await, add(&pool, "bob", &[]).await);
    let root = add(&pool, "root", &["admin"]).await;
    for owner in [ada, root] {
        let name = owner.to_string();
        resource("brand", &name).owner(owner).insert(&pool).await;
    }
    let denied = resources::transfer(&services, &storer, (ada, bob), None).await;
    assert!(matches!(denied, Err(Error::Forbidden(_))), "{denied:?}");
    for pair in [(ada, root), (root, ada)] {
        let denied = resources::transfer(&services, &editor, pair, None).await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{denied:?}");
    }
    let moved = resources::transfer(&services, &editor, (ada, bob), None).await;
    assert_eq!(moved.unwrap(), 1);
}
