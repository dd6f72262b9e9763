.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_COMPILE := $(BIN)/uv pip compile --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-header --quiet

.PHONY: help demo demo-stop test check bench faults docs lock clean

help: ## Show what can be done here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12"; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "Python's venv module is needed (Debian: apt-get install python3-venv)"; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

demo: $(VENV)/.ready ## Run everything on embedded engines; ARGS=--detach returns when it is ready
	@$(BIN)/emias-gateway demo $(ARGS)

demo-stop: $(VENV)/.ready ## End a detached demo
	@$(BIN)/emias-gateway demo --stop

check: $(VENV)/.ready ## Formatting, lint, types and the arrows between the rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check ## Check, then run every test on real engines, the faults by themselves
	$(BIN)/pytest --numprocesses auto --dist loadfile --ignore tests/faults
	$(BIN)/pytest tests/faults

bench: $(VENV)/.ready ## Measure the ratios of docs/reference/performance.md
	$(BIN)/python -m benchmarks $(ARGS)

faults: $(VENV)/.ready ## Run every fault at full count and write docs/reference/reliability.md; ARGS= goes to pytest
	$(BIN)/python -m tests.faults $(ARGS)

docs: $(VENV)/.ready ## Bring the generated parts of docs/reference up to date
	$(BIN)/python docs/generate.py

lock: $(VENV)/.ready ## Pin what pyproject.toml asks for, with hashes; ARGS=--upgrade for newer releases
	$(UV_COMPILE) $(ARGS) --extra demo --group dev pyproject.toml -o requirements/dev.txt
	$(UV_COMPILE) --extra demo -c requirements/dev.txt pyproject.toml -o requirements/demo.txt
	$(UV_COMPILE) -c requirements/dev.txt pyproject.toml -o requirements/runtime.txt

clean: ## Remove what the commands above made
	rm -rf $(VENV) .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
