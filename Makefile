# Two commands: `make demo` runs the main job on the sample transcripts, `make test` passes the tests.
# Each does all of its own set-up in .venv; system packages are asked for only where they are missing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := transcripts_sample

.PHONY: demo test lint bench bench-nightly nightly reliability setup setup-test clean

demo: setup
	$(BIN)/themecode apply $(SAMPLE)/ --codebook codebooks/women_in_treatment.yaml \
	  --participants $(SAMPLE)/participants.csv --study my-study

test: setup-test
	$(BIN)/ruff check src tests benchmarks tools
	$(BIN)/ruff format --check src tests benchmarks tools
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n 2

bench: setup-test
	$(BIN)/python benchmarks/run.py

# The same at full size: 100,000 transcripts, ten million rows. Some hours.
bench-nightly: setup-test
	$(BIN)/python benchmarks/run.py --nightly

# The reliability tests at the size of a push, and the page that says what they measured.
reliability: setup-test
	rm -f benchmarks/reliability.json
	THEMECODE_MEASURED=$(CURDIR)/benchmarks/reliability.json $(BIN)/pytest -q tests/reliability
	$(BIN)/pytest -q tests/review/test_review_door.py tests/review/test_review_hostile.py
	$(BIN)/python benchmarks/keeping.py 200
	$(BIN)/python tools/write_reliability.py

# The same at full size: some hours.
nightly: export THEMECODE_NIGHTLY=1
nightly: reliability

setup: $(VENV)/.installed

setup-test: $(VENV)/.installed-test

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "themecode needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV) || (./tools/system_packages.sh python3-venv && $(PYTHON) -m venv $(VENV))
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

$(VENV)/.installed: pyproject.toml $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .
	touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/.installed
	./tools/system_packages.sh libreoffice-writer libreoffice-calc chromium postgresql strace
	$(BIN)/python -m pip install --quiet -e . --group test
	./tools/other_programs.sh $(VENV)/programs
	touch $@

clean:
	rm -rf $(VENV) my-study
