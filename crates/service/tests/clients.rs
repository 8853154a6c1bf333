//! Clients: changes, conflicts, and the deletion of one that has resources.

use domain::{
    access_check::{AccessObject, AccessQuestion},
    clients::{CLIENTS_ORDER, ClientDraft, ClientEdit, ClientUse},
    error::Conflict,
    list::{Limits, PageParams, SearchParams},
    policy::Denied,
    resources::GrantLevel,
    stored::StoredObject,
    users::{action::UserAction, create::UserDraft, deletion::Deletion, edit::UserEdit},
};
use serde_json::{Value, json};
use service::{
    Error,
    access::{Authorized, Origin, UsersRead, UsersWrite, operator},
    access_check, clients,
    owned::{Reader, personas},
    reset, resources, users,
};
use sqlx::PgPool;
use testing::{resources::resource, roles::role, users::user};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::{add, count},
};

fn draft(name: &str) -> ClientDraft {
    ClientDraft {
        name: name.to_owned(),
        logo_url: None,
    }
}

#[testing::test]
async fn client_is_created_edited_and_deleted(pool: PgPool) {
    let services = services(&pool);
    let created = clients::create(&services, &operator(), draft("ACME"))
        .await
        .unwrap();
    let taken = clients::create(&services, &operator(), draft("acme")).await;
    assert!(matches!(taken, Err(Error::Taken(_))), "{taken:?}");
    let renamed = |name: &str| ClientEdit {
        name: Some(name.to_owned()),
        logo_url: None,
    };
    let at_one = (created.id, Some(1));
    let edited = clients::edit(&services, &operator(), at_one, renamed("Ajax"))
        .await
        .unwrap();
    assert_eq!((edited.name.as_str(), edited.version), ("Ajax", 2));
    let outdated = clients::edit(&services, &operator(), at_one, renamed("Apex")).await;
    let Err(Error::Outdated(current)) = outdated else {
        panic!("{outdated:?}");
    };
    assert_eq!(*current, StoredObject::Client(edited.clone()));

    user("ada").clients(&[edited.id, 99]).insert(&pool).await;
    let id = resource("models", "a")
        .client(edited.id)
        .insert(&pool)
        .await;
    let used = ClientUse {
        users: 1,
        resources: 1,
        personas: 0,
    };
    let named = clients::list_named(&services, &operator(), &[99, edited.id]).await;
    assert_eq!(named.unwrap(), std::slice::from_ref(&edited));
    let preview = clients::preview_deletion(&services, &operator(), edited.id).await;
    assert_eq!(preview.unwrap(), used);
    let denied = clients::delete(&services, &operator(), (edited.id, None), None).await;
    assert!(
        matches!(denied, Err(Error::Conflict(Conflict::ClientInUse))),
        "{denied:?}"
    );
    sqlx::query("delete from resources where id = $1")
        .bind(id)
        .execute(&pool)
        .await
        .unwrap();
    let at_two = (edited.id, Some(2));
    let changed = clients::delete(&services, &operator(), at_two, Some(2)).await;
    assert!(
        matches!(changed, Err(Error::Conflict(Conflict::PreviewChanged))),
        "{changed:?}"
    );
    let deleted = clients::delete(&services, &operator(), at_two, Some(1)).await;
    assert_eq!(deleted.unwrap().users, 1);
    let next = clients::create(&services, &operator(), draft("ACME")).await;
    assert!(next.unwrap().id > edited.id, "numbers are not used again");
    let entries = "select count(*) from audit_events where action like 'client.%'";
    assert_eq!(count(&pool, entries).await, 4);
}

#[testing::test]
async fn clients_are_listed_by_name_page_by_page(pool: PgPool) {
    let services = services(&pool);
    for name in ["Émile", "Delta", "delta 2", "Zeta", "Alpha"] {
        clients::create(&services, &operator(), draft(name))
            .await
            .unwrap();
    }
    let mut names = Vec::new();
    let mut params = SearchParams {
        limit: Some("2".to_owned()),
        ..SearchParams::default()
    };
    loop {
        let query = params.parse(Limits::API, CLIENTS_ORDER).unwrap();
        let page = clients::list(&services, &operator(), &query)
            .await
            .unwrap()
            .page;
        assert_eq!(page.page_info.total.count, 5);
        names.extend(page.rows.into_iter().map(|client| client.name));
        let Some(after) = page.page_info.after else {
            break;
        };
        params = params.at(Some(after), None);
    }
    assert_eq!(names, ["Alpha", "Delta", "delta 2", "Émile", "Zeta"]);
    let params = SearchParams {
        q: Some("emi".to_owned()),
        ..SearchParams::default()
    };
    let query = params.parse(Limits::API, CLIENTS_ORDER).unwrap();
    let found = clients::list(&services, &operator(), &query).await.unwrap();
    assert_eq!(found.page.rows.len(), 1);
}

