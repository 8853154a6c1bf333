//! Every statement that names resources or personas asks what the user sees, by `resource_access` or `sees_client`, or has a reason not to.

mod literals;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use sqlx::PgPool;

use literals::{Literal, literals, names};

/// Tables whose rows users see by their clients.
const LIMITED: [&str; 2] = ["personas", "resources"];
/// The view and the function by which they are limited.
const LIMITS: [&str; 2] = ["resource_access", "sees_client"];

/// Places whose statements do not limit the rows, each with the reason.
const EXCEPTIONS: &[(&str, &str)] = &[
    (
        "clients.rs::count_use",
        "counts for administrators of clients, shows no row",
    ),
    (
        "clients.rs::with_counts",
        "counts for administrators of clients, shows no row",
    ),
    ("demo.rs::fill_user_stats", "names a counter"),
    ("demo/aside.rs::TABLES", "tables that demo data fills"),
    ("demo/rows.rs::fields", "tables that demo data fills"),
    ("export.rs::name", "name of a part of an export"),
    (
        "export.rs::source",
        "an export has all that is deleted with the account",
    ),
    (
        "owned.rs::count",
        "counts what is deleted with an account, shows no row",
    ),
    (
        "owned.rs::count_resources",
        "counts what loses its owner with an account, shows no row",
    ),
    (
        "owned.rs::lock",
        "locks before a deletion or a transfer, shows no row",
    ),
    (
        "owned.rs::reassign",
        "a transfer moves all data of an account",
    ),
    (
        "owned.rs::sum_bytes",
        "the quota counts all data of an account",
    ),
    (
        "owned/personas.rs::delete",
        "by id, after `find` with the viewer",
    ),
    ("owned/personas.rs::insert", "a new row"),
    (
        "owned/personas.rs::lock",
        "by id, after `find` with the viewer",
    ),
    (
        "owned/personas.rs::set",
        "by id, after `find` with the viewer",
    ),
    ("purge.rs::delete_owned", "deletes all data of an account"),
    (
        "registrations.rs::lock_rejected",
        "asks whether an account has data, shows no row",
    ),
    ("resources.rs::count", "the filter appends the condition"),
    (
        "groups/deletion.rs::count_lost_resources",
        "counts what members lose with a group, shows no row",
    ),
    (
        "groups/deletion.rs::list_grants",
        "names in the audit log what is revoked with a group",
    ),
    (
        "groups/overview.rs::count_resources",
        "`push_seen` appends the condition",
    ),
    (
        "groups/overview.rs::list_resources",
        "`push_seen` appends the condition",
    ),
    (
        "resources.rs::delete",
        "by id, after `lock` with the viewer",
    ),
    ("resources.rs::find", "the filter appends the condition"),
    (
        "resources.rs::find_id",
        "returns an id, whose access is asked then",
    ),
    (
        "resources.rs::list_page",
        "the filter appends the condition",
    ),
    (
        "resources.rs::lock",
        "locks before `find` with the viewer, shows no row",
    ),
    (
        "users/retain.rs::users_of_resource",
        "locks before a deletion, shows no row",
    ),
    ("resources.rs::set", "by id, after `lock` with the viewer"),
    (
        "resources/listed.rs::count_by_kind",
        "the filter appends the condition",
    ),
    (
        "resources/listed.rs::find_surroundings",
        "of resources that were listed with the viewer",
    ),
    (
        "resources/store.rs::store",
        "stores by the ids in the host application, after `find_unseen` with the viewer",
    ),
    ("users/list.rs::summary", "name of a counter"),
];

/// Views and functions of the schema that name the tables: those by which they are limited, and those for counters and constraints.
const IN_SCHEMA: [&str; 5] = [
    "access_block",
    "fill_ontology_owner",
    "resource_access",
    "resource_paths",
    "user_stats_recount",
];

fn is_limited(sql: &str) -> bool {
    contains(sql, &LIMITS)
}

fn is_about_limited(sql: &str) -> bool {
    contains(sql, &LIMITED)
}

