# Two commands: `make demo` tries it, `make test` checks everything. Both make their environment on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint types unit browser clean rows

$(STAMP): pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev,semantic]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/lounge demo

test: $(STAMP) browser lint types unit

lint: $(STAMP)
	@$(BIN)/ruff check bot tests

types: $(STAMP)
	@$(BIN)/mypy

unit: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist loadfile

# Every practice with its tests and whether they hold now.
rows: $(STAMP)
	@$(BIN)/python -m tests.rows

# The browser tests need Debian's chromium; root installs it, anybody else is told the one command.
browser:
	@if command -v chromium >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing chromium for the browser tests"; \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    chromium fonts-noto-cjk) >/dev/null; \
	else echo "browser tests will be skipped; to run them: sudo apt-get install chromium fonts-noto-cjk"; fi

clean:
	rm -rf $(VENV) data .mypy_cache .ruff_cache .pytest_cache
