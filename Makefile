# `make demo` and `make test` set everything up by themselves; PYTHON names another interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_TOOLS := tests/differential/node_modules/.package-lock.json

.PHONY: demo test lint index fuzz mutants bench lock system-tools clean

demo: $(VENV)/.demo
	@$(BIN)/python tools/demo.py

test: $(VENV)/.test system-tools lint
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n 2 -m "not fuzz"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --fail-under=95
	$(BIN)/coverage report --fail-under=100 --include="gitlabgen/gitlab/*,gitlabgen/yamltext/*,gitlabgen/codec/*,gitlabgen/composition/*,gitlabgen/resolution/*,gitlabgen/linting/*,gitlabgen/patterns/*"

lint: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

# Writes the lazy exports of the packages from the `__all__` of their modules; a test compares them.
index: $(VENV)/.test
	$(BIN)/python tools/index.py

fuzz: $(VENV)/.test system-tools
	GITLABGEN_FUZZ=1 $(BIN)/pytest -m fuzz

# Changes the code in small ways, and prints the changes that no test notices; MUTANTS takes options and modules.
mutants: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --group mutants
	$(BIN)/python tools/mutants.py $(MUTANTS)

# Peers live in an environment of their own; one that cannot be installed has a row that says so. gcip2 needs Python 3.12.
PEERS := $(VENV)/peers
PEERS_PYTHON ?= $(shell for name in python3.13 python3.12; do $$name -c "" 2>/dev/null && echo $$name && exit; done; echo $(PYTHON))

bench: $(VENV)/.test
	-test -x $(PEERS)/bin/python || $(PEERS_PYTHON) -m venv $(PEERS)
	-for peer in attrs PyYAML "gcip>=9,<10" "gcip2<1" "gitlab-cicd-python-wrapper<1"; do \
		$(PEERS)/bin/python -m pip install --quiet "$$peer" || echo "$$peer is missing"; done
	-npm install --prefix $(PEERS) --no-save --no-audit --no-fund --loglevel=error "projen@<1" "constructs@^10" \
		|| echo "projen is missing"
	$(BIN)/python benchmarks

# The lock names no registry: whoever installs from it chooses one.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--group dev --extra verify --upgrade pyproject.toml --output-file requirements-test.lock

# Ruby and Node read what we write; where they cannot be installed, the tests that need them say so.
system-tools: $(NODE_TOOLS)
	@command -v ruby >/dev/null || tools/install-ruby

$(NODE_TOOLS): tests/differential/package-lock.json
	@command -v npm >/dev/null && (cd tests/differential && npm ci --no-audit --no-fund --loglevel=error) || echo "npm is missing"

$(VENV)/bin/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'gitlabgen needs Python 3.11 or newer')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.test: pyproject.toml requirements-test.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-test.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) tests/differential/node_modules .coverage*