/// Returns whether one of the names is in a piece of SQL, apart from columns of other tables.
fn contains(sql: &str, wanted: &[&str]) -> bool {
    let names = names(sql);
    let is_table = |at: usize, before: char| {
        let schema = at.checked_sub(1).and_then(|place| names.get(place));
        before != '.' || schema.is_some_and(|(_, name)| name == "public")
    };
    let mut all = names.iter().enumerate();
    all.any(|(at, (before, name))| wanted.contains(&name.as_str()) && is_table(at, *before))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// Returns the pieces of SQL about the tables in the sources, with their places.
fn pieces() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut pieces = Vec::new();
    for path in sources(&folder) {
        let source = fs::read_to_string(&path).unwrap();
        let file = path.strip_prefix(&folder).unwrap().display().to_string();
        for Literal { item, text } in literals(&source) {
            if is_about_limited(&text) {
                pieces.push((format!("{file}::{item}"), text));
            }
        }
    }
    pieces
}

#[test]
fn every_statement_in_the_sources_is_limited() {
    let pieces = pieces();
    let exceptions: BTreeSet<&str> = EXCEPTIONS.iter().map(|(place, _)| *place).collect();
    let mut used = BTreeSet::new();
    let mut limited = 0;
    for (place, sql) in &pieces {
        if is_limited(sql) {
            limited += 1;
        } else {
            assert!(
                exceptions.contains(place.as_str()),
                "{place} reads {LIMITED:?} without {LIMITS:?}: {sql}"
            );
            used.insert(place.as_str());
        }
    }
    assert_eq!(limited, 6, "statements with the condition in their text");
    let unused: Vec<&&str> = exceptions.difference(&used).collect();
    assert!(unused.is_empty(), "no such statements: {unused:?}");
}

/// Checks that the queries with metadata are those of the sources, so that a macro hides none.
#[test]
fn every_query_with_metadata_is_in_the_sources() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.sqlx");
    let spaced = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    let pieces: BTreeSet<String> = pieces().iter().map(|(_, sql)| spaced(sql)).collect();
    let mut queries = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let file = fs::read_to_string(entry.unwrap().path()).unwrap();
        let metadata: serde_json::Value = serde_json::from_str(&file).unwrap();
        let sql = metadata["query"].as_str().unwrap();
        if is_about_limited(sql) {
            queries += 1;
            assert!(pieces.contains(&spaced(sql)), "not in the sources: {sql}");
        }
    }
    assert!(queries > 10, "{queries}");
}

/// Checks that no other view or function of the schema leads around the limits.
#[testing::test]
async fn views_and_functions_of_the_schema_are_known(pool: PgPool) {
    let mut found: BTreeSet<String> = sqlx::query_scalar(
        "select distinct w.ev_class::regclass::text
        from pg_depend d join pg_rewrite w on w.oid = d.objid
        where d.classid = 'pg_rewrite'::regclass and d.refobjid in ('personas'::regclass, 'resources'::regclass)",
    )
    .fetch_all(&pool)
    .await
    .unwrap()
    .into_iter()
    .collect();
    let functions: Vec<(String, String)> = sqlx::query_as(
        "select p.proname::text, pg_get_functiondef(p.oid)
        from pg_proc p join pg_language l on l.oid = p.prolang
        where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and l.lanname in ('sql', 'plpgsql')",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    for (name, definition) in functions {
        // The body is a text of its own between `$function$`, in which names are names.
        if is_about_limited(&definition.replace('\'', " ")) {
            found.insert(name);
        }
    }
    assert_eq!(found, BTreeSet::from(IN_SCHEMA.map(str::to_owned)));
}

#[test]
fn comments_and_texts_do_not_count() {
    for (sql, is_found) in [
        ("select from resources", true),
        ("select FROM Public.Resources", true),
        ("select from \"resources\"", true),
        ("resources r where true", true),
        ("select s.resources, 1 as \"resources\" from t", false),
        ("select 'resources' from t -- resources", false),
        ("select /* a /* resources */ */ 1 from t", false),
        ("select from resource_grants", false),
    ] {
        assert_eq!(is_about_limited(sql), is_found, "{sql}");
    }
    assert!(!is_limited("select from resources -- sees_client(a, b)"));
    assert!(!is_limited("select 'sees_client' from resources"));
    assert!(!is_limited("select from resources /* resource_access */"));
    let source = r##"
        // "a comment"
        /* "another /* one */" */
        fn first<'a>() { let _ = ('"', '\'', 'x'); query("one \"b\" \
            more"); }
        const SECOND: &str = r#"two "b""#;
    "##;
    let found: Vec<(String, String)> = literals(source)
        .into_iter()
        .map(|literal| (literal.item, literal.text))
        .collect();
    let expected = [("first", "one \"b\" more"), ("SECOND", "two \"b\"")];
    assert_eq!(found, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
}
