"""Which sessions belong to a stretch of time, and calendars of every zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from queries.models import SessionRow
from queries.models.overview import BucketSize, Window
from queries.text import date_time

ALL_TIME = Window()


def last_days(days: float, now: float) -> Window:
    """The last so many days before an instant, open at its end."""
    plain = f"{days:g}"
    return Window(now - days * 86400, None, f"last {plain} day{'' if plain == '1' else 's'}")


def between(since: float | None, until: float | None, zone: tzinfo | None = None) -> Window:
    """A stretch with a label for people, whose zone is ``zone`` (``None``: their own)."""
    if since is None and until is None:
        return ALL_TIME
    words = [] if since is None else [f"since {date_time(since, zone)}"]
    words += [] if until is None else [f"until {date_time(until, zone)}"]
    return Window(since, until, " ".join(words))


def asked_for(
    days: float | None,
    since: float | None,
    until: float | None,
    now: float,
    zone: tzinfo | None = None,
) -> Window:
    """The stretch that is meant by these, of which each may be left out.

    Args:
        days: the last so many before ``now``; 0: ever. Of it and ``since`` the later one counts.
        since: epoch seconds.
        until: epoch seconds.
        now: epoch seconds.
        zone: of the label.
    """
    if not days:
        return between(since, until, zone)
    if since is None and until is None:
        return last_days(days, now)
    begin = now - days * 86400
    return between(begin if since is None else max(since, begin), until, zone)


def in_window(row: SessionRow, window: Window) -> bool:
    """Whether a session was active at or after the start, and began before the end.

    Where an end is open nothing is asked; a session without any known time is in no window
    but that of all time.
    """
    last, first = row.last_time, row.started
    if window.since is not None and (last is None or last < window.since):
        return False
    return window.until is None or (first is not None and first < window.until)


def rows_in(rows: Iterable[SessionRow], window: Window) -> list[SessionRow]:
    """The sessions of a window."""
    return [row for row in rows if in_window(row, window)]


def zone_name(zone: tzinfo | None, now: float) -> str:
    """What a zone is called; ``None`` is the user's."""
    if zone is not None:
        return str(getattr(zone, "key", None) or zone)
    return datetime.fromtimestamp(now, UTC).astimezone().tzname() or "local time"


class Calendar:
    """Starts of hours, days and weeks in a zone, as instants.

    A day without a midnight begins when its clocks are changed; an hour that comes twice is
    two buckets.
    """

    def __init__(self, size: BucketSize, zone: tzinfo | None) -> None:
        """Args: size: of the buckets; zone: ``None`` for the user's."""
        self._size = size
        self._zone = zone

    def start(self, instant: float) -> float:
        """The start of the bucket in which an instant lies. Raises OverflowError, ValueError."""
        local = self.local(instant)
        if self._size is BucketSize.HOUR:
            # Clocks change between whole quarters, so minutes tell how far the hour has come.
            past = local.minute * 60 + local.second + local.microsecond / 1e6
            return round(instant - past, 6)
        day = local.date()
        if self._size is BucketSize.WEEK:
            day -= timedelta(days=day.weekday())
        return self._midnight(day)

    def next(self, start: float) -> float:
        """The start of the bucket after the one that begins at ``start``."""
        if self._size is BucketSize.HOUR:
            after = self.start(start + 3600)
            return after if after > start else start + 3600
        days = 7 if self._size is BucketSize.WEEK else 1
        return self._midnight(self.local(start).date() + timedelta(days=days))

    def label(self, start: float) -> str:
        """What a bucket is called."""
        local = self.local(start)
        if self._size is BucketSize.HOUR:
            return local.strftime("%Y-%m-%d %H:%M")
        if self._size is BucketSize.DAY:
            return local.strftime("%Y-%m-%d")
        year, week, _ = local.isocalendar()
        return f"{year}-W{week:02d}"

    def starts(self, first: float, last: float) -> Iterator[float]:
        """The starts of all buckets from that of ``first`` to that of ``last``."""
        at = self.start(first)
        while at <= last:
            yield at
            at = self.next(at)

    def local(self, instant: float) -> datetime:
        """An instant on the clocks of the zone."""
        return datetime.fromtimestamp(instant, UTC).astimezone(self._zone)

    def _midnight(self, day: date) -> float:
        # Of a time that comes twice this is the first one; one that never comes is read with
        # the clock before the change, which is the moment of the change.
        return datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp()
