# Everything a newcomer needs: `make demo` and `make test`. Both set up a private .venv first (Python 3.11 or newer,
# with its venv module) from requirements.lock, and only again when the lock or pyproject.toml changes.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?=
WORKERS ?= 3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo test campaign check bench format lock clean

help: ## say what can be made
	@awk 'BEGIN { FS = ":.*## " } /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## a quarter of a team's life in a minute, with nothing to configure
	@$(BIN)/alignd demo

test: $(READY) ## run the tests (WORKERS=3 processes)
	$(BIN)/pytest -n $(WORKERS)

campaign: $(READY) ## the long tests: every kill and fault of a vendor, ten years of meetings
	$(BIN)/pytest -n $(WORKERS) -m slow

check: $(READY) ## format, lint, types and the direction of imports, as CI does
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) ## measure calls, speed, start-up and memory against their goals
	$(BIN)/python -m bench

format: $(READY) ## put the code in the house's form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lock: $(READY) ## resolve the dependencies of pyproject.toml anew into requirements.lock
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --python-version 3.11 \
	  --all-extras --group dev --no-header --no-emit-index-url pyproject.toml -o requirements.lock

clean: ## remove caches, builds and the demo's output (for a new start, remove .venv too)
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build demo *.egg-info
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@.ci/venv "$(VENV)" "$(PYTHON)"
	@touch $@
