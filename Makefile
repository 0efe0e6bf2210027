# `make` lists what there is to make. Each sets up what it needs in .venv.
PYTHON ?= python3
PORT ?= 8866
BIN := .venv/bin
# What is imported is compiled once, also where files of bytecode are forbidden: the tests start some hundred Pythons.
export PYTHONDONTWRITEBYTECODE :=
export JUPYTER_PATH := $(CURDIR)/share/jupyter:$(JUPYTER_PATH)
VOILA := $(BIN)/voila dashboard.ipynb --no-browser --port=$(PORT) --Voila.port_retries=0
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))
PORT_IS_FREE := $(BIN)/python -c 'import socket, sys; sys.exit(0 if socket.socket().connect_ex(("127.0.0.1", $(PORT))) else "Port $(PORT) is in use. Name another: make $(MAKECMDGOALS) PORT=8867")'
# The parts of `make test` run side by side, three at a time: most of them also wait, so both cores are busy, and a wait that others
# prolong costs CPU itself. The longest that has one process comes first. What measures time runs after them, alone.
PARTS := test-training test-browser test-serving test-recognition test-unit test-notebooks lint
SIDE_BY_SIDE := --no-print-directory --keep-going $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
PYTEST := $(BIN)/pytest --quiet
BY_FILE := --numprocesses=2 --dist=loadfile
WITHOUT_ALONE := -m 'not alone and not pythons and not trains and not site'
RUN_NOTEBOOK := TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False --ExecutePreprocessor.store_widget_state=False

.DEFAULT_GOAL := help
.PHONY: help dashboard dev lab check test $(PARTS) test-alone programs browsers pythons constraints train refresh export serve site test-site image test-image bench

help: ## list what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name purpose; do printf '  make %-10s %s\n' "$$name" "$$purpose"; done

dashboard: .venv/page ## the page on http://localhost:8866 (PORT= changes it)
	@$(BIN)/mnist-helpers page --port=$(PORT) --no-browser

dev: .venv/dev ## the page, reloading when the notebook, the package or the template is saved
	@$(PORT_IS_FREE)
	@echo "The page opens on http://localhost:$(PORT) and reloads with every saved change. Ctrl+C ends it."
	@$(BIN)/watchfiles "$(VOILA) --VoilaConfiguration.resources=\"{'reload': True}\"" dashboard.ipynb src share

lab: .venv/train ## JupyterLab with the notebooks
	@$(BIN)/jupyter lab

check: ## lint, types and unit tests, without the slow ones
	@$(MAKE) $(SIDE_BY_SIDE) --jobs=4 test-unit test-recognition test-training lint WITHOUT="-m 'not slow'"

test: ## everything that must hold, in a real browser too
	@$(MAKE) $(SIDE_BY_SIDE) --jobs=3 $(PARTS)
	@$(MAKE) --no-print-directory test-alone

test-%: export PYTHONPATH := $(CURDIR)/tests/absent
# Side by side, a thread of BLAS that waits in a loop for another one takes a core from the other tests.
test-%: export OPENBLAS_NUM_THREADS := 1

test-unit: .venv/tensorflow # some of them look at all that is installed
	@$(PYTEST) tests $(addprefix --ignore=tests/,browser serving recognition training evaluation) $(WITHOUT)

test-recognition: .venv/test # a part of its own for balance, and because it can begin before TensorFlow is there
	@$(PYTEST) tests/recognition $(WITHOUT)

test-training: .venv/tensorflow # in a process of its own: TensorFlow takes six seconds of CPU to load; evaluation's are here for balance
	@TF_CPP_MIN_LOG_LEVEL=3 $(PYTEST) tests/training tests/evaluation $(WITHOUT)

test-browser: browsers # in a process of its own: Playwright's event loop would be in the way of others
	@$(PYTEST) $(BY_FILE) $(WITHOUT_ALONE) tests/browser

test-serving: browsers
	@$(PYTEST) $(BY_FILE) $(WITHOUT_ALONE) tests/serving

test-notebooks: .venv/tensorflow
	@$(PYTEST) $(BY_FILE) notebooks dashboard.ipynb

test-alone: .venv/test
	@$(PYTEST) -m alone tests/browser tests/serving

lint: .venv/test
	@$(BIN)/ruff check src tests benchmarks && $(BIN)/ruff format --check src tests benchmarks && $(BIN)/mypy

programs:
	@sh tests/install_what_tests_need.sh

browsers: programs .venv/test
	@{ command -v chromium-headless-shell || command -v chromium; } >/dev/null || $(BIN)/python -m playwright install chromium-headless-shell

