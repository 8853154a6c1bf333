//! Operations of a path: their ids, and the access token that one requires.

use axum::http::Method;
use domain::access_tokens::Scope;
use utoipa::openapi::{PathItem, path::Operation, security::SecurityRequirement};

/// Name of the security scheme with an access token.
pub(crate) const TOKEN: &str = "token";

/// Returns the operations of a path, by method.
pub(crate) fn by_method(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, &mut item.get),
        (Method::POST, &mut item.post),
        (Method::PUT, &mut item.put),
        (Method::PATCH, &mut item.patch),
        (Method::DELETE, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Replaces the names of the handlers of a path by the ids of its operations, such as `suspend_user` by `suspendUser`. PUT and
/// PATCH are one handler, and an id is unique: the PUT has an id of its own.
pub(crate) fn set_ids(item: &mut PathItem) {
    let has_patch = item.patch.is_some();
    for (method, operation) in by_method(item) {
        let handler = operation.operation_id.take().unwrap_or_default();
        let handler = if has_patch && method == Method::PUT {
            handler.replacen("update", "put", 1)
        } else {
            handler
        };
        operation.operation_id = Some(camel_case(&handler));
    }
}

/// Returns a name in snake case in camel case.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut start, word| {
        let mut letters = word.chars();
        start.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        start + letters.as_str()
    })
}

/// Returns the requirement of an access token with this scope.
pub(crate) fn token(scope: Scope) -> SecurityRequirement {
    SecurityRequirement::new(TOKEN, [scope.as_str()])
}

#[cfg(test)]
mod tests {
    use utoipa::openapi::path::OperationBuilder;

    use super::*;

    #[test]
    fn handlers_name_their_operations() {
        let operation = |handler: &str| {
            let operation = OperationBuilder::new().operation_id(Some(handler));
            Some(operation.build())
        };
        for (get, put, patch, ids) in [
            ("register", None, None, &["register"][..]),
            ("get_user", None, None, &["getUser"]),
            (
                "list_own_access_tokens",
                None,
                None,
                &["listOwnAccessTokens"],
            ),
            (
                "get_user",
                Some("update_user"),
                Some("update_user"),
                &["getUser", "putUser", "updateUser"],
            ),
            (
                "get_ontology",
                Some("update_ontology"),
                None,
                &["getOntology", "updateOntology"],
            ),
        ] {
            let mut item = PathItem::default();
            item.get = operation(get);
            item.put = put.and_then(operation);
            item.patch = patch.and_then(operation);
            set_ids(&mut item);
            let found: Vec<_> = by_method(&mut item)
                .filter_map(|(_, operation)| operation.operation_id.clone())
                .collect();
            assert_eq!(found, ids);
        }
    }
}
