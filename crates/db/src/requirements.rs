//! Requirements of the database and of its role, each with a message that says what to do if it is not met.

use sqlx::PgConnection;

use crate::Error;

/// Oldest supported version of PostgreSQL, in the form of `server_version_num`.
const OLDEST_VERSION: i32 = 150_000;

/// Properties of a database and its role.
#[derive(Debug, Clone)]
struct Found {
    version: String,
    version_number: i32,
    database: String,
    role: String,
    encoding: String,
    has_icu: bool,
    /// Search path of the session.
    search_path: String,
    /// First existing schema of the search path, in which tables are created.
    schema: Option<String>,
    can_create_tables: bool,
    can_create_extensions: bool,
    /// Schema of pg_trgm, and whether the role can use it.
    trigrams: Option<(String, bool)>,
    has_trigrams_to_install: bool,
}

/// A condition, and the message that says what to do if it does not hold.
struct Requirement {
    is_met: fn(&Found) -> bool,
    advice: fn(&Found) -> String,
}

/// Requirements of every use, in the order in which they are reported.
const ALWAYS: &[Requirement] = &[
    Requirement {
        is_met: |found| found.version_number >= OLDEST_VERSION,
        advice: |found| {
            format!(
                "PostgreSQL {} is too old: Rollcall needs version {} or later.",
                found.version,
                OLDEST_VERSION / 10_000
            )
        },
    },
    Requirement {
        is_met: |found| found.encoding == "UTF8",
        advice: |found| {
            let Found {
                database, encoding, ..
            } = found;
            format!(
                "The encoding of the database {database} is {encoding}, which doesn't support all names. {}",
                another_database(database)
            )
        },
    },
    Requirement {
        is_met: |found| found.has_icu,
        advice: |found| {
            format!(
                "The database {} has no ICU collations. Use a PostgreSQL that is built with ICU, such as the packages of \
                 distributions and of postgresql.org. Then run in the database as a superuser: select \
                 pg_import_system_collations('pg_catalog').",
                found.database
            )
        },
    },
    Requirement {
        is_met: |found| found.trigrams.as_ref().is_none_or(|(_, usable)| *usable),
        advice: |found| {
            let role = &found.role;
            let schema = found.trigrams.as_ref().map_or("", |(schema, _)| schema);
            format!(
                "The extension pg_trgm is in the schema {schema}, which the role {role} can't use. Run as the schema's owner: grant \
                 usage on schema \"{schema}\" to \"{role}\"."
            )
        },
    },
];

/// Additional requirements of a migration.
const TO_MIGRATE: &[Requirement] = &[
    Requirement {
        is_met: |found| found.schema.is_some(),
        advice: |found| {
            let Found {
                search_path, role, ..
            } = found;
            format!(
                "No schema to create tables in: the role {role} can't use any schema of its search path ({search_path}). Create one \
                 (create schema NAME authorization \"{role}\"), or set another search path for the role."
            )
        },
    },
    Requirement {
        is_met: |found| found.can_create_tables,
        advice: |found| {
            let Found { database, role, .. } = found;
            let schema = found.schema.as_deref().unwrap_or_default();
            format!(
                "The role {role} cannot create tables in the schema {schema} of the database {database}. Make it the owner of \
                 the database (alter database \"{database}\" owner to \"{role}\"), or run: grant create on schema \"{schema}\" \
                 to \"{role}\"."
            )
        },
    },
    Requirement {
        is_met: |found| found.trigrams.is_some() || found.has_trigrams_to_install,
        advice: |_| {
            "The extension pg_trgm, which search needs, is not installed. Install PostgreSQL's additional modules on the server \
             (postgresql-contrib)."
                .to_owned()
        },
    },
    Requirement {
        is_met: |found| found.trigrams.is_some() || found.can_create_extensions,
        advice: |found| {
            let Found { database, role, .. } = found;
            format!(
                "The role {role} cannot create the extension pg_trgm. Run as a superuser in the database {database}: create \
                 extension pg_trgm. Or allow the role: grant create on database \"{database}\" to \"{role}\"."
            )
        },
    },
];

fn another_database(name: &str) -> String {
    format!(
        "Create another one with `createdb --encoding=UTF8 --locale=C.UTF-8 --template=template0 NAME` and set it in DATABASE_URL. \
         Copy the data with `pg_dump --format=custom {name}` and `pg_restore --dbname=NAME`."
    )
}

/// Checks that the database can hold the data. Returns a message that says what to do if it cannot.
///
/// # Errors
/// Fails if the database cannot be reached.
pub(crate) async fn check(connection: &mut PgConnection) -> Result<Option<String>, Error> {
    Ok(first_unmet(ALWAYS, &find(connection).await?))
}

