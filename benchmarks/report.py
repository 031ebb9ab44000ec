"""What was measured, as results.json, and drawn from it results.md and results.svg.

To draw again from a folder's results.json: python -m benchmarks.report FOLDER
"""

import json
import sys
import textwrap
from pathlib import Path

from benchmarks.harness import OURS, quartiles, ratios
from benchmarks.targets import LIMITS, RATIOS

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = ROOT / "benchmarks" / "results"
README = ROOT / "README.md"
MARKS = ("<!-- speed, written by make bench -->", "<!-- end of speed -->")

# Okabe-Ito colours, and a marker for each library beside the colour.
LIBRARIES = {
    "scikit-learn": ("#E69F00", "s"),
    "torch": ("#D55E00", "^"),
    "jax": ("#0072B2", "o"),
    "micrograd": ("#CC79A7", "D"),
    "": ("#000000", "x"),
}


def earlier(folder, machine):
    """The results that a folder has, if any, to be completed on the same machine; they then count as of both days."""
    if not (folder / "results.json").exists():
        return {"machine": machine, "workloads": {}}
    results = json.loads((folder / "results.json").read_text("utf-8"))
    for name, value in machine.items():
        if name != "date" and results["machine"].get(name) != value:
            raise SystemExit(f"{folder}: expected results of {name}: {value}, got {results['machine'].get(name)}")
    first = results["machine"]["date"].split()[0]
    days = first if first == machine["date"] else f"{first} to {machine['date']}"
    return results | {"machine": machine | {"date": days}}


def save(results, folder):
    """Write results.json; the old file stays whole until the new one is."""
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / "results.json.new"
    new.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    new.replace(folder / "results.json")


def draw(folder):
    """Write results.md and results.svg from results.json; and README's paragraph on speed from the committed one."""
    results = json.loads((folder / "results.json").read_text("utf-8"))
    (folder / "results.md").write_text(text(results), "utf-8")
    plot(results, folder / "results.svg")
    if folder.resolve() == COMMITTED:
        README.write_text(with_speed(README.read_text("utf-8"), results), "utf-8")


def with_speed(page, results):
    """A page whose text between the two marks is the paragraph on speed."""
    before, rest = page.split(MARKS[0])
    return f"{before}{MARKS[0]}\n{speed(results)}{MARKS[1]}{rest.split(MARKS[1])[1]}"


def speed(results):
    """The speed of mlp_core in a few sentences: each number is the median of a row, what has no row is left out."""

    def times(contender, *names):
        found = [results["workloads"][name]["samples"] for name in names if name in results["workloads"]]
        return [f"{quartiles(ratios(samples, contender))[0]:.2g}" for samples in found if contender in samples]

    def each(contender):
        return listed(times(contender, "xor", "digits", "wide"))

    scikit, torch, scan = each("scikit-learn"), each("torch"), each("jax.lax.scan")
    many = {"1,000": times("jax.vmap", "xor-seeds"), "10,000": times("jax.vmap", "xor-seeds-10000")}
    ahead = listed([f"{ratio[0]} times with {R} networks" for R, ratio in many.items() if ratio])
    sentences = (
        f"On one core a step on XOR, the digits and 784-256-10 takes scikit-learn {scikit} times as long as `fit`, "
        f"PyTorch {torch} times, a loop compiled by JAX {scan} times. To be ahead of that "
        f"loop on one tiny network is no goal; on many at once it is{f': {ahead} in `jax.vmap`' if ahead else ''}."
    )
    return textwrap.fill(sentences, 120, break_on_hyphens=False, break_long_words=False)


def listed(parts):
    """Strings as in "1, 2 and 3"."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))


def text(results):
    """The report in Markdown."""
    facts = "\n".join(f"- {name}: {value}" for name, value in results["machine"].items())
    minutes = sum(workload.get("seconds", 0) for workload in results["workloads"].values()) / 60
    facts += f"\n- time of all comparisons: {minutes:.0f} minutes" if minutes else ""
    sections = [section(name, workload) for name, workload in results["workloads"].items()]
    return "\n".join([HEADER, facts, "", *sections])


HEADER = """# mlp_core beside its peers

