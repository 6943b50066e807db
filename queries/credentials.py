"""What looks like a credential in text, so that it can be left out of what leaves the program.

One table of rules. Each finds a format that hardly occurs by chance: a well-known prefix with the
right length and alphabet, a key block, or a word that announces a secret before a value that is
random enough. Commit hashes, UUIDs, paths and counts of tokens are no credentials.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from queries.plain_data import dataclass

_EDGE = r"(?<![A-Za-z0-9_])"
_WIDE_EDGE = r"(?<![A-Za-z0-9_-])"
_NAMES = (
    r"(?:[A-Za-z0-9]{1,40}[_-]){0,6}(?:pass(?:word|wd|phrase)|secret(?:[_-]?(?:access[_-])?key)?|"
    r"(?:api|access|auth|private|signing|encryption)[_-]?key|"
    r"(?:access|auth|refresh|session|bearer|id|api)[_-]?token|token|client[_-]?secret|credentials?)"
)
_MASK: Final = "[masked: "
COVER: Final = "•"
"""What stands on the screen for each character of a credential."""
_STRONG: Final = frozenset("!@#^&*?")
"""Signs that stand in passwords, but hardly in names and paths."""
_LEAST_BITS = 2.8
"""Shannon entropy, in bits per character, that a value after a telling name has at least."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One format of credentials."""

    name: str
    """What is masked, in words: it is shown in its place."""
    pattern: str
    """Matches it; a group called "secret" is masked alone, else all of the match."""
    example: str
    """Made up; matched by the pattern."""
    accepts: Callable[[str], bool] | None = None
    """What the secret must fulfil besides."""


def _is_random(value: str) -> bool:
    """Whether a value looks made by a machine, or like a good password: no word, no number."""
    if value.isdigit() or not any(each.isdigit() or each in _STRONG for each in value):
        return False
    if value.startswith(("$", "${", "<", "{", "%", "/", "./", "~")):
        return False
    return _bits(value) >= _LEAST_BITS


def _bits(value: str) -> float:
    """Shannon entropy per character: -sum(p log2 p) over the characters."""
    length = len(value)
    shares = (number / length for number in Counter(value).values())
    return -sum(share * math.log2(share) for share in shares)


RULES: Final[tuple[Rule, ...]] = (
    Rule(
        "private key",
        r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?!-----).)*(?:-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    ),
    Rule(
        "AWS access key id",
        _EDGE + r"(?:AKIA|ASIA)[0-9A-Z]{16}(?![0-9A-Za-z])",
        "AKIAIOSFODNN7EXAMPLE",
    ),
    Rule(
        "GitHub token",
        _EDGE + r"(?:gh[opsru]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{36,255})",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    ),
    Rule("GitLab token", _EDGE + r"gl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{20,}",
         "glpat-0123456789abcdefghij"),
    Rule("Anthropic key", _EDGE + r"sk-ant-[A-Za-z0-9_-]{20,}",
         "sk-ant-api03-0123456789abcdefghij"),
    Rule(
        "OpenAI key",
        _WIDE_EDGE
        + r"sk-(?:proj-|svcacct-|admin-)?(?=[A-Za-z0-9_-]{0,200}[0-9])[A-Za-z0-9_-]{32,}",
        "sk-proj-0123456789abcdefghijABCDEFGHIJ0123456789",
    ),
    Rule("Google API key", _EDGE + r"AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])",
         "AIza0123456789abcdefghijABCDEFGHIJ01234"),
    Rule("Google token", _EDGE + r"ya29\.[0-9A-Za-z_-]{20,}", "ya29.a0123456789abcdefghij"),
    Rule("Slack token", _EDGE + r"xox[abeoprs]-[A-Za-z0-9-]{10,}", "xoxb-0123456789-abcdefghij"),
    Rule(
        "Slack webhook",
        r"https://hooks\.slack\.com/(?P<secret>(?:services|workflows)/[A-Za-z0-9/]{20,})",
        "https://hooks.slack.com/services/T01234567/B01234567/abcdefghijABCDEFGHIJ0123",
    ),
    Rule("Stripe key", _EDGE + r"[rs]k_(?:live|test)_[0-9A-Za-z]{16,}",
         "sk_live_0123456789abcdef"),
    Rule("npm token", _EDGE + r"npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])",
         "npm_0123456789abcdefghijABCDEFGHIJ012345"),
    Rule("PyPI token", _EDGE + r"pypi-AgE[A-Za-z0-9_-]{40,}",
         "pypi-AgEIcHlwaS5vcmc0123456789abcdefghijABCDEFGHIJ0123456789"),
    Rule("Hugging Face token", _EDGE + r"hf_[A-Za-z0-9]{34,}(?![A-Za-z0-9])",
         "hf_0123456789abcdefghijABCDEFGHIJ0123"),
    Rule("SendGrid key", _EDGE + r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}",
         "SG.0123456789abcdefghijAB.0123456789abcdefghijABCDEFGHIJ0123456789abc"),
    Rule("DigitalOcean token", _EDGE + r"do[opr]_v1_[0-9a-f]{64}",
         "dop_v1_" + "0123456789abcdef" * 4),
    Rule("Twilio key", _EDGE + r"SK[0-9a-f]{32}(?![0-9A-Za-z])",
         "SK0123456789abcdef0123456789abcdef"),
    Rule(
        "JSON web token",
        _WIDE_EDGE + r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    ),
    Rule(
        "authorization",
        r"(?i:\b(?:proxy-)?authorization[\"']?\s*[:=]\s*[\"']?(?:basic|bearer|token|digest)\s+)"
        r"(?P<secret>[A-Za-z0-9._~+/=-]{6,})",
        "Authorization: Basic dXNlcjpwYXNz",
    ),
    Rule(
        "bearer token",
        r"(?i:\bbearer\s+)(?P<secret>[A-Za-z0-9._~+/-]{16,}=*)",
        "curl -H 'bearer 0123456789abcdefghij'",
        _is_random,
    ),
    Rule(
        "password in an address",
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"]{0,100}:(?P<secret>[^\s/@'\"$<{]{1,200})@",
        "postgres://user:pass1@db.example/x",
    ),
    Rule(
        "secret",
        rf"(?i:{_EDGE}{_NAMES}\\?[\"']?\s{{0,3}}(?:=|:|=>|:=)\s{{0,3}})"
        r"(?:(?P<quote>\\?[\"'])(?P<quoted>[^\s\"'\\]{8,4000})(?:(?P=quote)|(?<=…)|\Z)|"
        r"(?P<secret>[^\s\"',;&(){}\[\]\\]{8,4000}))",
        "API_KEY=x9Yk2mQ8vLp4Rt7Z",
        _is_random,
    ),
    Rule(
        "credential, cut off",
        _WIDE_EDGE + r"(?:gh[opsru]_|github_pat_|gl(?:pat|ptt|dt|rt)-|sk-ant-|sk-proj-|AKIA|ASIA|"
        r"AIza|ya29\.|xox[abeoprs]-|[rs]k_(?:live|test)_|npm_|pypi-AgE|hf_|SG\.|do[opr]_v1_|eyJ)"
        r"[A-Za-z0-9_.-]{4,}(?:…|\\u2026)",
        "ghp_0123456789abc…",
    ),
)  # fmt: skip
"""In the order in which they are tried."""

