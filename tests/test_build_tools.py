"""The tools in `book/_tools` that need no kernel and no Sphinx: form, fingerprints, table of contents, environments."""

import asyncio
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import nbformat
import psutil
import pytest

import bounded
import build
import environment
import execute
import fingerprint
import normalise
import run_notebook
import whole
from tree import BuildError, Tree


@pytest.fixture
def tree(tmp_path):
    """A repository with one notebook and nothing built."""
    files = {
        "_toc.yml": "root: index\nparts:\n- chapters:\n  - file: part/one\n",
        "_config.yml": "execute: {execute_notebooks: 'off'}\n",
        "requirements.txt": "numpy\n",
        "pyproject.toml": "",
        "mlp_core/__init__.py": "",
        "book/index.md": "# Index\n",
        "book/data.csv": "1\n",
        "book/part/one.ipynb": normalise.write(notebook()),
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return Tree(tmp_path)


def notebook():
    nb = nbformat.v4.new_notebook()
    nb.cells = [
        nbformat.v4.new_markdown_cell("# One", id="title"),
        nbformat.v4.new_code_cell("1", id="first"),
        nbformat.v4.new_code_cell("2", id="second", metadata={"tags": ["solution"]}),
    ]
    return nb


def with_output(**data):
    nb = notebook()
    nb.cells[1].outputs = [nbformat.v4.new_output("display_data", {k.replace("__", "/"): v for k, v in data.items()})]
    return nb


def test_normalising_twice_changes_nothing():
    once = normalise.write(normalise.normalise(with_output(text__plain="x", image__png="AAAA")))
    assert normalise.write(normalise.normalise(normalise.read(once))) == once
    assert normalise.is_normalised(once)


def test_counts_run_from_one():
    nb = notebook()
    nb.cells[1].execution_count = 7
    assert [cell.execution_count for cell in normalise.normalise(nb).cells[1:]] == [1, 2]


def test_images_and_widgets_are_stripped_and_text_stays():
    nb = with_output(text__plain="x", image__png="AAAA", **{"application/vnd.jupyter.widget-view+json": {}})
    assert normalise.normalise(nb).cells[1].outputs[0].data == {"text/plain": "x"}


@pytest.mark.parametrize(("plain", "kept"), [("<figure: a line>", False), ("Correct.", True)])
def test_html_is_stripped_from_figures_only(plain, kept):
    nb = normalise.normalise(with_output(text__plain=plain, text__html="<b>"))
    assert ("text/html" in nb.cells[1].outputs[0].data) is kept


def test_glued_values_stay():
    nb = with_output(**{"application/papermill.record/text/plain": "'42 %'"})
    assert normalise.normalise(nb).cells[1].outputs[0].data == {"application/papermill.record/text/plain": "'42 %'"}


def test_metadata_of_tools_goes_and_that_of_the_book_stays():
    nb = notebook()
    nb.metadata = nbformat.from_dict({"widgets": {}, "kernelspec": {"name": "mine"}})
    nb.cells[1].metadata = nbformat.from_dict(
        {"claims": ["a"], "checks": ["eq-a"], "errata": ["c"], "mystnb": {"a": 1}, "tags": ["b"]}
        | {"execution": {}, "scrolled": True}
    )
    nb = normalise.normalise(nb)
    assert nb.metadata == normalise.NOTEBOOK_METADATA
    assert sorted(nb.cells[1].metadata) == ["checks", "claims", "errata", "mystnb", "tags"]


def test_ids_are_kept_and_doubles_get_one_of_their_own_that_is_the_same_every_time():
    def ids():
        nb = notebook()
        nb.cells[2].id = "first"
        return [cell.id for cell in normalise.normalise(nb).cells]

    assert ids()[:2] == ["title", "first"]
    assert ids()[2] != "first"
    assert ids() == ids()


def test_an_old_notebook_gets_ids():
    old = '{"cells": [{"cell_type": "code", "source": "1", "metadata": {}, "outputs": [], "execution_count": null}],'
    old += ' "metadata": {}, "nbformat": 4, "nbformat_minor": 2}'
    nb = normalise.normalise(normalise.read(old))
    assert nb.nbformat_minor == 5
    assert nb.cells[0].id
    nbformat.validate(nb)


def test_pages_come_in_the_order_of_the_table_of_contents(tree):
    assert tree.toc_pages() == ["index", "part/one"]


def test_a_page_without_a_source_is_named(tree):
    tree.toc.write_text("root: index\nchapters:\n- file: part/two\n")
    with pytest.raises(BuildError) as error:
        tree.toc_pages()
    assert str(error.value) == "_toc.yml names part/two, but book/ has neither part/two.ipynb nor part/two.md."


def test_an_empty_table_of_contents_is_refused(tree):
    tree.toc.write_text("format: jb-book\n")
    with pytest.raises(BuildError) as error:
        tree.toc_pages()
    assert str(error.value) == "_toc.yml names no page."


def test_jupyter_book_may_not_execute_notebooks_itself(tree):
    tree.config.write_text("execute: {execute_notebooks: cache}\n")
    with pytest.raises(BuildError) as error:
        build.build(tree, limits=None)
    assert str(error.value) == "_config.yml must say execute_notebooks: off: the build executes the notebooks itself."


@pytest.mark.parametrize("name", ["mlp_core/__init__.py", "book/data.csv", "requirements.txt"])
def test_outputs_depend_on(tree, name):
    before = fingerprint.of_ground(tree)
    (tree.root / name).write_text("changed")
    assert fingerprint.of_ground(tree) != before


@pytest.mark.parametrize("changed", ["book/part/one.ipynb", "book/references.bib"])
def test_outputs_of_an_appendix_depend_on_the_other_pages(tree, changed):
    chapter, appendix = Path("part/one.ipynb"), Path("errata.ipynb")
    (tree.book / appendix).write_text("{}")
    before = fingerprint.under(tree, "ground")
    (tree.root / changed).write_text("changed")
    after = fingerprint.under(tree, "ground")
    assert after[chapter] == before[chapter] == "ground"
    assert after[appendix] != before[appendix]


@pytest.mark.parametrize("name", ["book/index.md", "book/part/one.ipynb", "_config.yml", "_toc.yml", "mlp_core/new.py"])
def test_pages_depend_on(tree, name):
    before = fingerprint.of_tree(tree)
    (tree.root / name).write_text("changed")
    assert fingerprint.of_tree(tree) != before


def test_outputs_depend_on_code_and_not_on_prose():
    key = fingerprint.of_notebook(notebook(), "ground")
    prose, code, order = notebook(), notebook(), notebook()
    prose.cells[0].source = "# Another title"
    code.cells[1].source = "3"
    order.cells[1:] = order.cells[:0:-1]
    assert fingerprint.of_notebook(prose, "ground") == key
    assert fingerprint.of_notebook(code, "ground") != key
    assert fingerprint.of_notebook(order, "ground") != key
    assert fingerprint.of_notebook(notebook(), "another ground") != key


def test_python_caches_do_not_count(tree):
    before = fingerprint.of_tree(tree)
    (tree.package / "__pycache__").mkdir()
    (tree.package / "__pycache__/x.pyc").write_text("x")
    (tree.book / ".ipynb_checkpoints").mkdir()
    (tree.book / ".ipynb_checkpoints/one.ipynb").write_text("x")
    assert fingerprint.of_tree(tree) == before
    assert len(tree.notebooks()) == 1


def test_warnings_are_told_with_the_names_of_the_sources(tree):
    log = f"reading\n{tree.executed}/part/one.ipynb:120003: WARNING: undefined label: 'x'\nwriting\n"
    assert build.complaints(log, tree) == "book/part/one.ipynb, cell 12, line 3: WARNING: undefined label: 'x'"


@pytest.mark.parametrize("version", [(3, 10), (3, 15)])
def test_a_python_out_of_range_is_told_how_to_name_another(monkeypatch, version):
    monkeypatch.setattr(environment.sys, "version_info", (*version, 0))
    monkeypatch.setattr(environment.sys, "executable", "python3")
    with pytest.raises(SystemExit) as end:
        environment.create(".venv")
    assert end.value.code == (
        f"The book needs Python 3.11 to 3.14, and python3 is 3.{version[1]}: name another one, as in "
        "make PYTHON=python3.12 book"
    )


def test_a_python_without_venv_is_told_the_package(monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    monkeypatch.setattr(environment.sys, "version_info", (3, 12, 1))
    with pytest.raises(SystemExit) as end:
        environment.create(".venv")
    assert end.value.code == (
        "Python 3.12 here cannot make virtual environments: install its venv module, on Debian and Ubuntu with "
        "sudo apt-get install python3.12-venv"
    )


def bound(seconds, code, idle=bounded.IDLE):
    """Run Python code under bounded.py; returns the finished process."""
    start = f"import bounded; bounded.Watch.__init__.__defaults__ = ({idle},); bounded.main()"
    command = [sys.executable, "-c", start, str(seconds), sys.executable, "-c", code]
    return subprocess.run(command, cwd=Path(bounded.__file__).parent, capture_output=True, text=True)


def in_a_child(code):
    return f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"


def test_a_command_whose_child_never_ends_is_ended_with_it():
    done = bound(2, in_a_child("import os\nprint(os.getpid(), flush=True)\nwhile True: pass"))
    assert done.returncode == 124
    assert done.stderr.startswith(f"Stopped, more than 2 s of processor time: {sys.executable} -c ")
    assert not psutil.pid_exists(int(done.stdout))


def test_the_time_of_children_that_have_ended_counts():
    busy = "import time\nwhile time.process_time() < 1: pass"
    done = bound(3, f"import subprocess, sys\nwhile True: subprocess.run([sys.executable, '-c', {busy!r}])")
    assert done.returncode == 124


def test_a_command_that_waits_for_ever_is_ended():
    done = bound(60, in_a_child("import time; time.sleep(1e6)"), idle=3)
    assert done.returncode == 124
    assert done.stderr.startswith("Stopped, nothing done for 3 s: ")


def test_a_command_that_waits_uses_no_time():
    assert bound(2, "import time; time.sleep(5); raise SystemExit(3)").returncode == 3


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_bounded_command_is_told_of_a_signal_and_ends_in_its_own_way(sign):
    code = "import signal, sys, time\nsignal.signal(int(sys.argv[1]), lambda *_: sys.exit('Told.'))"
    code += "\nprint('Ready', flush=True)\ntime.sleep(1e6)"
    command = [sys.executable, bounded.__file__, "60", sys.executable, "-c", code, str(int(sign))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "Ready\n"
    process.send_signal(sign)
    assert process.communicate() == ("", "Told.\n")
    assert process.returncode == 128 + sign


def test_the_longest_notebooks_are_begun_first_and_new_ones_before_them(tree, monkeypatch):
    for name in ("large", "new", "short", "long"):
        (tree.book / f"part/{name}.ipynb").write_text(normalise.write(notebook()) + " " * (name == "large"))
    known = {"part/short.ipynb": 1, "part/one.ipynb": 2, "part/long.ipynb": 9}
    whole.write(tree.build / "outputs/seconds.json", json.dumps(known))
    begun = []
    monkeypatch.setattr(execute, "run", lambda tree, jobs, *rest: begun.extend(jobs) or [])
    execute.execute_stale(tree, execute.Limits())
    assert [source.stem for source, _ in begun] == ["large", "new", "long", "one", "short"]


NO_SPACE = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (NO_SPACE, "The disk is full. Nothing was done."),
        (shutil.Error([("source", "target", str(NO_SPACE))]), "The disk is full. Nothing was done."),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), "The disk is full. Nothing was done."),
        (KeyboardInterrupt(2), "Interrupted. Nothing was done."),
        (BuildError("This is missing."), "Nothing was done.\nThis is missing."),
    ],
)
def test_what_stops_a_tool_is_one_sentence(monkeypatch, error, sentence):
    monkeypatch.setattr(bounded, "listen", lambda: None)
    monkeypatch.setattr(bounded, "end", lambda: None)

    def main():
        raise error

    with pytest.raises(SystemExit) as stop:
        whole.run(main, "Nothing was done.")
    assert stop.value.code == f"\n{sentence}"


