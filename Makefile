# maild's chores. Each target does all of its own set-up on Debian or Ubuntu with Python 3.11 or later.
#   make demo    watch maild do its job, embedded, nothing to configure (KEEP=1 leaves the servers up)
#   make test    prove it against real servers: Dovecot, Postfix, PostgreSQL and SQLite
#   make bench   speed beside floors measured in the same run (an hour; ONLY="letters ingest" for some; alone on the machine)
#   make bench-peers   the same mailbox taken in by other helpdesks, installed for it (half an hour)
#   make faults  the scorecard of faults, a line per case (ONLY="B1 C" for some); faults-teeth: without the defences
#   make soak    random steps from a fresh seed, a million of them (STEPS=500 SEED=… replays a run)
#   make deaths  die at every place of a story and again in every recovery, on SQLite and PostgreSQL
#   make check   ruff, mypy --strict, import-linter and the tests of the documents
#   make lock    choose the versions of all dependencies anew, within pyproject.toml's ranges

PYTHON ?= python3
RUN := .venv/bin
# Most of a test is waiting for a server, so twice as many as there are processors; each has servers of its own.
SIDE_BY_SIDE = $$((2 * $$(nproc)))

.PHONY: demo test bench bench-peers faults faults-teeth check lock format fuzz soak deaths servers clean

demo: .venv/installed
	@$(RUN)/maild demo $(if $(KEEP),--keep)

test: .venv/installed servers
	@$(RUN)/pytest -n $(SIDE_BY_SIDE) --dist worksteal

bench: .venv/installed servers
	@$(RUN)/python -m benchmarks $(ONLY)

bench-peers: .venv/installed servers
	@$(RUN)/python -m benchmarks.peers $(ONLY)

faults: .venv/installed servers
	@$(RUN)/python -m tests.faults $(ONLY)

faults-teeth: .venv/installed servers
	@$(RUN)/python -m tests.faults --teeth $(ONLY)

check: .venv/installed
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .
	@$(RUN)/mypy
	@$(RUN)/lint-imports
	@$(RUN)/pytest tests/docs

format: .venv/installed
	@$(RUN)/ruff format .
	@$(RUN)/ruff check --fix .

fuzz: .venv/installed
	@$(RUN)/python -m tests.fuzz

soak: .venv/installed
	@$(RUN)/python -m tests.model.run $(or $(STEPS),1000000) $(SEED)

deaths: .venv/installed servers
	@$(RUN)/python -m tests.model.deaths $(ONLY)

lock: .venv/installed
	@$(RUN)/uv pip compile pyproject.toml --extra demo --group dev --universal --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --upgrade --quiet -o requirements.lock

clean:
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .peers demo

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "maild needs Python 3.11 or later: apt-get install python3 (or make PYTHON=/path/to/python3.11 …)" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "maild needs Python's venv module: apt-get install python3-venv" >&2; exit 2; }
	@echo "setting up .venv (once; about a minute)…"
	@$(PYTHON) -m venv --clear .venv
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
	@$(RUN)/uv pip install --quiet --python $(RUN)/python --require-hashes -r requirements.lock
	@$(RUN)/uv pip install --quiet --python $(RUN)/python --no-deps -e .
	@touch $@

# Real servers for the tests. As root on Debian they are installed; elsewhere one sentence says what is missing.
servers:
	@tests/servers/require
