# Everything a newcomer needs: `make` explains. Needs make, bash and Python 3.11; brings everything else itself.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

UV := .venvs/uv/bin/uv
PY := .venv/bin/python
SETS := uv ministack flink extract main dev
# The parsed dbt project, for each engine of the warehouse.
MANIFESTS := dbt_project/target/manifest.json dbt_project/target/redshift/manifest.json
DBT_FILES := $(shell find dbt_project -type f -not -path '*/target/*' -not -path '*/logs/*' 2>/dev/null)

# What a target needs of .venv. An environment that has the development tools (dev) keeps them: it can do all that main can.
ENV_KIND ?= main

.PHONY: help demo test account coverage proof lint format bench lock lock-check setup setup-dev setup-stream setup-extract manifest clean
.PHONY: .stream-for-tests .extract-for-tests .environments .env-main .env-ministack .env-flink .env-extract .jars .driver
.PHONY: .compiled .manifests

help: ## Show this list
	@echo "usage: make <target> [NAME=value]"
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-11s %s\n", $$1, $$2}'
	@echo "More: .venv/bin/aero --help"

# ── what people run ──────────────────────────────────────────────────────────────────────────────────────────

demo: setup ## Run everything on a file of flights: INPUT=file or folder [ONCE=1] [LIVE=0] [PORT=3000]; without INPUT two weeks, or DAYS=n, of a made-up airline
	@exec .venv/bin/aero demo $(if $(INPUT),--input '$(INPUT)') $(if $(DAYS),--days '$(DAYS)') $(if $(filter 1 true yes,$(ONCE)),--once) \
		$(if $(filter 0 false no,$(LIVE)),--no-live) $(foreach port,$(PORT),--port '$(port)')

test: setup-dev ## Run all tests, tier by tier: gates, unit, dbt, platform, redshift, stream, browser; TIER=name for one
	@$(PY) -m tools.tiers $(TIER)

account: setup-dev ## Check the Redshift workgroup of this shell's account (AERO_ENV and what `aero deploy` prints); costs RPU-seconds
	@.venv/bin/pytest tests/account -m account -rs -v

proof: setup-dev .stream-for-tests .extract-for-tests ## Run the full sweeps that `make test` is too short for: [ONLY=name]
	@$(PY) -m proof $(ONLY)

coverage: setup-dev ## Measure how much of the code the unit and dashboard tests run; fails below the floor of pyproject.toml
	@.venv/bin/pytest tests/unit tests/dashboard -n 2 --dist loadfile -q --cov --cov-report=term

lint: setup-dev ## Check style, types, SQL and templates
	@$(PY) -m tools.tiers gates

format: setup-dev ## Rewrite the Python code in the project's style
	@.venv/bin/ruff check --fix --quiet . || true
	@.venv/bin/ruff format .

bench: setup-dev ## Measure every performance claim: [ONLY=name]
	@$(PY) -m bench $(ONLY)

setup: .environments .compiled .manifests ## Install what the platform needs (done by itself when needed)

setup-dev: ## Install the development tools too (done by itself when needed)
	@$(MAKE) setup ENV_KIND=dev

setup-stream: setup ## Install the live part too: Kafka, Flink, their connectors (needs a JDK 17 and Maven)
	@$(PY) -m aero_local.jars --check
	@$(MAKE) -j2 .env-flink .jars

setup-extract: setup ## Install the operational database and its extract: PostgreSQL, Spark (needs a JDK 17 and Maven)
	@$(PY) -m aero_local.jars extract --check
	@$(MAKE) -j2 .env-extract .driver

# Tests of the live part skip themselves where there is no Java; where results count there must be one.
.stream-for-tests:
	@if [ "$${CI:-}" = true ] || $(PY) -m aero_local.jars --check 2>/dev/null; then $(MAKE) setup-stream; \
		else echo "no JDK or no Maven: tests of the live part are skipped"; fi

.extract-for-tests:
	@if [ "$${CI:-}" = true ] || $(PY) -m aero_local.jars extract --check 2>/dev/null; then $(MAKE) setup-extract; \
		else echo "no JDK or no Maven: tests of the extract are skipped"; fi

manifest: .manifests ## Parse the dbt project again where a file of it changed

lock: $(UV) ## Resolve every requirement set again
	@for name in $(SETS); do echo "locking $$name"; $(call lock_set,$$name,requirements/$$name.txt,$(UPGRADE)); done

lock-check: $(UV) ## Fail when a requirement set is not what its .in file says (needs the network)
	@mkdir -p .venvs/lock; for name in $(SETS); do \
		cp requirements/$$name.txt .venvs/lock/$$name.txt; \
		$(call lock_set,$$name,.venvs/lock/$$name.txt,); \
		cmp -s requirements/$$name.txt .venvs/lock/$$name.txt \
			|| { echo "requirements/$$name.txt is not what $$name.in and pyproject.toml say: run make lock" >&2; exit 1; }; \
	done; echo "requirement sets are as their .in files say"