/// Checks that the role can create the tables. Returns a message that says what to do if it cannot.
///
/// # Errors
/// Fails if the database cannot be reached.
pub(crate) async fn check_rights(connection: &mut PgConnection) -> Result<Option<String>, Error> {
    Ok(first_unmet(TO_MIGRATE, &find(connection).await?))
}

fn first_unmet(requirements: &[Requirement], found: &Found) -> Option<String> {
    requirements
        .iter()
        .find(|requirement| !(requirement.is_met)(found))
        .map(|requirement| (requirement.advice)(found))
}

async fn find(connection: &mut PgConnection) -> Result<Found, Error> {
    let row = sqlx::query!(
        r#"select
            current_setting('server_version') as "version!",
            current_setting('server_version_num')::int as "version_number!",
            d.datname::text as "database!",
            current_user::text as "role!",
            getdatabaseencoding()::text as "encoding!",
            exists (select from pg_collation where collname = 'und-x-icu') as "has_icu!",
            current_setting('search_path') as "search_path!",
            current_schema()::text as schema,
            coalesce(has_schema_privilege(current_schema(), 'create'), false) as "can_create_tables!",
            has_database_privilege(d.oid, 'create') as "can_create_extensions!",
            (
                select n.nspname::text from pg_extension e join pg_namespace n on n.oid = e.extnamespace
                where e.extname = 'pg_trgm'
            ) as trigrams,
            (
                select has_schema_privilege(e.extnamespace, 'usage') from pg_extension e where e.extname = 'pg_trgm'
            ) as can_use_trigrams,
            exists (select from pg_available_extensions where name = 'pg_trgm') as "has_trigrams_to_install!"
        from pg_database d where d.datname = current_database()"#
    )
    .fetch_one(connection)
    .await?;
    Ok(Found {
        version: row.version,
        version_number: row.version_number,
        database: row.database,
        role: row.role,
        encoding: row.encoding,
        has_icu: row.has_icu,
        search_path: row.search_path,
        schema: row.schema,
        can_create_tables: row.can_create_tables,
        can_create_extensions: row.can_create_extensions,
        trigrams: row
            .trigrams
            .map(|schema| (schema, row.can_use_trigrams.unwrap_or_default())),
        has_trigrams_to_install: row.has_trigrams_to_install,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suitable() -> Found {
        Found {
            version: "15.18".to_owned(),
            version_number: 150_018,
            database: "users".to_owned(),
            role: "ada".to_owned(),
            encoding: "UTF8".to_owned(),
            has_icu: true,
            search_path: "\"$user\", public".to_owned(),
            schema: Some("public".to_owned()),
            can_create_tables: true,
            can_create_extensions: true,
            trigrams: None,
            has_trigrams_to_install: true,
        }
    }

    #[test]
    fn suitable_database_is_accepted() {
        assert_eq!(first_unmet(ALWAYS, &suitable()), None);
        assert_eq!(first_unmet(TO_MIGRATE, &suitable()), None);
    }

    #[test]
    fn unmet_requirements_are_reported() {
        let old = Found {
            version: "14.9".to_owned(),
            version_number: 140_009,
            ..suitable()
        };
        let advice = first_unmet(ALWAYS, &old).unwrap();
        assert!(
            advice.contains("PostgreSQL 14.9") && advice.contains("15 or later"),
            "{advice}"
        );
        let without_icu = Found {
            has_icu: false,
            ..suitable()
        };
        let advice = first_unmet(ALWAYS, &without_icu).unwrap();
        assert!(advice.contains("ICU"), "{advice}");
        let without_schema = Found {
            schema: None,
            ..suitable()
        };
        let advice = first_unmet(TO_MIGRATE, &without_schema).unwrap();
        assert!(advice.contains("create schema NAME"), "{advice}");
        let without_create = Found {
            can_create_tables: false,
            ..suitable()
        };
        assert_eq!(first_unmet(ALWAYS, &without_create), None);
        let advice = first_unmet(TO_MIGRATE, &without_create).unwrap();
        assert!(
            advice.starts_with(
                "The role ada cannot create tables in the schema public of the database users."
            ) && advice.ends_with("grant create on schema \"public\" to \"ada\"."),
            "{advice}"
        );
        let without_modules = Found {
            has_trigrams_to_install: false,
            ..suitable()
        };
        let advice = first_unmet(TO_MIGRATE, &without_modules).unwrap();
        assert!(advice.contains("postgresql-contrib"), "{advice}");
        // An installed extension does not have to be available for installation.
        let installed = Found {
            trigrams: Some(("public".to_owned(), true)),
            can_create_extensions: false,
            ..without_modules
        };
        assert_eq!(first_unmet(TO_MIGRATE, &installed), None);
    }
}