#[testing::test]
async fn personas_of_other_clients_are_absent(pool: PgPool) {
    let services = services(&pool);
    role("reader")
        .permissions(&["users:read"])
        .insert(&pool)
        .await;
    let client = testing::resources::client(&pool, "ACME").await;
    let ada = user("ada").insert(&pool).await;
    let root = user("root").roles(&["admin"]).insert(&pool).await;
    let reader = user("reader").roles(&["reader"]).insert(&pool).await;
    let id: Uuid = sqlx::query_scalar(
        "insert into personas (id, user_id, name, client_id) values (gen_random_uuid(), $1, 'p', $2) returning id",
    )
    .bind(ada)
    .bind(client)
    .fetch_one(&pool)
    .await
    .unwrap();
    let own = || Reader::own(&caller(ada, &[])).unwrap();
    let all = |id, permission| {
        let authorized = caller(id, &[permission]).require::<UsersRead>();
        Reader::all(&authorized.unwrap())
    };
    for (reader, is_visible) in [
        (own(), false),
        (all(reader, "users:read"), false),
        (all(root, "*"), true),
        (Reader::all(&operator()), true),
    ] {
        let listed = personas::list(&services, &reader, ada, None, 10).await;
        assert_eq!(
            listed.unwrap().0.len(),
            usize::from(is_visible),
            "{reader:?}"
        );
        let found = personas::get(&services, &reader, id).await;
        assert_eq!(found.is_ok(), is_visible, "{reader:?}");
    }
    for (id, permission, number) in [(reader, "users:read", 0), (root, "*", 1)] {
        let authorized = caller(id, &[permission]).require::<UsersRead>().unwrap();
        let listed = users::personas(&services, &authorized, ada, None).await;
        assert_eq!(listed.unwrap().0.len(), number, "{permission}");
    }
    // A change of the list works at once.
    sqlx::query("update users set client_list = array[$1::int] where id = $2")
        .bind(client)
        .bind(ada)
        .execute(&pool)
        .await
        .unwrap();
    assert!(personas::get(&services, &own(), id).await.is_ok());
}

/// Checks lists of clients when a client or a user is deleted, and when data gets another owner.
#[testing::test]
async fn lists_keep_the_numbers_of_deleted_clients(pool: PgPool) {
    let services = services(&pool);
    let acme = clients::create(&services, &operator(), draft("ACME"))
        .await
        .unwrap();
    let other = clients::create(&services, &operator(), draft("Other"))
        .await
        .unwrap();
    let ada = user("ada")
        .clients(&[acme.id, other.id])
        .insert(&pool)
        .await;
    let bob = user("bob").insert(&pool).await;
    let id = resource("models", "a").client(other.id).owner(ada);
    let id = id.insert(&pool).await;
    users::delete(&services, &operator(), ada, &Deletion::default())
        .await
        .unwrap();
    let deleted = clients::delete(&services, &operator(), (acme.id, None), None).await;
    assert_eq!(deleted.unwrap().users, 0);
    let restored = users::restore(&services, &operator(), ada).await.unwrap();
    assert_eq!(restored.user.client_list, [acme.id, other.id]);
    let named = clients::list_named(&services, &operator(), &restored.user.client_list).await;
    assert_eq!(named.unwrap(), std::slice::from_ref(&other));
    let again = clients::create(&services, &operator(), draft("ACME"))
        .await
        .unwrap();
    assert!(!restored.user.client_list.contains(&again.id));

    // Data of a client that the new owner does not see stays with its client.
    let moved = resources::transfer(&services, &operator(), (ada, bob), Some(1)).await;
    assert_eq!(moved.unwrap(), 1);
    for user in [ada, bob] {
        let object = AccessObject::Resource {
            id,
            level: GrantLevel::Read,
        };
        let questions = [AccessQuestion { user, object }];
        let answers = access_check::check(&services, &operator(), &questions).await;
        assert!(!answers.unwrap()[0].allowed);
    }
    let kept = "select count(*) from resources r join clients c on c.id = r.client_id where c.name = 'Other'";
    assert_eq!(count(&pool, kept).await, 1);
}