def test_another_error_of_a_tool_stays_what_it_is(monkeypatch):
    monkeypatch.setattr(bounded, "listen", lambda: None)
    monkeypatch.setattr(bounded, "end", lambda: None)
    with pytest.raises(FileNotFoundError):
        whole.run(lambda: Path("not there").read_text(), "Nothing was done.")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "folder" / "file"
    whole.write(path, "before")
    with pytest.raises(UnicodeEncodeError):
        whole.write(path, "after" * 10_000 + "\udc00")
    assert path.read_text() == "before"
    whole.write(path, "after")
    assert [file.read_text() for file in path.parent.iterdir()] == ["after"]


def test_a_bounded_command_keeps_its_exit_status():
    command = [sys.executable, bounded.__file__, "60", sys.executable, "-c", "raise SystemExit(3)"]
    assert subprocess.run(command).returncode == 3


def test_reading_a_notebook_builds_no_grammar():
    loaded = subprocess.run([sys.executable, "-c", "import nbformat, sys; print(*sys.modules)"], capture_output=True)
    assert b"jsonschema" in loaded.stdout
    assert b"lark" not in loaded.stdout


def test_every_target_of_the_makefile_is_in_its_help():
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(["make", "-s", "-C", str(root), "help"], capture_output=True, text=True, check=True)
    listed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("make ")]
    commands = "help book page test oracles matrix bench mutants check book-sphinx class student grade"
    assert listed == [*commands.split(), "refresh", "reseed", "affirm", "edits", "clean"]


@pytest.mark.parametrize("failures", range(4))
def test_a_kernel_that_does_not_start_is_followed_by_another(monkeypatch, failures):
    started = []

    async def run(nb, folder):
        started.append((nb, folder))
        if len(started) <= failures:
            raise run_notebook.NotStarted("the kernel died before its first cell")

    monkeypatch.setattr(run_notebook, "run", run)
    with pytest.raises(run_notebook.NotStarted) if failures == 3 else nullcontext():
        run_notebook.run_from_the_start("nb", "folder")
    assert started == [("nb", "folder")] * min(failures + 1, 3)


def test_a_kernel_that_dies_before_its_first_cell_has_not_started(monkeypatch):
    async def die(*_, **__):
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(run_notebook.NotebookClient, "async_execute", die)
    with pytest.raises(run_notebook.NotStarted, match="^the kernel died before its first cell$"):
        asyncio.run(run_notebook.run(nbformat.v4.new_notebook(), Path(), 1, 1))
