# Two commands matter: `make run` and `make test`. Neither needs Docker or root.

PYTHON ?= python3
PORT ?= 8000
SANDBOX_PORT ?= 8900
VENV_PYTHON = .venv/bin/python

# make test ONLY=tests/audit K=reveal: these paths, the tests whose names match; DB=postgres as well
SELECTED = --only "$(ONLY)" --keyword "$(K)" --database "$(DB)"

.PHONY: help run test proof lock lint format pictures bench bench-audit faults faults-long tamper

help:
	@echo "make run     start sandbox, dashboard and reconcile loop (PORT=$(PORT) SANDBOX_PORT=$(SANDBOX_PORT))"
	@echo "make test    all checks and tests on SQLite with Chromium, and the SQL ones on PostgreSQL (4 minutes)"
	@echo "             ONLY=tests/audit K=name DB=postgres: only these paths, names, this database"
	@echo "make proof   the long tests, and the other tests on PostgreSQL (6 minutes)"
	@echo "make faults  the proof that no edit is lost, doubled or misreported (an hour)"
	@echo "make lint    the checks alone"
	@echo "make format  format the code"
	@echo "make bench   time the pages while PAVE answers and while it hangs"
	@echo "make bench-audit  what the record costs and how quickly it answers (an hour, most of it loading)"
	@echo "make tamper  a thousand tamperings of the record on each database, each found and named"
	@echo "make pictures  take the README's pictures of the pages again"
	@echo "make lock    write the requirements files again from pyproject.toml"

run:
	@$(PYTHON) .ci/environment.py requirements.txt
	@$(VENV_PYTHON) manage.py start --port $(PORT) --sandbox-port $(SANDBOX_PORT) --with-parent

test:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) -m tests.run test $(SELECTED)

proof:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) -m tests.run proof $(SELECTED)

lint:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) -m tests.run checks

format:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) -m ruff check --fix --quiet .
	@$(VENV_PYTHON) -m ruff format .
	@$(VENV_PYTHON) -m djlint --reformat --quiet --warn templates

lock:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) .ci/lock.py

pictures:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@PICTURES=docs/pictures $(VENV_PYTHON) -m pytest -q tests/browser -k agent_corrects

faults:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) -m tests.faults --size hour --seed $(or $(SEED),1)

faults-long:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) -m tests.faults --size long --seed $(or $(SEED),1)

bench:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) -m tests.bench

bench-audit:
	@$(PYTHON) .ci/environment.py requirements-bench.txt
	@$(VENV_PYTHON) -m tests.bench.audit $(BENCH)

tamper:
	@$(PYTHON) .ci/environment.py requirements-dev.txt
	@$(VENV_PYTHON) -m tests.tamper --count 1000 --seed $(or $(SEED),1)
