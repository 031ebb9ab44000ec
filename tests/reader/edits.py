"""Make one false edit after the other and see that a test of `make test` goes red: `make edits`, others with SEED=2.

    python tests/reader/edits.py --seed 2 --times 3

Each kind of edit is drawn anew from the book as it is: with another seed, another number, caption or hint is spoiled.
What judges are the functions that the tests themselves call; for what stands outside the book the tests are run on a
copy. Nothing is executed, so that what nbval would see in addition does not count.
"""

import argparse
import ast
import collections
import copy
import functools
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "book/_tools"), str(HERE.parents[1])]

import test_claims  # noqa: E402
import test_equations  # noqa: E402
import test_errata  # noqa: E402
import test_numbers  # noqa: E402
import test_references  # noqa: E402

import affirm  # noqa: E402
import anatomy  # noqa: E402
import normalise  # noqa: E402
from tree import Tree  # noqa: E402

TREE = Tree.here()
AFFIRMED = affirm.stored(TREE)
NUMBER_WORD = r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|twice)\b"
SHARE = r"\b(?:one|two|three|four|five|\d+) (?:of|in|out of) (?:the )?(?:two|three|four|five|six|eight|ten|\d+)\b"
RUNS = r"\d+ (?:\w+ )?(?:replicas|runs|networks|starts)"
OPPOSITES = ("larger smaller", "more fewer", "higher lower", "above below", "before after", "left right", "best worst")
OPPOSITES += ("always never", "first last")
OTHERS = {a: b for pair in map(str.split, OPPOSITES) for a, b in (pair, pair[::-1])}
COUNTED = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
SWITCHES = ["raises-exception", "nbval-ignore-output", "nbval-skip", "remove-cell", "remove-input", "remove-output"]


@functools.cache
def text(name):
    return (TREE.root / name).read_text("utf-8")


@functools.cache
def page(name):
    return normalise.read(text(f"book/{name}.ipynb"))


PAGES = [name.with_suffix("").as_posix() for name in TREE.notebooks()]
EXERCISES = {path.stem: path.read_text("utf-8") for path in (TREE.package / "exercises").glob("*.py")}


class NothingToEdit(Exception):
    """The book has no place for this kind of edit."""


def otherwise(match):
    """The matched text with its first number, number word or comparing word replaced by another."""
    found = match[0]
    digits = re.search(r"\d+(?!.*\d)", found)
    if digits:
        return found[: digits.start()] + str(int(digits[0]) + 1) + found[digits.end() :]
    for word in re.findall(r"[A-Za-z]+", found):
        if word.lower() in COUNTED:
            return found.replace(word, COUNTED[(COUNTED.index(word.lower()) + 1) % 10], 1)
        if word.lower() in OTHERS:
            return found.replace(word, OTHERS[word.lower()], 1)
    return {"half": "all", "twice": "once"}.get(found.lower(), "")


def replaced(draw, source, pattern, new=otherwise):
    """The source with one match of the pattern, drawn at random, replaced; None if nothing changes."""
    matches = [match for match in re.finditer(pattern, source)]
    draw.shuffle(matches)
    for match in matches:
        other = new(match) if callable(new) else new
        if other != match[0]:
            return source[: match.start()] + other + source[match.end() :]
    return None


def notebooks(where, change):
    """An edit of one cell of one notebook; `change(draw, cell)` says whether it changed the cell."""

    def edit(draw):
        places = [(name, k) for name in PAGES for k, cell in enumerate(page(name).cells) if where(cell)]
        draw.shuffle(places)
        for name, k in places:
            nb = copy.deepcopy(page(name))
            if change(draw, nb.cells[k]):
                return name, nb
        raise NothingToEdit("the book has no place for this kind of edit")

    return edit


def pairs(where, exchange):
    """An edit that exchanges something between two cells of one notebook."""

    def edit(draw):
        for name in draw.sample(PAGES, len(PAGES)):
            nb = copy.deepcopy(page(name))
            cells = [cell for cell in nb.cells if where(cell)]
            if len(cells) > 1 and exchange(*draw.sample(cells, 2)):
                return name, nb
        raise NothingToEdit("the book has no place for this kind of edit")

    return edit


def prose(cell):
    return cell.cell_type == "markdown"


def code(cell):
    return cell.cell_type == "code"


def carries(key):
    return lambda cell: code(cell) and bool(cell.metadata.get(key))


def figure(cell):
    return code(cell) and "figure" in cell.metadata.get("mystnb", {})


