# One command each; every one of them does the set-up that it needs, once.
# Needs Python 3.11 or newer and make. With npm the site has its own fonts, without it the system's.

PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
CODE := mes records accounts equipment materials recipes orders batches planning quality plant
PRESENT = $(wildcard $(CODE) tests bench docs manage.py)

# What was compiled once is kept: else every process that a test starts compiles all of it anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run run-check clean-data test test-slow plant-faults check trace bench bench-full screenshots messages walls lock

help:
	@echo "make run          serve the product with a demo site"
	@echo "make run-check    start it, sign in, stop, and print the times"
	@echo "make clean-data   forget the demo's data"
	@echo "make test         all tests (about 12 minutes on 2 cores)"
	@echo "make test-slow    the full counts, resumable; writes slow-results.json"
	@echo "make plant-faults plants faults in a copy, one at a time: the tests must find each"
	@echo "make check        lint, types, arrows between the apps, migrations, translations"
	@echo "make trace        the matrix from requirements to tests, by the tests' marks"
	@echo "make bench        benchmarks, each against a baseline of the same run (bench-full SET=name)"
	@echo "make screenshots  the pictures in docs/, from the running product"
	@echo "make messages     collect the sentences to translate"
	@echo "make walls        list the database's walls, after a new migration"
	@echo "make lock         compile the hashed requirements anew"

# --- the environment -------------------------------------------------------------------------

$(PY):
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; set PYTHON=path."; exit 1; }
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv module is missing (on Debian: apt-get install python3-venv)."; exit 1; }

$(VENV)/.runtime: requirements.txt | $(PY)
	@echo "Installing what the product needs ..."
	@$(PIP) install --quiet --progress-bar on --require-hashes -r requirements.txt
	@touch $@

$(VENV)/.develop: requirements-dev.txt $(VENV)/.runtime
	@echo "Installing what tests and checks need ..."
	@$(PIP) install --quiet --progress-bar on --require-hashes -r requirements-dev.txt
	@touch $@

$(VENV)/.assets: package-lock.json | $(PY)
	@if command -v npm >/dev/null; then \
		echo "Installing the fonts ..."; \
		npm ci --ignore-scripts --silent || echo "npm failed: the system's fonts serve."; \
	else echo "npm is absent: the system's fonts serve."; fi
	@touch $@

$(VENV)/.messages: $(wildcard locale/*/LC_MESSAGES/*.po) | $(VENV)/.runtime
	@if test -d locale; then $(PY) -m babel.messages.frontend --quiet compile -d locale -D django; fi
	@touch $@

setup: $(VENV)/.runtime $(VENV)/.assets $(VENV)/.messages

# --- the product -----------------------------------------------------------------------------

run: setup
	@exec $(PY) manage.py run

run-check: setup
	@exec $(PY) manage.py run --check

clean-data: $(VENV)/.runtime
	@$(PY) -m mes.lib.embedded.forget

# --- tests and checks ------------------------------------------------------------------------

test: setup $(VENV)/.develop
	$(PY) -m pytest -n 2 --dist worksteal

test-slow: setup $(VENV)/.develop
	HYPOTHESIS_PROFILE=slow $(PY) -m pytest -m slow -n 2 --dist worksteal --slow-results slow-results.json

plant-faults: setup $(VENV)/.develop
	$(PY) -m tests.faults

check: setup $(VENV)/.develop
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy $(filter-out docs,$(PRESENT))
	$(VENV)/bin/lint-imports --no-logo
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check

trace: $(PY)
	@$(PY) -m tests.trace

bench: setup $(VENV)/.develop
	$(PY) -m bench

bench-full: setup $(VENV)/.develop
	$(PY) -m bench --full $(SET)

screenshots: setup $(VENV)/.develop
	$(PY) docs/screenshots.py

# --- upkeep ----------------------------------------------------------------------------------

BABEL := $(PY) -m babel.messages.frontend --quiet

messages: $(VENV)/.runtime
	mkdir -p locale
	$(BABEL) extract -F babel.cfg -k gettext_lazy -k gettext_noop -k ngettext_lazy:1,2 -k pgettext_lazy:1c,2 \
		-o locale/django.pot --no-location --omit-header $(wildcard $(CODE)) templates
	test -f locale/de/LC_MESSAGES/django.po || $(BABEL) init -D django -i locale/django.pot -d locale -l de
	$(BABEL) update -D django -i locale/django.pot -d locale --no-fuzzy-matching
	rm locale/django.pot

walls: setup $(VENV)/.develop
	$(PY) -m tests.walls

LOCK := $(VENV)/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url

lock: $(VENV)/.develop
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
