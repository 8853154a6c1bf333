//! Forbidden text in sources for which there is no lint.

use std::path::Path;

use anyhow::Result;

use super::{Verdict, judge};
use crate::{files, workspace::Workspace};

struct Rule {
    /// Folders that the rule applies to.
    folders: &'static [&'static str],
    texts: &'static [&'static str],
    /// Path prefix that is exempt.
    except: Option<&'static str>,
    reason: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        folders: &["app", "frontend"],
        texts: &["inner_html"],
        // The text of a field with several lines, which the file escapes.
        except: Some("app/src/components/text_area.rs"),
        reason: "inserts text into the page as markup",
    },
    Rule {
        folders: &["app", "frontend", "server"],
        texts: &["<Title", "leptos_meta::Title"],
        except: Some("app/src/components/title.rs"),
        reason: "inserts text into the document as markup: use PageTitle",
    },
    Rule {
        folders: &["app", "crates", "frontend", "server"],
        texts: &["env::var"],
        except: Some("server/src/config"),
        reason: "configuration is read once, in server/src/config.rs, and passed on",
    },
    Rule {
        folders: &["app", "crates", "server"],
        texts: &["query!(", "query_as!(", "query_scalar!("],
        except: Some("crates/db"),
        reason: ".sqlx is generated from the queries of crates/db only, so this one has no metadata",
    },
];

pub(super) fn check(workspace: &Workspace) -> Result<Verdict> {
    let mut errors = Vec::new();
    for rule in RULES {
        for folder in rule.folders {
            for file in files::with_extension(&workspace.root.join(folder), &["rs"])? {
                let path = file.strip_prefix(&workspace.root)?;
                if !is_excepted(rule, path) {
                    errors.extend(uses(rule, path, &files::text(&file)?));
                }
            }
        }
    }
    for file in files::with_extension(&workspace.root.join("app"), &["rs"])? {
        if has_textarea_with_children(&files::text(&file)?) {
            errors.push(format!(
                "{}: children of <textarea> are written unescaped by the server: use TextArea",
                file.display()
            ));
        }
    }
    judge(&errors)
}

fn is_excepted(rule: &Rule, path: &Path) -> bool {
    rule.except
        .is_some_and(|beginning| path.to_string_lossy().starts_with(beginning))
}

fn uses(rule: &Rule, path: &Path, text: &str) -> Vec<String> {
    text.lines()
        .zip(1..)
        .flat_map(|(line, number)| rule.texts.iter().map(move |text| (*text, line, number)))
        .filter(|(text, line, _)| line.contains(text))
        .map(|(text, _, number)| format!("{}:{number}: {text} {}", path.display(), rule.reason))
        .collect()
}

/// Reports whether a `<textarea>` has children. If it has none, the text before its end tag is the `>` of its start
/// tag.
fn has_textarea_with_children(text: &str) -> bool {
    text.split("<textarea")
        .skip(1)
        .filter_map(|rest| rest.split_once("</textarea"))
        .any(|(element, _)| !element.trim_end().ends_with('>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_textarea_is_allowed() {
        for text in [
            "<textarea prop:value=reason/>",
            "<textarea prop:value=reason></textarea>",
            "<textarea on:input=move |e| log(e)>\n</textarea>",
            "<p>no textarea</p>",
        ] {
            assert!(!has_textarea_with_children(text), "{text}");
        }
    }

    #[test]
    fn textarea_with_children_is_found() {
        for text in [
            "<textarea>{reason}</textarea>",
            "<textarea/><textarea name=\"a\">\"text\"</textarea>",
        ] {
            assert!(has_textarea_with_children(text), "{text}");
        }
    }
}