_patterns = tuple((rule, re.compile(rule.pattern, re.DOTALL)) for rule in RULES)
_might = re.compile(
    r"(?i:PRIVATE KEY|pass|secret|key|token|credential|bearer|authorization|://[^\s/]*:[^\s/]*@)|"
    r"AKIA|ASIA|gh[opsru]_|github_pat_|gl\w{2,3}-|sk-|AIza|ya29\.|xox|hooks\.|[rs]k_|npm_|pypi-|"
    r"hf_|SG\.|_v1_|SK[0-9a-f]|eyJ"
).search


def mask(text: str) -> str:
    """The text with "[masked: ...]" in place of whatever looks like a credential.

    Masking a second time changes nothing more.
    """
    return masked(text)[0]


def masked(text: str) -> tuple[str, int]:
    """As :func:`mask`, and how many places were masked."""
    if not _might(text):
        return text, 0
    number = 0
    for rule, pattern in _patterns:
        before = text.count(_MASK)
        text = pattern.sub(_masked(rule), text)
        number += text.count(_MASK) - before
    return text, number


def cover(text: str) -> str:
    """The text with a dot for each character of whatever looks like a credential.

    It is as long as before, and lines end where they did. Covering a second time changes
    nothing more.
    """
    if _might(text):
        for rule, pattern in _patterns:
            text = pattern.sub(_covered(rule), text)
    return text


def _covered(rule: Rule) -> Callable[[re.Match[str]], str]:
    def replacement(found: re.Match[str]) -> str:
        place = _secret_in(found, rule)
        if place is None:
            return found[0]
        start, end = place
        dots = "".join("\n" if each == "\n" else COVER for each in found[0][start:end])
        return f"{found[0][:start]}{dots}{found[0][end:]}"

    return replacement


def _secret_in(found: re.Match[str], rule: Rule) -> tuple[int, int] | None:
    """Which part of a match is the secret; None if it is none."""
    groups = found.groupdict()
    name = next((name for name in ("secret", "quoted") if groups.get(name)), 0)
    secret = found[name]
    if (
        secret.startswith(_MASK)
        or not secret.strip(COVER)
        or (rule.accepts is not None and not rule.accepts(secret))
    ):
        return None
    return found.start(name) - found.start(), found.end(name) - found.start()


def _masked(rule: Rule) -> Callable[[re.Match[str]], str]:
    def replacement(found: re.Match[str]) -> str:
        place = _secret_in(found, rule)
        if place is None:
            return found[0]
        start, end = place
        return f"{found[0][:start]}{_MASK}{rule.name}]{found[0][end:]}"

    return replacement
