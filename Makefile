# Everything a newcomer types. Each target creates what it needs; run any of them twice.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
RECORDS := $(basename $(notdir $(wildcard examples/records/*.txt)))

.DEFAULT_GOAL := help
.PHONY: help demo test oracle lint check bench accuracy pins clean

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(VENV)/.demo ## Run the main job on the three example records, with simulated patients
	@for id in $(RECORDS); do \
	  $(BIN)/trialwright run examples/records/$$id.txt \
	    --scenario examples/scenarios/$$id.yaml --seed 7 --out out/$$id || exit 1; \
	done
	@echo; echo "Three reports, one file each, open them in a browser:"
	@for id in $(RECORDS); do echo "  $(CURDIR)/out/$$id/report.html"; done

test: $(VENV)/.test ## Run every test
	# Workers share what they compile, also where the environment forbids writing it.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist worksteal

oracle: $(VENV)/.test ## Compare both engines with a slow reading of the rules, 100,000 patients
	TRIALWRIGHT_ORACLE_HISTORIES=100000 $(BIN)/python -m pytest -n 2 tests/response/test_compiled.py

lint: $(VENV)/.test ## Check style, types and the one-way imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## All of the above: what a change must pass

bench: $(VENV)/.test ## Measure the budgets and print the table
	$(BIN)/python benchmarks/run.py

accuracy: $(VENV)/.test ## Score drafts against a corpus of records: make accuracy CORPUS=folder
	@test -n "$(CORPUS)" || { echo "name the folder of the corpus: make accuracy CORPUS=folder"; exit 2; }
	$(BIN)/python benchmarks/accuracy.py $(CORPUS) --part held
	$(BIN)/python benchmarks/accuracy.py $(CORPUS) --part all

pins: $(VENV)/.test ## Renew the pinned requirement files (needs uv)
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  --extra report --extra test requirements/build.in pyproject.toml -o requirements/test.txt
	uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-annotate \
	  --extra report -c requirements/test.txt requirements/build.in pyproject.toml -o requirements/demo.txt

clean: ## Remove the environment and all output
	rm -rf $(VENV) out .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "trialwright needs Python 3.11 or later: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# --no-deps and --no-build-isolation: everything comes from the pinned file, nothing is resolved.
define install
	$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
endef

$(VENV)/.demo: requirements/demo.txt pyproject.toml | $(BIN)/python
	@echo "Setting up (once, under three minutes) ..."
	$(call install,requirements/demo.txt)

$(VENV)/.test: requirements/test.txt pyproject.toml | $(BIN)/python
	@echo "Setting up (once, under three minutes) ..."
	$(call install,requirements/test.txt)
	@touch $(VENV)/.demo
