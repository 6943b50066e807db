"""Data made safe and readable: the one place where foreign text becomes ours.

:func:`clean` is called where rows become dataclasses. What it returns holds no control
character, no invisible or direction-changing character and no lone surrogate, so it can be
drawn, exported and copied without acting on a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, tzinfo

UNKNOWN = "—"
"""What stands where a value is not known."""

_PICTURES: dict[int, int | str | None] = {code: 0x2400 + code for code in range(0x20)}
_PICTURES |= {0x7F: "\u2421", **dict.fromkeys(range(0x80, 0xA0), "\ufffd")}
_PICTURES |= {9: " ", 10: "↵", 13: "␍"}
_PICTURES |= dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F), "·")
_PICTURES |= {0x061C: "·", 0x2028: "↵", 0x2029: "↵", 0x180E: "·"}
# These two only ask for a picture in colour or without, which terminals count differently.
_PICTURES |= {0xFE0E: None, 0xFE0F: None}
_LINES = {**_PICTURES, 10: "\n", 9: "    ", 0x2028: "\n", 0x2029: "\n"}
_INVISIBLE = frozenset(("Cf", "Cs", "Co", "Cn", "Cc", "Me", "Mn", "Zl", "Zp"))
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_MARKS = 3
"""Combining marks that one character may carry: what languages need, and no towers of them."""
_UNSEEN_MARKS = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)
_EXACT = 2.0**30
"""Seconds: from the year 2004 on, a float leaves no more bits to what is behind the point than
can be multiplied without loss."""
_FAR = 250_000_000_000.0
"""Seconds: until the year 9892, beyond which times are left to what can tell the end of them."""
_HOURS_KEPT = 2000
_hours: dict[int, str] = {}
"""Hours as ISO 8601 begins them, with the colon behind."""
_minutes: dict[int, str] = {}
"""Likewise, minutes."""
_SIXTY = tuple(f"{number:02}" for number in range(60))
_may_have_marks = re.compile(
    "[\u0300-\u036f\u0483-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\u302a-\u309a\ufe20-\ufe2f]"
).search
_is_plain = re.compile(r"[\x20-\x7e]*\Z").match
_is_plain_lines = re.compile(r"[\x20-\x7e\n]*\Z").match


def _visible(text: str, table: dict[int, int | str | None]) -> str:
    text = unicodedata.normalize("NFC", text.translate(table))
    if text.isascii():
        return text
    if _may_have_marks(text):
        return _with_marks(text)
    category = unicodedata.category
    return "".join(
        "·" if (character != "\n" and category(character) in _INVISIBLE) or character in _BLANK
        else character
        for character in text
    )  # fmt: skip


def _with_marks(text: str) -> str:
    """Letters and digits keep the combining marks that they can carry."""
    category = unicodedata.category
    shown: list[str] = []
    left = 0
    for character in text:
        kind = category(character)
        if kind == "Mn" and left and character < "\U00010000" and character not in _UNSEEN_MARKS:
            left -= 1
            shown.append(character)
        elif (character != "\n" and kind in _INVISIBLE) or character in _BLANK:
            left = 0
            shown.append("·")
        else:
            left = _MARKS if kind[0] in "LN" or kind == "Mc" else 0
            shown.append(character)
    return "".join(shown)


def clean(value: object, limit: int = 400) -> str:
    """One line of harmless text.

    Args:
        value: a cell of any type; ``None`` becomes "", bytes are decoded as UTF-8.
        limit: characters kept; longer text ends in "…". Cut before anything else is done.

    Returns:
        Text in which control, bidi, zero-width and unassigned characters are replaced by
        visible pictures, and so are combining marks that no letter carries. Idempotent.
    """
    text = _as_text(value, limit + 1)
    cut = len(text) > limit
    if cut:
        text = text[:limit]
    if not _is_plain(text):
        text = _visible(text, _PICTURES)
    return text + "…" if cut else text


def clean_lines(value: object, limit: int = 10_000_000) -> str:
    r"""Harmless text that keeps its line breaks (``\n``); tabs become four blanks."""
    text = _as_text(value, limit + 1)
    cut = len(text) > limit
    if cut:
        text = text[:limit]
    text = text.replace("\r\n", "\n")
    if not _is_plain_lines(text):
        text = _visible(text, _LINES)
    return text + "…" if cut else text


def clean_or_none(value: object, limit: int = 400) -> str | None:
    """Like :func:`clean`, but ``None`` and blank text stay unknown."""
    if value is None:
        return None
    return clean(value, limit).strip() or None


def clean_id(value: object) -> str:
    """An identifier that is safe to draw and still tells different ids apart.

    An id that had to be changed gets "~" and four hex digits of its own hash, so that two
    hostile ids never become one. ``None`` becomes "(no id)".
    """
    if value is None:
        return "(no id)"
    if isinstance(value, str) and len(value) <= 200 and _is_plain(value) and value:
        return value
    if isinstance(value, int | float):
        return str(value)
    raw = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
    text = clean(value, 200)
    if isinstance(value, str) and text == value and value:
        return value
    import hashlib  # takes 3 ms to load, for ids that hardly ever occur

    return f"{text}~{hashlib.sha256(raw).hexdigest()[:4]}"


def _as_text(value: object, limit: int) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value[: limit * 4]).decode("utf-8", "replace")
    return str(value)


def duration(seconds: float | None) -> str:
    """A duration in at most six characters: ``0.2s``, ``4m12s``, ``3h05m``, ``12d``."""
    if seconds is None or seconds != seconds:
        return UNKNOWN
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    if seconds < 0.0095:
        return f"{sign}{seconds * 1000:.1f}ms" if seconds else "0s"
    if seconds < 0.0995:
        return f"{sign}{seconds * 1000:.0f}ms"
    if seconds < 59.95:
        return f"{sign}{seconds:.1f}s" if seconds < 9.95 else f"{sign}{seconds:.0f}s"
    whole = round(seconds)
    if whole < 3600:
        return f"{sign}{whole // 60}m{whole % 60:02d}s"
    if whole < 86400:
        return f"{sign}{whole // 3600}h{whole % 3600 // 60:02d}m"
    return f"{sign}{whole // 86400}d"


def age(seconds: float | None) -> str:
    """How long ago, coarse enough to change rarely: ``now``, ``3m``, ``5h``, ``12d``."""
    if seconds is None:
        return UNKNOWN
    if seconds < 60:
        return "now"
    for unit, size in (("m", 60), ("h", 3600), ("d", 86400)):
        if seconds < size * {"m": 60, "h": 24, "d": 400}[unit]:
            return f"{int(seconds // size)}{unit}"
    return f"{int(seconds // (86400 * 365))}y"


def count(number: int | None) -> str:
    """An exact count with separators: ``15,359``."""
    return UNKNOWN if number is None else f"{number:,}"


def many(number: int | None, what: str) -> str:
    """A count and what is counted: ``1 session``, ``12 sessions``, ``— tokens``."""
    return f"{count(number)} {what}{'' if number == 1 else 's'}"


def short_count(number: float | None) -> str:
    """A count in at most five characters: ``312``, ``1.2k``, ``4.3M``."""
    if number is None:
        return UNKNOWN
    if abs(number) < 1000:
        return f"{number:.0f}"
    for unit in ("k", "M", "G"):
        number /= 1000
        if abs(number) < 9.95:
            return f"{number:.1f}{unit}"
        if abs(number) < 999.5:
            return f"{number:.0f}{unit}"
    return f"{number:.0f}G"


def score(value: float | None) -> str:
    """A score of 0 to 100, such as that of a session's quality."""
    return UNKNOWN if value is None else f"{value:.1f}"


