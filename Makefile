# make run: everything needed, then the bot at 127.0.0.1:8080.  make test: everything needed, then all tests.
# The first of these that starts and is a version that requires-python allows.
PYTHON ?= $(shell for p in python3 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null && echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
# Tests run side by side on up to four cores: each job has a PostgreSQL server and a reader of its own.
JOBS   ?= $(shell $(PYTHON) -c 'import os; print(min(os.cpu_count() or 1, 4))')

.PHONY: migration eval run setup test-setup test check lint types contracts model eval year bench chaos lock clean

run: setup
	$(BIN)/chuishao run

setup: $(VENV)/.done

# uv only installs; it is itself pinned and comes from PyPI, so Python and make are all that a machine needs.
$(VENV)/.done: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	$(BIN)/python -m compileall -q bot handlers knowledge scheduler
	touch $@

test-setup: setup
	$(BIN)/python -m tests.provision

test: test-setup
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile --cov --cov-report=term:skip-covered

check: setup lint types contracts

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

model: setup
	$(BIN)/python -m knowledge.train
	$(BIN)/python -m knowledge.slots.train_tagger
	$(BIN)/python -m knowledge.evaluate_faq --write

# Every table of figures, cross-validated by writer; minutes.
eval: setup
	$(BIN)/python -m knowledge.evaluate --times tests/knowledge/data
	$(BIN)/python -m knowledge.evaluate_faq
	$(BIN)/python -m knowledge.slots.train_tagger --check

# A new revision from the difference between the tables in the code and the newest revision: make migration m="why"
migration: setup
	$(BIN)/python -m bot.migrations "$(m)"

# Twelve months, 20 organisations, 2,000 members, 480 activities on a virtual clock; minutes.
year: setup
	$(BIN)/python -m tests.year

bench: setup
	$(BIN)/python -m tests.bench

# Faults at random instants under load, 304 on each engine; about a quarter of an hour.
chaos: test-setup
	$(BIN)/python -m tests.chaos

lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra wechaty --extra wecom --extra semantic --group dev \
		--generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock

clean:
	rm -rf $(VENV) var build .mypy_cache .ruff_cache .pytest_cache
