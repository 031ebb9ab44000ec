"""Run the chapters with other base seeds and report what does not hold: assertions, and glued values.

    python book/_tools/reseed.py                                     every notebook that draws, writes the report
    python book/_tools/reseed.py --seeds 8 book/neurons/xor.ipynb    this one, writes its section of the report anew
    python book/_tools/reseed.py --bases 7 11 23 --                  with these base seeds, in a report of their own

With base seed k every `np.random.default_rng(s)` of a chapter and of what it calls starts from [k, s]. Assertions are
noted and the run goes on. Cells with the tag `one-run` speak of the one run that the page shows: what they assert is
counted apart. The executed notebooks stay in `_build/reseed/<base seed>/`.
"""

import argparse
import ast
import asyncio
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

import recording
import run_notebook
import whole
from tree import Tree, environment

GLUED = "application/papermill.record/text/plain"
ONE_RUN = "one-run"
NUMBER = r"[-−]?[\d,]*\.?\d+"
SHAPES = [
    re.compile(rf"(?P<centre>{NUMBER})%? ± (?P<margin>{NUMBER})%?"),
    re.compile(rf"(?P<centre>{NUMBER})%? \((?P<low>{NUMBER})%? to (?P<high>{NUMBER})%?\)"),
    re.compile(rf"(?P<low>{NUMBER})%? to (?P<high>{NUMBER})%?"),
]
HEADER = """# Other seeds

Each chapter that draws at random, run again with other base seeds; made by `make reseed`. An estimate of the book is a
draw itself: of the re-drawn ones about 83% should lie in its stored 95% interval.

{summary}
"""
COUNTS = re.compile(r"(\d+) assertions, (\d+) of them fail on some seed; (\d+) of (\d+) re-drawn estimates lie in the")


@dataclass(frozen=True)
class Assertion:
    """One assertion of a cell, and whether it held in a run."""

    cell: str
    claim: str
    held: bool
    sides: str
    one_run: bool


def draws(nb):
    """Whether the notebook makes generators of random numbers."""
    return any("default_rng(" in cell.source for cell in nb.cells if cell.cell_type == "code")


def rewritten(nb, base):
    """A copy that draws by the base seed, notes its assertions, and goes on after a cell that raises."""
    copy = nbformat.from_dict(nb)
    start = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent)!r})\nimport recording\nrecording.start({base})"
    copy.cells.insert(0, nbformat.v4.new_code_cell(start, id="reseed-start"))
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs = []
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "raises-exception"]
    return copy


def rerun(nb, folder, base):
    """The notebook executed with the base seed, and what stopped or soiled the run, "" for nothing."""
    copy = rewritten(nb, base)
    try:
        asyncio.run(run_notebook.run(copy, folder, cell_seconds=300, notebook_seconds=900))
    except run_notebook.NotebookError as error:
        return copy, run_notebook.COLOURS.sub("", str(error)).strip().splitlines()[-1]
    return copy, ""


def assertions(executed):
    """The assertions that a rewritten notebook noted; a cell that raised counts as one that failed."""
    found = []
    for cell in executed.cells:
        one_run = ONE_RUN in cell.metadata.get("tags", [])
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                found.append(Assertion(cell.id, f"{output.ename}: {output.evalue}", False, "", one_run))
            for entry in output.get("data", {}).get(recording.RECORDS, []):
                held = not entry["failed"]
                found.append(Assertion(cell.id, entry["claim"], held, entry["sides"], one_run))
    return found


def glued(nb):
    """The glued values of an executed notebook: a dict from name to text."""
    values = {}
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if GLUED in output.get("data", {}):
                values[output.metadata["scrapbook"]["name"]] = ast.literal_eval(output.data[GLUED])
    return values


def number(text):
    return float(text.replace(",", "").replace("−", "-").rstrip("%"))


def estimate(text):
    """Centre, low and high of a text such as "29 ± 3", "82% (78% to 85%)" or "2 to 5"; None for another."""
    for shape in SHAPES:
        if found := shape.fullmatch(text):
            part = {name: number(value) for name, value in found.groupdict().items()}
            if "margin" in part:
                return part["centre"], part["centre"] - part["margin"], part["centre"] + part["margin"]
            return part.get("centre", (part["low"] + part["high"]) / 2), part["low"], part["high"]
    return None


def estimates(values):
    """Those glued values that have an interval: in their own text, or under the names NAME-low and NAME-high."""
    found = {name: estimate(text) for name, text in values.items()}
    for name in values:
        bounds = [values.get(f"{name.removesuffix('-mean')}-{end}") for end in ("low", "high")]
        if all(bounds):
            found[name] = tuple(map(number, (values[name], *bounds)))
    return {name: parts for name, parts in found.items() if parts}


