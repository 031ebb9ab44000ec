"""Re-execute notebooks in place and bring them into their committed form.

    python book/_tools/refresh.py                           all notebooks
    python book/_tools/refresh.py book/neurons/xor.ipynb    this one
    python book/_tools/refresh.py --keep-outputs            only the form, nothing is executed

A notebook that does not run cleanly stays as it is.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import execute
import normalise
from tree import BuildError, Tree


def refresh(tree, paths, limits):
    """Execute notebooks with text figures and write them back normalised; raises BuildError with every failure."""
    results = []
    with tempfile.TemporaryDirectory() as folder:
        targets = {source: Path(folder, f"{number}.ipynb") for number, source in enumerate(paths)}
        for source, complaint in execute.run(tree, targets.items(), "text", limits):
            results.append((source, complaint))
            if not complaint:
                store(source, targets[source].read_text("utf-8"))
    execute.raise_failures(tree, results)


def store(path, text):
    """Write the notebook in `text` to `path`, normalised."""
    path.write_text(normalise.write(normalise.normalise(normalise.read(text))), "utf-8")


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
    try:
        refresh(tree, paths, execute.Limits())
    except BuildError as error:
        sys.exit(f"\nNot every notebook was refreshed.\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nInterrupted: notebooks that were still running are as they were.")


if __name__ == "__main__":
    main()
