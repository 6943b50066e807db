"""Reports about errors of the program itself, free of what the user's sessions hold.

A report names the types of the errors and where they were raised: files, lines, functions.
Neither local variables nor messages of errors are written, since both may quote data.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import os
import platform
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO, Any

import platformdirs

from queries.text import clean

APP_NAME = "session-tui"
KEPT_REPORTS = 20

log = logging.getLogger(__name__)


def log_folder() -> Path:
    """Where reports and the log belong on this platform."""
    return platformdirs.user_log_path(APP_NAME, appauthor=False)


def describe(error: BaseException, *, messages: bool = False) -> str:
    """An error with its causes as text, without any data.

    Args:
        error: the error.
        messages: whether the errors' own messages are included; these may hold data.
    """
    lines: list[str] = []
    todo: list[tuple[str, BaseException]] = [("", error)]
    seen: set[int] = set()
    while todo:
        label, current = todo.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        kind = type(current)
        lines.append(f"{label}{kind.__module__}.{kind.__qualname__}")
        if messages:
            lines.append(f"  message: {clean(str(current))}")
        for frame, line in traceback.walk_tb(current.__traceback__):
            code = frame.f_code
            lines.append(f"  {code.co_filename}:{line} in {code.co_qualname}")
        # Textual's WorkerFailed keeps what a worker raised in this attribute.
        inner = getattr(current, "error", None)
        if isinstance(inner, BaseException):
            todo.append(("raised in a worker: ", inner))
        if isinstance(current, BaseExceptionGroup):
            todo += [("one of: ", member) for member in current.exceptions]
        if current.__cause__ is not None:
            todo.append(("caused by: ", current.__cause__))
        elif current.__context__ is not None and not current.__suppress_context__:
            todo.append(("while handling: ", current.__context__))
    return "\n".join(lines)


def report(error: BaseException, *, messages: bool = False, folder: Path | None = None) -> Path:
    """Write a report file that only the user can read; old reports are removed.

    Args:
        error: what was raised.
        messages: see :func:`describe`.
        folder: where to; ``None``: :func:`log_folder`.

    Returns:
        The path of the file.

    Raises:
        OSError: if it could not be written.
    """
    folder = log_folder() if folder is None else folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    path = folder / f"crash-{stamp}-{os.getpid()}-{threading.get_native_id()}.txt"
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(fd, "w", encoding="utf-8") as file:
        file.write(
            f"{APP_NAME}, {stamp} UTC\n"
            f"Python {platform.python_version()}, {platform.platform()}\n"
            f"Textual {_version('textual')}, Rich {_version('rich')}\n\n"
            f"{describe(error, messages=messages)}\n"
        )
    for old in sorted(folder.glob("crash-*.txt"))[:-KEPT_REPORTS]:
        old.unlink(missing_ok=True)
    return path


def sentence(error: BaseException, *, messages: bool = False) -> str:
    """Write a report and say so in one sentence for the user, without any data."""
    name = type(error).__name__
    try:
        path = report(error, messages=messages)
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        where = traceback.extract_tb(error.__traceback__)
        place = f" in {Path(where[-1].filename).name}:{where[-1].lineno}" if where else ""
        return f"{APP_NAME} stopped: {name}{place}; no report could be written ({reason})."
    return f"{APP_NAME} stopped because of an error of its own ({name}); the report is in {path}"


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


class _DatalessFormatter(logging.Formatter):
    """Leaves out what may quote data: messages of errors, and what asyncio adds to its own."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the name is logging's
        return describe(ei[1]) if ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        # Other handlers leave their own text of the error in the record they share.
        record = copy.copy(record)
        record.exc_text = None
        if record.name == "asyncio":
            record.msg, record.args = str(record.msg).split("\n", 1)[0], None
        return super().format(record)


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> IO[str]:  # type: ignore[override]  # a narrower return type there
        Path(self.baseFilename).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fd = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return open(fd, "a", encoding="utf-8")


@contextlib.contextmanager
def logging_to_file() -> Iterator[None]:
    """Send warnings, and errors of threads, to a file instead of the screen.

    The file is created with the first entry.
    """
    path = log_folder() / f"{APP_NAME}.log"
    handler = _PrivateFile(path, maxBytes=500_000, backupCount=1, delay=True)
    handler.setLevel(logging.WARNING)
    handler.setFormatter(_DatalessFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    hook = threading.excepthook
    raising, logging.raiseExceptions = logging.raiseExceptions, False
    threading.excepthook = _log_thread_error
    try:
        yield
    finally:
        threading.excepthook = hook
        logging.raiseExceptions = raising
        root.removeHandler(handler)
        handler.close()


def _log_thread_error(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread is not None else "?"
    error = args.exc_value or args.exc_type()
    log.error("a thread ended with an error (%s)", name, exc_info=error)


def say(text: str) -> None:
    """Print one line on standard error, if anybody is there to read it."""
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
