"""What HtmlGraph's input summaries say, without the wrapping that some versions put around it.

A summary may be plain text, text after the tool's name ("Bash: ls"), the first 500 characters
of the JSON that a hook received, cut anywhere, or the JSON of a delegation.
"""

from __future__ import annotations

import json
import re

_KEYS = ("file_path", "notebook_path", "command", "pattern", "query", "url", "description",
         "prompt", "path", "skill", "content")  # fmt: skip
_TASK_KEYS = ("description", "prompt")
_decode = json.JSONDecoder().raw_decode
_BLANKS = " \t\n\r"
_find_input = re.compile(r'"tool_input"\s*:\s*\{').search
_match_kind = re.compile(r"\(([^()\n]{1,80})\): ?").match


def plain_summary(text: str, tool: str | None) -> str:
    """A summary without the tool's name and the sub-agent's kind in front.

    ``"Bash: ls"`` becomes ``"ls"``, ``"Task (Explore): Survey"`` and ``"(Explore): Survey"``
    become ``"Survey"``; other text stays as it is.
    """
    if tool and text.startswith(tool):
        rest = text[len(tool) :]
        if rest.startswith(": "):
            text = rest[2:]
        elif rest.startswith(" ("):
            text = rest[1:]
        elif rest == ":":
            return ""
    if tool in ("Task", "Agent") and text.startswith("("):
        found = _match_kind(text)
        if found is not None:
            text = text[found.end() :]
    return "" if text == "{}" else text


def sub_agent(text: str) -> str | None:
    """The kind of sub-agent that a delegation's JSON or plain summary names."""
    data = _object(text)
    if data is not None:
        inner = data.get("tool_input")
        return _text_of(inner if isinstance(inner, dict) else data, ("subagent_type",))
    found = _match_kind(text.removeprefix("Task ").removeprefix("Agent "))
    return found.group(1) if found is not None else _from_cut(text, ("subagent_type",))


def main_argument(text: str, *, delegation: bool = False) -> str | None:
    """The argument that says most, out of a call's JSON; the JSON may be cut anywhere.

    Args:
        text: the arguments, or the whole of what a hook received with them inside.
        delegation: whether it is a task for a sub-agent: its description then comes first.

    Returns:
        That argument's text; of calls without a known one, their plain arguments as
        "name: value". ``""`` when there is nothing to show, ``None`` for text that is not
        such JSON, or too little of it.
    """
    if not text.startswith("{"):
        return None
    keys = _TASK_KEYS if delegation else _KEYS
    data = _object(text)
    if data is None:
        if not text.startswith('{"'):
            return None
        found = _find_input(text)
        if found is None and '"session_id"' in text:
            return ""
        known = _from_cut(text[found.end() :] if found else text, keys)
        return known if known is not None or found is None else ""
    inner = data.get("tool_input")
    arguments = inner if isinstance(inner, dict) else data
    if arguments is data and "session_id" in data:
        return ""
    known = _text_of(arguments, keys)
    if known is not None or delegation:
        return known or ""
    return ", ".join(
        f"{name}: {value}" for name, value in arguments.items() if isinstance(value, str | int)
    )


def _object(text: str) -> dict[str, object] | None:
    if not text.startswith("{"):
        return None
    try:
        # As json.loads() does, which looks for more before: every row of a call comes by here.
        data, end = _decode(text)
    except (ValueError, RecursionError):
        return None
    if end < len(text) and text[end:].strip(_BLANKS):
        return None
    return data if isinstance(data, dict) else None


def _text_of(data: dict[str, object], keys: tuple[str, ...]) -> str | None:
    for key in keys:
        value = data.get(key)
        if isinstance(value, str) and value:
            return value
    return None


def _from_cut(text: str, keys: tuple[str, ...]) -> str | None:
    for key in keys:
        found = re.search(rf'"{key}"\s*:\s*"((?:[^"\\]|\\.)+)', text, re.DOTALL)
        if found is not None:
            return _unescape(found.group(1))
    return None


def _unescape(text: str) -> str:
    # The cut may have gone through an escape: at most "\uXXXX\uXXX" is lost at the end.
    for end in (len(text), text.rfind("\\")):
        try:
            whole = str(json.loads(f'"{text[:end]}"', strict=False))
        except ValueError:
            continue
        return whole[:-1] if "\ud800" <= whole[-1:] <= "\udbff" else whole
    return text
