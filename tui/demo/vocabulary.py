"""The words of the demo: who works on what, with which tools, and what goes wrong."""

from __future__ import annotations

from queries.plain_data import dataclass


@dataclass(frozen=True, slots=True)
class ToolProfile:
    """How a tool behaves: log-normal durations and a failure rate of its own."""

    median: float
    """Seconds."""
    spread: float
    """Sigma of the logarithm of the duration."""
    failure_rate: float
    weight: int
    """How often it is chosen, against the others."""


TOOLS = {
    "Read": ToolProfile(0.08, 0.7, 0.02, 28),
    "Edit": ToolProfile(0.12, 0.5, 0.07, 16),
    "Write": ToolProfile(0.15, 0.5, 0.02, 5),
    "Bash": ToolProfile(2.4, 1.1, 0.13, 20),
    "Grep": ToolProfile(0.35, 0.7, 0.01, 14),
    "Glob": ToolProfile(0.15, 0.6, 0.01, 7),
    "WebFetch": ToolProfile(1.9, 0.8, 0.16, 4),
    "WebSearch": ToolProfile(1.4, 0.6, 0.05, 2),
    "TodoWrite": ToolProfile(0.03, 0.4, 0.0, 5),
    "mcp__github__get_issue": ToolProfile(0.7, 0.6, 0.08, 2),
    "mcp__postgres__query": ToolProfile(0.5, 1.0, 0.10, 3),
    "calculator": ToolProfile(0.02, 0.4, 0.01, 0),
    "file_reader": ToolProfile(0.2, 0.6, 0.06, 0),
    "database_query": ToolProfile(0.9, 0.9, 0.12, 0),
    "simulation_data": ToolProfile(1.8, 0.7, 0.04, 0),
}

ROLES = {
    "explorer": ("Grep", "Grep", "Glob", "Read", "Read", "Read", "WebFetch"),
    "reviewer": ("Read", "Read", "Grep", "Bash", "mcp__github__get_issue"),
    "test-runner": ("Bash", "Bash", "Bash", "Read", "Edit"),
}
BRIEFS = {
    "explorer": (
        "Find every caller of load_session and say which of them hold a lock",
        "List all places that parse dates without a zone",
        "Where is the retry policy configured, and who overrides it?",
        "Look up how the upstream library closes its pool on cancellation",
    ),
    "reviewer": (
        "Review the diff for races, missing tests and unclear names",
        "Check the migration: is it safe on a table with 40 million rows?",
        "Second pair of eyes on the permission checks",
    ),
    "test-runner": (
        "Run the unit tests of the changed packages and report failures only",
        "Run the flaky test 20 times and count how often it fails",
        "Run the end-to-end suite against the local stack",
    ),
}

LONG_PROMPT = """The worker grows by 40 MB an hour until it is killed. Here is what I know so far:

- it started two weeks ago, after the change of the image library;
- it happens on both machines; restarting helps for about a day;
- yesterday's heap dump shows some 200,000 small bytes objects, all of the same size, held by a
  dictionary whose keys look like file names.

I have no idea who fills that dictionary; it may be our own cache, or one inside a library.
Please find the owner, explain the mechanism, and propose the smallest safe fix. Do not restart
the worker, do not change its limits, and do not install anything on the machine."""

TASKS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    (
        "Fix the flaky login test",
        "shop-api",
        "auth",
        (
            "The login test fails about once in ten runs on CI. Find out why and fix it.",
            "Good. Now make sure the session cookie is never logged.",
            "Run everything again and write a changelog line.",
        ),
    ),
    (
        "Pagination for the orders endpoint",
        "shop-api",
        "orders",
        (
            "Add keyset pagination to /orders, 50 rows a page, stable under inserts.",
            "The cursor must not reveal ids. Please encrypt or sign it.",
        ),
    ),
    (
        "結帳頁面出現重複訂單",
        "shop-web",
        "checkout",
        (
            "使用者連按兩次「送出」會產生兩筆訂單，請找出原因並修正。",
            "很好，請再加上一個整合測試。",
        ),
    ),
    (
        "ログイン画面の日本語化 🎌",
        "shop-web",
        "i18n",
        (
            "ログイン画面の文言をすべて日本語にしてください。エラーメッセージも忘れずに。",
            "全角と半角が混ざっています。統一してください。",
        ),
    ),
    (
        "Speed up the nightly report 🐌➡️🚀",
        "reports",
        "pipeline",
        (
            "The nightly report takes 47 minutes. Profile it and make it at least 4x faster.",
            "Which of your changes brought how much? Put the figures into the pull request.",
        ),
    ),
    (
        "검색 결과 정렬 오류",
        "shop-web",
        "search",
        ("검색 결과가 가격순으로 정렬되지 않습니다. 원인을 찾아 고쳐 주세요.",),
    ),
    (
        "Migrate the billing tables",
        "billing",
        "database",
        (
            "Split the invoices table into invoices and invoice_lines without downtime.",
            "Write the backfill so that it can be stopped and resumed.",
            "What happens when two workers run the backfill at the same time? Prove it.",
        ),
    ),
    (
        "Umlaute in Rechnungs-PDFs",
        "billing",
        "documents",
        ("In den Rechnungen steht „MÃ¼ller“ statt „Müller“. Bitte beheben, auch im Archiv.",),
    ),
    (
        "Rate limiting per API key",
        "gateway",
        "limits",
        (
            "Implement a token bucket per API key, shared between 6 processes.",
            "Load test it with 2,000 requests a second and show me the p99.",
        ),
    ),
    (
        "Upgrade to the new HTTP client",
        "gateway",
        "client",
        ("Replace the old HTTP client everywhere. Keep the timeouts and retries as they are.",),
    ),
    (
        "Understand the memory leak in the worker",
        "reports",
        "worker",
        (
            LONG_PROMPT,
            "Can we bound that cache instead of removing it?",
        ),
    ),
    (
        "Write the onboarding guide",
        "docs",
        "guide",
        ("Write a guide for new developers: clone, run, test, deploy. At most two pages.",),
    ),
)