clean: ## Delete build products and caches; keeps .aero (see `aero destroy`) and the environments (ALL=1 deletes those too)
	@rm -rf dbt_project/target dbt_project/logs logs .pytest_cache .ruff_cache .hypothesis
	@find aero_assets aero_dashboard aero_local bench infra proof tests -name __pycache__ -type d -prune -exec rm -rf {} +
	@$(if $(ALL),rm -rf .venv .venvs)

# ── environments ─────────────────────────────────────────────────────────────────────────────────────────────

# An environment carries a copy of the requirement set it was made from: equal files, nothing to do. A sync takes the
# project itself out, for no set names it. It is put back at once and everything is compiled after that, so that a
# platform that runs from this environment misses it for a second or two only.
.environments: $(UV)
	@$(MAKE) -j2 .env-main .env-ministack

.env-main:
	@kind=$(ENV_KIND); if [ -x .venv/bin/pytest ]; then kind=dev; fi; \
	if ! cmp -s requirements/$$kind.txt .venv/.requirements; then $(call sync,.venv,requirements/$$kind.txt,); rm -f .venv/.project; fi
	@if ! cmp -s pyproject.toml .venv/.project; then \
		$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable . && cp pyproject.toml .venv/.project; \
		echo ".venv: compiling …"; $(PY) -m compileall -q -j 0 .venv/lib > /dev/null || true; fi # templates in packages need not compile

.env-ministack:
	@if ! cmp -s requirements/ministack.txt .venvs/ministack/.requirements; then \
		$(call sync,.venvs/ministack,requirements/ministack.txt,--compile-bytecode); fi

.env-flink:
	@if ! cmp -s requirements/flink.txt .venvs/flink/.requirements; then \
		$(call sync,.venvs/flink,requirements/flink.txt,--compile-bytecode); fi

.env-extract:
	@if ! cmp -s requirements/extract.txt .venvs/extract/.requirements; then \
		$(call sync,.venvs/extract,requirements/extract.txt,--compile-bytecode); fi

# The driver that Spark reads the database through.
.driver:
	@$(PY) -m aero_local.jars extract

# What Maven makes: the broker's jars and the jar of the connectors, each when its sources changed.
.jars:
	@$(PY) -m aero_local.jars

# sync(environment, requirement set, options). Without pip: uv installs from outside, and nothing else should.
define sync
	begin=$$SECONDS; echo "$(1): installing $(2) …"; \
	if ! [ -x $(1)/bin/python ]; then python="$$($(call find_python))"; "$$python" -m venv --without-pip $(1); fi; \
	$(UV) pip sync --quiet --require-hashes $(3) --python $(1)/bin/python $(2); \
	cp $(2) $(1)/.requirements; echo "$(1): ready after $$((SECONDS - begin)) s"
endef

define lock_set
	$(UV) pip compile --quiet --generate-hashes --no-header --no-annotate --no-emit-package aero-assets \
		--python-version 3.11 $(if $(3),--upgrade) --output-file $(2) requirements/$(1).in
endef

# find_python: prints the path of a Python 3.11 or explains.
define find_python
	for name in python3.11 python3 python; do \
		if "$$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then command -v "$$name"; exit 0; fi; done; \
	echo "Python 3.11 is not on the PATH. Install it (apt install python3.11 python3.11-venv, brew install python@3.11," \
		"pyenv install 3.11) and run make again." >&2; exit 1
endef

$(UV): requirements/uv.txt
	@python="$$($(call find_python))"; begin=$$SECONDS; echo "uv: installing …"; rm -rf .venvs/uv; mkdir -p .venvs; \
	"$$python" -m venv .venvs/uv || { echo "Python's venv module is missing: apt install python3.11-venv" >&2; exit 1; }; \
	.venvs/uv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; \
	touch $@; echo "uv: ready after $$((SECONDS - begin)) s"

# Where PYTHONDONTWRITEBYTECODE is set, every start would compile our code again.
.compiled: .environments
	@$(PY) -m compileall -qq aero_assets aero_local infra

.manifests: .environments
	@$(MAKE) --silent -j2 $(MANIFESTS)

# A clean environment: what the code location reads must not depend on who built it.
dbt_project/target/manifest.json: ENGINE := duckdb
dbt_project/target/redshift/manifest.json: ENGINE := redshift
$(MANIFESTS): $(DBT_FILES) requirements/main.txt
	@begin=$$SECONDS; echo "dbt: parsing for $(ENGINE) …"; \
	env -i PATH="$$PATH" HOME="$$HOME" DBT_TARGET=$(ENGINE) .venv/bin/dbt --quiet parse --project-dir dbt_project \
		--profiles-dir dbt_project --target-path $(@D:dbt_project/%=%) --log-path $(@D); \
	touch $@; echo "dbt: manifest for $(ENGINE) ready after $$((SECONDS - begin)) s"
