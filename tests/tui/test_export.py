from __future__ import annotations

import json
import os
import resource
import stat
from pathlib import Path

import pytest

from tests.stores import HOSTILE
from tests.tui.harmless import acting
from tui.export import ExportError, absolute, give_lines, give_text, slug, write_new


def test_a_file_is_the_owners_only_and_new(folder: Path) -> None:
    old_mask = os.umask(0)
    try:
        path = write_new("view", "txt", "one\ntwo\n")
    finally:
        os.umask(old_mask)
    assert path == folder / "view.txt"
    assert path.read_text("utf-8") == "one\ntwo\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_existing_file_is_never_overwritten(folder: Path) -> None:
    (folder / "view.txt").write_text("mine")
    (folder / "view-2.txt").symlink_to(folder / "elsewhere")
    path = write_new("view", "txt", "new")
    assert path.name == "view-3.txt"
    assert (folder / "view.txt").read_text() == "mine"
    assert not (folder / "elsewhere").exists()


def test_what_cannot_be_written_is_told_in_a_sentence(folder: Path) -> None:
    with pytest.raises(ExportError, match=r"missing/view\.txt: cannot be written \(No such file"):
        write_new("view", "txt", "x", folder / "missing")


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/root/x", "a\x1b]0;x\x07b", "", "...", "x" * 500, "con\nline"]
)
def test_a_name_stays_in_the_folder(folder: Path, name: str) -> None:
    path = write_new(name, "txt", "x")
    assert path.parent == folder
    assert path.resolve().parent == folder.resolve()
    assert len(path.name) <= 90
    assert all(character.isalnum() or character in "-_." for character in path.name)


def test_slugs() -> None:
    assert slug("Fix: the [bold] login/../x") == "Fix-the-bold-login-x"
    assert slug("///") == "export"


@pytest.mark.parametrize("name", [name for name, _ in HOSTILE if name != "ten_megabytes"])
def test_no_line_acts_on_a_terminal(folder: Path, name: str) -> None:
    value = dict(HOSTILE)[name]
    text = value if isinstance(value, str) else value.data.decode("utf-8", "surrogateescape")
    assert give_lines("view", [text], masking=False) == f"Written to {folder / 'view.txt'}"
    written = (folder / "view.txt").read_text("utf-8")
    assert written.endswith("\n")
    assert written.count("\n") == 1
    assert acting(written) == set()


def test_the_longest_line_is_written_whole(folder: Path) -> None:
    line = "word " * 50_000 + "the end"
    give_lines("view", [line, "short"], masking=False)
    assert (folder / "view.txt").read_text("utf-8") == f"{line}\nshort\n"


def test_credentials_are_masked_and_counted(folder: Path) -> None:
    lines = ["export API_KEY=x9Yk2mQ8vLp4Rt7Z", "AKIAIOSFODNN7EXAMPLE and postgres://a:b@c/d"]
    path = folder / "view.txt"
    said = give_lines("view", lines, masking=True)
    assert said == f"Written to {path}, 3 credentials masked"
    assert path.read_text("utf-8") == (
        "export API_KEY=[masked: secret]\n"
        "[masked: AWS access key id] and postgres://a:[masked: password in an address]@c/d\n"
    )
    assert give_lines("view", lines[:1], masking=True).endswith("view-2.txt, 1 credential masked")
    assert give_lines("view", lines, masking=False) == f"Written to {folder / 'view-3.txt'}"
    assert (folder / "view-3.txt").read_text("utf-8").splitlines() == lines


def test_what_stays_json_is_json(folder: Path) -> None:
    made = json.dumps({"input": 'password = "x9Yk2mQ8vLp4Rt7Z"', "key": "A" * 3})
    give_text("view", "json", made, masking=True)
    kept = json.loads((folder / "view.json").read_text("utf-8"))
    assert kept == {"input": 'password = "[masked: secret]"', "key": "AAA"}


def test_paths_for_commands_are_absolute(folder: Path) -> None:
    assert absolute(Path("a.db")) == str(folder / "a.db")
    assert absolute(Path("/x/../y.db")) == "/y.db"


def test_half_a_file_is_not_left_where_the_disk_is_full(folder: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        said = give_lines("view", ["x" * 100] * 1000, masking=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert said.startswith(str(folder / "view.txt"))
    assert "cannot be written" in said
    assert list(folder.iterdir()) == []