pythons: .venv/test ## install the page on each other Python found here, and draw on it
	@$(BIN)/pytest --quiet -m pythons tests/browser/test_installed.py

constraints: ## pin the newest versions of all that is installed, in constraints.txt
	@rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	@build/constraints/bin/pip install --quiet --disable-pip-version-check ".[test,train,dev]"
	@{ sed -n 1p constraints.txt; build/constraints/bin/pip freeze --exclude mnist-helpers; } > build/constraints.txt && mv build/constraints.txt constraints.txt

train: .venv/train ## train the network in full (half an hour on two cores), and the two small ones, in models/
	@RECIPE=full $(RUN_NOTEBOOK) notebooks/02_train.ipynb
	@$(BIN)/mnist-helpers calibrate
	@$(BIN)/mnist-helpers train-small
	@$(BIN)/mnist-helpers landscape
	@$(BIN)/mnist-helpers card

refresh: .venv/train ## run all notebooks but the training in place
	@$(RUN_NOTEBOOK) $(filter-out notebooks/02_train.ipynb,$(NOTEBOOKS))

export: .venv/train ## convert the network to TensorFlow.js and check every form (needs Node)
	@test -x .venv-export/bin/tensorflowjs_converter || { $(PYTHON) -m venv .venv-export && .venv-export/bin/pip install --quiet --disable-pip-version-check --requirement export/requirements.txt; }
	@mkdir -p build/export && cp export/package.json build/export/
	@npm install --prefix build/export --no-package-lock --no-audit --no-fund --loglevel=error
	@$(BIN)/mnist-helpers export

serve: .venv/serve ## the page for many: PROCESSES= behind nginx on PORT=
	@PORT=$(PORT) sh deploy/serve.sh

NO_REGISTRY = echo "The tools that make the site could not be installed, and nothing was built. They come from PyPI and npm, or from the registries that pip and npm are set to." >&2; exit 1

site: ## the page as static files in build/site, for any web server (needs Node)
	@test -x .venv-site/bin/voici || { $(PYTHON) -m venv .venv-site && .venv-site/bin/pip install --quiet --disable-pip-version-check --requirement site/requirements.txt; } || { $(NO_REGISTRY); }
	@cmp -s site/package.json build/pyodide/installed.json || { mkdir -p build/pyodide && cp site/package.json build/pyodide/ && npm install --prefix build/pyodide --no-package-lock --no-audit --no-fund --loglevel=error >/dev/null && cp site/package.json build/pyodide/installed.json; } || { $(NO_REGISTRY); }
	@PYODIDE_DIR=$(PYODIDE_DIR) .venv-site/bin/python site/build.py

test-site: browsers ## make the static files and draw on them in a browser (needs Node)
	@$(BIN)/python -m tests.pyodide_release build/pyodide-release
	@$(MAKE) --no-print-directory site PYODIDE_DIR=$(CURDIR)/build/pyodide-release
	@$(BIN)/pytest --quiet -m site tests/browser/test_site.py

image: ## the container image `digits`, with docker, podman or buildah
	@sh deploy/image.sh

test-image: .venv/test ## build the image and draw on its page; as root on Debian without docker or podman too
	@$(BIN)/python -m tests.serving.build_image
	@$(BIN)/pytest --quiet tests/serving/test_image.py && $(BIN)/python -m benchmarks.image

bench: .venv/tensorflow ## the page beside a naive notebook and Gradio's Sketchpad (installs both)
	@$(BIN)/python -m benchmarks.install && $(BIN)/python -m benchmarks.training && $(BIN)/python -m benchmarks.compare

# What is installed, a stamp for each set of extras in pyproject.toml.
# Conflicts are not warned of: the pinned versions have none, and TensorFlow may be there before what it needs.
PIP_INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --no-warn-conflicts --constraint constraints.txt

.venv/page: EXTRAS =
.venv/%: EXTRAS = [$*]
.venv/%: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing into .venv what is needed for: $(or $(subst .venv/,,$@),page) ..."
	@$(PIP_INSTALL) --editable ".$(EXTRAS)"
	@touch $@

# TensorFlow, half of all that is installed, is unpacked beside the other half; what it needs comes after both.
.venv/tensorflow: .venv/test .venv/tensorflow-alone
	@$(PIP_INSTALL) tensorflow
	@touch $@

.venv/tensorflow-alone: constraints.txt | .venv/bin/python
	@$(PIP_INSTALL) --no-deps tensorflow
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15) and "Python 3.11 to 3.14 is wanted, this is %d.%d. Name one: make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --upgrade pip # older ones take twice as long to choose versions
