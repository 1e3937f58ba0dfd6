"""Working-time cases with known answers: the sample week of a lounge in Shenzhen and the year 2026."""

from __future__ import annotations

# Monday to Friday and Sunday, morning and afternoon; Saturday shut; official holidays and make-up workdays.
SAMPLE: dict[str, object] = {
    "tz": "Asia/Shanghai",
    "week": {
        "1-5": [["09:00", "12:00"], ["14:00", "18:00"]],
        "7": [["09:00", "12:00"], ["14:00", "18:00"]],
    },
    "holidays": "chinesecalendar",
}

# (case, start, working minutes, due), all local at +08:00
DUE: tuple[tuple[str, str, int, str], ...] = (
    ("A1 before opening", "2026-03-02T03:00", 240, "2026-03-02T15:00"),
    ("A2 a minute before opening", "2026-03-02T08:59", 1, "2026-03-02T09:01"),
    ("A3 the closing instant", "2026-03-02T09:00", 180, "2026-03-02T12:00"),
    ("A4 a minute past closing", "2026-03-02T09:00", 181, "2026-03-02T14:01"),
    ("A5 across the noon break", "2026-03-02T11:30", 60, "2026-03-02T14:30"),
    ("A6 from within the break", "2026-03-02T12:30", 30, "2026-03-02T14:30"),
    ("A7 from the closing instant", "2026-03-02T18:00", 1, "2026-03-03T09:01"),
    ("A8 Friday to Sunday", "2026-03-06T17:30", 120, "2026-03-08T10:30"),
    ("A9 from a shut Saturday", "2026-03-07T10:00", 30, "2026-03-08T09:30"),
    ("A10 onto a make-up Saturday", "2026-02-13T17:30", 120, "2026-02-14T10:30"),
    ("A11 over the Spring Festival", "2026-02-14T17:30", 120, "2026-02-24T10:30"),
    ("A12 over Qingming", "2026-04-03T17:00", 120, "2026-04-07T10:00"),
    ("A13 onto the make-up Saturday of May", "2026-05-08T17:30", 60, "2026-05-09T09:30"),
    ("A14 a Sunday inside a holiday", "2026-09-24T17:00", 420, "2026-09-28T17:00"),
    ("A15 over National Day", "2026-09-30T17:00", 120, "2026-10-08T10:00"),
    ("A16 onto the make-up Saturday of October", "2026-10-09T17:30", 120, "2026-10-10T10:30"),
)

# The State Council notice of 2025-11-04 on 2026, after two reprints of it: holiday spans, make-up workdays.
NOTICE_2026_HOLIDAYS: tuple[tuple[str, str], ...] = (
    ("2026-01-01", "2026-01-03"),
    ("2026-02-15", "2026-02-23"),
    ("2026-04-04", "2026-04-06"),
    ("2026-05-01", "2026-05-05"),
    ("2026-06-19", "2026-06-21"),
    ("2026-09-25", "2026-09-27"),
    ("2026-10-01", "2026-10-07"),
)
NOTICE_2026_WORKDAYS: tuple[str, ...] = (
    "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
)  # fmt: skip