def words(where, pattern, new=otherwise):
    """An edit of the source of a cell."""

    def change(draw, cell):
        other = replaced(draw, cell.source, pattern, new)
        cell.source = other or cell.source
        return other is not None

    return notebooks(where, change)


def caption(pattern, new=otherwise):
    def change(draw, cell):
        shown = cell.metadata["mystnb"]["figure"]
        other = replaced(draw, shown["caption"], pattern, new)
        shown["caption"] = other or shown["caption"]
        return other is not None

    return notebooks(figure, change)


def described(pattern, new=otherwise):
    """An edit of the description of a figure."""

    def change(draw, cell):
        before, alt, after = cell.source.rpartition("alt=")
        other = replaced(draw, after, pattern, new)
        cell.source = before + alt + (other or after)
        return other is not None and affirm.code(cell) is not None

    return notebooks(figure, change)


def exchange(key):
    """Exchange what two cells carry."""

    def swap(a, b):
        a.metadata[key], b.metadata[key] = b.metadata[key], a.metadata[key]
        return a.metadata[key] != b.metadata[key]

    return swap


def exchange_sources(a, b):
    a.source, b.source = b.source, a.source
    return a.source != b.source


def exchange_descriptions(a, b):
    (one, mark, first), (two, _, second) = a.source.rpartition("alt="), b.source.rpartition("alt=")
    a.source, b.source = one + mark + second, two + mark + first
    return True


def carry(key, value):
    """Replace what a cell carries."""

    def change(draw, cell):
        cell.metadata[key] = value(draw) if callable(value) else value
        return True

    return change


def become(source):
    def change(draw, cell):
        cell.source = source
        return True

    return change


def exchanged(pattern):
    """Exchange two different matches of a pattern within a cell of prose."""

    def change(draw, cell):
        found = list(re.finditer(pattern, cell.source))
        if len({match[0] for match in found}) < 2:
            return False
        a = found[0]
        b = next(match for match in found if match[0] != a[0])
        cell.source = cell.source[: a.start()] + b[0] + cell.source[a.end() : b.start()] + a[0] + cell.source[b.end() :]
        return True

    return change


def parsed(change):
    """An edit of the syntax of a code cell; `change(draw, tree)` says whether it changed the tree."""

    def whole(draw, cell):
        tree = ast.parse(cell.source)
        done = change(draw, tree)
        cell.source = ast.unparse(tree)
        return done

    return whole


def of_assertion(kind, spoil):
    """Spoil one node of a kind inside an assertion."""

    def change(draw, tree):
        found = [part for node in anatomy.assertions(tree) for part in ast.walk(node) if isinstance(part, kind)]
        draw.shuffle(found)
        return any(spoil(part) for part in found)

    return parsed(change)


def loosened(keyword):
    if keyword.arg not in ("rtol", "atol"):
        return False
    keyword.value = ast.Constant(10.0)
    return True


def turned(compare):
    turns = {ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.NotEq}
    compare.ops[0] = turns.get(type(compare.ops[0]), ast.Eq)()
    return True


def exchange_arguments(draw, tree):
    """Exchange two arguments of a call that plots."""
    plots = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and len(node.args) > 2
        and ast.unparse(node.args[-1]) != ast.unparse(node.args[-2])
    ]
    if not plots:
        return False
    node = draw.choice(plots)
    node.args[-1], node.args[-2] = node.args[-2], node.args[-1]
    return not any(isinstance(argument, ast.Starred) for argument in node.args)


def of_keyword(*names):
    """Give a keyword of a call, such as a label, another text."""

    def change(draw, tree):
        found = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg in names]
        if found:
            draw.choice(found).value = ast.Constant("another")
        return bool(found)

    return parsed(change)


def explores(cell):
    return code(cell) and bool(anatomy.calls(cell, "show.explore"))


def checkers(change):
    """An edit of the checkers of a chapter; `change(draw, tree)` says whether it changed the code."""

    def edit(draw):
        names = [name for name in EXERCISES if "EXERCISES = {" in EXERCISES[name]]
        for name in draw.sample(names, len(names)):
            tree = ast.parse(EXERCISES[name])
            if change(draw, tree):
                return f"exercises/{name}", ast.unparse(tree)
        raise NothingToEdit("the book has no place for this kind of edit")

    return edit


def exchange_hints(draw, tree):
    found = [node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "wrong"]
    found = [node for node in found if isinstance(node, ast.Dict) and len(node.keys) > 1]
    if found:
        keys = draw.choice(found).keys
        keys[0], keys[1] = keys[1], keys[0]
    return bool(found)