Written by `make bench`. All contenders of a table run in one process, on one core, in turn; every number is the median
of the rounds, with the quartiles. Ratios are theirs / mlp_core, taken within each round: above 1 mlp_core is faster, or
smaller. Single precision, but where the title says float64, and for whole programs, which run in the default of their
library. Every contender has first been held against textbook numpy in double precision. The last columns are what
benchmarks/targets.py demands.

A loop that JAX compiles as a whole is far ahead on one tiny network, for numpy pays for each call: to be ahead there
is no goal. Many networks at once are, for one call serves them all.

![The ratios of all comparisons on a logarithmic axis](results.svg)
"""


def section(name, workload):
    """The table of one comparison."""
    unit, samples = workload["unit"], workload["samples"]
    lines = [
        f"## {workload['title']}",
        "",
        f"| `{name}` | {unit} | quartiles | theirs / mlp_core | quartiles | demanded | |",
        "|---|--:|--:|--:|--:|--:|---|",
    ]
    for contender, values in samples.items():
        cells = [contender, *spread(quartiles(values))]
        cells += spread(quartiles(ratios(samples, contender))) if OURS in samples and contender != OURS else ["", ""]
        cells += demand(name, contender, samples)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def spread(summary):
    """A median and its quartiles as two cells."""
    median, (low, high) = summary
    return f"{number(median)}", f"{number(low)} to {number(high)}"


def number(value):
    """Three digits, thousands with a comma."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def demand(name, contender, samples):
    """What is demanded and whether it is reached, as two cells: empty where nothing is."""
    if contender == OURS and name in LIMITS:
        limit, median = LIMITS[name], quartiles(samples[OURS])[0]
        return [f"at most {number(limit)}", mark(median <= limit)]
    least = RATIOS.get(name, {}).get(contender)
    if least is None or OURS not in samples:
        return ["", ""]
    return [f"at least {number(least)}", mark(quartiles(ratios(samples, contender))[0] >= least)]


def mark(reached):
    return "reached" if reached else "**not reached**"


def plot(results, path):
    """All ratios on one logarithmic axis: a row for each contender, quartiles as a bar, the demand as a stroke."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcParams.update({"svg.hashsalt": "benchmarks", "svg.fonttype": "none", "font.size": 9})
    rows = list(points(results))
    figure, ax = pyplot.subplots(figsize=(9, 0.19 * len(rows) + 1), layout="constrained")
    ax.axvline(1, color="#888888", linewidth=1)
    for y, (label, ratio, (low, high), least, (colour, marker)) in enumerate(rows):
        if ratio is None:
            ax.text(0, y, label, transform=ax.get_yaxis_transform(), ha="left", va="center", weight="bold")
            continue
        ax.plot([low, high], [y, y], color=colour, linewidth=2, alpha=0.5)
        ax.plot(ratio, y, marker, color=colour, markersize=5)
        if least is not None:
            ax.plot(least, y, "|", color="#222222", markersize=9)
    ax.set_yticks(range(len(rows)), ["" if ratio is None else label for label, ratio, *_ in rows])
    ax.set(xscale="log", ylim=(len(rows) - 0.3, -0.7), xlabel="theirs / mlp_core; a stroke is what is demanded")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#DDDDDD", linewidth=0.6)
    ax.spines[["top", "left", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def points(results):
    """The rows of the plot: (label, ratio, quartiles, demand, (colour, marker)); above a group (title, None, ...)."""
    for name, workload in results["workloads"].items():
        samples = workload["samples"]
        yield workload["title"], None, (None, None), None, (None, None)
        for contender in samples:
            if contender != OURS and OURS in samples:
                library = next(library for library in LIBRARIES if contender.startswith(library))
                least = RATIOS.get(name, {}).get(contender)
                yield contender, *quartiles(ratios(samples, contender)), least, LIBRARIES[library]


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
