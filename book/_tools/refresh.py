"""Re-execute notebooks in place and bring them into their committed form.

    python book/_tools/refresh.py                           all notebooks
    python book/_tools/refresh.py book/neurons/xor.ipynb    this one
    python book/_tools/refresh.py --keep-outputs            only the form, nothing is executed

A notebook that does not run cleanly stays as it is.
"""

import argparse
import tempfile
from pathlib import Path

import execute
import normalise
import whole
from tree import Tree


def refresh(tree, paths, limits):
    """Execute notebooks with text figures and write them back normalised; raises BuildError with every failure."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        targets = {source: Path(folder, f"{number}.ipynb") for number, source in enumerate(paths)}
        for source, complaint, _ in execute.run(tree, targets.items(), "text", limits):
            results.append((source, complaint))
            if not complaint:
                store(source, targets[source].read_text("utf-8"))
    execute.raise_failures(tree, results)


def store(path, text):
    """Write the notebook in `text` to `path`, normalised."""
    whole.write(path, normalise.write(normalise.normalise(normalise.read(text))))


def main():
    parser = argparse.ArgumentParser(description="Re-execute notebooks in place and normalise them.")
    parser.add_argument("notebooks", nargs="*", type=Path, help="default: all of the book")
    parser.add_argument("--keep-outputs", action="store_true", help="only normalise, execute nothing")
    options = parser.parse_args()

    tree = Tree.here()
    paths = [path.resolve() for path in options.notebooks] or [tree.book / name for name in tree.notebooks()]
    if options.keep_outputs:
        for path in paths:
            store(path, path.read_text("utf-8"))
        return
    refresh(tree, paths, execute.Limits())


if __name__ == "__main__":
    whole.run(main, "Not every notebook was refreshed.")
