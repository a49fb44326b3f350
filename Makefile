# `make` alone lists what there is to make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UI := web/dist/index.html
UI_READY := web/ui/node_modules/.ready
UI_SOURCES := $(shell find web/ui -name node_modules -prune -o -type f ! -name routes.ts ! -path '*/tests/*' -print)

.DEFAULT_GOAL := help
.PHONY: help setup ui demo check format test soak bench relevance servers-up servers-down clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(READY) ## Make the virtual environment with everything the project needs

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

ui: $(UI) ## Build the web page (node is brought along where there is none)

$(UI_READY): web/ui/package-lock.json | $(READY)
	web/ui/npm ci
	@touch $@

$(UI): $(UI_READY) $(UI_SOURCES)
	web/ui/npm run build

demo: $(READY) $(UI) ## Load the sample catalogue and serve it: the page is http://127.0.0.1:5000
	$(BIN)/fram demo

check: $(READY) $(UI_READY) ## Lint, check formatting, types and import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python web/ui/typings.py
	web/ui/npm run check

format: $(READY) ## Format the code and mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Servers that live for minutes spend more on compiling their hot paths well than that gains them: half of their time.
SHORT_LIVED = JDK_JAVA_OPTIONS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"

# A graph that a test empties and another fills has other statistics each time, and every statement a plan made anew.
KEPT_PLANS = LOCAL_NEO4J_SETTINGS="dbms.cypher.min_replan_interval=10h"

test: $(READY) $(UI) ## Run all tests: in a browser too, on a real Neo4j and OpenSearch where Java and Maven are
	web/ui/npm test
	tests/browser/chromium
	tests/postgresql
	$(SHORT_LIVED) $(KEPT_PLANS) docker/local/with-servers $(BIN)/python -m pytest -n 2 --dist loadgroup

soak: $(READY) ## Kill everything at random for a while, on both pairs of stores (half an hour)
	$(SHORT_LIVED) docker/local/with-servers $(BIN)/python -m pytest -m soak -s

bench: $(READY) ## Measure what docs/performance.md claims
	docker/local/with-servers $(BIN)/python -m benchmarks

relevance: $(READY) ## Print how well search finds what people look for, on every index
	docker/local/with-servers $(BIN)/python -m benchmarks.relevance

servers-up: ## Start a real Neo4j and OpenSearch on this machine (needs Java 17 and Maven)
	docker/local/servers up

servers-down: ## Stop them
	docker/local/servers down

clean: ## Remove everything that was made, the virtual environment too
	rm -rf $(VENV) .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist web/dist web/ui/node_modules
