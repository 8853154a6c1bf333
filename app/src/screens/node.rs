//! Tree of a screen: the page, its tabs, and the dialogs above them, each with its path and view.

use domain::users::action::UserAction;
use leptos_router::{
    ParamSegment, PartialPathMatch, PathSegment, PossibleRouteMatch, StaticSegment,
};

use crate::{
    parts::{Account, LazyView},
    text::Label,
};

/// A page, a tab or a dialog.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node {
    /// Path, relative to the node above.
    pub(crate) pattern: Pattern,
    /// Document title; `None` if the view sets it, or that of the node above remains.
    pub(crate) title: Option<Label>,
    /// View, which includes an outlet if there are nodes below.
    pub(crate) view: &'static dyn LazyView,
    /// Whether this is a confirmation dialog.
    pub(super) is_confirmation: bool,
    /// Tabs and dialogs, which the view of this node encloses. Without a node at the empty path, the outlet is empty there.
    pub(crate) below: &'static [Node],
}

impl Node {
    /// Creates a node without others below it.
    pub(super) const fn new(path: &'static str, view: &'static dyn LazyView) -> Self {
        Self {
            pattern: Pattern(path),
            title: None,
            view,
            is_confirmation: false,
            below: &[],
        }
    }

    /// Creates a confirmation dialog, whose target is in its path.
    pub(super) const fn confirmation(path: &'static str) -> Self {
        Self {
            is_confirmation: true,
            ..Self::new(path, &Account::Confirm)
        }
    }

    /// Adds the tabs and dialogs. Of two that match a path, the first one is opened.
    pub(super) const fn with(mut self, below: &'static [Self]) -> Self {
        self.below = below;
        self
    }

    /// Returns this node and those below it, each with its path as in the routes of the server: parameters are in braces. A node
    /// at the empty path has the path of the node above.
    pub(super) fn all(&'static self, above: &str) -> Vec<(String, &'static Self)> {
        let path = above.to_owned() + &self.pattern.route();
        let mut all = vec![(path.clone(), self)];
        all.extend(self.below.iter().flat_map(|node| node.all(&path)));
        all
    }

    /// Returns the views at a path, from the outermost to the innermost; `None` if the path belongs to another node.
    pub(super) fn views(&self, path: &str) -> Option<Vec<&'static dyn LazyView>> {
        let matched = self.pattern.test(path)?;
        let rest = matched.remaining();
        let mut views = vec![self.view];
        match self.below.iter().find_map(|node| node.views(rest)) {
            Some(inner) => views.extend(inner),
            None if matched.is_complete() => {}
            None => return None,
        }
        Some(views)
    }
}

/// Confirmation dialogs above the first tab of a user: those of the actions, then the one for the reset links.
pub(super) const USER_CONFIRMATIONS: [Node; UserAction::CONFIRMED + 1] = {
    let mut nodes = [Node::confirmation("revoke-links"); UserAction::CONFIRMED + 1];
    let mut free: &mut [Node] = &mut nodes;
    let mut actions = UserAction::ALL;
    while let [action, rest @ ..] = actions {
        if action.is_confirmed()
            && let [node, unused @ ..] = free
        {
            *node = Node::confirmation(action.as_str());
            free = unused;
        }
        actions = rest;
    }
    nodes
};

/// Segments of a path, separated by slashes. One that begins with a colon is a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pattern(pub(crate) &'static str);

impl Pattern {
    fn segments(self) -> impl Iterator<Item = &'static str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// Returns the path in the form of the server's routes, with parameters in braces; empty for the empty path.
    fn route(self) -> String {
        let segments = self.segments().map(|segment| {
            let name = segment.strip_prefix(':');
            name.map_or_else(|| format!("/{segment}"), |name| format!("/{{{name}}}"))
        });
        segments.collect()
    }

    /// Returns the value of the last segment at a path; `None` if the segment is no parameter.
    pub(super) fn last_parameter(self, path: &str) -> Option<String> {
        let name = self.0.rsplit('/').next()?.strip_prefix(':')?;
        let params = self.test(path)?.params();
        let found = params.into_iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value)
    }
}

impl PossibleRouteMatch for Pattern {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let (mut rest, mut params) = (path, Vec::new());
        for segment in self.segments() {
            let matched = match segment.strip_prefix(':') {
                Some(name) => ParamSegment(name).test(rest)?,
                None => StaticSegment(segment).test(rest)?,
            };
            rest = matched.remaining();
            params.extend(matched.params());
        }
        let matched = path.strip_suffix(rest).unwrap_or_default();
        Some(PartialPathMatch::new(rest, params, matched))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        for segment in self.segments() {
            match segment.strip_prefix(':') {
                Some(name) => ParamSegment(name).generate_path(path),
                None => StaticSegment(segment).generate_path(path),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_segments() {
        for (pattern, path, expected) in [
            ("/users", "/users", Some("")),
            ("/users", "/users/", Some("/")),
            ("/users", "/users/new", Some("/new")),
            ("/users", "/user", None),
            ("/users/:user", "/users/ada/edit", Some("/edit")),
            ("/users/:user", "/users", None),
            ("tokens/:id/revoke", "/tokens/1/revoke", Some("")),
            ("tokens/:id/revoke", "/tokens/1", None),
            ("", "/new", Some("/new")),
        ] {
            let matched = Pattern(pattern).test(path);
            let rest = matched.map(|matched| matched.remaining());
            assert_eq!(rest, expected, "{pattern}: {path}");
        }
    }

    #[test]
    fn parameters_have_the_names_of_the_pattern() {
        let matched = Pattern("/a/:first/b/:second").test("/a/1/b/2/c").unwrap();
        assert_eq!(matched.matched(), "/a/1/b/2");
        let params = matched.params();
        let params: Vec<(&str, &str)> = params
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        assert_eq!(params, [("first", "1"), ("second", "2")]);
    }

    #[test]
    fn routes_have_parameters_in_braces() {
        for (pattern, expected) in [
            ("/users", "/users"),
            ("/users/:user", "/users/{user}"),
            ("tokens/:id/revoke", "/tokens/{id}/revoke"),
            ("", ""),
        ] {
            assert_eq!(Pattern(pattern).route(), expected);
        }
    }

    #[test]
    fn segments_are_generated_for_the_server() {
        let mut segments = Vec::new();
        Pattern("/users/:user").generate_path(&mut segments);
        assert_eq!(
            segments,
            [
                PathSegment::Static("users".into()),
                PathSegment::Param("user".into())
            ]
        );
    }
}
