//! Parameters and cursors of every list, for arbitrary texts.

use domain::{
    access_tokens::{
        AccessToken, TokenKind, TokenState,
        list::{TokenParams, TokensQuery},
    },
    audit::list::AuditParams,
    list::{Cursor, Limits, ListError, PageParams, Position, time_of_micros},
    sessions::{
        Session, SessionUser,
        list::{SessionParams, SessionSort},
    },
    users::{
        Status, UserId, UserSummary,
        deleted::{DeletedUser, ListRequest},
        detail::UserRef,
        list::{ListParams, Sort, SortKey},
        spend::MonthSpend,
    },
};
use proptest::{option, prelude::*};
use time::OffsetDateTime;
use uuid::Uuid;

/// Generates timestamps after year 0 to the microsecond, the precision of PostgreSQL.
fn timestamp() -> impl Strategy<Value = OffsetDateTime> {
    (-60_000_000_000_000_000..200_000_000_000_000_000_i64)
        .prop_map(|micros| time_of_micros(micros).unwrap())
}

fn id() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

prop_compose! {
    fn user_summary()(
        id in id(),
        texts in ["[^\0]{0,60}", "[^\0]{0,60}"],
        email in option::of("[^\0]{0,60}"),
        role_ids in prop::collection::vec(id(), 0..4),
        status in prop::sample::select(Status::ALL),
        counts in any::<[i32; 5]>(),
        rank in any::<i64>(),
        created_at in timestamp(),
        seen in [option::of(timestamp()), option::of(timestamp())],
    ) -> UserSummary {
        let [username, display_name] = texts;
        let [persona_count, ontology_count, annotation_count, session_count, api_key_count] = counts;
        let [last_login_at, last_active_at] = seen;
        let spend = MonthSpend { rank, ..MonthSpend::default() };
        UserSummary {
            id: UserId(id), number: 1, username, display_name, email, is_admin: false, roles: Vec::new(), role_ids, status,
            suspended_until: None, persona_count, ontology_count, annotation_count, session_count, api_key_count, spend, version: 1,
            created_at, updated_at: created_at, last_login_at, last_active_at,
        }
    }
}

fn sort() -> impl Strategy<Value = Sort> {
    let key = prop::sample::select(SortKey::ALL);
    (key, any::<bool>()).prop_map(|(key, descending)| Sort { key, descending })
}

fn session(id: Uuid, at: OffsetDateTime) -> Session {
    Session {
        idle_expires_at: time::OffsetDateTime::UNIX_EPOCH,
        id,
        user: empty_user(),
        device: String::new(),
        user_agent: None,
        ip_address: None,
        created_at: at,
        last_seen_at: at,
        expires_at: at,
        end: None,
    }
}

fn token(id: Uuid, at: OffsetDateTime) -> AccessToken {
    AccessToken {
        id,
        kind: TokenKind::Token,
        user: empty_user(),
        name: String::new(),
        prefix: String::new(),
        scopes: Vec::new(),
        state: TokenState::Live,
        created_at: at,
        expires_at: None,
        last_used_at: None,
        last_used_ip: None,
        revoked_at: None,
        revoked_by: None,
        key: None,
        version: 1,
    }
}

fn empty_user() -> SessionUser {
    SessionUser {
        id: UserId(Uuid::nil()),
        username: String::new(),
        display_name: String::new(),
    }
}

/// Parser of a list's cursor.
type Reader = Box<dyn Fn(&str) -> Option<Cursor>>;

