"""What the annotations say is there when the package runs."""

import importlib.util
from pathlib import Path

import mlp_core

ROOT = Path(__file__).parent.parent


def test_the_right_program_runs(capsys):
    spec = importlib.util.spec_from_file_location("right", ROOT / "tests" / "typing" / "right.py")
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    assert isinstance(program.main(), float)
    assert "(3, " in capsys.readouterr().out


def test_an_installed_package_tells_the_type_checker_that_it_has_types():
    assert (Path(mlp_core.__file__).parent / "py.typed").is_file()
    assert '"py.typed"' in (ROOT / "pyproject.toml").read_text("utf-8")
