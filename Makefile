# `make` alone lists the targets. build/setup installs what they need, into .venv where possible.

PYTHON := .venv/bin/python

# `docker run` and `docker exec` start these with sh, unless a script needs bash.
SCRIPTS := build/quarterdeck/live/scripts
BASH_SCRIPTS := $(SCRIPTS)/ready.sh $(SCRIPTS)/session.bash $(SCRIPTS)/shell.bash .ci/run tests/runner/rot/image/astray tests/runner/rot/image/fleet
SH_SCRIPTS := build/setup $(filter-out $(BASH_SCRIPTS),$(wildcard $(SCRIPTS)/*.sh))
# Some environments forbid it; then each worker of pytest would compile all tests anew.
export PYTHONDONTWRITEBYTECODE :=
# How many slides `make hostile` tries.
N := 10000

.PHONY: help deck test bench soak hostile peers pictures format clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

deck: ## check the workshop's demos on a live stage, and build the decks into site/
	@build/setup python deck
	@build/setup engine || echo "make deck: no engine; building the decks from the recordings" >&2
	@.venv/bin/quarterdeck check; checked=$$?; \
	if [ $$checked = 3 ]; then checked=0; fi; \
	.venv/bin/quarterdeck build && exit $$checked

test: ## set everything up; check format, lint and types; run all tests, with a real engine and browser
	@build/setup python test
	@build/setup engine || [ "$$CI" != true ]
	@build/setup browser || [ "$$CI" != true ]
	@build/setup terminal || [ "$$CI" != true ]
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	.venv/bin/shellcheck --shell=sh $(SH_SCRIPTS)
	.venv/bin/shellcheck --shell=bash $(BASH_SCRIPTS)
	$(PYTHON) -m mypy & types=$$!; $(PYTHON) -m pytest -m alone; tests=$$?; wait $$types && exit $$tests
	$(PYTHON) -m pytest -m 'not alone' -n 4 --dist loadfile --no-loadscope-reorder

bench: ## measure builds, steps, checks and rehearsals against their bounds, and steps beside other tools
	@build/setup python test
	@build/setup engine
	@build/setup browser
	$(PYTHON) tests/benchmarks/build_speed.py
	$(PYTHON) tests/benchmarks/stage_speed.py
	$(PYTHON) tests/benchmarks/step_speed.py
	$(PYTHON) tests/benchmarks/step_peers.py
	$(PYTHON) tests/benchmarks/check_speed.py
	$(PYTHON) tests/benchmarks/rehearsal_latency.py
	$(PYTHON) tests/benchmarks/browser_speed.py
	$(PYTHON) tests/benchmarks/save_and_see.py
	$(PYTHON) tests/benchmarks/follow_load.py

soak: ## check and rehearse the workshop's demos often, on busy cores; end rehearsals in every way
	@build/setup python test
	@build/setup engine
	$(PYTHON) tests/benchmarks/busy_steps.py
	$(PYTHON) tests/benchmarks/many_checks.py
	$(PYTHON) tests/benchmarks/rehearsal_verdicts.py
	$(PYTHON) tests/benchmarks/rehearsal_endings.py

hostile: ## build N hostile slides (10000), and count what they load from other machines, in a browser
	@build/setup python test
	@build/setup browser
	QUARTERDECK_HOSTILE_SLIDES=$(N) $(PYTHON) -m pytest -q -n 2 tests/browser/test_hostile_slides.py

peers: ## measure builds beside other slide tools, installed into a temporary folder
	@build/setup python test
	$(PYTHON) tests/benchmarks/peers.py

pictures: ## take new screenshots for the README
	@build/setup python test
	@build/setup browser
	.venv/bin/quarterdeck build --quiet
	$(PYTHON) tests/take_pictures.py

format: ## format the code and fix what ruff can fix
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

clean: ## remove everything built or installed here; recordings and images stay
	rm -rf site .quarterdeck dist .venv templates/vendor .pytest_cache .mypy_cache .ruff_cache
