# `make` lists what there is to make. Each sets up what it needs in .venv.
PYTHON ?= python3
PORT ?= 8866
BIN := .venv/bin
export JUPYTER_PATH := $(CURDIR)/share/jupyter:$(JUPYTER_PATH)
VOILA := $(BIN)/voila dashboard.ipynb --no-browser --port=$(PORT) --Voila.port_retries=0
NOTEBOOKS := $(sort $(wildcard notebooks/*.ipynb))
PORT_IS_FREE := $(BIN)/python -c 'import socket, sys; sys.exit(0 if socket.socket().connect_ex(("127.0.0.1", $(PORT))) else "Port $(PORT) is in use. Name another: make $(MAKECMDGOALS) PORT=8867")'
RUN_NOTEBOOK := TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/jupyter nbconvert --to notebook --execute --inplace --ExecutePreprocessor.record_timing=False

.DEFAULT_GOAL := help
.PHONY: help dashboard dev lab test train refresh export serve image bench

help: ## list what there is to make
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name purpose; do printf '  make %-10s %s\n' "$$name" "$$purpose"; done

dashboard: .venv/page ## the page on http://localhost:8866 (PORT= changes it)
	@$(PORT_IS_FREE)
	@echo "The page opens on http://localhost:$(PORT) in a moment. Ctrl+C ends it."
	@$(VOILA)

dev: .venv/dev ## the page, reloading when the notebook, the package or the template is saved
	@$(PORT_IS_FREE)
	@echo "The page opens on http://localhost:$(PORT) and reloads with every saved change. Ctrl+C ends it."
	@$(BIN)/watchfiles "$(VOILA) --VoilaConfiguration.resources=\"{'reload': True}\"" dashboard.ipynb src share

lab: .venv/train ## JupyterLab with the notebooks
	@$(BIN)/jupyter lab

test: .venv/test ## everything that must hold, in a real browser too
	@PYTHON=$(BIN)/python sh tests/install_what_tests_need.sh
	@$(BIN)/ruff check src tests benchmarks && $(BIN)/ruff format --check src tests benchmarks && $(BIN)/mypy
	@$(BIN)/pytest

train: .venv/train ## train the network in full (half an hour on two cores) and save it in models/
	@RECIPE=full $(RUN_NOTEBOOK) notebooks/02_train.ipynb
	@$(BIN)/python -m mnist_helpers calibrate
	@$(BIN)/python -m mnist_helpers card

refresh: .venv/train ## run all notebooks but the training in place
	@$(RUN_NOTEBOOK) $(filter-out notebooks/02_train.ipynb,$(NOTEBOOKS))

export: .venv/train ## convert the network to TensorFlow.js and check every form (needs Node)
	@test -x .venv-export/bin/tensorflowjs_converter || { $(PYTHON) -m venv .venv-export && .venv-export/bin/pip install --quiet --disable-pip-version-check --requirement export/requirements.txt; }
	@mkdir -p build/export && cp export/package.json build/export/
	@npm install --prefix build/export --no-package-lock --no-audit --no-fund --loglevel=error
	@$(BIN)/python -m mnist_helpers export

serve: .venv/serve ## the page for many: PROCESSES= behind nginx on PORT=
	@PORT=$(PORT) sh deploy/serve.sh

image: ## the container image `digits`, with docker, podman or buildah
	@sh deploy/image.sh

bench: .venv/test ## the page beside the usual way and Gradio's Sketchpad (installs both)
	@$(BIN)/python -m benchmarks.install && $(BIN)/python -m benchmarks.training && $(BIN)/python -m benchmarks.compare

# What is installed, a stamp for each set of extras in pyproject.toml.
.venv/page: EXTRAS =
.venv/%: EXTRAS = [$*]
.venv/%: pyproject.toml constraints.txt | .venv/bin/python
	@echo "Installing what \`make $(MAKECMDGOALS)\` needs into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".$(EXTRAS)"
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is wanted, this is %d.%d. Name one: make PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -m venv .venv