def other_reference(draw, tree):
    found = [node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "reference"]
    if found:
        draw.choice(found).value = ast.Constant(0)
    return bool(found)


def file(name, pattern, new=otherwise):
    """An edit of a file outside the notebooks."""

    def edit(draw):
        other = replaced(draw, text(name), pattern, new)
        if other is None:
            raise NothingToEdit("the book has no place for this kind of edit")
        return name, other

    return edit


def exchange_lines(name, pattern):
    """Exchange two neighbouring lines that fit a pattern."""

    def edit(draw):
        lines = text(name).splitlines(keepends=True)
        places = [k for k in range(len(lines) - 1) if all(re.search(pattern, line) for line in lines[k : k + 2])]
        if not places:
            raise NothingToEdit("the book has no place for this kind of edit")
        k = draw.choice(places)
        lines[k], lines[k + 1] = lines[k + 1], lines[k]
        return name, "".join(lines)

    return edit


KINDS = {
    "assert True where an equation is checked": notebooks(carries("checks"), become("assert True")),
    "assert True where a claim is shown": notebooks(carries("claims"), become("assert True")),
    "claims exchanged": pairs(carries("claims"), exchange("claims")),
    "checks exchanged": pairs(carries("checks"), exchange("checks")),
    "errata exchanged": pairs(carries("errata"), exchange("errata")),
    "a digit of the prose": words(prose, r"(?<![\w.,^{`$/-])\d(?![\w.,}])"),
    "a number of the prose": words(prose, r"(?<![\w.,^{`$/-])\d{2,}(?![\w,}])"),
    "a percentage of the prose": words(prose, r"\b\d+(?=%)"),
    "a number word of the prose": words(prose, NUMBER_WORD),
    "a share of the prose": words(prose, SHARE),
    "a power of ten of the prose": words(prose, r"10\^\{?-?\d+"),
    "a comparing word of the prose": words(prose, rf"\b(?:{'|'.join(OTHERS)})\b"),
    "a *not* left out": words(prose, r"\bnot ", ""),
    "a number of a caption": caption(r"\d+"),
    "a number word of a caption": caption(NUMBER_WORD),
    "the replicas of a caption": caption(RUNS),
    "the interval of a caption": caption(r"\d+(?=%)"),
    "captions exchanged": pairs(figure, exchange("mystnb")),
    "a number of a description": described(r"\d+"),
    "a word of a description": described(rf"\b(?:{'|'.join(OTHERS)})\b"),
    "descriptions exchanged": pairs(figure, exchange_descriptions),
    "series exchanged": notebooks(figure, parsed(exchange_arguments)),
    "the label of a series": notebooks(figure, of_keyword("label", "labels")),
    "the label of an axis": notebooks(figure, of_keyword("xlabel", "ylabel", "title")),
    "the unit of an axis": words(figure, r"xlabel=\"[^\"]*", 'xlabel="seconds'),
    "drawings exchanged": pairs(figure, exchange_sources),
    "a slider": notebooks(explores, of_keyword("labels", "formats", "alt")),
    "the printed form": words(carries("errata"), r"printed(?=, corrected =)", "corrected_"),
    "the text of an erratum": words(lambda cell: prose(cell) and "(erratum-" in cell.source, r"\$[^$]+\$", "$x$"),
    "the text of an exercise": words(
        lambda cell: prose(cell) and "{exercise}" in cell.source, r"\b\d\b|" + NUMBER_WORD
    ),
    "the judge of an exercise": words(code, r'exercises\.check\("[\w/-]+', 'exercises.check("xor/xnor'),
    "hints exchanged": checkers(exchange_hints),
    "another reference": checkers(other_reference),
    "the minutes in class": words(prose, r"(?<=\*\*In class\*\* )\d+"),
    "the minutes of a part": words(prose, r"(?<=minutes: )\d+"),
    "the order of chapters": exchange_lines("_toc.yml", r"- file: \w+/"),
    "the order on the front page": exchange_lines("book/index.md", r"^\d+\. \["),
    "a listing of another object": words(prose, r"(?<=:pyobject: )[\w.]+", "Dropout"),
    "a listing of the core page": file("book/core.md", r"(?<=:pyobject: )[\w.]+", "Dropout"),
    "links exchanged": notebooks(prose, exchanged(r"\]\([^)\s]+\.ipynb[^)]*\)")),
    "references exchanged": notebooks(prose, exchanged(r"\{(?:eq|ref|numref)\}`[^`]+`|\]\(#[^)]+\)")),
    "a citation of another source": words(prose, r"(?<=\{cite\}`)[\w-]+", "duda2001pattern"),
    "another value filled in": notebooks(prose, exchanged(r"\{glue:text\}`[^`]+`")),
    "a key of the bibliography": file("book/references.bib", r"(?<=\{)[a-z]+\d{4}\w+(?=,)"),
    "a year of the bibliography": file("book/references.bib", r"(?<=year = \{)\d+"),
    "a DOI of the bibliography": file("book/references.bib", r"(?<=doi = \{)[^}]+", "10.1000/1"),
    "a title of the bibliography": file("book/references.bib", r"(?<=[^k]title = \{)\w+", "Another"),
    "a journal of the bibliography": file("book/references.bib", r"(?<=journal = \{)[^}]+", "Nature"),
    "a page of the bibliography": file("book/references.bib", r"(?<=pages = \{)\d+"),
    "a tag that switches a check off": notebooks(code, carry("tags", lambda draw: [draw.choice(SWITCHES)])),
    "a comment that switches nbval off": notebooks(code, become("# NBVAL_IGNORE_OUTPUT\nprint(1)")),
    "one run": notebooks(
        lambda cell: carries("checks")(cell) and not cell.metadata.get("tags"), carry("tags", ["one-run"])
    ),
    "a pin": file("requirements.in", r"(?<===)[\d.]+"),
    "a pin of the full set": file("requirements.txt", r"(?<=\nnumpy==)[\d.]+"),
    "the Pythons of the README": file("README.md", r"3\.11 to 3\.1\d"),
    "the Pythons of the package": file("pyproject.toml", r">=3\.11,<3\.\d+"),
    "a table of the README": exchange_lines("README.md", r"^\| `\w+"),
    "a test that CI leaves out": file(".ci/run", r"make test .*", "true"),
    "a failure that CI forgives": file(".ci/run", r"(?<=make check PYTHON=\"\$python\")(?=\n)", " || true"),
    "a workflow that runs nothing": file(".github/workflows/publish.yml", r"run: \.ci/run", "run: true"),
    "a comparison that is left out": file(
        "Makefile", r"(?<=\$\(PYTEST\)) tests/outputs", " --deselect tests/outputs tests/outputs"
    ),
    "a sign of a formula": words(lambda cell: prose(cell) and "$$" in cell.source, r"(?<=[\w}] )[+](?= [\w\\])", "-"),
    "an inline formula": words(prose, r"(?<=\$)\w\^?2?(?=\$)", "q"),
    "a tolerance": notebooks(code, of_assertion(ast.keyword, loosened)),
    "a comparison turned round": notebooks(code, of_assertion(ast.Compare, turned)),
    "a seed": words(code, r"default_rng\(\d+\)", "default_rng(99)"),
    "a cell of a table": notebooks(lambda c: prose(c) and "\n|" in c.source, exchanged(r"(?<=\| )[^|\n:-]+(?= \|)")),
    "an item of the ledger": file("book/claims.yml", rf"\b(?:{'|'.join(OTHERS)})\b"),
    "a heading": words(prose, r"(?<=\n## )\w+|^## \w+", "## Another"),
    "sentences of the front page": file("book/index.md", rf"\b(?:{'|'.join(OTHERS)})\b"),
    "a solution": words(lambda c: code(c) and "solution" in anatomy.tags(c), r" \+ ", " - "),
}
"""Each kind of false edit: a function that draws one, as (name of the page or file, what it then is)."""