def percent(rate: float | None) -> str:
    """A rate 0..1 as percent with one decimal, never rounded up to 100 nor down to 0."""
    if rate is None:
        return UNKNOWN
    if 0.9995 <= rate < 1:
        return "99.9"
    if 0 < rate < 0.0005:
        return "0.1"
    return f"{rate * 100:.1f}"


def clock(instant: float | None, zone: tzinfo | None = None) -> str:
    """The time of day of an instant, ``14:02:11``, in ``zone`` (``None``: the user's)."""
    moment = _moment(instant, zone)
    return UNKNOWN if moment is None else moment.strftime("%H:%M:%S")


def date_time(instant: float | None, zone: tzinfo | None = None) -> str:
    """Date and time of an instant, ``2026-01-12 14:02:11``, in ``zone``."""
    moment = _moment(instant, zone)
    return UNKNOWN if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")


def iso(instant: float | None) -> str | None:
    """ISO 8601 in UTC with Z; microseconds only where there are any. ``None`` if unknown."""
    if type(instant) is float and _EXACT <= instant < _FAR:
        # Many instants of one minute come together, and most of the work is to find its date.
        second = int(instant)
        rest = round((instant - second) * 1e6)
        if rest < 1_000_000:
            minute, seconds = divmod(second, 60)
            begun = _minutes.get(minute) or _noted(minute)
            return f"{begun}{_SIXTY[seconds]}.{rest:06}Z" if rest else f"{begun}{_SIXTY[seconds]}Z"
    moment = _moment(instant, UTC)
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _noted(minute: int) -> str:
    """A minute as ISO 8601 begins it, with the colon behind."""
    hour, rest = divmod(minute, 60)
    begun = _hours.get(hour)
    if begun is None:
        if len(_hours) >= _HOURS_KEPT:
            _hours.clear()
        begun = _hours[hour] = datetime.fromtimestamp(hour * 3600, UTC).isoformat()[:14]
    if len(_minutes) >= _HOURS_KEPT:
        _minutes.clear()
    text = _minutes[minute] = f"{begun}{_SIXTY[rest]}:"
    return text


def _moment(instant: float | None, zone: tzinfo | None) -> datetime | None:
    if instant is None:
        return None
    try:
        return datetime.fromtimestamp(round(instant, 6), UTC).astimezone(zone)
    except (ValueError, OverflowError, OSError):
        return None
