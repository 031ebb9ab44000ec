"""The build on small copies of this repository: what must appear on the page does, and what is wrong turns it red."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest
import yaml

from tree import Tree

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("book/_ext", "book/_static", "book/_tools", "book/_vendor", "mlp_core")
PROBE = '''"""A function that a page quotes and calls."""


def answer():
    """Return a number."""
    return 41
'''


@pytest.fixture
def copy(tmp_path):
    """This repository with the pages `index` and `part/one` in place of its own."""
    for name in KEPT:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "pyproject.toml", "requirements.txt", "book/api.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\nchapters:\n- file: part/one\n")
    (tmp_path / "book/references.bib").write_text("")
    (tmp_path / "book/index.md").write_text("# A small book\n\nSee {ref}`one`.\n")
    (tmp_path / "mlp_core/probe.py").write_text(PROBE)
    (tmp_path / "book/part").mkdir()
    tree = Tree(tmp_path)
    write_notebook(
        tree,
        "(one)=\n# Quote and call a function\n\n```{literalinclude} ../../mlp_core/probe.py\n:pyobject: answer\n```",
        "from mlp_core.probe import answer\nprint('The answer is', answer())",
    )
    return tree


def write_notebook(tree, prose, *code, name="part/one"):
    """Make a notebook of one markdown cell and code cells."""
    nb = nbformat.v4.new_notebook()
    nb.cells = [nbformat.v4.new_markdown_cell(prose, id="prose")]
    nb.cells += [nbformat.v4.new_code_cell(source, id=f"code-{i}") for i, source in enumerate(code)]
    nbformat.write(nb, tree.book / f"{name}.ipynb")


def build(tree, *options):
    """Run the build as `make book` does; returns exit status and all it printed."""
    command = [sys.executable, str(tree.book / "_tools/build.py"), *options]
    done = subprocess.run(command, cwd=tree.root, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def page(tree, name="part/one"):
    """The text of a built page, without its markup."""
    return re.sub(r"<[^>]+>", "", (tree.html / f"{name}.html").read_text("utf-8"))


def add_extension(tree, name):
    """Let Sphinx load `book/_ext/<name>.py`."""
    settings = yaml.safe_load(tree.config.read_text())
    settings["sphinx"]["local_extensions"][name] = "book/_ext"
    settings["sphinx"]["config"]["extensions"].append(name)
    tree.config.write_text(yaml.safe_dump(settings))


def begin(tree, line):
    """Begin a build and wait until it has printed a line that starts so; returns it with all that runs below it."""
    command = [sys.executable, "-u", str(tree.book / "_tools/build.py")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    for printed in process.stdout:
        if printed.startswith(line):
            break
    while len(below := psutil.Process(process.pid).children(recursive=True)) < 2:
        assert process.poll() is None
    return process, below


def assert_red(tree, *sentences, options=()):
    """The build fails, says why in these words, and leaves no page."""
    status, printed = build(tree, *options)
    assert status == 1, printed
    for sentence in sentences:
        assert sentence in printed
    assert not tree.html.exists()


def test_a_changed_function_changes_the_page_and_an_unchanged_book_is_left_alone(copy):
    status, printed = build(copy)
    assert status == 0, printed
    assert "book/part/one.ipynb: " in printed
    assert f"Open {(copy.html / 'index.html').as_uri()}" in printed
    assert "return 41" in page(copy)
    assert "The answer is 41" in page(copy)
    offered = (copy.html / "_sources/part/one.ipynb").read_text("utf-8")
    assert "return 41" in offered and "The answer is 41" in offered and "literalinclude" not in offered

    written = (copy.html / "part/one.html").stat().st_mtime_ns
    assert build(copy)[1].startswith("The book is up to date.")
    assert (copy.html / "part/one.html").stat().st_mtime_ns == written

    (copy.package / "probe.py").write_text(PROBE.replace("41", "42"))
    status, printed = build(copy)
    assert status == 0, printed
    assert "return 42" in page(copy)
    assert "The answer is 42" in page(copy)
    assert "41" not in page(copy)

    (copy.book / "index.md").write_text("# Another title\n")
    status, printed = build(copy)
    assert "Notebooks: 0 to execute, 1 unchanged." in printed
    assert "Another title" in page(copy, "index")

    write_notebook(copy, "# Fail", "1 / 0")
    assert_red(copy, "book/part/one.ipynb: ZeroDivisionError in code cell 1 (id code-0): division by zero")


def test_a_deleted_page_does_not_stay_deleted(copy):
    build(copy)
    (copy.html / "part/one.html").unlink()
    assert build(copy)[0] == 0
    assert "The answer is 41" in page(copy)


def test_every_failing_notebook_is_told_and_good_ones_are_not_run_again(copy):
    shutil.copy(copy.book / "part/one.ipynb", copy.book / "part/good.ipynb")
    write_notebook(copy, "# Fail", "x = 1", "undefined_name")
    assert_red(copy, "book/part/one.ipynb: NameError in code cell 2 (id code-1): name 'undefined_name' is not defined")
    assert_red(copy, "Notebooks: 1 to execute, 1 unchanged.")


def test_a_dead_kernel_is_red(copy):
    write_notebook(copy, "# Die", "import os\nos._exit(1)")
    assert_red(copy, "book/part/one.ipynb: the kernel died in code cell 1 (id code-0)")


ONE = "book/part/one.ipynb"


def test_an_endless_cell_is_red(copy):
    write_notebook(copy, "# Hang", "while True:\n    pass")
    sentence = f"{ONE}: more than 3 s of processor time in code cell 1 (id code-0)"
    assert_red(copy, sentence, options=["--cell-seconds", "3"])


def test_a_cell_that_works_in_another_process_is_held_to_its_limit(copy):
    child = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'while True: pass'])"
    write_notebook(copy, "# Hang", "1", child)
    sentence = f"{ONE}: more than 3 s of processor time in code cell 2 (id code-1)"
    assert_red(copy, sentence, options=["--cell-seconds", "3"])


def test_an_endless_notebook_is_red(copy):
    busy = "import time\nend = time.process_time() + 2\nwhile time.process_time() < end:\n    pass"
    write_notebook(copy, "# Hang", *[busy] * 6)
    sentence = f"{ONE}: more than 6 s of processor time in all, stopped in code cell "
    assert_red(copy, sentence, options=["--notebook-seconds", "6"])


def test_a_cell_that_waits_for_ever_is_red(copy):
    write_notebook(copy, "# Sleep", "import time\ntime.sleep(1e6)")
    assert_red(copy, f"{ONE}: nothing done for 4 s in code cell 1 (id code-0)", options=["--idle-seconds", "4"])


def test_waiting_does_not_count(copy):
    write_notebook(copy, "(one)=\n# Wait", "import time\ntime.sleep(8)\nprint('Awake')")
    status, printed = build(copy, "--cell-seconds", "4", "--notebook-seconds", "7")
    assert status == 0, printed


def test_a_python_warning_is_red(copy):
    write_notebook(copy, "# Warn", "import numpy as np\nnp.log(np.zeros(1))")
    assert_red(
        copy,
        "book/part/one.ipynb: standard error is not empty in code cell 1 (id code-0):",
        "RuntimeWarning: divide by zero encountered in log",
    )


def test_bad_tex_is_red(copy):
    write_notebook(copy, "(one)=\n# Set a formula\n\n$$\n\\frac{1}{\n$$", "1")
    assert_red(copy, "book/part/one.ipynb, cell 1, line ", "WARNING: formula: Unexpected end of input")


def test_every_broken_reference_is_red(copy):
    wrong = {
        "$\\undefinedmacro$": "\\undefinedmacro",
        "{ref}`no-label`": "undefined label: 'no-label'",
        "[this](#no-anchor)": "'no-anchor'",
        "{doc}`no-page`": "unknown document: 'no-page'",
        "{eq}`no-equation`": "equation not found: no-equation",
        "{numref}`no-figure`": "undefined label: 'no-figure'",
        "{cite}`nobody1900`": 'could not find bibtex key "nobody1900"',
        "```{literalinclude} ../../mlp_core/probe.py\n:pyobject: renamed\n```": "Object named 'renamed' not found",
    }
    write_notebook(copy, "(one)=\n# Refer to what is not there\n\n" + "\n\n".join(wrong), "1")
    assert_red(copy, *wrong.values())
    warnings = [line for line in build(copy)[1].splitlines() if ", cell 1, line " in line and "WARNING: " in line]
    for complaint in wrong.values():
        assert any(complaint in line for line in warnings)


def test_a_missing_chapter_is_red(copy):
    copy.toc.write_text("format: jb-book\nroot: index\nchapters:\n- file: part/one\n- file: part/two\n")
    assert_red(copy, "_toc.yml names part/two, but book/ has neither part/two.ipynb nor part/two.md.")


def test_a_build_that_writes_no_page_is_red(copy):
    (copy.book / "_ext/no_pages.py").write_text(
        "from pathlib import Path\n\n\n"
        "def remove(app, error):\n"
        "    for page in Path(app.outdir).rglob('*.html'):\n"
        "        page.unlink()\n\n\n"
        "def setup(app):\n"
        "    app.connect('build-finished', remove, priority=999)\n"
    )
    add_extension(copy, "no_pages")
    assert_red(copy, "Sphinx ended without an error, but did not write index, part/one.")


def test_refreshing_stores_outputs_in_normal_form_and_leaves_a_failing_notebook_alone(copy):
    notebook = copy.book / "part/one.ipynb"
    command = [sys.executable, str(copy.book / "_tools/refresh.py")]
    assert subprocess.run(command, cwd=copy.root).returncode == 0
    nb = nbformat.read(notebook, as_version=4)
    assert nb.cells[1].outputs[0].text == "The answer is 41\n"
    assert nb.cells[1].execution_count == 1

    write_notebook(copy, "# Fail", "1 / 0")
    before = notebook.read_bytes()
    done = subprocess.run(command, cwd=copy.root, capture_output=True, text=True)
    assert done.returncode == 1
    assert "book/part/one.ipynb: ZeroDivisionError in code cell 1 (id code-0): division by zero" in done.stderr
    assert notebook.read_bytes() == before


SLEEP = "import time\ntime.sleep(1e6)"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_build_that_is_stopped_leaves_nothing_running_and_keeps_what_has_ended(copy, sign):
    write_notebook(copy, "# Sleep", SLEEP, name="part/sleep")
    process, below = begin(copy, "  book/part/one.ipynb:")
    process.send_signal(sign)
    assert process.communicate()[0] == "\nInterrupted. The book was not built.\n"
    assert process.returncode == 1
    assert not any(program.is_running() for program in below)
    assert not list((copy.build / "outputs").rglob("sleep*"))

    write_notebook(copy, "# Wake", "1", name="part/sleep")
    assert "Notebooks: 1 to execute, 1 unchanged." in build(copy)[1]


def test_a_second_build_in_the_folder_is_told_of_the_first_and_a_dead_one_is_no_obstacle(copy):
    write_notebook(copy, "# Sleep", SLEEP)
    first, below = begin(copy, "Notebooks: 1 to execute")
    assert_red(copy, f"The book was not built.\nProcess {first.pid} is at work in _build: wait until it has ended.\n")
    first.kill()
    first.communicate()
    assert psutil.wait_procs(below)[1] == []
    write_notebook(copy, "(one)=\n# Go on", "1")
    status, printed = build(copy)
    assert status == 0, printed


def test_a_disk_that_is_full_when_outputs_are_written_is_one_sentence(copy):
    (copy.build / "outputs/part").mkdir(parents=True)
    (copy.build / "outputs/part/one.ipynb.part").symlink_to("/dev/full")
    status, printed = build(copy)
    assert (status, printed.partition("\n")[2]) == (1, "\nThe disk is full. The book was not built.\n")


def test_a_disk_that_is_full_when_pages_are_written_is_one_sentence(copy):
    (copy.book / "_ext/full.py").write_text(
        "def fill(app):\n"
        "    with open('/dev/full', 'w') as file:\n"
        "        file.write('page')\n\n\n"
        "def setup(app):\n"
        "    app.connect('builder-inited', fill)\n"
    )
    add_extension(copy, "full")
    status, printed = build(copy)
    assert status == 1
    assert printed.endswith("Pages: building 2.\n\nThe disk is full. The book was not built.\n")


EXERCISE = "(one)=\n# Solve\n\n```{exercise}\n:label: ex-a\n\nThe prompt.\n```"


@pytest.mark.parametrize("hidden", [True, False])
def test_pages_hide_the_solutions_where_the_settings_say_so(copy, hidden):
    nb = nbformat.v4.new_notebook()
    solution = {"metadata": {"tags": ["solution"]}}
    nb.cells = [
        nbformat.v4.new_markdown_cell(EXERCISE),
        nbformat.v4.new_markdown_cell("```{solution-start} ex-a\n```", **solution),
        nbformat.v4.new_code_cell("print('The way', 'out')", **solution),
        nbformat.v4.new_markdown_cell("```{solution-end}\n```", **solution),
    ]
    nbformat.write(nb, copy.book / "part/one.ipynb")
    settings = yaml.safe_load(copy.config.read_text())
    settings["sphinx"]["config"]["hide_solutions"] = hidden
    copy.config.write_text(yaml.safe_dump(settings))
    status, printed = build(copy)
    assert status == 0, printed
    assert "The prompt." in page(copy)
    assert ("The way out" in page(copy)) is not hidden
