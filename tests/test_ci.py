"""What continuous integration runs is there, the pins say one thing, and what has changed is found in any clone."""

import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import changed
import environment

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "mutation"))

import draw  # noqa: E402

PIN = re.compile(r"^([\w.-]+)==([\w.+]+)", re.MULTILINE)
WORKFLOW = (ROOT / ".github/workflows/publish.yml").read_text("utf-8")
JOBS = yaml.safe_load(WORKFLOW)["jobs"]
NEWER = {"sphinx", "docutils", "myst-parser", "markdown-it-py", "sphinx-book-theme", "pydata-sphinx-theme"}
PARTS = ("test", "core", "book", "sphinx")


def pins(name):
    return dict(PIN.findall((ROOT / name).read_text("utf-8").lower()))


def version(text):
    return [int(part) for part in text.split(".")]


def targets():
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def made(script):
    """The targets that a script makes."""
    return re.findall(r"^\s*(?:run: )?make ([\w-]+)", script, re.MULTILINE)


def test_every_direct_dependency_has_one_version_in_all_files():
    wanted, got = pins("requirements.in"), pins("requirements.txt")
    assert len(wanted) > 20
    assert {name: got.get(name) for name in wanted} == wanted
    for other in ROOT.glob("requirements-*.txt"):
        shared = (pins(other.name).keys() & got.keys()) - (NEWER if other.name == "requirements-sphinx.txt" else set())
        assert {name: pins(other.name)[name] for name in shared} == {name: got[name] for name in shared}, other.name


def test_sphinx_alone_has_todays_versions_and_every_extension_of_the_book():
    wanted, got, old = pins("requirements-sphinx.in"), pins("requirements-sphinx.txt"), pins("requirements.txt")
    assert {name: got.get(name) for name in wanted} == wanted
    assert "jupyter-book" not in got
    assert {name for name in NEWER if version(got[name]) > version(old[name])} == NEWER
    sphinx = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))["sphinx"]
    ours = {"jupyter_book", "sphinx_comments", *sphinx["local_extensions"]}
    packages = {re.sub("[._]", "-", name) for name in set(sphinx["config"]["extensions"]) - ours}
    assert packages <= wanted.keys()


def test_sphinx_alone_is_built_with_its_own_pins():
    recipe = (ROOT / "Makefile").read_text("utf-8").partition("\nbook-sphinx:")[2].partition("\n\n")[0]
    made, run = recipe.splitlines()[1:]
    assert made.split()[-2:] == [".venv-sphinx", "requirements-sphinx.txt"]
    assert run.split()[-2:] == ["$(TOOLS)/plain.py", ".venv-sphinx/bin/python"]
    assert "/.venv-sphinx/" in (ROOT / ".gitignore").read_text("utf-8").split()


def settings_for_sphinx(root, monkeypatch):
    """What conf.py makes of the settings of the book at `root`."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    return runpy.run_path(str(root / "book" / "_tools" / "conf.py"))


def test_sphinx_alone_reads_the_settings_of_the_book(monkeypatch):
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    options = config["sphinx"]["config"]
    got = settings_for_sphinx(ROOT, monkeypatch)
    assert (got["project"], got["author"]) == (config["title"], config["author"])
    assert got["external_toc_path"] == str(ROOT / "_toc.yml")
    assert got["html_theme_options"].items() >= options["html_theme_options"].items()
    assert {*options["extensions"]} - {*got["extensions"]} == {"jupyter_book", "sphinx_comments"}
    apart = {"extensions", "html_theme_options", "html_extra_path"}
    assert {name: got[name] for name in options.keys() - apart} == {
        name: options[name] for name in options.keys() - apart
    }


@pytest.mark.parametrize("section", [None, "html", "execute", "parse", "latex", "sphinx", "repository"])
def test_sphinx_alone_refuses_a_setting_that_it_does_not_know(section, tmp_path, monkeypatch):
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    (config[section] if section else config)["unheard_of"] = True
    (tmp_path / "book" / "_tools").mkdir(parents=True)
    shutil.copy(ROOT / "book/_tools/conf.py", tmp_path / "book/_tools")
    (tmp_path / "_config.yml").write_text(yaml.safe_dump(config))
    with pytest.raises(ValueError, match="does not know these settings of _config.yml: unheard_of$"):
        settings_for_sphinx(tmp_path, monkeypatch)


def test_the_readme_names_the_pythons_of_the_package():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    oldest, beyond = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", wanted).groups()
    newest = int(beyond) - 1
    assert f"You need python3 (3.{oldest} to 3.{newest})" in (ROOT / "README.md").read_text("utf-8")
    assert (environment.OLDEST, environment.NEWEST) == ((3, int(oldest)), (3, newest))
    listed = next(step["with"]["python-version"] for step in JOBS["matrix"]["steps"] if "setup-python" in step["uses"])
    assert sorted(listed.split()) == [f"3.{minor}" for minor in range(int(oldest), newest + 1)]


def test_the_script_makes_what_there_is():
    script = (ROOT / ".ci/run").read_text("utf-8")
    assert made(script) == ["test", "oracles", "mutants", "check", "book-sphinx"]
    assert set(made(script)) <= targets()
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert subprocess.run(["bash", "-n", ROOT / ".ci/run"]).returncode == 0


def test_the_workflow_runs_every_part_of_the_script_and_makes_what_there_is():
    runs = [step["run"] for job in JOBS.values() for step in job["steps"] if "run" in step]
    parts = [run.removeprefix(".ci/run ") for run in runs if run.startswith(".ci/run ")]
    assert sorted(parts) == sorted(PARTS)
    assert [target for run in runs for target in made(run)] == ["matrix"]
    assert "matrix" in targets()


def test_every_action_is_a_commit_with_its_version():
    used = re.findall(r"uses: (.*)", WORKFLOW)
    assert used
    for action in used:
        assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action


def test_pages_are_published_after_all_jobs_and_never_cut_short():
    jobs = dict(JOBS)
    publish = jobs.pop("publish")
    assert sorted(publish["needs"]) == sorted(jobs)
    assert publish["concurrency"] == {"group": "pages", "cancel-in-progress": False}
    whole = yaml.safe_load(WORKFLOW)["concurrency"]["cancel-in-progress"]
    assert whole == "${{ github.event_name == 'pull_request' }}"
    assert yaml.safe_load(WORKFLOW)[True]["schedule"]  # YAML 1.1 reads the key "on" as true
    assert all("timeout-minutes" in job for job in JOBS.values())


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A repository without commits, and a function that runs git in it."""
    monkeypatch.delenv("BASE", raising=False)
    (tmp_path / "mlp_core").mkdir()
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"):
        monkeypatch.setenv(name, "x@example.org")
    git(tmp_path, "init", "-q", "-b", "main")
    return tmp_path


