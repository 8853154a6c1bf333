//! Labels of features, and of the branches of their tree.

use domain::{features::label_of, text::capitalized};

use crate::text;

/// Returns the label of a feature: a text for a feature of a known set with its original label, otherwise the label as it is
/// stored.
pub(crate) fn label(key: &str, stored: &str) -> String {
    let known = text::feature_names::name_of(key).filter(|_| stored == label_of(key));
    known.unwrap_or(stored).to_owned()
}

/// Returns the label of a branch from the last part of its path: a text, or the part in words.
pub(crate) fn branch(name: &str) -> String {
    match text::feature_names::branch_of(name) {
        Some(known) => known.to_owned(),
        None => capitalized(&name.replace('_', " ")),
    }
}

/// Returns the label of a branch from its path: the labels of its parts.
pub(crate) fn path(branch: &str) -> String {
    let parts = branch.split('.').map(self::branch);
    parts.collect::<Vec<_>>().join(" › ")
}

#[cfg(test)]
mod tests {
    use domain::features::FeatureSet;

    use super::*;

    #[test]
    fn english_labels_are_the_stored_ones() {
        let mut known = 0;
        for set in FeatureSet::ALL {
            for feature in set.features() {
                assert_eq!(
                    text::feature_names::name_of(&feature.key),
                    Some(feature.label.as_str()),
                    "{}",
                    feature.key
                );
                assert_eq!(label(&feature.key, &feature.label), feature.label);
                for part in feature.key.split('.').rev().skip(1) {
                    assert!(text::feature_names::branch_of(part).is_some(), "{part}");
                }
                known += 1;
            }
        }
        assert_eq!(known, text::feature_names::NAME.len());
        for name in ["access_grants", "voice_control"] {
            assert_eq!(branch(name), capitalized(&name.replace('_', " ")));
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod language_tests {
    use leptos::{prelude::provide_context, reactive::owner::Owner};

    use super::*;
    use crate::text::language::Language;

    #[test]
    fn only_original_labels_are_translated() {
        Owner::new().with(|| {
            provide_context(Language::German);
            for (key, stored, expected) in [
                ("chat.edit", "Edit", "Bearbeiten"),
                ("chat.edit", "Edit messages", "Edit messages"),
                ("lab.edit", "Edit", "Edit"),
            ] {
                assert_eq!(label(key, stored), expected, "{key}: {stored}");
            }
            assert_eq!(branch("access_grants"), "Zugriffsrechte");
            assert_eq!(branch("lab_tools"), "Lab tools");
            assert_eq!(path("access_grants.lab"), "Zugriffsrechte › Lab");
        });
    }
}