fn after(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn place(position: Result<Position, ListError>) -> Option<Cursor> {
    match position {
        Ok(Position::After(cursor)) => Some(cursor),
        Ok(Position::First | Position::Before(_)) | Err(_) => None,
    }
}

/// Returns a parser for each order of each list, as a request uses it.
fn readers() -> Vec<Reader> {
    let mut readers: Vec<Reader> = Vec::new();
    for key in SortKey::ALL {
        for descending in [false, true] {
            let sort = Sort {
                key: *key,
                descending,
            }
            .to_string();
            readers.push(Box::new(move |text| {
                let params = ListParams {
                    sort: Some(sort.clone()),
                    after: after(text),
                    ..ListParams::default()
                };
                place(params.parse(Limits::API).map(|query| query.position))
            }));
        }
    }
    readers.push(Box::new(|text| {
        let params = ListParams {
            deleted: Some("true".into()),
            after: after(text),
            ..ListParams::default()
        };
        match params.ask(Limits::API) {
            Ok(ListRequest::Deleted(query)) => place(Ok(query.position)),
            Ok(ListRequest::List(_)) | Err(_) => None,
        }
    }));
    let sorts = SessionSort::ALL
        .iter()
        .map(|sort| (Some(sort.as_str().to_owned()), None));
    for (sort, ended) in sorts.chain([(None, Some("true".to_owned()))]) {
        readers.push(Box::new(move |text| {
            let params = SessionParams {
                sort: sort.clone(),
                ended: ended.clone(),
                after: after(text),
                ..SessionParams::default()
            };
            place(params.parse(Limits::API).map(|query| query.position))
        }));
    }
    readers.push(Box::new(|text| {
        let params = TokenParams {
            after: after(text),
            ..TokenParams::default()
        };
        place(params.parse(Limits::API).map(|query| query.position))
    }));
    readers.push(Box::new(|text| {
        let params = AuditParams {
            after: after(text),
            ..AuditParams::default()
        };
        place(params.parse(Limits::API).map(|query| query.position))
    }));
    readers
}

/// Checks the property of any text: at most one order accepts it as a cursor, and then encoding returns the same cursor.
fn check(text: &str) -> Result<(), TestCaseError> {
    let read: Vec<Cursor> = readers().iter().filter_map(|read| read(text)).collect();
    prop_assert!(read.len() <= 1, "{} orders read {:?}", read.len(), text);
    for cursor in read {
        let again: Vec<Cursor> = readers()
            .iter()
            .filter_map(|read| read(&cursor.encode()))
            .collect();
        prop_assert_eq!(again, [cursor]);
    }
    Ok(())
}

/// Checks the property of a cursor that a list has created: exactly its own order accepts it.
fn check_created(created: &Cursor) -> Result<(), TestCaseError> {
    let text = created.encode();
    prop_assert!(
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
    let read: Vec<Cursor> = readers().iter().filter_map(|read| read(&text)).collect();
    prop_assert_eq!(read, std::slice::from_ref(created));
    Ok(())
}

proptest! {
    #[test]
    fn any_text_is_a_cursor_of_at_most_one_order(text in any::<String>(), signs in "[A-Za-z0-9_-]{0,300}") {
        check(&text)?;
        check(&signs)?;
    }

    #[test]
    fn user_cursor_is_read_in_its_order_alone(user in user_summary(), sort in sort(), number in 1..u64::MAX) {
        let created = Cursor::of(&user, sort, number);
        check_created(&created)?;
        prop_assert_eq!(Cursor::decode(&created.encode(), sort), Some(created));
        let deleted_at = user.created_at;
        check_created(&Cursor::of_deleted(&DeletedUser { user, deleted_at, purge_after: None }, number))?;
    }

    #[test]
    fn session_and_token_cursors_are_read_in_their_order_alone(id in id(), at in timestamp(), number in 1..u64::MAX) {
        let sorts = SessionSort::ALL.iter().map(|sort| SessionParams {
            sort: Some(sort.as_str().to_owned()),
            ..SessionParams::default()
        });
        let ended = SessionParams { ended: Some("true".into()), ..SessionParams::default() };
        for params in sorts.chain([ended]) {
            let created = params.parse(Limits::API).unwrap().cursor(&session(id, at), number);
            prop_assert_eq!((created.id, created.time(), created.number), (id, Some(at), number));
            check_created(&created)?;
        }
        check_created(&TokensQuery::cursor(&token(id, at), number))?;
    }

    #[test]
    fn tampered_cursor_is_another_or_rejected(
        user in user_summary(), sort in sort(), at in any::<prop::sample::Index>(), sign in "[A-Za-z0-9_=.-]", stored in any::<bool>(),
    ) {
        let text = Cursor::of(&user, sort, 1).encode();
        let at = at.index(text.len());
        let rest = if stored { at + 1 } else { text.len() };
        check(&format!("{}{sign}{}", &text[..at], &text[rest..]))?;
        check(&text[..at])?;
        check(&format!("{text}{sign}"))?;
    }

    #[test]
    fn any_user_parameters_are_parsed_or_rejected(
        q in option::of(".{0,40}"), sort in option::of("-?[a-z-]{0,12}|.{0,9}"), limit in option::of("[0-9]{0,5}|.{0,9}"),
        after in option::of(".{0,9}"), before in option::of(".{0,9}"), deleted in option::of("true|false|.{0,9}"),
    ) {
        let params = ListParams { q, sort, limit, after, before, deleted };
        match params.ask(Limits::API) {
            Ok(ListRequest::List(query)) => {
                prop_assert!((1..=Limits::API.max).contains(&query.limit));
                // Parsed parameters are written so that they parse to the same value.
                let again = ListParams {
                    q: Some(query.filter.to_string()),
                    sort: Some(query.sort.to_string()),
                    limit: Some(query.limit.to_string()),
                    ..ListParams::default()
                };
                prop_assert_eq!(again.parse(Limits::API), Ok(query));
            }
            Ok(ListRequest::Deleted(query)) => prop_assert!((1..=Limits::API.max).contains(&query.limit)),
            Err(error) => prop_assert!(error.to_string().chars().count() < 1_000),
        }
    }

    #[test]
    fn any_session_and_token_parameters_are_parsed_or_rejected(
        pairs in prop::collection::vec(
            ("user|address|device|created|seen|sort|limit|after|before|ended|state", ".{0,40}|[0-9]{1,4}|true|live"), 0..5,
        ),
    ) {
        let value = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        let read = |pairs: Vec<(&'static str, &str)>, name: &str| {
            pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned())
        };
        let sessions = SessionParams::from_pairs(value);
        let again = SessionParams::from_pairs(|name| read(sessions.pairs(), name));
        prop_assert_eq!(sessions.parse(Limits::API), again.parse(Limits::API));
        let tokens = TokenParams::from_pairs(value);
        let again = TokenParams::from_pairs(|name| read(tokens.pairs(), name));
        prop_assert_eq!(tokens.parse(Limits::API), again.parse(Limits::API));
    }

    #[test]
    fn user_reference_round_trips(text in "\\PC{0,40}|[0-9]{1,20}", id in id()) {
        let named = UserRef::parse(&text);
        prop_assert_eq!(UserRef::parse(&named.to_string()), named);
        prop_assert_eq!(UserRef::parse(&id.to_string()), UserRef::Id(id));
    }
}