def section(name, nb, runs):
    """The part of the report on one notebook; `runs` are pairs (base seed, (executed, complaint))."""
    seeds = [base for base, _ in runs]
    failed, lines = {}, []
    for base, (executed, complaint) in runs:
        for entry in assertions(executed):
            bases, sides = failed.setdefault((entry.one_run, entry.cell, entry.claim), ({}, []))
            bases[base] = bases.get(base, True) and entry.held
            sides.append(entry.sides)
        if complaint:
            lines.append(f"Base seed {base}: {complaint}\n")
    claims = {key: value for key, value in failed.items() if not key[0]}
    broken = {key: value for key, value in claims.items() if not all(value[0].values())}
    stored, redrawn = glued(nb), [glued(executed) for _, (executed, _) in runs]
    inside = _inside(estimates(stored), [estimates(values) for values in redrawn])
    pairs = sum(map(len, inside.values()))
    lines.append(
        f"Base seeds {', '.join(map(str, seeds))}: {len(claims)} assertions, {len(broken)} of them fail on some seed; "
        f"{sum(map(sum, inside.values()))} of {pairs} re-drawn estimates lie in the stored interval; "
        f"{len(failed) - len(claims)} assertions about one run.\n"
    )
    if broken:
        lines += ["| cell | an assertion that fails | on the seeds | its sides |", "|---|---|---|---|"]
        for (_, cell, claim), (bases, sides) in broken.items():
            where = ", ".join(str(base) for base, held in bases.items() if not held)
            lines.append(f"| {cell} | {_code(claim)} | {where} | {_code(next(filter(None, sides), ''))} |")
        lines.append("")
    lines += _table_of_values(stored, redrawn, inside)
    return "\n".join([f"## {name}\n", *lines]).strip() + "\n"


def _inside(stored, redrawn):
    """For each stored interval, whether the estimate of each run lies in it."""
    return {
        name: [low <= values[name][0] <= high for values in redrawn if name in values]
        for name, (_, low, high) in stored.items()
    }


def _table_of_values(stored, redrawn, inside):
    """The glued values that vary: in the book, and on the other seeds; where the book's is extreme or off."""
    lines = []
    for name, text in stored.items():
        others = [values.get(name, "-") for values in redrawn]
        if set(others) != {text}:
            remark = f"{inside[name].count(False)} of {len(others)} outside" if name in inside else _rank(text, others)
            lines.append(f"| {name} | {text} | {'; '.join(others)} | {remark} |")
    return ["| glued value | book | other seeds | |", "|---|---|---|---|", *lines, ""] if lines else []


def _rank(text, others):
    """Whether the book's number is beyond all others."""
    try:
        value, rest = number(text), [number(other) for other in others]
    except ValueError:
        return ""
    return "book is highest" if value > max(rest) else "book is lowest" if value < min(rest) else ""


def _code(text):
    text = text.replace("|", "¦").replace("`", "'")
    return f"`{text[:200]}`" if text else ""


def report(sections):
    """The whole report of a dict from name to section."""
    counts = [tuple(map(int, COUNTS.search(text).groups())) for text in sections.values()]
    total, broken, inside, pairs = map(sum, zip(*counts, strict=True))
    summary = (
        f"**In all: {total} assertions in {len(sections)} notebooks, {broken} of them fail on some seed; "
        f"{inside} of {pairs} re-drawn estimates lie in the stored interval"
        + (f" ({inside / pairs:.0%}).**" if pairs else ".**")
    )
    return "\n".join([HEADER.format(summary=summary), *(sections[name] for name in sorted(sections))])


def sections_of(text):
    """The sections of a written report, by name."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]
    return {name: f"## {name}\n{body.rstrip()}\n" for name, body in zip(parts[::2], parts[1::2], strict=True)}


def reseed(tree, paths, bases, target):
    """Run the notebooks with the base seeds, one after the other, and write their sections of the report."""
    os.environ.update(environment(tree, MLP_FIGURES="text"))
    sections = sections_of(target.read_text("utf-8")) if target.is_file() else {}
    for path in paths:
        nb = nbformat.read(path, as_version=4)
        name = path.relative_to(tree.book).with_suffix("").as_posix()
        if not draws(nb):
            continue
        runs = []
        for base in bases:
            print(f"  {name}, base seed {base}", flush=True)
            runs.append((base, rerun(nb, path.parent, base)))
            kept = tree.build / "reseed" / str(base) / path.relative_to(tree.book)
            kept.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(runs[-1][1][0], kept)
        sections[name] = section(name, nb, runs)
        whole.write(target, report(sections))
    return report(sections)


def main():
    parser = argparse.ArgumentParser(description="Run notebooks with other base seeds and report what does not hold.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all of the book")
    parser.add_argument("--seeds", type=int, default=5, help="how many other base seeds")
    parser.add_argument("--bases", type=int, nargs="+", help="which other base seeds; the report is named after them")
    options = parser.parse_args()

    tree = Tree.here()
    bases = options.bases or range(1, options.seeds + 1)
    target = tree.root / "tests" / "reseed" / "-".join(["report", *map(str, options.bases or [])])
    target = target.with_suffix(".md")
    if not options.notebooks:
        target.unlink(missing_ok=True)
    paths = [path.resolve() for path in options.notebooks] or [tree.book / name for name in tree.notebooks()]
    with tempfile.TemporaryDirectory() as profile:
        os.environ["IPYTHONDIR"] = profile
        text = reseed(tree, paths, bases, target)
    print(f"{target.relative_to(tree.root)}:\n\n{text}")
    sys.exit(bool(re.search(r"[1-9]\d* of them fail", text.partition("\n## ")[0])))


if __name__ == "__main__":
    whole.run(main, "Not every notebook was re-drawn.")
