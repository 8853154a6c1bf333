//! Provider API keys. The ciphertext is random: it has the correct length and decrypts to nothing.

use db::demo::{KeyRow, Millis};
use uuid::Uuid;

use super::{
    calendar::DAY,
    crowd::Crowd,
    dice::Dice,
    life::{Life, between, lately},
};

/// Length of the authentication tag that encryption appends, in bytes (Poly1305).
const TAG: usize = 16;

#[derive(Debug, Clone, Copy, Default)]
struct Provider {
    name: &'static str,
    key_name: &'static str,
    key_bytes: usize,
}

const PROVIDERS: [Provider; 3] = [
    Provider {
        name: "ANTHROPIC",
        key_name: "Claude",
        key_bytes: 108,
    },
    Provider {
        name: "OPENAI",
        key_name: "GPT",
        key_bytes: 51,
    },
    Provider {
        name: "GOOGLE",
        key_name: "Gemini",
        key_bytes: 39,
    },
];

const KEY_NAMES: [&str; 6] = [
    "Personal",
    "Work",
    "Research grant",
    "Team",
    "Trial",
    "Project",
];

/// Returns the keys of a user: half a key on average, at most one for each provider.
pub(super) fn of(life: &Life, dice: &mut Dice) -> Vec<KeyRow> {
    if life.seen.is_none() {
        return Vec::new();
    }
    let count = dice.weigh(&[(611, 0), (257, 1), (110, 2), (22, 3)]);
    let first = dice.below(PROVIDERS.len() as u64) as usize;
    let providers = PROVIDERS.iter().cycle().skip(first).take(count);
    providers
        .map(|provider| {
            let name = format!("{} {}", dice.pick(&KEY_NAMES), provider.key_name);
            key(
                Some(life.id),
                provider,
                name,
                (life.joined, life.last_active()),
                dice,
            )
        })
        .collect()
}

/// Returns the two keys of the system, used by users without their own.
pub(super) fn of_system(crowd: &Crowd) -> Vec<KeyRow> {
    let mut dice = Dice::new(crowd.plan.seed, u64::MAX);
    let providers = PROVIDERS.iter().take(2);
    providers
        .map(|provider| {
            let name = format!("Shared {}", provider.key_name);
            key(
                None,
                provider,
                name,
                (crowd.now - 400 * DAY, crowd.now),
                &mut dice,
            )
        })
        .collect()
}

fn key(
    user_id: Option<Uuid>,
    provider: &Provider,
    name: String,
    used: (Millis, Millis),
    dice: &mut Dice,
) -> KeyRow {
    let created_at = between(used.0, used.1, dice);
    let was_used = dice.per_mille(850);
    let many = 1 + dice.below(60);
    KeyRow {
        id: created_at.id(&dice.bytes()),
        user_id,
        provider: provider.name,
        name,
        ciphertext: dice.many_bytes(provider.key_bytes + TAG),
        nonce: dice.bytes(),
        key_version: 1,
        last4: (0..4)
            .map(|_| dice.pick(b"ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789") as char)
            .collect(),
        is_active: dice.per_mille(950),
        usage_count: if was_used { (many * many) as i64 } else { 0 },
        last_used_at: was_used.then(|| lately(created_at, used.1, dice)),
        created_at,
        updated_at: created_at,
    }
}