/// Checks that users without the role of administrators do not extend what others see, or they themselves.
#[testing::test]
async fn only_clients_of_the_own_list_are_added(pool: PgPool) {
    let services = services(&pool);
    let granted = ["users:read", "users:write"];
    role("keeper").permissions(&granted).insert(&pool).await;
    let six = testing::resources::client(&pool, "Six").await;
    let seven = testing::resources::client(&pool, "Seven").await;
    let keeper = user("keeper").roles(&["keeper"]).clients(&[six]);
    let keeper = keeper.insert(&pool).await;
    let root = add(&pool, "root", &["admin"]).await;
    let ada = user("ada").clients(&[seven]).insert(&pool).await;
    let bob = add(&pool, "bob", &[]).await;
    let set = async |authorized: &Authorized<UsersWrite>, user: Uuid, clients: &[i32]| {
        let edit = UserEdit {
            client_list: Some(clients.to_vec()),
            ..UserEdit::default()
        };
        let edited = users::edit(&services, authorized, user, edit).await;
        edited.map(|user| user.client_list)
    };
    let limited: Authorized<UsersWrite> = caller(keeper, &granted).require().unwrap();
    for (user, clients) in [
        (bob, vec![seven]),
        (keeper, vec![six, seven]),
        (bob, vec![99]),
    ] {
        let denied = set(&limited, user, &clients).await;
        let Err(Error::Invalid(errors)) = denied else {
            panic!("{clients:?}: {denied:?}");
        };
        let field = errors.iter().next().map(|error| error.field.as_str());
        assert_eq!(field, Some("client_list"));
    }
    // What is there already can stay or go.
    let both = [six, seven];
    assert_eq!(set(&limited, ada, &both).await.unwrap(), both);
    assert_eq!(set(&limited, ada, &[]).await.unwrap(), [0; 0]);
    assert_eq!(set(&limited, bob, &[six]).await.unwrap(), [six]);
    let draft = |username: &str| UserDraft {
        username: username.to_owned(),
        display_name: "New".to_owned(),
        client_list: vec![seven],
        ..UserDraft::default()
    };
    let denied = users::create(&services, &limited, draft("newton")).await;
    let denied = denied.err();
    assert!(matches!(denied, Some(Error::Invalid(_))), "{denied:?}");
    for authorized in [admin(root), operator()] {
        assert_eq!(set(&authorized, bob, &both).await.unwrap(), both);
        assert_eq!(set(&authorized, bob, &[]).await.unwrap(), [0; 0]);
    }
    let created = users::create(&services, &admin(root), draft("newton")).await;
    assert_eq!(created.unwrap().user.client_list, [seven]);
}

/// Checks that users without the role of administrators do not act as users who see more clients.
#[testing::test]
async fn password_of_a_user_with_other_clients_is_not_set(pool: PgPool) {
    let services = services(&pool);
    let granted = ["users:read", "users:write"];
    role("keeper").permissions(&granted).insert(&pool).await;
    let six = testing::resources::client(&pool, "Six").await;
    let seven = testing::resources::client(&pool, "Seven").await;
    let keeper = user("keeper").roles(&["keeper"]).clients(&[six]);
    let keeper = keeper.insert(&pool).await;
    let root = add(&pool, "root", &["admin"]).await;
    let ada = user("ada").clients(&[six, seven]).insert(&pool).await;
    let bob = user("bob").clients(&[six]).insert(&pool).await;
    let limited: Authorized<UsersWrite> = caller(keeper, &granted).require().unwrap();
    let reader: Authorized<UsersRead> = caller(keeper, &granted).require().unwrap();
    let is_denied = |error: Option<Error>| match error {
        Some(Error::Denied(Denied::MoreClients)) => true,
        None => false,
        Some(error) => panic!("{error}"),
    };
    let set = async |authorized: &Authorized<UsersWrite>, user: Uuid| {
        let edit = UserEdit {
            password: Some("handed over on paper".to_owned()),
            ..UserEdit::default()
        };
        users::edit(&services, authorized, user, edit).await.err()
    };
    for (user, expected) in [(ada, true), (bob, false)] {
        assert_eq!(is_denied(set(&limited, user).await), expected);
        let link = reset::create_link(&services, &limited, user).await;
        assert_eq!(is_denied(link.err()), expected);
        let shown = users::denied_actions(&services, &reader, user).await;
        assert_eq!(shown.unwrap().allows(UserAction::Reset), !expected);
    }
    for authorized in [admin(root), operator()] {
        assert!(!is_denied(set(&authorized, ada).await));
    }
    // A link is worth what its creator can do now, for the account as it is now.
    let link = reset::create_link(&services, &limited, bob).await.unwrap();
    let token = link.url.rsplit('/').next().unwrap();
    let opens = async || {
        let opened = reset::open_link(&services, token, &Origin::default()).await;
        opened.is_ok()
    };
    let set_clients = async |clients: &[i32]| {
        sqlx::query("update users set client_list = $1 where username = 'bob'")
            .bind(clients)
            .execute(&pool)
            .await
            .unwrap();
    };
    assert!(opens().await);
    set_clients(&[seven]).await;
    assert!(!opens().await);
    set_clients(&[]).await;
    assert!(opens().await);
}

#[testing::test]
async fn changed_list_of_a_user_is_audited_by_names(pool: PgPool) {
    let services = services(&pool);
    let acme = clients::create(&services, &operator(), draft("ACME"))
        .await
        .unwrap();
    // Its name is that of a number without a client.
    let numbered = clients::create(&services, &operator(), draft("#99"))
        .await
        .unwrap();
    let ada = user("ada").clients(&[99]).insert(&pool).await;
    for (client, audited) in [
        (numbered.id, json!([["#99"], ["#99"]])),
        (acme.id, json!([["#99"], ["ACME"]])),
    ] {
        let edit = UserEdit {
            client_list: Some(vec![client]),
            ..UserEdit::default()
        };
        let edited = users::edit(&services, &operator(), ada, edit).await;
        assert_eq!(edited.unwrap().client_list, [client]);
        let changes: Value = sqlx::query_scalar(
            "select changes -> 'clientList' from audit_events where action = 'user.updated' order by id desc limit 1",
        )
        .fetch_one(&pool)
        .await
        .unwrap();
        assert_eq!(changes, audited);
    }
}
