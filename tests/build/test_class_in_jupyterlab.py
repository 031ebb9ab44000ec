"""The class edition in a real JupyterLab: what a teacher and a student see, press and save.

A small book with a cell of each kind is written and opened as `make class` does.
"""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

from chromium import find_chromium
from tree import Tree

ROOT = Path(__file__).resolve().parents[2]
QUIET = ["--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
PROSE = """\
(one)=
# Move a line

```{admonition} What you take away
:class: aims

**In class** 45 minutes.
```

```{guess} How steep is the line?
:label: guess-steep
:choices: flat | steep
:answer: steep

Look at the picture.
```

## The line

The run found {glue:text}`slope`, as {eq}`eq-line` says and {cite}`minsky1969perceptrons` show.

$$
y = 2x
$$ (eq-line)
"""
EXERCISE = """\
## Exercises

```{exercise} One gate
:label: ex-gate

Fire for 10 only.
```
"""
FIGURE = {"figure": {"name": "fig-line", "caption": "The line {eq}`eq-line`."}}
EXPLORER = {"figure": {"name": "fig-move", "caption": "Move it."}}
GAME = {"figure": {"name": "fig-game", "caption": "Drag it."}}
SOLUTION = {"tags": ["solution"]}
CELLS = [
    ("markdown", PROSE, {}),
    ("code", "import numpy as np\n\nfrom mlp_core import exercises, show", {"tags": ["setup"]}),
    ("code", "x = np.linspace(0, 1, 5)\nprint('the end is', 2 * x[-1])", {}),
    ("code", "# the line has slope two\nassert 2 * x[-1] == 2\nshow.say('slope', 'exactly 2')", {"tags": ["check"]}),
    (
        "code",
        "show.figure(lambda ax: ax.plot(x, 2 * x), alt='A rising line.')",
        {"tags": ["draw"], "mystnb": FIGURE},
    ),
    (
        "code",
        "def move(ax, eta):\n    ax.set(xlim=(0, 1), ylim=(0, 3))\n    ax.plot(x, eta * x)\n\n\n"
        "show.explore(move, alt='A line of slope {eta:.1f}.', labels={'eta': 'rate η'}, "
        "formats={'eta': '{:.1f}'}, eta=[1.0, 2.0, 3.0])",
        {"tags": ["draw"], "mystnb": EXPLORER},
    ),
    (
        "code",
        "show.lines([[0, 0], [1, 1]], [0, 1], names=['0', '1'], start=[((0, 0), (1, 0))], alt='A game.')",
        {"tags": ["draw"], "mystnb": GAME},
    ),
    ("markdown", "### Deeper: Curves\n\nA curve is folded away.", {}),
    ("markdown", EXERCISE, {}),
    ("code", "one_gate = (..., ..., ...)  # w1, w2, b", {}),
    ("code", "exercises.check('xor/one-gate', one_gate)", {}),
    ("markdown", "```{solution-start} ex-gate\n```\n\nPush the second input down.", SOLUTION),
    ("code", "gate_solution = (1, -1, -0.5)", SOLUTION),
    ("code", "exercises.check('xor/one-gate', gate_solution)", SOLUTION),
    ("markdown", "```{solution-end}\n```", SOLUTION),
    ("markdown", "The end.", {}),
]
SOURCE = (
    "@book{minsky1969perceptrons, author = {Minsky, Marvin and Papert, Seymour}, title = {Perceptrons}, "
    "publisher = {MIT Press}, year = {1969}}"
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A repository with one chapter, committed, and its class edition."""
    root = tmp_path_factory.mktemp("book")
    for name in ("book/_ext", "book/_tools", "mlp_core"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("_config.yml", "pyproject.toml", "requirements.txt", ".gitignore"):
        shutil.copy(ROOT / name, root / name)
    (root / "_toc.yml").write_text(
        "root: index\nparts:\n- numbered: true\n  chapters: [{file: part/one}]\n- chapters: [{file: bibliography}]\n"
    )
    (root / "book/index.md").write_text("# A small book\n")
    (root / "book/bibliography.md").write_text("# Sources\n\n```{bibliography}\n```\n")
    (root / "book/references.bib").write_text(SOURCE)
    nb = nbformat.v4.new_notebook()
    for number, (kind, source, metadata) in enumerate(CELLS):
        new = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}[kind]
        nb.cells.append(new(source, metadata=metadata, id=f"cell-{number}"))
    (root / "book/part").mkdir()
    nbformat.write(nb, root / "book/part/one.ipynb")
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "A small book")
    os.environ["HOME"], home = str(root.parent / "home"), os.environ.get("HOME", "")
    command = [sys.executable, str(root / "book/_tools/copies.py"), "class"]
    done = subprocess.run(command, capture_output=True, text=True)
    os.environ["HOME"] = home
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("class/: 4 of 4 notebooks written.\n")
    return Tree(root)


def git(root, *words):
    return subprocess.run(["git", "-C", root, *words], check=True, capture_output=True, text=True).stdout


def test_the_executed_copy_has_no_error_and_its_numbers_stand_in_their_sentences(tree):
    nb = nbformat.read(tree.root / "class/part/one.ipynb", as_version=4)
    nbformat.validate(nb)
    outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
    assert {output.output_type for output in outputs} == {"stream", "display_data", "execute_result"} - {"display_data"}
    assert not any(output.get("name") == "stderr" for output in outputs)
    text = "\n".join(cell.source for cell in nb.cells)
    assert (
        "The run found exactly 2, as [(1.1)](#The-line) says and [[Minsky and Papert, 1969](../bibliography.ipynb)]"
        in text
    )


@pytest.fixture(scope="module")
def lab(tree):
    """The address of JupyterLab, begun by the command of `make class`."""
    recipe = subprocess.run(["make", "-n", "-C", str(ROOT), "class"], capture_output=True, text=True, check=True).stdout
    (command,) = [line for line in recipe.replace("\\\n", " ").splitlines() if "-m jupyterlab" in line]
    command = command.replace(".venv/bin/python", shlex.quote(sys.executable))
    options = "--no-browser --allow-root --ServerApp.port=0 --IdentityProvider.token=class"
    env = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    env |= {"HOME": str(tree.root.parent / "home"), "JUPYTER_RUNTIME_DIR": str(tree.root.parent / "runtime")}
    log = open(tree.root.parent / "lab.log", "w")
    process = subprocess.Popen(
        ["sh", "-c", f"exec {command} {options}"],
        cwd=tree.root,
        env=env,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        while not (found := list((tree.root.parent / "runtime").glob("jpserver-*.json"))):
            assert process.poll() is None, Path(log.name).read_text()
            time.sleep(0.2)
        yield f"http://127.0.0.1:{json.loads(found[0].read_text())['port']}/"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        log.close()


@pytest.fixture(scope="module")
def opened(lab):
    """The chapter, reached from the start page, before anything is run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=QUIET)
        tab = browser.new_page(viewport={"width": 1280, "height": 3000})
        tab.set_default_timeout(25_000)
        tab.goto(f"{lab}lab/tree/start.ipynb?token=class")
        tab.locator(".jp-RenderedMarkdown a", has_text="1. Move a line").click()
        tab.locator(".jp-RenderedMarkdown", has_text="The end.").wait_for()
        yield tab
        browser.close()


@pytest.fixture(scope="module")
def ran(opened):
    """The chapter after *Run All Cells*."""
    prose(opened, "The run found").locator("h1").click()
    opened.get_by_role("menuitem", name="Run", exact=True).click()
    opened.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    opened.locator(".noUi-handle").wait_for()
    opened.locator(f"{PANEL} .jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()
    return opened


def code(tab, words):
    """The code cell in which these words stand."""
    return tab.locator(f"{PANEL} .jp-CodeCell", has_text=words)


def prose(tab, words):
    """The rendered text in which these words stand."""
    return tab.locator(f"{PANEL} .jp-RenderedMarkdown", has_text=words)


def test_nothing_pops_up(opened):
    assert opened.locator(".jp-Dialog, .Toastify__toast").count() == 0


def test_text_is_set_without_a_rest_of_its_source(opened):
    text = " ".join(prose(opened, re.compile(".")).all_inner_texts())
    assert "The run found exactly 2, as (1.1) says and [Minsky and Papert, 1969] show." in text
    assert not re.search(r"[{}$`]|:label:|\*\*", text)
    expect(prose(opened, "y").locator("mjx-container[display=true]")).to_contain_text("(1.1)", use_inner_text=False)


def test_an_admonition_is_a_quotation_and_a_guess_has_a_folded_answer(opened):
    expect(opened.locator("blockquote strong").first).to_have_text("What you take away")
    fold = prose(opened, "Guess first.").locator("details", has_text="The answer")
    expect(fold.get_by_text("Look at the picture.")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.get_by_text("Look at the picture.")).to_be_visible()


@pytest.mark.parametrize(
    "line", ["# Installs mlp_core", "import numpy", "# the line has slope two", "# Draws figure 1.1"]
)
def test_what_is_no_story_is_closed_and_shows_its_first_line(opened, line):
    expect(code(opened, line).locator(".jp-InputPlaceholder")).to_contain_text(line)
    expect(code(opened, line).locator(".cm-content")).to_be_hidden()


def test_the_story_is_open(opened):
    expect(code(opened, "the end is").locator(".cm-content")).to_be_visible()


def test_a_figure_is_seen_before_anything_is_run_and_its_caption_stands_below(opened):
    picture = code(opened, "# Draws figure 1.1").get_by_role("img", name="A rising line.")
    assert [drawing.is_visible() for drawing in picture.locator("svg").all()] == [True, False]
    caption = prose(opened, "Figure 1.1. The line (1.1).")
    assert caption.bounding_box()["y"] > picture.bounding_box()["y"]


def test_a_deeper_section_is_folded(opened):
    expect(prose(opened, "Deeper: Curves")).to_be_visible()
    expect(prose(opened, "A curve is folded away.")).to_be_hidden()


def test_a_solution_is_closed(opened):
    fold = prose(opened, "Solution")
    expect(fold.get_by_text("Push the second input down.")).to_be_hidden()
    assert code(opened, "# Solution of exercise 1.1").inner_text().strip() == "# Solution of exercise 1.1"


def test_a_run_of_all_cells_ends_without_an_error(ran):
    assert ran.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.error']").count() == 0
    expect(code(ran, "the end is")).to_contain_text("the end is 2.0")
    assert ran.locator(".jp-OutputArea-output", has_text="renderer").count() == 0


def answer(tab, source):
    """Type an answer into the exercise, and run it and its check; returns what the check says."""
    code(tab, "one_gate = ").locator(".cm-content").click()
    tab.keyboard.press("Control+a")
    tab.keyboard.type(source)
    tab.keyboard.press("Shift+Enter")
    tab.keyboard.press("Shift+Enter")
    return code(tab, "exercises.check('xor/one-gate', one_gate)").get_by_role("status")


def test_an_exercise_is_answered_wrongly_and_rightly(ran):
    expect(answer(ran, "one_gate = (1, 1, -0.5)")).to_contain_text("Not yet: ")
    expect(answer(ran, "one_gate = (1, -1, -0.5)")).to_contain_text("Correct: ")


def test_a_slider_has_a_name_and_moves_by_key(ran):
    handle = ran.get_by_role("slider", name="rate η")
    expect(handle).to_have_attribute("aria-valuetext", "1.0")
    handle.focus()
    ran.keyboard.press("ArrowRight")
    expect(ran.get_by_role("img", name="A line of slope 2.0.")).to_be_visible()
    expect(handle).to_have_attribute("aria-valuetext", "2.0")


def test_the_arrow_keys_of_a_game_move_its_line_and_no_cell(ran):
    end = ran.get_by_role("slider", name="line, one end")
    expect(end).to_have_attribute("aria-valuetext", "0.0, 0.0")
    end.focus()
    ran.keyboard.press("ArrowDown")
    expect(end).to_have_attribute("aria-valuetext", "0.0, -0.1")
    expect(end).to_be_focused()


def test_a_reference_leads_to_its_heading(ran):
    ran.set_viewport_size({"width": 1280, "height": 400})
    link = prose(ran, "Figure 1.1. The line").get_by_role("link", name="(1.1)")
    link.scroll_into_view_if_needed()
    heading = prose(ran, "The run found").locator("h2")
    expect(heading).not_to_be_in_viewport()
    link.click()
    expect(heading).to_be_in_viewport()
    ran.set_viewport_size({"width": 1280, "height": 3000})


def test_a_saved_run_leaves_the_repository_clean(ran, tree):
    before = (tree.root / "class/part/one.ipynb").read_bytes()
    ran.keyboard.press("Control+s")
    while (tree.root / "class/part/one.ipynb").read_bytes() == before:
        time.sleep(0.2)
    nbformat.validate(nbformat.read(tree.root / "class/part/one.ipynb", as_version=4))
    assert git(tree.root, "status", "--porcelain") == ""
