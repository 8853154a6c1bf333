//! Sessions of demo users: the last sign-in of the account, and some earlier ones within the retention.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use db::demo::{Millis, SessionRow};
use uuid::Uuid;

use super::{
    calendar::{DAY, HOUR},
    crowd::Crowd,
    dice::Dice,
    life::{Life, RECENT, between, lately},
};

/// Sign-ins per thousand with "remember me".
const REMEMBERED: u64 = 300;
/// Live sessions per thousand that were ended before their expiry.
const ENDED_EARLY: u64 = 250;

/// Weighted browsers: their `User-Agent` header and their description.
const BROWSERS: [(u64, (&str, &str)); 10] = [
    (
        24,
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome on Windows",
        ),
    ),
    (
        16,
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36",
            "Chrome on Android",
        ),
    ),
    (
        15,
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
    ),
    (
        11,
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
            "Safari on macOS",
        ),
    ),
    (
        9,
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome on macOS",
        ),
    ),
    (
        8,
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox on Windows",
        ),
    ),
    (
        7,
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
            "Edge on Windows",
        ),
    ),
    (
        5,
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox on Linux",
        ),
    ),
    (
        3,
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
            "Chrome on Linux",
        ),
    ),
    (
        2,
        (
            "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1",
            "Safari on iPad",
        ),
    ),
];

/// Networks reserved for documentation (RFC 5737).
const NETWORKS: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];

/// Returns the sessions of a user. All are within [`RECENT`]: older ones are deleted after their end.
pub(super) fn of(crowd: &Crowd, life: &Life, dice: &mut Dice) -> Vec<SessionRow> {
    let oldest = crowd.now - RECENT;
    let Some((signed_in, active)) = life.seen.filter(|(signed_in, _)| *signed_in > oldest) else {
        return Vec::new();
    };
    let others = match dice.below(1000) {
        0..890 => 0,
        890..960 => 1,
        960..990 => 2 + dice.below(3),
        _ => 5 + dice.below(12),
    };
    let mut sessions = vec![session(crowd, life, (signed_in, active), dice)];
    for _ in 0..others {
        let begun = lately(life.joined.max(oldest), signed_in, dice);
        let left = active.min(begun + dice.below(6 * HOUR.unsigned_abs()) as i64);
        sessions.push(session(crowd, life, (begun, left), dice));
    }
    sessions
}

fn session(
    crowd: &Crowd,
    life: &Life,
    (begun, left): (Millis, Millis),
    dice: &mut Dice,
) -> SessionRow {
    // Defaults of the server's settings.
    let (idle, lifetime) = if dice.per_mille(REMEMBERED) {
        (30 * DAY, 30 * DAY)
    } else {
        (3 * DAY, 7 * DAY)
    };
    let expires_at = begun + lifetime;
    let left = left.min(expires_at);
    let idle_expires_at = left + idle;
    let end = end(crowd, life, left, idle_expires_at.min(expires_at), dice);
    let (id, token_hash, ip) = (begun.id(&dice.bytes()), dice.bytes(), address(dice));
    let (user_agent, device) = dice.weigh(&BROWSERS);
    SessionRow {
        id,
        token_hash,
        user_id: life.id,
        ip,
        user_agent,
        device,
        created_at: begun,
        last_seen_at: left,
        idle_expires_at,
        expires_at,
        ended_at: end.map(|(at, _, _)| at),
        ended_reason: end.map(|(_, reason, _)| reason),
        ended_by: end.and_then(|(_, _, by)| by),
    }
}

/// Returns the end of a session: its time, its reason and the user who ended it. None for a live session, which is valid
/// for at least another day, so that it is still live when the data is looked at.
fn end(
    crowd: &Crowd,
    life: &Life,
    left: Millis,
    expiry: Millis,
    dice: &mut Dice,
) -> Option<(Millis, &'static str, Option<Uuid>)> {
    if let Some(suspension) = life
        .suspension
        .as_ref()
        .filter(|suspension| suspension.at < expiry)
    {
        return Some((suspension.at, "suspended", suspension.by));
    }
    if expiry > crowd.now + DAY && !dice.per_mille(ENDED_EARLY) {
        return None;
    }
    let reason = dice.weigh(&[
        (70, "logout"),
        (12, "replaced"),
        (10, "revoked"),
        (8, "password_reset"),
    ]);
    if expiry <= crowd.now && dice.per_mille(600) {
        return Some((expiry, "expired", None));
    }
    Some((
        between(left, expiry.min(crowd.now), dice),
        reason,
        Some(life.id),
    ))
}

fn address(dice: &mut Dice) -> IpAddr {
    if dice.per_mille(180) {
        let [a, b, c, d] = [(); 4].map(|()| dice.below(1 << 16) as u16);
        return Ipv6Addr::new(0x2001, 0xdb8, a, b, c, d, 0, 1).into();
    }
    let [a, b, c] = dice.pick(&NETWORKS);
    Ipv4Addr::new(a, b, c, 1 + dice.below(254) as u8).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::describe;

    #[test]
    fn browsers_match_the_device_labels() {
        for (_, (agent, device)) in BROWSERS {
            assert_eq!(describe(Some(agent)), device);
        }
    }
}