FILES = (
    "src/auth/login.py",
    "src/auth/session_store.py",
    "src/orders/api.py",
    "src/orders/cursor.py",
    "src/billing/backfill.py",
    "src/billing/models.py",
    "src/gateway/token_bucket.py",
    "src/reports/nightly.py",
    "web/pages/checkout.tsx",
    "tests/test_login.py",
    "tests/test_cursor.py",
    "docs/導入ガイド.md",
    "package-lock.json",
)
PATTERNS = ("login_required", r"def load_\w+", "TODO|FIXME", "datetime.now\\(", "retry", "注文")
COMMANDS = (
    ("test", "pytest -q tests/test_login.py"),
    ("test", "pytest -q -x --maxfail=3"),
    ("test", "npm test -- --watch=false"),
    ("git", "git diff --stat"),
    ("git", "git log --oneline -20"),
    ("lint", "ruff check src tests"),
    ("build", "npm run build"),
    ("build", "docker compose build api"),
    ("run", "curl -s localhost:8000/health"),
)
PAGES = (
    "https://docs.example.org/pool/cancellation",
    "https://wiki.example.org/keyset-pagination",
    "https://api.example.org/v2/openapi.json",
)
REMARKS = (
    "I will read the code first, then reproduce the failure.",
    "The cause is clear now: two requests share one cursor. I will fix that first.",
    "That did not help; the same test fails in the same place. Looking closer.",
    "Done with the first part. The tests of this package pass.",
    "原因がわかりました。修正してテストを追加します。",
    "All green ✅ Summary: 4 files changed, 61 insertions, 18 deletions.",
    "I would rather not touch the migration without a review. Asking the reviewer.",
)
FAILURES = {
    "Read": ("File does not exist: {file}", "EACCES: permission denied, open '{file}'"),
    "Edit": (
        "String to replace not found in file.",
        "File has been modified since it was read. Read it again before editing it.",
    ),
    "Write": ("ENOSPC: no space left on device, write",),
    "Bash": (
        "Exit code 1\nFAILED tests/test_login.py::test_cookie - AssertionError: 401 != 200",
        "Exit code 137\nKilled",
        "Command timed out after 2m 0s",
        "Exit code 127\nbash: line 1: pnpm: command not found",
    ),
    "WebFetch": ("HTTP 429 Too Many Requests", "getaddrinfo ENOTFOUND docs.example.org"),
    "mcp__postgres__query": (
        'ERROR:  relation "invoice_lines" does not exist',
        "canceling statement due to statement timeout",
    ),
    "mcp__github__get_issue": ("MCP error -32001: Request timed out",),
    "database_query": ("no such table: vault_schedule", "database is locked"),
}
OTHER_FAILURES = ("Internal error: connection reset by peer", "Request was aborted")
INTERRUPTIONS = (
    "API error 529: overloaded, retrying in 4 s (attempt 1 of 10)",
    "API error 500: internal server error",
    "Context is 92 % full: earlier messages were summarised",
)
SESSION_ERRORS = (
    "Process exited with code 137 (out of memory)",
    "Usage limit reached; resets at 18:00",
    "Lost connection to the model after 10 attempts",
)

CREW_TOOLS = {
    "planner": ("calculator", "simulation_data"),
    "hacker": ("database_query", "file_reader"),
    "safecracker": ("calculator", "file_reader"),
    "mole": ("database_query", "simulation_data"),
}
NEXT_SPEAKER = {
    "planner": ("hacker", "hacker", "hacker", "safecracker", "mole"),
    "hacker": ("safecracker", "safecracker", "planner", "planner", "hacker"),
    "safecracker": ("mole", "mole", "mole", "planner"),
    "mole": ("planner", "planner", "planner", "hacker"),
}
CREW_LINES = {
    "planner": (
        "The patrol passes the vault every {n} minutes. We have one window, at {n}:40.",
        "New plan: the tunnel is out, we go through the roof. Hacker, how long for the cameras?",
        "Everybody repeats his part, please. From the alarm to the van.",
    ),
    "hacker": (
        "The cameras loop for {n} seconds, not longer. After that somebody will notice.",
        "I am in. The keypad logs every attempt, so no guessing.",
        "Their database has two schedules. One of them is bait, I think.",
    ),
    "safecracker": (
        "A model {n} lock. Give me four minutes and no noise.",
        "The second dial is new. I need the drawings before I promise anything.",
    ),
    "mole": (
        "The guards changed shifts, maybe. I would wait, probably {n} minutes.",
        "Trust me, the east door is open. It always is 😇",
        "I could not find the drawings. Somebody took them.",
    ),
}
TARGETS = ("Casino Royal", "Banque de l’Étoile", "東京美術館", "Harbour Depot 7", "Villa Aurora")
WORK_ITEMS = (
    ("bug", "Duplicate orders on double click", "critical"),
    ("feature", "Keyset pagination for /orders", "high"),
    ("feature", "Rate limiting per API key", "high"),
    ("spike", "Which queue for the nightly report?", "medium"),
    ("chore", "Drop the old HTTP client", "low"),
    ("bug", "Umlaute in invoice PDFs", "medium"),
    ("epic", "Billing without downtime", "high"),
    ("task", "Translate the login page (日本語)", "medium"),
    ("feature", "Search over prompts", "low"),
    ("bug", "Worker leaks 40 MB an hour", "critical"),
)
