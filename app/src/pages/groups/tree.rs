//! Tree of features: the dots in their keys separate the branches.

use std::collections::BTreeSet;

use domain::features::Feature;

use crate::labels::features as labels;

/// A branch of the tree, with its leaves and its further branches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Branch {
    /// Path of the branch, such as `workspace`; empty for the whole tree.
    pub(super) key: String,
    /// Last part of the path.
    pub(super) name: String,
    /// Features of the branch, in their order.
    pub(super) leaves: Vec<Feature>,
    /// Branches below, in the order of their first features.
    pub(super) branches: Vec<Self>,
}

/// State of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BranchState {
    /// No feature is selected.
    None,
    /// Some features are selected.
    Some,
    /// All features are selected.
    All,
}

impl Branch {
    /// Builds the tree of features.
    pub(super) fn of(features: Vec<Feature>) -> Self {
        let mut tree = Self::default();
        for feature in features {
            let key = feature.key.clone();
            let mut path: Vec<&str> = key.split('.').collect();
            path.pop();
            tree.insert(&path, feature);
        }
        tree
    }

    /// Adds a feature to the branch with a path, which is added if it is missing.
    fn insert(&mut self, path: &[&str], feature: Feature) {
        let Some((first, rest)) = path.split_first() else {
            self.leaves.push(feature);
            return;
        };
        let found = self
            .branches
            .iter_mut()
            .find(|branch| branch.name == *first);
        if let Some(branch) = found {
            branch.insert(rest, feature);
            return;
        }
        let dot = if self.key.is_empty() { "" } else { "." };
        let mut branch = Self {
            key: format!("{}{dot}{first}", self.key),
            name: (*first).to_owned(),
            ..Self::default()
        };
        branch.insert(rest, feature);
        self.branches.push(branch);
    }

    /// Returns the keys of all features of the branch and of those below.
    pub(super) fn keys(&self) -> Vec<String> {
        let own = self.leaves.iter().map(|leaf| leaf.key.clone());
        own.chain(self.branches.iter().flat_map(Self::keys))
            .collect()
    }

    /// Returns whether the branch has a feature with a text in its key or its label.
    pub(super) fn has(&self, typed: &str) -> bool {
        self.leaves.iter().any(|leaf| matches(leaf, typed))
            || self.branches.iter().any(|branch| branch.has(typed))
    }
}

/// Returns whether a feature has the typed text in its key or its label.
pub(super) fn matches(feature: &Feature, typed: &str) -> bool {
    let typed = typed.trim().to_lowercase();
    let label = labels::label(&feature.key, &feature.label);
    feature.key.contains(&typed) || label.to_lowercase().contains(&typed)
}

/// Returns the state of a branch with these keys.
pub(super) fn state(keys: &[String], selected: &BTreeSet<String>) -> BranchState {
    let number = keys.iter().filter(|key| selected.contains(*key)).count();
    match number {
        0 => BranchState::None,
        number if number == keys.len() => BranchState::All,
        _ => BranchState::Some,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feature(key: &str, label: &str) -> Feature {
        Feature {
            key: key.to_owned(),
            label: label.to_owned(),
            description: String::new(),
            default_value: false,
            position: 0,
            version: 1,
        }
    }

    #[test]
    fn keys_are_branches() {
        let tree = Branch::of(vec![
            feature("chat.edit", "Edit"),
            feature("export", "Export"),
            feature("chat.voice.call", "Call"),
            feature("chat.delete", "Delete"),
        ]);
        let names = |branches: &[Branch]| -> Vec<String> {
            branches.iter().map(|branch| branch.key.clone()).collect()
        };
        assert_eq!(names(&tree.branches), ["chat"]);
        assert_eq!(names(&tree.branches[0].branches), ["chat.voice"]);
        assert_eq!(
            tree.keys(),
            ["export", "chat.edit", "chat.delete", "chat.voice.call"]
        );
        assert!(tree.branches[0].has(" CALL ") && !tree.has("import"));
    }

    #[test]
    fn branch_has_three_states() {
        let keys = ["a", "b"].map(str::to_owned);
        for (selected, expected) in [
            (&["c"][..], BranchState::None),
            (&["a"], BranchState::Some),
            (&["a", "b", "c"], BranchState::All),
        ] {
            let selected = selected.iter().map(|key| (*key).to_owned()).collect();
            assert_eq!(state(&keys, &selected), expected);
        }
    }
}
