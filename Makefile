# quarterdeck: `make` alone says what there is. Everything is set up by build/setup, into .venv where possible.

PYTHON := .venv/bin/python

.PHONY: help deck test bench soak peers pictures format clean

help: ## say what the targets do
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

deck: ## run the workshop's demos live, judge them, and build the decks into site/
	@build/setup python deck
	@build/setup engine || echo "make deck: no engine, so the decks come from the recordings" >&2
	@.venv/bin/quarterdeck check; checked=$$?; \
	if [ $$checked = 3 ]; then checked=0; fi; \
	.venv/bin/quarterdeck build && exit $$checked

test: ## set everything up; format, lint, types, and all tests, with a real engine and a real browser
	@build/setup python test
	@build/setup engine || [ "$$CI" != true ]
	@build/setup browser || [ "$$CI" != true ]
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -m alone
	$(PYTHON) -m pytest -m 'not alone' -n 4 --dist loadfile

bench: ## measure builds against their floor, steps against plain bash and other tools, and checks against their commands' own time
	@build/setup python test
	@build/setup engine
	$(PYTHON) tests/benchmarks/build_speed.py
	$(PYTHON) tests/benchmarks/step_speed.py
	$(PYTHON) tests/benchmarks/step_peers.py
	$(PYTHON) tests/benchmarks/check_speed.py

soak: ## check the workshop's demos 20 times, in other time zones, on busy cores, against old recordings: no false verdict
	@build/setup python test
	@build/setup engine
	$(PYTHON) tests/benchmarks/many_checks.py

peers: ## measure builds beside other slide tools, which are installed into a temporary folder
	@build/setup python test
	@build/setup browser
	$(PYTHON) tests/benchmarks/peers.py

pictures: ## take the README's pictures of the built deck anew
	@build/setup python test
	@build/setup browser
	.venv/bin/quarterdeck build --quiet
	$(PYTHON) tests/take_pictures.py

format: ## put the code into its format
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

clean: ## remove what was built and set up, but no recordings and no images
	rm -rf site .quarterdeck dist .venv templates/vendor .pytest_cache .mypy_cache .ruff_cache
