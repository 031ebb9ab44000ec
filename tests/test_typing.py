"""A type checker agrees with the package, with a right program, and with all that is said of a wrong one.

`tests/typing/wrong.py` marks each of its errors with `type: ignore`, and a mark without an error is an error.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "tests" / "typing"


def checked(*arguments):
    run = subprocess.run([sys.executable, "-m", "mypy", *arguments], cwd=ROOT, capture_output=True, text=True)
    return run.returncode, run.stdout + run.stderr


def test_the_package_and_the_programs_that_use_it_have_the_types_that_they_name():
    code, said = checked()
    assert code == 0, said


def test_a_type_that_is_wrong_is_found(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text((PROGRAMS / "wrong.py").read_text("utf-8").replace("  # type: ignore[", "  # found ["), "utf-8")
    code, said = checked(str(wrong))
    lines = [n for n, line in enumerate(wrong.read_text("utf-8").splitlines(), start=1) if "# found [" in line]
    assert code == 1 and len(lines) >= 25
    assert all(f"wrong.py:{n}: error: " in said for n in lines)
