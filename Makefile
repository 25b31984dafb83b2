# The commands of Chalandise. `make` alone lists them.
#
# Everything they need is installed into this folder on first use and left alone afterwards:
# .venv (Python), node_modules and the built front end, var (data). Each step has a stamp, so that
# a second run goes straight to its work.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DEFAULT_GOAL := help

PORT ?= 8000
ARGS ?=
export PORT

BIN := .venv/bin
PYTHON_STAMP := .venv/.chalandise
NODE_STAMP := node_modules/.chalandise
FRONT_STAMP := build/.frontend

FRONT_SOURCES := $(shell find frontend -type f; ls src/chalandise/*/data/*categories.toml 2>/dev/null)

.PHONY: help
help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 · \2/p' Makefile

# -- installing ---------------------------------------------------------------------------------

.PHONY: install
install: $(PYTHON_STAMP) $(FRONT_STAMP) messages ## install everything into this folder (the others do it by themselves)

$(PYTHON_STAMP): uv.lock pyproject.toml scripts/bootstrap
	@scripts/bootstrap
	@touch $@

$(NODE_STAMP): package.json package-lock.json | $(PYTHON_STAMP)
	@echo "· front-end packages (npm)"
	@scripts/node npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error >/dev/null
	@touch $@

$(FRONT_STAMP): $(NODE_STAMP) $(FRONT_SOURCES)
	@if [ -f frontend/build.mjs ]; then echo "· front end"; scripts/node npm run --silent build; fi
	@mkdir -p $(@D) && touch $@

.PHONY: messages
messages: $(PYTHON_STAMP) ## compile the translations that changed
	@$(BIN)/python scripts/compile_messages.py

.PHONY: chromium
chromium:
	@scripts/ensure_chromium

# -- using --------------------------------------------------------------------------------------

.PHONY: demo
demo: install ## a living portal on http://localhost:8000 (PORT=8080 changes it)
	@exec $(BIN)/chalandise demo $(ARGS)

.PHONY: demo-reset
demo-reset: install erase-demo ## begin the demo anew: erases its own data in var/ (database, index, pictures, files), nothing else
	@exec $(BIN)/chalandise demo $(ARGS)

.PHONY: erase-demo
erase-demo: $(PYTHON_STAMP)
	@$(BIN)/python scripts/erase_demo.py var

# -- building -----------------------------------------------------------------------------------

.PHONY: test
test: install chromium ## run the test suite (ARGS="tests/ordering -k slot" narrows it)
	@$(BIN)/pytest -n 2 $(ARGS) < /dev/null

.PHONY: check
check: $(PYTHON_STAMP) ## lint, types, floors, templates, dependencies, spelling
	@scripts/check

.PHONY: fmt
fmt: $(PYTHON_STAMP) ## put code and templates in their form
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@find src -name '*.html' -print0 | xargs -0 --no-run-if-empty $(BIN)/djade --target-version 5.2 || true

.PHONY: bench
bench: install ## measure speed beside the floors of the same run
	@$(BIN)/python -m bench $(ARGS)

.PHONY: clean
clean: ## remove all that was installed, built or stored here
	@if [ -x $(BIN)/python ]; then for data in var/postgres var/postgres-test; do \
		$(BIN)/python scripts/stop_postgres.py $$data; done; fi
	@rm -rf .venv node_modules build var dist .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache src/chalandise/web/static/web/dist
	@find src tests -name '*.mo' -delete -o -name __pycache__ -prune -exec rm -rf {} +
