"""Prints periods of limits: zone, period, anchor, start and end, in seconds since 1970."""

import calendar
import random
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

ZONES = [
    "UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Tokyo",
    "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia",
]
ANCHORS = [
    datetime(1970, 1, 29, 0, 0), datetime(1999, 12, 31, 23, 59, 59), datetime(2008, 2, 29, 12, 30),
    datetime(2024, 3, 30, 2, 30), datetime(2026, 10, 31, 1, 30), datetime(2096, 1, 31, 3, 0),
]
FIRST, LAST = datetime(1970, 1, 3, tzinfo=timezone.utc), datetime(2100, 12, 28, tzinfo=timezone.utc)
SAMPLES = 40
rng = random.Random(7)


def instant(local, zone):
    return int(local.replace(tzinfo=zone, fold=0).timestamp())


def add_months(local, months):
    year, month = divmod(local.year * 12 + local.month - 1 + months, 12)
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def stepped(zone, anchor, add, length):
    """Yields periods from the anchor on, about `length` seconds long."""
    local = datetime.fromtimestamp(anchor, zone).replace(tzinfo=None)
    low, high = int((FIRST.timestamp() - anchor) // length) + 1, int((LAST.timestamp() - anchor) // length) - 1
    for number in [-1, 0, 1] + [rng.randint(low, high) for _ in range(SAMPLES)]:
        if low <= number <= high:
            bounds = [instant(add(local, n), zone) if n else anchor for n in (number, number + 1)]
            yield bounds


def midnights(zone, starts):
    for first, following in starts:
        yield [instant(datetime(d.year, d.month, d.day), zone) for d in (first, following)]


def days():
    for _ in range(SAMPLES):
        yield date(1970, 1, 3) + timedelta(days=rng.randrange(47_800))


def main():
    for name in ZONES:
        zone = ZoneInfo(name)
        for naive in ANCHORS:
            anchor = int(naive.replace(tzinfo=timezone.utc).timestamp())
            periods = {
                f"{n}d": (lambda local, k, n=n: local + timedelta(days=n * k), n * 86_400) for n in (1, 10)
            } | {
                f"{n}w": (lambda local, k, n=n: local + timedelta(weeks=n * k), n * 604_800) for n in (1, 3)
            } | {
                f"{n}mo": (lambda local, k, n=n: add_months(local, n * k), n * 2_629_746) for n in (1, 5)
            }
            for period, (add, length) in periods.items():
                for start, end in stepped(zone, anchor, add, length):
                    print(name, period, anchor, start, end)
        for period, starts in {
            "calendar:day": [(d, d + timedelta(days=1)) for d in days()],
            "calendar:week": [
                (m, m + timedelta(days=7)) for m in (d - timedelta(days=d.weekday()) for d in days())
            ],
            "calendar:month": [
                (f, (f + timedelta(days=31)).replace(day=1)) for f in (d.replace(day=1) for d in days())
            ],
        }.items():
            for start, end in midnights(zone, starts):
                print(name, period, 0, start, end)


main()
