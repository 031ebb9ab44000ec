# The one door to the book. `make help` lists what it does.

PYTHON ?= python3
PY      = .venv/bin/python
TOOLS   = book/_tools
BOUNDED = $(PY) $(TOOLS)/bounded.py
PYTEST  = -m pytest -q
# The numbers after BOUNDED are seconds of processor time.

.DEFAULT_GOAL := help
.PHONY: help book page test oracles matrix bench mutants check book-sphinx class student grade refresh reseed affirm edits clean venv

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

book: venv  ## build the book into _build/html and say how to open it
	@$(PY) $(TOOLS)/build.py

page: venv  ## build one page to look at while writing it: NOTEBOOK=book/neurons/xor.ipynb
	@nice $(PY) $(TOOLS)/page.py $(NOTEBOOK)

test: venv  ## lint, types, unit and property tests, and every notebook compared with its stored outputs
	$(PY) -m ruff check --no-cache .
	$(BOUNDED) 3600 $(PY) $(PYTEST) -n auto --maxprocesses 8
	$(BOUNDED) 3600 $(PY) $(TOOLS)/execute.py
	$(BOUNDED) 600 $(PY) $(PYTEST) tests/outputs

oracles:  ## compare mlp_core with PyTorch, scikit-learn and JAX, in an environment of their own
	@$(PYTHON) $(TOOLS)/environment.py .venv-oracles requirements-dev.txt
	.venv-oracles/bin/python $(TOOLS)/bounded.py 1800 .venv-oracles/bin/python $(PYTEST) tests/oracles

matrix: venv  ## test the core with each Python 3.11 to 3.14 here, with the oldest and the newest numpy
	@$(PY) $(TOOLS)/matrix.py

bench:  ## time mlp_core beside scikit-learn, PyTorch, JAX and the BLAS limit, in an environment of its own
	@$(PYTHON) $(TOOLS)/environment.py .venv-bench requirements-bench.txt
	.venv-bench/bin/python $(TOOLS)/bounded.py 1800 .venv-bench/bin/python -m benchmarks --out benchmarks/results

mutants: venv  ## change the core in one place at a time and see whether a test goes red; some only: SAMPLE=100
	@$(PYTHON) $(TOOLS)/environment.py .venv requirements.txt requirements-mutants.txt
	$(BOUNDED) 60 $(PY) $(PYTEST) tests/mutation/check_mutate.py
	$(BOUNDED) 7200 $(PY) tests/mutation/mutants.py \
	    $(if $(SAMPLE),--sample $(SAMPLE) $(if $(SEED),--seed $(SEED)),--report tests/mutation/report.md)

check: book  ## build the book, then test its pages in Chromium and the build itself
	@$(PYTHON) $(TOOLS)/environment.py .venv requirements.txt requirements-check.txt
	@$(PY) $(TOOLS)/chromium.py
	$(BOUNDED) 3600 $(PY) $(PYTEST) -n auto --maxprocesses 4 --dist loadgroup tests/site
	$(BOUNDED) 1800 $(PY) $(PYTEST) -n auto --maxprocesses 8 tests/build

book-sphinx: venv  ## build the book with today's Sphinx, without Jupyter Book, in an environment of its own
	@$(PYTHON) $(TOOLS)/environment.py .venv-sphinx requirements-sphinx.txt
	@$(PY) $(TOOLS)/plain.py .venv-sphinx/bin/python

class: venv  ## write the book as plain notebooks to class/ and open them in JupyterLab
	@$(PY) $(TOOLS)/copies.py class
	env -u MLP_FIGURES JUPYTER_CONFIG_PATH="$(CURDIR)/$(TOOLS)/jupyter$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}" \
	    $(PY) -m jupyterlab class/start.ipynb --ServerApp.root_dir=class

student: venv  ## write the same notebooks without solutions and outputs to student/
	@$(PY) $(TOOLS)/copies.py student

grade: venv  ## write the exercises as a course for nbgrader to grade/
	@$(PY) $(TOOLS)/grade.py

refresh: venv  ## execute the notebooks in place and normalise them; one of them: NOTEBOOK=book/neurons/xor.ipynb
	@$(PY) $(TOOLS)/refresh.py $(NOTEBOOK)

reseed: venv  ## run the notebooks with other base seeds and report what fails; one of them: NOTEBOOK=book/neurons/xor.ipynb
	@nice $(PY) $(TOOLS)/reseed.py $(if $(SEEDS),--seeds $(SEEDS)) $(if $(BASES),--bases $(BASES) --) $(NOTEBOOK)

affirm: venv  ## show which claims, equations, errata, exercises and numbers have changed, and say that they are right
	@$(PY) $(TOOLS)/affirm.py

edits: venv  ## make false edits in the book, one by one, and see that a test notices; others: SEED=2
	@nice $(PY) tests/reader/edits.py $(if $(SEED),--seed $(SEED))

clean:  ## remove what was built, but not the environments, nor class/, student/ and grade/, where people work
	rm -rf _build .hypothesis .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -not -path './.venv*' -prune -exec rm -rf {} +

venv:
	@$(PYTHON) $(TOOLS)/environment.py .venv requirements.txt