def of_notebook(name, nb):
    """The tests that see the edit of a notebook."""
    try:
        said = affirm.of_page(name, nb, EXERCISES)
    except (SyntaxError, KeyError) as error:
        return [type(error).__name__]
    before = affirm.of_page(name, page(name), EXERCISES)
    red = []
    if any(said[kind].get(key) != AFFIRMED[kind].get(key) for kind in said for key in {*said[kind], *before[kind]}):
        red.append("test_affirmed")
    if any(rule(nb) for rule in anatomy.rules(Path(f"{name}.ipynb"))):
        red.append("test_notebooks")
    if test_numbers.complaints(name, nb):
        red.append("test_numbers")
    if test_claims.complaints(nb, test_claims.due(Path(name).name)):
        red.append("test_claims")
    parts = test_equations.split(nb)
    if any((test_equations.unchecked(*parts, test_equations.DEFINITIONS), *map(lambda f: f(*parts), FORM))):
        red.append("test_equations")
    if name.startswith("errata/"):
        pages = {stem: nb if name.endswith(f"/{stem}") else page(f"errata/{stem}") for stem in test_errata.STEMS}
        red += ["test_errata"] * bool(test_errata.complaints(pages, test_errata.ERRATA, test_errata.CHAPTERS))
    red += ["test_references"] * bool(test_references.unknown(anatomy.markdown(nb), test_references.CHECKED))
    return red


