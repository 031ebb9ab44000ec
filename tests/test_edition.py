"""One version number, wherever it is written, and a front page that stays short."""

import re
import tomllib

import yaml

import mlp_core
from tree import Tree

ROOT = Tree.here().root


def text(name):
    return (ROOT / name).read_text("utf-8")


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load(text("CITATION.cff"))
    versions = {
        mlp_core.__version__,
        tomllib.loads(text("pyproject.toml"))["project"]["version"],
        citation["version"],
        citation["preferred-citation"]["edition"],
        next(h for h in re.findall(r"^## (.+)$", text("CHANGELOG.md"), re.MULTILINE) if h != "Unreleased"),
    }
    assert len(versions) == 1, versions


def test_the_readme_fits_on_a_page():
    assert len(text("README.md").splitlines()) <= 80
