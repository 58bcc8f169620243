# Everything a person does here has a name: demo, test, fuzz, lint, bench, dev, clean.
# Each target sets up what it needs in .venv; nothing is installed by hand.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PANEL  := $(shell git ls-files labextension 2>/dev/null | grep -v ' ')
TESTS  ?= tests
JOBS   ?= 2
FURTHER ?= 20
SHELL  := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test test-python test-panel test-duckdb15 test-hdfs test-spark fuzz lint format bench dev clean

help: ## say what there is
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: $(VENV)/demo.done ## a lake with a year of flights, in JupyterLab
	$(BIN)/jupyter lake demo build/demo $(DEMO_OPTIONS)

test: lint test-panel test-python test-duckdb15 ## all that must hold: lint, types, unit, browser
	@echo "All tests passed. Screenshots: build/screenshots"

# Real browsers, kernels and servers share two cores here: what fails is run once
# more, and the summary names it (RERUN). A test that fails twice has failed.
RERUNS := --reruns 1 -r fER

test-python: $(VENV)/test.done build/chromium ## the Python and browser tests (TESTS=tests/store for some)
	$(BIN)/pytest -n $(JOBS) --dist worksteal $(RERUNS) $(TESTS)

test-panel: $(VENV)/test.done ## the panel's unit tests
	cd labextension && $(CURDIR)/$(BIN)/jlpm test

test-duckdb15: $(VENV)/test.done build/duckdb15 ## the query tests on DuckDB's 1.5 series
	PYTHONPATH=build/duckdb15 $(BIN)/pytest -n $(JOBS) $(RERUNS) tests/query

# Not part of `test`: the jars are 220 MB, and a file takes HDFS half a second.
test-hdfs: $(VENV)/test.done build/hadoop ## the store's tests on a real HDFS (220 MB of jars, Java)
	TEST_STORES=hdfs $(BIN)/pytest -n $(JOBS) $(RERUNS) -k hdfs tests/store

# Nor is this: the package is 460 MB.
test-spark: $(VENV)/test.done build/spark ## the readers' tests with Spark (460 MB, Java)
	PYTHONPATH=build/spark $(BIN)/pytest $(RERUNS) -k spark tests/query/test_readers.py

# What it finds and how to see it again is printed, and remembered in .hypothesis.
fuzz: $(VENV)/test.done ## the tests that search with hypothesis, each FURTHER=20 times as far
	HYPOTHESIS_PROFILE=fuzz FURTHER=$(FURTHER) $(BIN)/pytest -n $(JOBS) --timeout 0 -m hypothesis $(TESTS)

lint: $(VENV)/test.done ## ruff, mypy, import contracts, eslint, prettier, stylelint
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	cd labextension && $(CURDIR)/$(BIN)/jlpm lint:check

format: $(VENV)/test.done ## write what the linters would ask for
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	cd labextension && $(CURDIR)/$(BIN)/jlpm lint

bench: $(VENV)-bench/done build/duckdb15 ## the table of figures (ONLY="store query" for some)
	$(VENV)-bench/bin/python -m tests.benchmarks $(ONLY)

dev: $(VENV)/test.done ## an editable install, the panel rebuilt at each change
	$(BIN)/jupyter-builder develop . --overwrite
	cd labextension && $(CURDIR)/$(BIN)/jlpm watch

clean: ## forget the environments and all that was built
	rm -rf $(VENV) $(VENV)-bench build dist jupyter_lake/labextension labextension/lib labextension/node_modules

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; $$($(PYTHON) --version) was found. Say where it is: make PYTHON=python3.12 ..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip

$(VENV)/demo.done: $(VENV)/bin/python pyproject.toml hatch_build.py tests/constraints.txt $(PANEL)
	@echo "Setting up in $(VENV): a minute or two, this once."
	$(BIN)/pip install --quiet --constraint tests/constraints.txt --editable ".[demo]"
	@touch $@

$(VENV)/test.done: $(VENV)/bin/python pyproject.toml hatch_build.py tests/constraints.txt $(PANEL)
	@echo "Setting up in $(VENV): a minute or two, this once."
	$(BIN)/pip install --quiet --constraint tests/constraints.txt --editable ".[test,lint]"
	tests/panel_tools.sh $(BIN)
	@touch $@ $(VENV)/demo.done

$(VENV)-bench/done: pyproject.toml hatch_build.py
	$(PYTHON) -m venv $(VENV)-bench
	$(VENV)-bench/bin/pip install --quiet --upgrade pip
	JUPYTER_LAKE_SKIP_PANEL=1 $(VENV)-bench/bin/pip install --quiet --editable ".[test,bench]"
	@touch $@

# The same suite runs on both DuckDB majors; the older one lies in a folder of its own.
build/duckdb15: | $(VENV)/bin/python
	$(BIN)/pip install --quiet --no-deps --target $@.part duckdb==1.5.5 duckdb-extension-httpfs==1.5.5
	mv $@.part $@

build/hadoop: | $(VENV)/bin/python
	tests/hadoop_jars.sh $(BIN)/python $@

build/spark: | $(VENV)/bin/python
	@command -v java >/dev/null || { echo "Spark needs Java (17 is known to do)." >&2; exit 1; }
	$(BIN)/pip install --quiet --no-deps --target $@.part pyspark==4.3.0 py4j==0.10.9.9
	mv $@.part $@

# A browser for the tests: the machine's, else Debian's.
build/chromium:
	tests/browser.sh
	@mkdir -p build && touch $@
