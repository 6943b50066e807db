"""What a trend tells of each of its buckets, as numbers and in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, Literal

from queries.models.overview import Bucket, BucketSize, Trends
from queries.models.rates import Rate
from queries.plain_data import dataclass
from queries.text import UNKNOWN, count, many, percent, short_count
from widgets.rate_text import rate_sentence, rate_text

Measure = Literal[
    "sessions", "events", "call errors", "completion", "tokens", "errors", "failed sessions"
]
"""What a trend is drawn of."""

MEASURES: Final[tuple[Measure, ...]] = (
    "events", "sessions", "call errors", "completion", "failed sessions", "errors", "tokens"
)  # fmt: skip
"""In the order in which they are gone through."""

_COUNTS: Final[Mapping[str, Callable[[Bucket], int | None]]] = {
    "sessions": lambda bucket: bucket.sessions,
    "events": lambda bucket: bucket.events,
    "errors": lambda bucket: bucket.errors,
    "tokens": lambda bucket: bucket.tokens,
}
_RATES: Final[Mapping[str, Callable[[Bucket], Rate]]] = {
    "call errors": lambda bucket: bucket.call_errors,
    "completion": lambda bucket: bucket.completion,
    "failed sessions": lambda bucket: bucket.session_errors,
}
TITLES: Final[Mapping[Measure, str]] = {
    "sessions": "sessions begun",
    "events": "events",
    "errors": "failed events",
    "tokens": "tokens",
    "call errors": "error rate of calls",
    "completion": "completion rate",
    "failed sessions": "error rate of sessions",
}
ROLES: Final[Mapping[Measure, str]] = {
    "errors": "error",
    "call errors": "error",
    "failed sessions": "error",
    "completion": "ok",
}
"""The looks of columns; the others are drawn in the accent."""


def is_rate(measure: Measure) -> bool:
    """Whether it is a proportion, 0..1."""
    return measure in _RATES


def value_of(bucket: Bucket, measure: Measure) -> float | None:
    """The bucket's value; None where it is unknown."""
    rate = _RATES.get(measure)
    return _COUNTS[measure](bucket) if rate is None else rate(bucket).rate


def value_text(bucket: Bucket, measure: Measure) -> str:
    """The bucket's value in words; of a rate also what it rests on."""
    rate = _RATES.get(measure)
    return count(_COUNTS[measure](bucket)) if rate is None else rate_sentence(rate(bucket))


def axis_text(value: float, measure: Measure) -> str:
    """A value in at most five characters, for an axis."""
    if is_rate(measure):
        return f"{percent(value).removesuffix('.0')}%"
    return short_count(value)


def sum_text(trends: Trends, measure: Measure) -> str:
    """All buckets together, in words; the rates of all of them pooled."""
    rate = _RATES.get(measure)
    if rate is not None:
        pooled = [rate(bucket) for bucket in trends.buckets]
        whole = sum(part.of for part in pooled)
        some = sum(part.count for part in pooled)
        return f"{percent(some / whole)} % in all" if whole else f"{UNKNOWN} in all"
    values = [_COUNTS[measure](bucket) for bucket in trends.buckets]
    known = [value for value in values if value is not None]
    return f"{count(sum(known) if known or not values else None)} in all"


def bucket_sentence(bucket: Bucket) -> str:
    """All about one bucket in one line."""
    parts = [
        f"{many(bucket.events, 'event')}, {count(bucket.errors)} failed",
        f"{many(bucket.sessions, 'session')} begun",
        f"completion {rate_text(bucket.completion)}",
        f"call errors {rate_sentence(bucket.call_errors)}",
        many(bucket.tokens, "token"),
    ]
    return f"{bucket.label}: {'; '.join(parts)}"


@dataclass(frozen=True, slots=True)
class AxisLabel:
    """What stands below a bucket."""

    text: str
    urgent: bool
    """Whether it goes before the others, where there is no room for all."""


def axis_labels(buckets: Sequence[Bucket], size: BucketSize) -> list[AxisLabel]:
    """Short labels: of hours the time, and the date where a day begins; else day or week."""
    if size is not BucketSize.HOUR:
        cut = 5 if size is BucketSize.DAY else 0
        return [AxisLabel(bucket.label[cut:], index == 0) for index, bucket in enumerate(buckets)]
    labels: list[AxisLabel] = []
    day = ""
    for bucket in buckets:
        date, _, hour = bucket.label.partition(" ")
        labels.append(AxisLabel(hour if date == day else f"{date[5:]} {hour}", date != day))
        day = date
    return labels
