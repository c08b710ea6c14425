# Two commands matter: `make demo` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
PIP := $(BIN)/pip --disable-pip-version-check -q
COMPILE := $(BIN)/uv pip compile -q --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 pyproject.toml --extra build

.DEFAULT_GOAL := help
.PHONY: help demo test test-crash check format lock bench messages reference clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(VENV)/.base .assets ## Set up everything and run the main job here: make demo ARGS="--port 8000 --no-browser"
	$(BIN)/madoguchi demo $(ARGS)

test: $(VENV)/.dev .assets .chromium ## Set up everything and run the tests: make test ARGS="-k desk"
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

test-crash: $(VENV)/.dev .assets ## Kill web and worker at random during 500 applications; takes ten minutes
	MADOGUCHI_CRASH_APPLICATIONS=500 $(BIN)/pytest -m crash -s tests/crash $(ARGS)

check: $(VENV)/.dev .assets ## Style, types, layers, scripts
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	npm run -s check

format: $(VENV)/.dev ## Put the code in order
	$(BIN)/ruff check --fix-only .

bench: $(VENV)/.dev .assets ## Run the benchmarks: make bench ARGS="webhook"
	$(BIN)/python -m benchmarks $(ARGS)

messages: $(VENV)/.dev ## Collect the texts on screen for translation and compile them
	$(BIN)/python -m tools.messages

reference: $(VENV)/.dev ## Write the generated parts of docs/reference anew
	$(BIN)/python -m docs.generate_reference

lock: $(VENV)/.dev ## Lock the dependencies anew
	$(COMPILE) --upgrade -o requirements/base.txt
	$(COMPILE) --extra dev --upgrade -o requirements/dev.txt
	npm install --package-lock-only

clean: ## Forget everything that can be made again
	rm -rf $(VENV) node_modules var .assets

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 以上が必要です。 Python 3.11 or newer is needed."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.base: requirements/base.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing Python packages …"
	$(PIP) install --require-hashes -r requirements/base.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.base
	@echo "Installing what the tests need …"
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.ready: package-lock.json | $(VENV)/.base
	@echo "Installing what the pages are built with …"
	npm ci --silent --ignore-scripts
	@touch $@

.assets: node_modules/.ready $(shell find frontend -type f) $(shell find src -name '*.po')
	npm run -s build
	$(BIN)/python -m tools.messages compile
	@touch $@

.PHONY: .chromium
.chromium:
	@sh frontend/install-chromium.sh