def git(folder, *arguments):
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def commit(folder, name, text):
    (folder / name).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", name)


def test_where_nobody_can_know_all_is_taken_as_changed(clone, monkeypatch):
    assert changed.files(clone, "mlp_core") is None
    commit(clone, "mlp_core/a.py", "1\n")
    assert changed.files(clone, "mlp_core") is None
    commit(clone, "notes", "1\n")
    assert changed.files(clone, "mlp_core") == []
    git(clone, "clone", "-q", "--depth", "1", clone.as_uri(), str(clone / "shallow"))
    assert changed.files(clone / "shallow", "mlp_core") is None
    monkeypatch.setenv("BASE", "0" * 40)
    assert changed.files(clone, "mlp_core") is None
    monkeypatch.setattr(changed.subprocess, "run", lambda *a, **k: (_ for _ in ()).throw(FileNotFoundError("git")))
    assert changed.files(clone, "mlp_core") is None


def test_on_main_the_commit_before_counts_and_on_a_branch_where_it_left_main(clone, monkeypatch):
    for n in range(3):
        commit(clone, "mlp_core/a.py" if n < 2 else "notes", f"{n}\n")
    first = changed.git(clone, "rev-parse", "HEAD~2")
    assert changed.files(clone, "mlp_core") == []
    git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert changed.files(clone, "mlp_core") == []
    git(clone, "update-ref", "refs/remotes/origin/main", first)
    assert changed.files(clone, "mlp_core") == ["mlp_core/a.py"]
    assert changed.files(clone, "mlp_core", ":!mlp_core/a.py") == []
    monkeypatch.setenv("BASE", "HEAD")
    assert changed.files(clone, "mlp_core") == []


def test_what_is_not_committed_counts(clone):
    commit(clone, "mlp_core/a.py", "1\n2\n3\n4\n")
    commit(clone, "notes", "1\n")
    (clone / "mlp_core/new.py").write_text("1\n")
    assert changed.files(clone, "mlp_core") == ["mlp_core/new.py"]
    (clone / "mlp_core/a.py").write_text("1\n0\n3\n4\n5\n6\n")
    assert changed.files(clone, "mlp_core") == ["mlp_core/a.py", "mlp_core/new.py"]
    assert changed.lines(clone, "mlp_core") == {"mlp_core/a.py": {2, 5, 6}}


def mutants(module, lines):
    return [SimpleNamespace(module=module, line=line) for line in range(1, lines + 1)]


def test_a_sample_takes_changed_lines_first_and_others_for_another_seed():
    every = [*mutants("a", 100), *mutants("fast/b", 100)]
    changed_lines = {"mlp_core/fast/b.py": {7, 8}, "mlp_core/a.py": {3}}
    ones = draw.sample(every, 10, "seed", changed_lines)
    assert {("fast/b", 7), ("fast/b", 8), ("a", 3)} <= {(mutant.module, mutant.line) for mutant in ones}
    assert len(ones) == 10 and ones == draw.sample(every, 10, "seed", changed_lines)
    assert ones != draw.sample(every, 10, "another", changed_lines)
    assert len(draw.sample(every, 2, "seed", changed_lines)) == 2
    assert len(draw.sample(every, 999, "seed", {})) == 200


def test_a_sample_says_how_to_draw_it_again(clone, capsys):
    assert draw.drawn(clone, None) is list
    commit(clone, "mlp_core/a.py", "1\n")
    commit(clone, "mlp_core/a.py", "2\n")
    draw.drawn(clone, 5)
    head, before = (changed.git(clone, "rev-parse", name) for name in ("HEAD", "HEAD~1"))
    assert f"make mutants SAMPLE=5 SEED={head} BASE={before}" in capsys.readouterr().out
    draw.drawn(clone, 5, "mine")
    assert f"make mutants SAMPLE=5 SEED=mine BASE={before}" in capsys.readouterr().out
