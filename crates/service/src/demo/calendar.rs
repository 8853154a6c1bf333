//! Sign-up times: more in recent years, on working days and by day.

use db::demo::Millis;

/// Milliseconds of an hour.
pub(super) const HOUR: i64 = 3_600_000;
/// Milliseconds of a day.
pub(super) const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// Start of the first week of the calendar: Monday, 1970-01-05.
const FIRST_MONDAY: i64 = 4 * DAY;
/// Time between the first sign-up and now: six years.
const SPAN: i64 = 6 * 365 * DAY;

/// Relative number of sign-ups by weekday, from Monday.
const WEEKDAYS: [u32; 7] = [10, 11, 11, 10, 9, 4, 3];
/// Relative number of sign-ups by hour, UTC: users live all over the world, more of them west of India than east of it.
const HOURS: [u32; 24] = [
    2, 2, 2, 3, 4, 5, 7, 9, 11, 12, 12, 11, 11, 12, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3,
];

/// Timeline measured in activity: a busy hour covers a long stretch of it, a quiet hour a short one.
#[derive(Debug)]
pub(super) struct Calendar {
    /// Cumulative activity since Monday at the end of each hour of the week.
    done: Vec<f64>,
    week: f64,
    begin: f64,
    end: f64,
}

impl Calendar {
    /// Creates the calendar of the [`SPAN`] up to `now`.
    pub(super) fn until(now: Millis) -> Self {
        let mut week = 0.0;
        let mut done = Vec::with_capacity(WEEKDAYS.len() * HOURS.len());
        for weekday in WEEKDAYS {
            for hour in HOURS {
                week += f64::from(weekday * hour);
                done.push(week);
            }
        }
        let mut calendar = Self {
            done,
            week,
            begin: 0.0,
            end: 0.0,
        };
        calendar.begin = calendar.work_at(now - SPAN);
        calendar.end = calendar.work_at(now);
        calendar
    }

    /// Returns the time until which the given fraction (0 to 1) of all users signed up. It never decreases with the
    /// fraction.
    pub(super) fn joined(&self, part: f64) -> Millis {
        self.timestamp_of(self.begin + (self.end - self.begin) * part.sqrt())
    }

    fn work_at(&self, timestamp: Millis) -> f64 {
        let since = timestamp.0 - FIRST_MONDAY;
        let (week, into_week) = (since.div_euclid(WEEK), since.rem_euclid(WEEK));
        let (hour, into_hour) = (
            (into_week / HOUR) as usize,
            (into_week % HOUR) as f64 / HOUR as f64,
        );
        let (before, after) = self.hour_bounds(hour);
        week as f64 * self.week + before + (after - before) * into_hour
    }

    fn timestamp_of(&self, work: f64) -> Millis {
        let week = (work / self.week).floor();
        let into_week = work - week * self.week;
        let hour = self
            .done
            .partition_point(|done| *done <= into_week)
            .min(self.done.len() - 1);
        let (before, after) = self.hour_bounds(hour);
        let into_hour = ((into_week - before) / (after - before)).clamp(0.0, 1.0);
        Millis(
            FIRST_MONDAY
                + week as i64 * WEEK
                + hour as i64 * HOUR
                + (into_hour * HOUR as f64) as i64,
        )
    }

    fn hour_bounds(&self, hour: usize) -> (f64, f64) {
        let at = |hour: usize| self.done.get(hour).copied().unwrap_or(self.week);
        (hour.checked_sub(1).map_or(0.0, at), at(hour))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-21 00:00 UTC, a Saturday.
    const NOW: Millis = Millis(1_795_219_200_000);

    fn joined(users: u32) -> Vec<Millis> {
        let calendar = Calendar::until(NOW);
        (0..users)
            .map(|i| calendar.joined(f64::from(i) / f64::from(users)))
            .collect()
    }

    #[test]
    fn timestamps_are_ordered_and_within_the_span() {
        let timestamps = joined(50_000);
        assert!(timestamps.is_sorted());
        assert!(
            timestamps
                .iter()
                .all(|timestamp| (NOW - SPAN..=NOW).contains(timestamp))
        );
        assert!(NOW - *timestamps.last().unwrap() < DAY);
    }

    #[test]
    fn sign_ups_favour_recent_working_days() {
        let timestamps = joined(50_000);
        let last_year = timestamps
            .iter()
            .filter(|timestamp| NOW - **timestamp < 365 * DAY)
            .count();
        assert!((14_000..17_000).contains(&last_year), "{last_year}");
        let weekend = timestamps
            .iter()
            .filter(|m| (m.0 - FIRST_MONDAY).rem_euclid(WEEK) >= 5 * DAY)
            .count();
        assert!((5_000..7_000).contains(&weekend), "{weekend}");
    }
}
