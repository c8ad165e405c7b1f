# Everything a person does with a clone; `make help` lists it. Each target does its own set-up.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: help demo lab test lint format lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Run the example notebook as a pipeline, in containers where an engine can be had
	@scripts/demo

lab: $(INSTALLED) ## Open JupyterLab on the examples
	@scripts/labextension
	@$(BIN)/jupyter lab --notebook-dir examples

test: lint ## Run all checks and tests; needs (and sets up) a Docker engine and a browser
	@scripts/docker-engine
	@scripts/postgres
	@scripts/sshd
	@scripts/alertmanager > /dev/null
	@base=$$(scripts/base-image); \
	  JUPYTER_MLOPS_BASE_IMAGE=$$base JUPYTER_MLOPS_REQUIRE_DOCKER=1 JUPYTER_MLOPS_REQUIRE_POSTGRES=1 JUPYTER_MLOPS_REQUIRE_SSHD=1 \
	  JUPYTER_MLOPS_REQUIRE_ALERTMANAGER=1 \
	  $(BIN)/python -m pytest -q -n $$(($$(nproc) + 1)) --dist loadgroup; \
	  JUPYTER_MLOPS_BASE_IMAGE=$$base JUPYTER_MLOPS_REQUIRE_DOCKER=1 scripts/ui-tests

lint: $(INSTALLED) ## Run the checks that need no execution: style, imports between rooms, types
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@PATH=$(BIN):$$PATH lint-imports > .venv/lint-imports.log || { cat .venv/lint-imports.log; exit 1; }
	@$(BIN)/mypy --no-error-summary

format: $(INSTALLED) ## Format the sources
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

lock: $(INSTALLED) ## Resolve the development lock anew
	@scripts/lock-dev

clean: ## Remove all that the other targets made here; images and the engine stay
	rm -rf .venv .demo .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis \
	  .benchmarks build dist node_modules jupyter_mlops/labextension labextension/lib tsconfig.tsbuildinfo test-results

$(INSTALLED): requirements-dev.lock pyproject.toml
	@echo "installing .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@mkdir -p jupyter_mlops/labextension
	@HATCH_JUPYTER_BUILDER_SKIP_NPM=1 $(BIN)/python -m pip install -qq --disable-pip-version-check \
	  --no-deps --no-build-isolation -e .
	@touch $@
