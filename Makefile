# Everything a developer needs. A newcomer needs only `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types imports bench clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

demo: $(VENV)/installed ## open the program on a store that writes itself
	@$(BIN)/session-tui demo

test: $(VENV)/installed ## run all tests
	$(BIN)/python -m pytest -n $(WORKERS)

check: format lint types imports test ## everything that must be green before a commit

format: $(VENV)/installed ## fail where the formatter would change something
	$(BIN)/ruff format --check .

lint: $(VENV)/installed ## ruff
	$(BIN)/ruff check .

types: $(VENV)/installed ## mypy --strict over packages and tests
	$(BIN)/mypy

imports: $(VENV)/installed ## queries <- widgets <- tui
	$(BIN)/lint-imports

bench: $(VENV)/installed ## print each budget of the design beside what was measured
	$(BIN)/python -m tests.bench

clean: ## remove what the targets above made
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
