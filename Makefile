# Each target installs what it needs. PYTHON selects another interpreter.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_TOOLS := tests/differential/node_modules/.package-lock.json

.PHONY: help demo setup sam test test-fast test-newest lint index rules docs-update unicode variables vocabulary-newer command-options own-files \
	wheel release-check fuzz mutants bench lock system-tools clean

help: ## List the targets; `make` alone does the same.
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' \
		$(firstword $(MAKEFILE_LIST))

##@ Start

demo: $(VENV)/.demo ## Render the article's third pipeline, and show its findings and what a production pipeline does instead.
	@$(BIN)/python tools/demo.py

setup: $(VENV)/.test system-tools sam ## Create .venv with everything that the tests and checks need.

##@ Check

# Tests with these markers run in separate groups.
FAST := not fuzz and not emulator and not slow

# `$(call timed,GROUP,COMMAND)` runs a command and records how many seconds it took.
STARTED := $(shell date +%s)
TIMES := $(VENV)/times
REPORTS := .test-reports
timed = began=$$(date +%s); $(2) && printf "%s\t%d\n" "$(1)" $$(($$(date +%s) - began)) >> $(TIMES)

test: $(VENV)/.test system-tools sam ## Run all checks and tests, require their coverage, and show how long each group took.
	@rm -f $(TIMES)
	$(BIN)/coverage erase
	$(call timed,checks,$(MAKE) --no-print-directory lint)
	$(call timed,fast tests,$(BIN)/coverage run -m pytest -n 2 -m "$(FAST)" --junitxml=$(REPORTS)/fast-tests.xml)
	$(call timed,slow tests,$(BIN)/coverage run -m pytest -n 2 -m slow --junitxml=$(REPORTS)/slow-tests.xml)
	$(call timed,emulator tests,$(BIN)/coverage run -m pytest -n 2 -m emulator --junitxml=$(REPORTS)/emulator-tests.xml)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage xml --quiet -o $(REPORTS)/coverage.xml
	$(BIN)/coverage report --fail-under=100 --include="gitlabgen/matching/*,gitlabgen/gitlab/*,gitlabgen/yamltext/*,gitlabgen/codec/*,gitlabgen/composition/*,gitlabgen/resolution/*,gitlabgen/linting/*,gitlabgen/analysis/*,gitlabgen/modeling/*,gitlabgen/patterns/*,gitlabgen/simulation/*"
	$(BIN)/coverage report --fail-under=95  # last, because GitLab reads the coverage from the last total
	@printf "%s\t%d\n" "everything" $$(($$(date +%s) - $(STARTED))) >> $(TIMES)
	@awk -F '\t' '{ printf "%-15s %2d:%02d min\n", $$1, $$2 / 60, $$2 % 60 }' $(TIMES)

test-fast: $(VENV)/.test system-tools ## Run the tests without the slow groups and without coverage.
	$(BIN)/python -m pytest -n 2 -m "$(FAST)"

# The newest releases that pyproject.toml allows, in a separate environment. Each run looks for newer ones.
NEWEST := $(VENV)/newest

test-newest: system-tools | $(NEWEST)/bin/python ## Run the tests of `make test-fast` with the newest releases that pyproject.toml allows.
	$(NEWEST)/bin/python -m pip install --quiet --upgrade --upgrade-strategy eager --group dev --editable ".[verify]"
	$(NEWEST)/bin/python -m pip list
	$(NEWEST)/bin/python -m pytest -n 2 -m "$(FAST)"

lint: $(VENV)/.test ## Check style, types and imports.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/prose.py

