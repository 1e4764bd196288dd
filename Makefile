# make run: the whole line on this machine. make test: every check and test. Both need Python 3.11+ and nothing else.
# make check: format, lint, types, arrows, wording, flows. make bench: the measured promises, some minutes of them.
# make screenshots: the pictures of the phones, taken anew in Chromium.
PORT = 8000
SIM_PORT = 8001
NEW = import sys; sys.exit(sys.version_info < (3, 11))
PYTHON := $(shell for python in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	$$python -c '$(NEW)' 2>/dev/null && echo $$python && break; done)
BIN = .venv/bin

.PHONY: run test check bench screenshots clean

run: .venv/run.stamp
	@exec $(BIN)/python -m hotline.run --port $(PORT) --sim-port $(SIM_PORT)

test: check
	$(BIN)/python -m pytest -n auto --dist worksteal

bench: .venv/test.stamp
	$(BIN)/python -m tests.bench

screenshots: .venv/test.stamp
	$(BIN)/python -m tests.browser.screenshots

check: .venv/test.stamp
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/hotline messages check
	$(BIN)/hotline flows check

clean:
	rm -rf var

# Installed again only when what is wanted has changed.
.venv/run.stamp: requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and was not found." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
	@echo "Installing into .venv ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements.txt -e .
	@touch $@

.venv/test.stamp: .venv/run.stamp tests/requirements.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r tests/requirements.txt
	@touch $@
