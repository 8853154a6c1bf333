//! Chat logs of Maeser: a YAML file for each conversation, in a folder for each branch.

#[cfg(test)]
mod tests;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use domain::{
    conversations::{
        ConversationDraft, ConversationMessageDraft, FeedbackDraft, FeedbackRating, MessageRole,
    },
    label::{NAME_MAX, parse_label},
    money::Money,
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;

use super::yaml::{self, Yaml};

/// Maximum number of bytes of a file.
const FILE_MAX: u64 = 64 * 1024 * 1024;
/// Maximum number of folders from the given one to a file.
const DEPTH_MAX: usize = 4;
/// Maximum number of characters of a name from the first message.
const NAME_CHARS: usize = 80;
/// Number of decimals of an amount of money.
const DECIMALS: i64 = 9;

/// A conversation as a log has it.
pub(super) struct Log {
    /// Full id of the user, such as `github.alice123`.
    pub(super) user: String,
    /// The conversation, without its user.
    pub(super) draft: ConversationDraft,
    /// Feedback on its messages.
    pub(super) feedback: Vec<FeedbackDraft>,
}

/// Lists the logs in a folder and those below it, by path.
pub(super) fn list(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0_usize)];
    while let Some((folder, depth)) = folders.pop() {
        let failed = |error: io::Error| format!("Cannot read {}: {error}.", folder.display());
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
            if kind.is_dir() && depth < DEPTH_MAX {
                folders.push((path, depth.saturating_add(1)));
            } else if kind.is_file() && path.extension().is_some_and(|end| end == "log") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a log.
pub(super) fn read(path: &Path) -> Result<Log, String> {
    let failed = |error: io::Error| format!("Cannot read {}: {error}.", path.display());
    let meta = fs::metadata(path).map_err(failed)?;
    if meta.len() > FILE_MAX {
        return Err(format!("{} is too large.", path.display()));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    let modified = meta.modified().ok().map(OffsetDateTime::from);
    let parts = path
        .file_stem()
        .zip(path.parent().and_then(Path::file_name));
    let names = parts.map(|(file, folder)| [folder, file].map(|name| name.to_string_lossy()));
    let names = names.as_ref().map(|[folder, file]| [&**folder, &**file]);
    parse(&text, names.unwrap_or_default(), modified)
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Parses the text of a log. The names are those of its folder and its file, which count if the log has none.
fn parse(
    text: &str,
    [folder, file]: [&str; 2],
    modified: Option<OffsetDateTime>,
) -> Result<Log, String> {
    let log = yaml::read(text)
        .map_err(|error| format!("line {} is not in the format of a chat log.", error.line))?;
    let field = |name: &str| log.text(name).filter(|text| !text.is_empty());
    let user = field("user").ok_or("`user` is missing.")?.to_owned();
    let session = field("session_id").unwrap_or(file);
    let branch = field("branch").unwrap_or(folder);
    let started_at = field("time").map_or(Ok(None), |text| {
        let time = read_time(text).map(Some);
        time.ok_or_else(|| format!("`time` is {text:?}."))
    })?;
    let items = match log.get("messages") {
        Some(Yaml::List(items)) => items.as_slice(),
        Some(Yaml::Text(_) | Yaml::Map(_)) | None => &[],
    };
    let mut messages = Vec::with_capacity(items.len());
    let mut feedback = Vec::new();
    for (seq, item) in (1..).zip(items) {
        let message = read_message(item, started_at)
            .ok_or_else(|| format!("message {seq} is not in the format of a chat log."))?;
        messages.push(message);
        let rating = match item.text("liked").map(str::to_lowercase).as_deref() {
            Some("true") => FeedbackRating::Like,
            Some("false") => FeedbackRating::Dislike,
            _ => continue,
        };
        feedback.push(FeedbackDraft {
            seq,
            rating,
            comment: String::new(),
        });
    }
    // Only the time of the whole file is known for the last message.
    if let Some(last) = messages.last_mut() {
        last.at = modified.max(started_at);
    }
    let draft = ConversationDraft {
        user_id: Uuid::nil(),
        branch: branch.to_owned(),
        name: name(&messages).unwrap_or_else(|| session.to_owned()),
        external_id: Some(format!("maeser:{branch}/{session}")),
        started_at,
        messages,
    };
    Ok(Log {
        user,
        draft,
        feedback,
    })
}

/// Returns the first line of the first message as a name.
fn name(messages: &[ConversationMessageDraft]) -> Option<String> {
    let first = messages.first()?;
    let line = first.content.trim().lines().next()?;
    let start: String = line.chars().take(NAME_CHARS).collect();
    parse_label(&start, NAME_MAX).ok()
}

/// Reads a message. The role of an answer is `system` in these logs.
fn read_message(
    item: &Yaml,
    started_at: Option<OffsetDateTime>,
) -> Option<ConversationMessageDraft> {
    let role = match item.text("role")? {
        "user" => MessageRole::User,
        "system" | "assistant" => MessageRole::Assistant,
        _ => return None,
    };
    let number = |name: &str| item.text(name).filter(|text| !text.is_empty());
    Some(ConversationMessageDraft {
        role,
        content: item.text("content")?.to_owned(),
        tokens: number("tokens_used").map_or(Some(0), |text| text.parse().ok())?,
        cost: number("cost").map_or(Some(Money::default()), read_cost)?,
        at: started_at,
    })
}

/// Reads a time without a time zone, which counts as UTC, or seconds since 1970.
fn read_time(text: &str) -> Option<OffsetDateTime> {
    if let Ok(seconds) = text.split('.').next()?.parse::<i64>() {
        return OffsetDateTime::from_unix_timestamp(seconds).ok();
    }
    let text = text.trim().replacen(' ', "T", 1);
    let zoned = OffsetDateTime::parse(&text, &Rfc3339).ok();
    zoned.or_else(|| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339).ok())
}

/// Reads a number as Python writes it, such as `0.00123` or `1.5e-05`, rounded to nine decimals.
fn read_cost(text: &str) -> Option<Money> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{decimals}");
    if digits.is_empty() || digits.len() > 30 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let decimals = i64::try_from(decimals.len()).ok()?;
    let shift = DECIMALS + i64::from(exponent) - decimals;
    let number: i128 = digits.parse().ok()?;
    let power = |exponent: i64| 10_i128.checked_pow(u32::try_from(exponent).ok()?);
    let nanos = if shift >= 0 {
        number.checked_mul(power(shift)?)?
    } else {
        // A number of 30 digits at most is less than half of a nano-dollar beyond this power.
        let divisor = power((-shift).min(31))?;
        (number + divisor / 2) / divisor
    };
    i64::try_from(nanos).ok().map(Money::from_nanos)
}