own-files: $(VENV)/.demo ## Check that .gitlab-ci.yml and the files of the blueprints are up to date, and lint our own pipeline.
	$(BIN)/gitlabgen check . blueprints/*/
	$(BIN)/gitlabgen lint --persona pedantic --fail-on info .

##@ Generate

index: $(VENV)/.test ## Write the lazy exports of the packages from the `__all__` of their modules.
	$(BIN)/python tools/index.py

rules: $(VENV)/.test ## Write docs/rules.md, the page of the linter's rules.
	$(BIN)/gitlabgen rules --format markdown > docs/rules.md.new && mv docs/rules.md.new docs/rules.md

docs-update: $(VENV)/.test ## Run all pages, and write the output of their commands into them.
	$(BIN)/python -m pytest -q --docs-update *.md docs blueprints/*/*.md examples/*/*.md benchmarks/*.md

vocabulary-newer: $(VENV)/.test ## Compare the models with a newer schema of GitLab, SCHEMA=FILE, and fail with the difference.
	@test -n "$(SCHEMA)" || { echo "name the schema: make vocabulary-newer SCHEMA=ci.json" >&2; exit 2; }
	$(BIN)/python tools/newer_schema.py $(SCHEMA)

variables: $(VENV)/.test ## Write the table of predefined variables, and the names that editors complete, from the facts in tools/.
	$(BIN)/python tools/predefined_variables.py

unicode: $(VENV)/.test ## Write the groups of characters that RE2 knows, from google-re2.
	$(BIN)/python tools/unicode_tables.py

##@ Release

wheel: $(VENV)/.test ## Build the wheel and the source archive into dist/, and try the wheel in an empty environment.
	rm -rf dist
	$(BIN)/python -m hatchling build -d dist
	$(BIN)/python tools/try_wheel.py

release-check: $(VENV)/.test ## Check all that a release needs: its section of the changelog, the tests, and the wheel.
	$(BIN)/python tools/release_check.py
	$(MAKE) --no-print-directory wheel
	$(MAKE) --no-print-directory test

##@ Measure

fuzz: $(VENV)/.test system-tools ## Run the random tests for longer, with new examples each time.
	GITLABGEN_FUZZ=1 $(BIN)/pytest -m fuzz

# MUTANTS takes options and modules.
mutants: $(VENV)/.test ## Change the code in small ways, and print the changes that no test detects.
	$(BIN)/python -m pip install --quiet --group mutants
	$(BIN)/python tools/mutants.py $(MUTANTS)

# The other libraries have a separate environment. If one cannot be installed, its row says so. gcip2 needs Python 3.12.
PEERS := $(VENV)/peers
PEERS_PYTHON ?= $(shell for name in python3.13 python3.12; do $$name -c "" 2>/dev/null && echo $$name && exit; done; echo $(PYTHON))

bench: $(VENV)/.test ## Compare speed and memory with other libraries.
	-test -x $(PEERS)/bin/python || $(PEERS_PYTHON) -m venv $(PEERS)
	-for peer in attrs PyYAML "gcip>=9,<10" "gcip2<1" "gitlab-cicd-python-wrapper<1"; do \
		$(PEERS)/bin/python -m pip install --quiet "$$peer" || echo "$$peer is missing"; done
	-npm install --prefix $(PEERS) --no-save --no-audit --no-fund --loglevel=error "projen@<1" "constructs@^10" \
		|| echo "projen is missing"
	$(BIN)/python benchmarks

##@ Maintain

# The lock file names no registry, so that the user can choose one.
lock: ## Update requirements-test.lock to the newest versions; requires uv.
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--group dev --extra verify --upgrade pyproject.toml --output-file requirements-test.lock
	for release in $(SAM); do echo "aws-sam-cli==$$release" | uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --upgrade - --output-file requirements-sam-$$release.lock; done

# Tests read the output with Ruby and Node, and complete commands in three shells. If these cannot be installed, the tests that
# need them are skipped.
system-tools: $(NODE_TOOLS) ## Install Ruby, zsh, fish and the packages of Node that the tests use.
	@tools/install-system-tools

$(NODE_TOOLS): tests/differential/package-lock.json
	@command -v npm >/dev/null && (cd tests/differential && npm ci --no-audit --no-fund --loglevel=error) || echo "npm is missing"

$(VENV)/bin/python $(NEWEST)/bin/python:
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'gitlabgen needs Python 3.11 or newer')"
	$(PYTHON) -m venv $(@:/bin/python=)
	$@ -m pip install --quiet --upgrade "pip>=25.1"

# The oldest and the newest release of aws-sam-cli that the rules know. It needs other releases of click and boto3 than the tests.
SAM := 1.140.0 1.170.0
sam: $(SAM:%=$(VENV)/sam-%/.installed) ## Create an environment for each release of aws-sam-cli that the tests ask.

$(VENV)/sam-%/.installed: requirements-sam-%.lock
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --no-deps --require-hashes --requirement $<
	@touch $@

command-options: $(VENV)/.test sam ## Write the options of aws and sam that rules read.
	$(BIN)/python tools/command_options.py

$(VENV)/.demo: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.test: pyproject.toml requirements-test.lock | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-test.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.demo

clean: ## Remove the environments and the files that tests leave.
	rm -rf $(VENV) $(REPORTS) dist tests/differential/node_modules .coverage*
