# Everything is done through make; `make` alone says what there is. Stamps of what was done stand in .make/.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check
DATA ?= data
ROUNDS ?= 200
# The tests start the service a hundred times: each start would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE
# Options for the program that a target runs, as in `make test ARGS='tests/journal -x'`.
ARGS ?=

CATALOGUES := $(shell find dashboards tracker -name '*.po')
TRANSLATIONS := $(CATALOGUES:.po=.mo)
# The WordPress plugin, which the dashboard's set-up page offers.
WORDPRESS := dashboards/web/static/webleads-tracker.zip
WORDPRESS_SOURCES := $(shell find snippet/wordpress -type f)
BROWSER_SOURCES := $(shell find snippet dashboards -type f \( -name '*.ts' -o -name '*.css' -o -name '*.svg' -o -name '*.tpl' -o -name '*.png' \
	-o -name '*.mjs' -o -name 'package.json' -o -name 'tsconfig.json' \) -not -path '*/node_modules/*' -not -path '*/static/*' -not -path '*/dist/*')

.PHONY: help
help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | \
		while IFS=$$'\t' read -r target words; do printf '  make %-9s %s\n' "$$target" "$$words"; done

.PHONY: run
run: install  ## Install what is missing, start the service on DATA=data and say where to look
	@exec $(BIN)/webleads serve --data '$(DATA)' $(ARGS)

.PHONY: demo
demo: install  ## Show the dashboard on a year of made-up traffic
	@exec $(BIN)/webleads demo $(ARGS)

.PHONY: install
install: .make/node .make/package build  ## Make .venv with the service in it; the command is then .venv/bin/webleads

.PHONY: build
build: .make/assets $(WORDPRESS) $(TRANSLATIONS)  ## Build the snippet, the dashboard's assets and the translations

.PHONY: wheel
wheel: .make/package build  ## Build the wheel into dist/
	@$(PIP) wheel --no-deps --wheel-dir dist . && ls -l dist

# A test waits for a browser or a service for a half of its time: three workers left two cores idle for a sixth of theirs.
TEST_WORKERS ?= $$(( $$(getconf _NPROCESSORS_ONLN) * 2 ))

LAYERS := tests/test_layering.py

.PHONY: test
test: test-needs  ## Run all tests, the browser's included (ARGS='tests/journal -x' for some)
	@$(BIN)/pytest -n $(TEST_WORKERS) --dist worksteal $(if $(filter check-layers,$(MAKECMDGOALS)),--ignore=$(LAYERS)) $(ARGS)

.PHONY: test-needs
test-needs: .make/dev .make/package .make/browser .make/php .make/proxies build

# What strangers reach: other versions of Python end otherwise on what is nested too deeply.
IMAGE_TESTS := tests/collector tests/journal tests/ingest tests/fuzz

# Whether that Python is on this machine is asked only where it is needed.
IMAGE := $(if $(filter test-image image-needs,$(MAKECMDGOALS)),$(if $(shell .ci/image-python),.make/image))

.PHONY: test-image
test-image: image-needs build  ## Run the tests of collector, journal, ingest and fuzz on the Python of the image, where it is found
	@$(if $(IMAGE),.venv-image/bin/pytest -n $(TEST_WORKERS) --dist worksteal $(IMAGE_TESTS))

.PHONY: image-needs
image-needs: $(IMAGE)

.PHONY: check
check: lint .make/package build  ## Run what is no test of behaviour: ruff, mypy, tsc, the rules of layering
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types check-browser check-layers

.PHONY: check-types check-browser check-layers
check-types:
	@$(BIN)/mypy
check-browser:
	@npm run --silent check
check-layers:
	@$(BIN)/pytest -q $(LAYERS)

.PHONY: lint
lint: .make/dev  ## Run ruff
	@$(BIN)/ruff check $(ARGS) .
	@$(BIN)/ruff format --check --quiet . || { echo 'not formatted: run `make format`' >&2; exit 1; }

.PHONY: format
format: .make/dev  ## Format the code and mend what ruff can mend
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: docs
docs: .make/package  ## Make docs/settings.md out of what tracker/settings/__init__.py says of each setting
	@$(BIN)/python -m docs.make_settings

.PHONY: bench
bench: .make/dev install  ## Measure speed, memory and disk, and print the table
	@.ci/load-generator
	@$(BIN)/python -m tests.bench $(ARGS)

.PHONY: eval
eval: .make/dev install  ## Measure how well visitors, bots and companies are told, and print the table
	@$(BIN)/python -m tests.eval $(ARGS)

.PHONY: crash
crash: .make/dev install  ## Strike the service with faults at random moments, ROUNDS=200 of them (half an hour), and count
	@$(BIN)/python -m tests.crash --rounds $(ROUNDS) $(ARGS)

.PHONY: fuzz
fuzz: .make/dev install  ## Send hostile requests and bodies, and count (ARGS="--requests 200000 --bodies 2000000" is the default)
	@$(BIN)/python -m tests.fuzz $(ARGS)

LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

.PHONY: lock
lock: .make/dev  ## Raise requirements.lock and requirements-dev.lock to the newest versions that setup.cfg allows
	@$(LOCK) --output-file requirements.lock setup.cfg
	@$(LOCK) --extra dev --constraints requirements.lock --output-file requirements-dev.lock setup.cfg

.PHONY: clean
clean:  ## Remove what was built and installed; data stays
	rm -rf .make $(VENV) .venv-image node_modules build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf tracker/collector/assets dashboards/web/static $(TRANSLATIONS)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What the targets above need.

$(BIN)/python:
	@python=$$(.ci/python) && echo "Making $(VENV) with $$python" && "$$python" -m venv $(VENV)

.make/python: requirements.lock | $(BIN)/python
	@echo 'Installing the Python packages'
	@$(PIP) install --require-hashes --requirement requirements.lock
	@mkdir -p $(@D) && touch $@

.make/package: setup.cfg pyproject.toml .make/python
	@$(PIP) install --no-deps --editable .
	@mkdir -p $(@D) && touch $@

# Two of pip's runs in one environment would get in each other's way, and so would two in the folder of the package.
.make/dev: requirements-dev.lock .make/python | .make/package
	@echo 'Installing the packages for tests and checks'
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@mkdir -p $(@D) && touch $@

.make/image-packages: requirements-dev.lock
	@echo 'Installing the packages for the Python of the image'
	@"$$(.ci/image-python)" -m venv --clear .venv-image
	@.venv-image/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@mkdir -p $(@D) && touch $@

.make/image: setup.cfg .make/image-packages | .make/package
	@.venv-image/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@mkdir -p $(@D) && touch $@

.make/node: package-lock.json package.json
	@.ci/node && echo 'Installing the Node packages' && npm ci --silent
	@mkdir -p $(@D) && touch $@

.make/assets: .make/node $(BROWSER_SOURCES)
	@npm run --silent build
	@mkdir -p $(@D) && touch $@

# Debian's packages are installed in turn.
.make/php: | .make/browser
	@.ci/php
	@mkdir -p $(@D) && touch $@

.make/proxies: | .make/php
	@.ci/proxies
	@.ci/dkim
	@mkdir -p $(@D) && touch $@

.make/browser: .make/dev
	@.ci/browser $(BIN)
	@mkdir -p $(@D) && touch $@

$(WORDPRESS): $(WORDPRESS_SOURCES) .make/assets | .make/python
	@$(BIN)/python snippet/wordpress/build.py $@

%.mo: %.po | .make/python
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@
