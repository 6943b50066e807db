from __future__ import annotations

from pathlib import Path

from tui.commands import COMMANDS
from tui.reference import BEGIN, END, key_table_markdown, update_readme, with_key_table

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_says_what_the_program_does() -> None:
    text = README.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) <= 1
    assert with_key_table(text) == text, "run: python -m tui.reference README.md"


def test_the_table_has_every_command_once() -> None:
    lines = key_table_markdown().splitlines()
    for command in COMMANDS:
        assert sum(f"`{command.id}`" in line for line in lines) == 1
    assert all(line.count("|") == 4 for line in lines)
    assert "| `up` `k` | Move the cursor up. | `move.up` |" in lines
    assert "| **Tools & matrix** | | |" in lines


def test_a_file_is_changed_only_between_the_marks(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    assert update_readme(path)
    assert path.read_text() == f"before\n{BEGIN}\n{key_table_markdown()}\n{END}\nafter\n"
    assert not update_readme(path)


def test_a_file_without_marks_stays(tmp_path: Path) -> None:
    for text in ("nothing\n", f"{BEGIN}\nno end\n"):
        path = tmp_path / "README.md"
        path.write_text(text)
        assert not update_readme(path)
        assert path.read_text() == text
