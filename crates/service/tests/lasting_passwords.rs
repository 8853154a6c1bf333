//! Lasting passwords that other users have set.

use std::sync::Arc;

use domain::{
    credentials::SignInDraft,
    groups::MemberSelection,
    roles::RoleEdit,
    users::{create::UserDraft, edit::UserEdit},
};
use secrecy::ExposeSecret;
use service::{
    Error, Services,
    access::{self, Authorized, Origin, UsersWrite, operator},
    groups::{member, members},
    guard::TargetRef,
    roles,
    sessions::bearer::{self, Bearer},
    settings::Settings,
    users,
};
use sqlx::PgPool;
use testing::{
    groups::group,
    resources::client,
    roles::{assign, role},
};
use uuid::Uuid;

use crate::support::{
    callers::{admin, caller},
    services,
    users::add,
};

const FIRST: &str = "handed over on paper";
const SECOND: &str = "handed over by phone";

fn lasting(pool: &PgPool) -> Services {
    let settings = Settings {
        lasting_admin_passwords: true,
        ..Settings::default()
    };
    Services {
        settings: Arc::new(settings),
        ..services(pool)
    }
}

/// Creates a user with a password.
async fn create(services: &Services, by: &Authorized<UsersWrite>, username: &str) -> Uuid {
    let draft = UserDraft {
        username: username.to_owned(),
        display_name: "User".into(),
        password: Some(FIRST.into()),
        ..UserDraft::default()
    };
    let created = users::create(services, by, draft).await.unwrap();
    created.user.summary.id.0
}

async fn edit(services: &Services, by: &Authorized<UsersWrite>, user: Uuid, edit: UserEdit) {
    users::edit(services, by, user, edit).await.unwrap();
}

async fn sign_in(services: &Services, username: &str, password: &str) -> Result<Bearer, Error> {
    let draft = SignInDraft {
        username: username.to_owned(),
        password: password.to_owned(),
        remember: false,
    };
    bearer::sign_in(services, draft, Origin::default()).await
}

#[testing::test]
async fn password_does_not_give_its_setter_the_permissions_of_a_later_role(pool: PgPool) {
    let services = lasting(&pool);
    let rights = ["users:read", "users:write"];
    role("helpdesk").permissions(&rights).insert(&pool).await;
    role("guest").insert(&pool).await;
    let helpdesk = add(&pool, "helpdesk", &["user", "helpdesk"]).await;
    let helpdesk: Authorized<UsersWrite> = caller(helpdesk, &rights).require().unwrap();
    let root: Authorized<UsersWrite> = admin(add(&pool, "root", &["admin"]).await);
    let operator: Authorized<UsersWrite> = operator();
    for (case, (setter, role, stays)) in [
        (&helpdesk, "admin", false),
        (&helpdesk, "guest", true),
        (&root, "admin", true),
        (&operator, "admin", true),
    ]
    .into_iter()
    .enumerate()
    {
        for is_changed in [false, true] {
            let username = format!("user{case}-{is_changed}");
            let label = format!("{username} {role}");
            let (creator, password) = if is_changed {
                (&operator, SECOND)
            } else {
                (setter, FIRST)
            };
            let user = create(&services, creator, &username).await;
            if is_changed {
                let change = UserEdit {
                    password: Some(SECOND.into()),
                    ..UserEdit::default()
                };
                edit(&services, setter, user, change).await;
            }
            let signed_in = sign_in(&services, &username, password).await;
            let token = signed_in.unwrap().token;
            let promotion = UserEdit {
                roles: Some(vec!["user".into(), role.into()]),
                ..UserEdit::default()
            };
            edit(&services, &operator, user, promotion).await;
            let origin = Origin::default();
            let found = bearer::find_caller(&services, token.expose_secret(), &origin).await;
            assert_eq!(found.is_ok(), stays, "{label}");
            let again = sign_in(&services, &username, password).await;
            match again {
                Ok(_) => assert!(stays, "{label}"),
                Err(Error::Unauthenticated(_)) => assert!(!stays, "{label}"),
                Err(error) => panic!("{label}: {error:?}"),
            }
        }
    }
}

/// Creates a user with a lasting password that each setter has chosen, lets the user gain rights, and checks whether the password stays.
async fn check_gain(
    services: &Services,
    gain: impl AsyncFn(Uuid),
    setters: &[(&Authorized<UsersWrite>, bool)],
    label: &str,
) {
    for (index, (setter, stays)) in setters.iter().enumerate() {
        let username = format!("{label}{index}");
        let user = create(services, setter, &username).await;
        let token = sign_in(services, &username, FIRST).await.unwrap().token;
        gain(user).await;
        let origin = Origin::default();
        let found = bearer::find_caller(services, token.expose_secret(), &origin).await;
        assert_eq!(found.is_ok(), *stays, "{username}");
        let again = sign_in(services, &username, FIRST).await;
        assert_eq!(again.is_ok(), *stays, "{username}");
    }
}

#[testing::test]
async fn password_does_not_give_its_setter_what_its_user_gains(pool: PgPool) {
    let services = lasting(&pool);
    let rights = ["users:read", "users:write"];
    role("helpdesk").permissions(&rights).insert(&pool).await;
    let helpdesk = add(&pool, "helpdesk", &["user", "helpdesk"]).await;
    let helpdesk: Authorized<UsersWrite> = caller(helpdesk, &rights).require().unwrap();
    let root: Authorized<UsersWrite> = admin(add(&pool, "root", &["admin"]).await);
    let operator: Authorized<UsersWrite> = operator();
    let setters = [(&helpdesk, false), (&root, true), (&operator, true)];

    let promoted = async |user: Uuid| {
        let name = format!("role-{user}");
        let id = role(&name).insert(&pool).await;
        assign(&pool, user, &[&name]).await;
        let grant = RoleEdit {
            permissions: Some(vec!["audit:read".into()]),
            ..RoleEdit::default()
        };
        roles::edit(&services, &access::operator(), id, grant)
            .await
            .unwrap();
    };
    check_gain(&services, promoted, &setters, "role").await;

    let seven = client(&pool, "Seven").await;
    let widened = async |user: Uuid| {
        let change = UserEdit {
            client_list: Some(vec![seven]),
            ..UserEdit::default()
        };
        edit(&services, &operator, user, change).await;
    };
    check_gain(&services, widened, &setters, "client").await;

    let managing = async |user: Uuid| {
        let team = group(&format!("Team {user}")).members(&[user]);
        let team = team.insert(&pool).await;
        let selection = MemberSelection::Ids(vec![user]);
        members::set_managers(&services, &access::operator(), team, selection, true)
            .await
            .unwrap();
    };
    check_gain(&services, managing, &setters, "manager").await;
    let adding = async |user: Uuid| {
        let team = group(&format!("Group {user}")).insert(&pool).await;
        let (team, user) = (TargetRef::from(team), TargetRef::from(user));
        member::add_as_manager(&services, &access::operator(), team, user)
            .await
            .unwrap();
    };
    check_gain(&services, adding, &setters, "added").await;
}
