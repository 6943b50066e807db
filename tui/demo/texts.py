"""What tools are asked and what they answer."""

from __future__ import annotations

import json
from random import Random

from queries.plain_data import dataclass
from tui.demo import vocabulary as words

HUGE_SHARE = 0.004
"""Part of all calls whose output is tens of kilobytes."""


@dataclass(frozen=True, slots=True)
class CallTexts:
    """All texts of one call; which of output and failure is used depends on how it ends."""

    summary: str
    operation: str | None
    input: str
    output: str
    failure: str


def call_texts(tool: str, dice: Random) -> CallTexts:
    """Texts for one call of a tool."""
    file = dice.choice(words.FILES)
    summary, operation, arguments, output = _ask(tool, file, dice)
    if dice.random() < HUGE_SHARE:
        output = huge_output(dice)
    failures = words.FAILURES.get(tool, words.OTHER_FAILURES)
    return CallTexts(
        summary=summary,
        operation=operation,
        input=json.dumps(arguments, ensure_ascii=False),
        output=output,
        failure=dice.choice(failures).format(file=file),
    )


def huge_output(dice: Random) -> str:
    """A JSON answer of 60 to 100 KB."""
    return json.dumps(
        [
            {
                "id": number,
                "name": f"記録 {number}",
                "etag": f"{number * 2654435761 & 0xFFFFFFFF:08x}",
                "state": "open" if number % 3 else "closed",
                "tags": ["a", "b"],
            }
            for number in range(dice.randrange(640, 1000))
        ],
        ensure_ascii=False,
    )


def _ask(tool: str, file: str, dice: Random) -> tuple[str, str | None, dict[str, object], str]:
    """Summary, operation, arguments and output."""
    number = dice.randrange(2, 60)
    match tool:
        case "Read" | "file_reader":
            lines = "\n".join(
                f"{n:>5}\tdef step_{n}(order): ..." for n in range(1, number // 4 + 3)
            )
            return file, None, {"file_path": file, "offset": number, "limit": 200}, lines
        case "Edit" | "Write":
            return (
                file,
                None,
                {
                    "file_path": file,
                    "old_string": f"retries = {number}\n",
                    "new_string": f"retries = settings.retries  # was {number}\n",
                },
                f"The file {file} has been updated.",
            )
        case "Bash":
            operation, command = dice.choice(words.COMMANDS)
            return command, operation, {"command": command, "timeout": 120000}, _shell(number)
        case "Grep" | "Glob":
            pattern = dice.choice(words.PATTERNS) if tool == "Grep" else "**/*.py"
            found = "\n".join(f"{file}:{n}: {pattern}" for n in range(3, number, 7))
            return pattern, None, {"pattern": pattern, "path": "src"}, found or "No matches found"
        case "WebFetch" | "WebSearch":
            page = dice.choice(words.PAGES)
            return page, None, {"url": page}, f"# Result\n\nFound {number} passages.\n" * 3
        case "TodoWrite":
            items = [{"content": f"Step {n}", "status": "pending"} for n in range(number % 5 + 1)]
            return f"{len(items)} items", None, {"todos": items}, "Todos have been updated."
        case "mcp__postgres__query" | "database_query":
            query = f"SELECT status, count(*) FROM invoices WHERE day > {number} GROUP BY 1"
            return query, "query", {"sql": query}, json.dumps([["open", number], ["paid", 7]])
        case _:
            return f"{tool} #{number}", "execute", {"number": number}, json.dumps({"value": number})


def _shell(number: int) -> str:
    bar = "=" * 20
    return f"{'.' * number} [100%]\n{bar} \x1b[32m{number} passed\x1b[0m in {number / 7:.2f}s {bar}"
