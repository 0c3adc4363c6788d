# make demo and make test each work alone, on a machine with Python 3.11 or newer (with pip and venv) and make.
PYTHON ?= python3
# Hundreds of processes start in the tests; where Python may keep no byte code each compiles every module anew.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: help demo test check format coverage bench train quality torture buckets ops image-steps docs dist clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12

demo: .venv/installed ## find the stories in samples/
	rm -rf build/demo
	$(BIN)/wirecopy detect samples/morning.jsonl samples/evening.csv --out build/demo
	$(BIN)/wirecopy lineage build/demo 93dac66047ef18b2

test: check ## all checks and tests
	$(BIN)/python -m pytest -n auto --dist loadscope

check: .venv/installed-test ## style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: .venv/installed-test ## bring all files into the format that check wants
	$(BIN)/ruff check --select I --fix .
	$(BIN)/ruff format .

coverage: .venv/installed-coverage ## lines and branches of dedup/ and jobs/ that the tests reach
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine
	$(BIN)/coverage report

bench: .venv/installed-test ## speed beside other tools, and time against the copies that each finds
	$(BIN)/python benchmarks/bench.py --least 0.5
	$(BIN)/python benchmarks/recall.py --chart docs/img/recall.png

train: .venv/installed-test ## learn the models that grade anew
	PYTHONPATH=. $(BIN)/python benchmarks/train.py

quality: .venv/installed-test ## how well pairs and stories agree with labels, with floors
	PYTHONPATH=. $(BIN)/python benchmarks/quality.py
	PYTHONPATH=. $(BIN)/python benchmarks/stories.py

torture: .venv/installed-test ## kill nights and damage stores for some minutes
	$(BIN)/python tests/nightly/torture.py

# A server that speaks S3, for the tests that use the fixture s3_endpoint; in an environment of its own, since boto3
# wants an older python-dateutil. The tests find it in WIRECOPY_S3_SERVER.
buckets: .venv/installed-test ## read and write over S3, with a server of its own
	$(PYTHON) -m venv build/moto
	build/moto/bin/python -m pip install --quiet --disable-pip-version-check 'moto[server,s3]'
	WIRECOPY_S3_SERVER=build/moto/bin/moto_server $(BIN)/python -m pytest tests/readers/test_buckets.py \
		tests/nightly/test_addresses.py tests/spark/test_nights_at_addresses.py

# What samples/ops/ has for schedulers, loaded by their own libraries, each in an environment of its own.
OPS := airflow dagster prefect kubernetes
OPS_airflow := apache-airflow==3.3.2
OPS_dagster := dagster
OPS_prefect := prefect
OPS_kubernetes := kubernetes-validate pyyaml

ops: $(OPS:%=build/ops/%/checked) ## load the examples for schedulers by their own libraries

build/ops/%/checked: samples/ops/* tests/ops/check.py
	mkdir -p build/ops/home
	$(PYTHON) -m venv build/ops/$*
	build/ops/$*/bin/python -m pip install --quiet --disable-pip-version-check $(OPS_$*)
	DO_NOT_TRACK=1 AIRFLOW_HOME=$(CURDIR)/build/ops/home DAGSTER_HOME=$(CURDIR)/build/ops/home \
		PREFECT_HOME=$(CURDIR)/build/ops/home PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS=120 \
		PREFECT_SERVER_ANALYTICS_ENABLED=false build/ops/$*/bin/python tests/ops/check.py $*
	touch $@

image-steps: .venv/installed-test ## run the steps of the Dockerfile in an empty folder
	$(BIN)/python tests/ops/image.py

docs: .venv/installed ## write the generated pages and outputs anew
	$(BIN)/python docs/build.py

dist: .venv/installed-test ## build/dist: the source distribution, and the wheel made of it
	rm -rf build/dist
	$(BIN)/python -c "from setuptools import build_meta; build_meta.build_sdist('build/dist')"
	$(BIN)/python -m pip --quiet --disable-pip-version-check wheel --no-deps --no-build-isolation \
		--wheel-dir build/dist build/dist/*.tar.gz
	rm -rf *.egg-info

clean: ## remove the environment and all that was built
	rm -rf .venv build

# What is installed is made again only when what it is made from has changed. The install is an editable one, so a
# change of the code needs none.
.venv/made:
	$(PYTHON) -c 'import sys; sys.exit("wirecopy needs Python 3.11 or newer: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	touch $@

.venv/installed: .venv/made pyproject.toml constraints.txt
	$(PIP) --editable .
	touch $@

.venv/installed-test: .venv/made pyproject.toml constraints.txt
	$(PIP) --editable '.[test,all]'
	touch $@ .venv/installed

.venv/installed-coverage: .venv/installed-test
	$(PIP) --editable '.[coverage]'
	touch $@