CI = [
    "tests/test_ci.py::test_every_direct_dependency_has_one_version_in_all_files",
    "tests/test_ci.py::test_the_readme_names_the_pythons_of_the_package",
    "tests/test_ci.py::test_the_script_makes_what_there_is",
    "tests/test_ci.py::test_the_workflow_runs_every_part_of_the_script_and_makes_what_there_is",
]
ORDERS = [
    "tests/test_errata.py::test_the_pages_stand_below_the_overview_in_the_table_of_contents",
    "tests/test_api_page.py::test_there_is_a_page_for_each_module_and_the_table_of_contents_names_them_in_reading_order",
]
FORM = (test_equations.unlabelled, test_equations.aimless, test_equations.toothless)


def of_exercises(module, source):
    """The tests that see the edit of the checkers of a chapter."""
    (name,) = (name for name in PAGES if Path(name).name == module.replace("_", "-"))
    said = affirm.of_page(name, page(name), EXERCISES | {module: source})["exercises"]
    return ["test_affirmed"] * any(AFFIRMED["exercises"].get(key) != text for key, text in said.items())


def of_file(name, source, root):
    """The tests that see the edit of another file; those of the doors run on a copy of the tree."""
    red = []
    if name.endswith(".md"):
        key = name.removeprefix("book/")
        said = affirm.of_texts({key: source})
        known = {part: text for part, text in AFFIRMED["texts"].items() if part.startswith(f"{key}#")}
        red += ["test_affirmed"] * (said != known)
    if name.endswith(".bib"):
        red += ["test_affirmed"] * (affirm.of_bibliography(source) != AFFIRMED["references"])
        red += ["test_references"] * bool(test_references.complaints(source, test_references.CHECKED))
    if name.endswith("claims.yml"):
        red += ["test_affirmed"] * (affirm.of_ledger(yaml.safe_load(source)) != AFFIRMED["ledger"])
    if name.endswith((".bib", "claims.yml")):
        return red
    (root / name).write_text(source, "utf-8")
    tests = ["tests/test_doors.py", *CI, "tests/test_edition.py", "tests/test_core_page.py", *ORDERS]
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--tb=no", "-rf", *tests]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    (root / name).write_text(text(name), "utf-8")
    return red + sorted(set(re.findall(r"^FAILED tests/(\w+)\.py", done.stdout, re.MULTILINE)))


def judged(draw, kind, root):
    """One edit of a kind: where it was made, and the tests that it turns red."""
    name, other = KINDS[kind](draw)
    if isinstance(other, str) and name.startswith("exercises/"):
        return name, of_exercises(name.partition("/")[2], other)
    return name, of_file(name, other, root) if isinstance(other, str) else of_notebook(name, other)


def main():
    parser = argparse.ArgumentParser(description="Make false edits and see that the tests of make test notice them.")
    parser.add_argument("--seed", type=int, default=1, help="which edits are drawn")
    parser.add_argument("--times", type=int, default=2, help="how many of each kind")
    options = parser.parse_args()
    draw, count, green = random.Random(options.seed), collections.Counter(), []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "tree"
        ignored = shutil.ignore_patterns(".venv*", "_build", ".git", ".hypothesis", "__pycache__", "student", "results")
        shutil.copytree(TREE.root, root, ignore=ignored)
        spoiled = of_file("README.md", text("README.md"), root)
        if spoiled:
            sys.exit(f"Nothing was edited: before any edit {', '.join(spoiled)} is red.")
        for kind in KINDS:
            for _ in range(options.times):
                try:
                    name, red = judged(draw, kind, root)
                except NothingToEdit as error:
                    name, red = str(error), []
                count.update(red)
                green += [f"{kind}: {name}"] * (not red)
                print(f"{kind} ({name}): {', '.join(red) or 'NOTHING IS RED'}", flush=True)
    print(
        f"\n{options.times * len(KINDS)} edits of {len(KINDS)} kinds with seed {options.seed}, {len(green)} unnoticed."
    )
    print("Red: " + ", ".join(f"{name} {number}" for name, number in count.most_common()))
    sys.exit("\n".join(green))


if __name__ == "__main__":
    main()
