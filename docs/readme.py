"""Brings the generated parts of README.md up to date: ``python -m docs.readme README.md``.

A part stands between ``<!-- name -->`` and ``<!-- /name -->``. An example stands between
``<!-- run: sessions STORE --json -->`` and ``<!-- /run -->``, with the name of a sample for
STORE.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from queries.finding.filters import EVENT_FIELDS, FIELDS, SESSION_FIELDS
from tui.cli import COMMANDS, SCREEN_OPTIONS
from tui.config import default_text
from tui.reference import with_key_table

ROOT: Final = Path(__file__).parents[1]
SAMPLES: Final = ROOT / "tests" / "data"
WIDTH: Final = 96
"""Characters of a line of an example, where no single value is longer."""
FOLDER: Final = "/home/you/runs"
"""Where the stores of the examples seem to lie."""
_RUN: Final = re.compile(r"(<!-- run: (.*?) -->\n).*?(<!-- /run -->)", re.DOTALL)


def updated(text: str) -> str:
    """The text with all its generated parts made anew."""
    for name, make in PARTS.items():
        part = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
        text = part.sub((make() + "\n").replace("\\", r"\\"), text)
    with tempfile.TemporaryDirectory() as folder:
        for sample in SAMPLES.glob("*.db"):
            shutil.copyfile(sample, Path(folder, sample.name))
        text = _RUN.sub(lambda found: f"{found[1]}{example(found[2], folder)}{found[3]}", text)
    return with_key_table(text)


def example(arguments: str, folder: str) -> str:
    """What a command prints, as a fenced block below the command itself.

    Args:
        arguments: of session-tui; the first store of the samples is named by its file.
        folder: where copies of the samples are.
    """
    document = json.loads(output(shlex.split(arguments), folder))
    printed = laid_out(shortened(document))
    return f"```console\n$ session-tui {arguments}\n{printed}\n```\n"


def output(arguments: Sequence[str], folder: str) -> str:
    """All that a command prints; of one that follows the store, the first line."""
    program = "import sys; from tui.cli import main; sys.exit(main())"
    with subprocess.Popen(  # noqa: S603 - it is our own program
        [sys.executable, "-c", program, *arguments], cwd=folder, env=_environment(folder),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        if arguments[0] == "tail" and process.stdout is not None:
            text = process.stdout.readline()
            process.terminate()
            process.communicate()
        else:
            text, problem = process.communicate()
            if process.returncode:
                raise ValueError(f"{shlex.join(arguments)}: {problem}")
    return text.replace(os.path.realpath(folder), FOLDER).replace(folder, FOLDER)


def _environment(folder: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {
        "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_CACHE_HOME": folder, "TZ": "UTC",
        "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip


def shortened(value: Any) -> Any:
    """The same with only the first item of every list of objects."""
    if isinstance(value, dict):
        return {key: shortened(item) for key, item in value.items()}
    if isinstance(value, list):
        objects = bool(value) and isinstance(value[0], dict)
        return [shortened(item) for item in (value[:1] if objects else value)]
    return value


def laid_out(value: Any, indent: int = 0) -> str:
    """JSON on as few lines as are at most :data:`WIDTH` characters wide."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + len(line) <= WIDTH or not value or not isinstance(value, dict | list):
        return line
    deeper = indent + 2
    if isinstance(value, dict):
        opening, closing = "{", "}"
        parts = [f"{json.dumps(key)}: {laid_out(item, deeper)}" for key, item in value.items()]
    else:
        opening, closing = "[", "]"
        parts = [laid_out(item, deeper) for item in value]
    parts = [f"{part}," for part in parts[:-1]] + parts[-1:]
    lines = [""]
    for part in parts:
        room = deeper + len(lines[-1]) + 1 + len(part.partition("\n")[0])
        if lines[-1] and ("\n" in part or "\n" in lines[-1] or room > WIDTH):
            lines.append("")
        lines[-1] += f" {part}" if lines[-1] else part
    inside = "".join(f"\n{' ' * deeper}{line}" for line in lines)
    return f"{opening}{inside}\n{' ' * indent}{closing}"


def commands_table() -> str:
    """All commands with their line of help."""
    rows = (f"| `{name}` | {entry.help} |" for name, entry in COMMANDS.items())
    return "\n".join(("| Command | |", "| --- | --- |", *rows))


def options_table() -> str:
    """The options of the screen."""
    rows = (f"| `{option}` | {meaning} |" for option, meaning in SCREEN_OPTIONS)
    return "\n".join(("| Option | |", "| --- | --- |", *rows))


def filters_table() -> str:
    """The fields of the filter language, and what they are asked of."""
    rows = []
    for name, meaning in FIELDS.items():
        places = [
            word
            for word, fields in (("sessions", SESSION_FIELDS), ("events", EVENT_FIELDS))
            if name in fields
        ]
        rows.append(f"| `{name}:` | {meaning} | {', '.join(places)} |")
    return "\n".join(("| Field | | Of |", "| --- | --- | --- |", *rows))


def configuration() -> str:
    """The default configuration, without the list of all keys."""
    text, heading, keys = default_text().partition("# [keys]\n")
    first = "\n".join(keys.splitlines()[:2])
    return f"```toml\n{text}{heading}{first}\n```"


PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "commands": commands_table,
    "options": options_table,
    "filters": filters_table,
    "configuration": configuration,
}
"""Name of a part -> what makes it."""


def main(paths: Sequence[str]) -> None:
    """Update files."""
    for path in map(Path, paths):
        path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
