"""Run the tests of the numeric core with each supported Python on this machine, with the oldest and the newest numpy.

    python book/_tools/matrix.py

Each combination has an environment in `_build/matrix`. A Python that is not here is named and left out.
"""

import glob
import os
import re
import shutil
import subprocess
import sys

import whole
from api import reading_order
from tree import Tree, environment

OLDEST = {"3.11": "2.0.0", "3.12": "2.0.0", "3.13": "2.1.0", "3.14": "2.3.3"}
TOOLS = ("pytest", "pytest-xdist", "hypothesis")
CROSSING = ("architecture", "bad_input", "gradients", "replicas")


def interpreters():
    """Version and path of the Pythons here: on the PATH, or below the folder of pyenv."""
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    for version in OLDEST:
        candidates = [shutil.which(f"python{version}"), *glob.glob(f"{pyenv}/versions/*/bin/python{version}")]
        found = next((path for path in candidates if path and runs(path)), None)
        yield version, found


def runs(python):
    return subprocess.run([python, "-c", "import ensurepip"], capture_output=True).returncode == 0


def pins(tree):
    """The pinned version of each package: `{"numpy": "2.4.6"}`."""
    return dict(re.findall(r"^([\w-]+)==([\w.]+)", tree.pins.read_text("utf-8"), re.MULTILINE))


def tests(tree):
    """The mirror tests of the modules, and those that cross them."""
    return [f"tests/test_{name}.py" for name in (*reading_order(tree), *CROSSING)]


def run(tree, version, python, numpy, pinned):
    """Make the environment and run the tests in it; returns whether they passed."""
    folder = tree.build / "matrix" / f"python{version}-numpy{numpy}"
    if not (folder / "bin" / "python").exists():
        subprocess.run([python, "-m", "venv", str(folder)], check=True)
    wanted = [f"numpy=={numpy}", *(f"{name}=={pinned[name]}" for name in TOOLS)]
    inside = [str(folder / "bin" / "python"), "-m"]
    subprocess.run([*inside, "pip", "install", "-qq", "--disable-pip-version-check", *wanted], check=True)
    print(f"\nPython {version}, numpy {numpy}", flush=True)
    command = [*inside, "pytest", "-q", "-n", "auto", "--maxprocesses", "8", *tests(tree)]
    return subprocess.run(command, cwd=tree.root, env=environment(tree)).returncode == 0


def main():
    tree = Tree.here()
    pinned, failed, ran = pins(tree), [], 0
    for version, python in interpreters():
        if python is None:
            print(f"Python {version} is not on this machine: left out.", flush=True)
            continue
        for numpy in (OLDEST[version], pinned["numpy"]):
            ran += 1
            if not run(tree, version, python, numpy, pinned):
                failed.append(f"Python {version} with numpy {numpy}")
    if failed:
        sys.exit(f"\nThe core fails on {', '.join(failed)}.")
    print(f"\nThe core passes on {ran} combinations of Python and numpy.")


if __name__ == "__main__":
    whole.run(main, "Not every combination was tested.")
