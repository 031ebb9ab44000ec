"""Property tests draw the same examples on every machine and have no time limit, wherever they are run from."""

import re
import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

TESTS = Path(__file__).parent
OWN_SETTINGS = re.compile(r"\b(deadline|derandomize|database|suppress_health_check)=|\b(load|register)_profile\(")


def test_no_property_test_depends_on_the_clock_or_on_chance():
    in_force = settings()
    assert in_force.deadline is None
    assert in_force.derandomize and in_force.database is None
    assert HealthCheck.too_slow in in_force.suppress_health_check


def test_the_profile_is_in_force_in_a_subfolder_too():
    claim = f"../{Path(__file__).name}::{test_no_property_test_depends_on_the_clock_or_on_chance.__name__}"
    command = [sys.executable, "-m", "pytest", "-q", claim]
    done = subprocess.run(command, cwd=TESTS / "show", capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_test_file_has_settings_of_its_own():
    others = [path for path in TESTS.rglob("*.py") if path != Path(__file__)]
    assert [path.name for path in others if OWN_SETTINGS.search(path.read_text("utf8"))] == []
