"""Where things lie in the repository, and what the table of contents says."""

import os
from dataclasses import dataclass
from pathlib import Path

import yaml

IGNORED = {"__pycache__", ".ipynb_checkpoints", ".DS_Store"}


class BuildError(Exception):
    """Something in the tree keeps the book from being built; the message is one sentence, details may follow."""


@dataclass(frozen=True)
class Tree:
    """The repository at `root`: sources in `book/`, everything made from them in `_build/`."""

    root: Path

    @classmethod
    def here(cls):
        """The repository that these tools belong to."""
        return cls(Path(__file__).resolve().parents[2])

    @property
    def book(self):
        return self.root / "book"

    @property
    def package(self):
        return self.root / "mlp_core"

    @property
    def config(self):
        return self.root / "_config.yml"

    @property
    def toc(self):
        return self.root / "_toc.yml"

    @property
    def pins(self):
        return self.root / "requirements.txt"

    @property
    def build(self):
        return self.root / "_build"

    @property
    def executed(self):
        """The copy of `book/` that the pages are made from: the same files, the notebooks with their outputs."""
        return self.build / "executed"

    @property
    def html(self):
        return self.build / "html"

    def notebooks(self):
        """The notebooks of the book, as paths relative to `book/`."""
        return [path for path in map(Path, self.sources()) if path.suffix == ".ipynb"]

    def sources(self):
        """All files of the book but the tools in `book/_tools`, relative to `book/`, sorted."""
        return [name for name in files_below(self.book) if not name.startswith("_tools/")]

    def toc_pages(self):
        """The pages that `_toc.yml` names, in order, without suffix: `neurons/xor`. The build makes `api/losses`."""
        pages = list(_pages(yaml.safe_load(self.toc.read_text("utf-8"))))
        if not pages:
            raise BuildError("_toc.yml names no page.")
        for page in pages:
            made = page.startswith("api/") and (self.package / f"{page.removeprefix('api/')}.py").is_file()
            if not made and not any((self.book / f"{page}{suffix}").is_file() for suffix in (".ipynb", ".md")):
                raise BuildError(f"_toc.yml names {page}, but book/ has neither {page}.ipynb nor {page}.md.")
        return pages


def settings(tree, *names):
    """A part of `_config.yml`, such as `sphinx: config:`; {} where it is missing."""
    part = yaml.safe_load(tree.config.read_text("utf-8"))
    for name in names:
        part = part.get(name) or {}
    return part


def _pages(entry):
    """Every `root:` and `file:` of a table of contents, depth first."""
    if isinstance(entry, dict):
        yield from (entry[key] for key in ("root", "file") if key in entry)
        entry = [value for value in entry.values() if isinstance(value, list)]
    if isinstance(entry, list):
        for child in entry:
            yield from _pages(child)


def files_below(folder):
    """The files below `folder` as sorted POSIX paths relative to it, without caches and editor leftovers."""
    names = []
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in IGNORED]
        names += [Path(here, name).relative_to(folder).as_posix() for name in files if name not in IGNORED]
    return sorted(names)


def environment(tree, **variables):
    """The environment of every program that runs the book: this tree's `mlp_core`, one thread per process."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
    path = os.pathsep.join(filter(None, [str(tree.root), os.environ.get("PYTHONPATH")]))
    return {**os.environ, **threads, "PYTHONPATH": path, **variables}
