//! Comparison of paths with routes.

/// Returns whether a path is that of a route with names of parameters in braces.
pub(crate) fn is_at(path: &str, route: &str) -> bool {
    let mut names = path.split('/');
    let fits = route.split('/').all(|part| {
        let name = names.next().unwrap_or_default();
        name == part || (part.starts_with('{') && !name.is_empty())
    });
    fits && names.next().is_none()
}
