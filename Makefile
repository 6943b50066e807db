# Everything a developer needs. A newcomer needs only `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# One more than processors: tests that run the program also wait for it.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) + 1)')
COUNT ?= 3000

# Without compiled modules each worker and each program that a test starts compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo test test-faults fuzz check format lint types imports bench figures documents clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# The program alone, for the demo.
$(VENV)/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("session-tui needs Python 3.11 or newer: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# With what tests and checks need.
$(VENV)/equipped: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

demo: $(VENV)/installed ## open the program on a store that writes itself
	@$(BIN)/session-tui demo

test: $(VENV)/equipped ## run all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not faults" --ignore tests/faults

test-faults: $(VENV)/equipped ## run the tests that put the program under faults
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m faults tests/faults

fuzz: $(VENV)/equipped ## open COUNT damaged stores without a screen
	$(BIN)/python -m tests.faults.fuzz --count $(COUNT)

check: format lint types imports test ## everything that must be green before a commit

format: $(VENV)/equipped ## fail where the formatter would change something
	$(BIN)/ruff format --check .

lint: $(VENV)/equipped ## ruff
	$(BIN)/ruff check .

types: $(VENV)/equipped ## mypy --strict over packages and tests
	$(BIN)/mypy

imports: $(VENV)/equipped ## queries <- widgets <- tui
	$(BIN)/lint-imports

bench: $(VENV)/equipped ## print each budget of the design beside what was measured
	$(BIN)/python -m tests.bench

figures: ## put the table of the newest `make bench` into README.md
	$(BIN)/python -m docs.figures README.md

documents: $(VENV)/equipped ## bring the tables and examples of README.md and its picture up to date
	$(BIN)/python -m docs.readme README.md
	$(BIN)/python -m docs.picture docs/screen.svg

clean: ## remove what the targets above made
	rm -rf $(VENV) build dist bench-results
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find queries widgets tui tests docs -name __pycache__ -prune -exec rm -rf {} +
