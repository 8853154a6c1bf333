//! First instants of days in time zones, and their UTC offsets.

use db::account::{list_days, list_offsets};
use domain::{filter::Days, offsets::Offsets};
use sqlx::PgPool;
use time::{
    Date, Duration, OffsetDateTime,
    macros::{date, datetime, offset},
};

#[testing::test]
async fn day_starts_after_the_previous_one(pool: PgPool) {
    for (zone, day, start, hours) in [
        (
            "UTC",
            date!(2026 - 11 - 01),
            datetime!(2026-11-01 0:00 UTC),
            24.0,
        ),
        (
            "Europe/Berlin",
            date!(2026 - 03 - 28),
            datetime!(2026-03-27 23:00 UTC),
            24.0,
        ),
        (
            "Europe/Berlin",
            date!(2026 - 03 - 29),
            datetime!(2026-03-28 23:00 UTC),
            23.0,
        ),
        (
            "Europe/Berlin",
            date!(2026 - 10 - 25),
            datetime!(2026-10-24 22:00 UTC),
            25.0,
        ),
        (
            "Asia/Kathmandu",
            date!(2026 - 11 - 01),
            datetime!(2026-10-31 18:15 UTC),
            24.0,
        ),
        (
            "America/Los_Angeles",
            date!(2026 - 11 - 01),
            datetime!(2026-11-01 7:00 UTC),
            25.0,
        ),
        (
            "Australia/Lord_Howe",
            date!(2026 - 10 - 04),
            datetime!(2026-10-03 13:30 UTC),
            23.5,
        ),
        // Midnight is skipped.
        (
            "Africa/Cairo",
            date!(2026 - 04 - 24),
            datetime!(2026-04-23 22:00 UTC),
            23.0,
        ),
        // Midnight occurs twice.
        (
            "America/Havana",
            date!(2026 - 11 - 01),
            datetime!(2026-11-01 4:00 UTC),
            25.0,
        ),
    ] {
        let next = day.next_day().unwrap();
        let days = list_days(&pool, zone, &[day, next]).await.unwrap();
        assert_eq!(days.start(day), start, "{zone} {day}");
        let length: Duration = days.start(next) - start;
        assert_eq!(
            length,
            Duration::seconds_f64(hours * 3_600.0),
            "{zone} {day}"
        );
    }
}

#[testing::test]
async fn calendar_limits_are_days(pool: PgPool) {
    for zone in ["Pacific/Kiritimati", "America/Los_Angeles", "Europe/Berlin"] {
        for day in [date!(1970 - 01 - 01), date!(9999 - 12 - 31)] {
            let days = list_days(&pool, zone, &[day]).await.unwrap();
            let utc: OffsetDateTime = day.midnight().assume_utc();
            assert!(
                (days.start(day) - utc).abs() < Duration::DAY,
                "{zone} {day}"
            );
        }
    }
}

#[testing::test]
async fn unknown_time_zone_falls_back_to_utc(pool: PgPool) {
    let day: Date = date!(2026 - 11 - 01);
    for zone in ["Europe/Atlantis", "zqmark", "", "a'b\u{1f600}"] {
        let days = list_days(&pool, zone, &[day]).await.unwrap();
        assert_eq!(days, Days::default(), "{zone}");
    }
}

#[testing::test]
async fn offset_changes_with_summer_time(pool: PgPool) {
    for (zone, at, offset) in [
        ("UTC", datetime!(2026-07-01 0:00 UTC), offset!(+0)),
        (
            "Asia/Kathmandu",
            datetime!(2026-07-01 0:00 UTC),
            offset!(+5:45),
        ),
        (
            "Europe/Berlin",
            datetime!(2026-03-29 0:59:59.999 UTC),
            offset!(+1),
        ),
        ("Europe/Berlin", datetime!(2026-03-29 1:00 UTC), offset!(+2)),
        (
            "Europe/Berlin",
            datetime!(2026-10-25 0:59:59.999 UTC),
            offset!(+2),
        ),
        ("Europe/Berlin", datetime!(2026-10-25 1:00 UTC), offset!(+1)),
        (
            "Australia/Lord_Howe",
            datetime!(2026-10-03 15:29:59 UTC),
            offset!(+10:30),
        ),
        (
            "Australia/Lord_Howe",
            datetime!(2026-10-03 15:30 UTC),
            offset!(+11),
        ),
    ] {
        let offsets = list_offsets(&pool, zone).await.unwrap();
        assert_eq!(offsets.at(at), Some(offset), "{zone} {at}");
    }
    let unknown = list_offsets(&pool, "Europe/Atlantis").await.unwrap();
    assert_eq!(unknown, Offsets::default());
}
