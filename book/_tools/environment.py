"""Make a virtual environment and keep it in step with its requirements.

    python3 book/_tools/environment.py .venv requirements.txt [requirements-check.txt]

Needs nothing but the standard library, and starts on any Python 3, so that it can say what is missing. An environment
that is up to date is left alone.
"""

import hashlib
import importlib.util
import json
import os
import subprocess
import sys

OLDEST, NEWEST = (3, 11), (3, 14)


def main():
    folder, requirements = os.path.abspath(sys.argv[1]), sys.argv[2:]
    python = os.path.join(folder, "bin", "python")
    if not usable(python):
        create(folder)
    stamp = os.path.join(folder, "requirements.json")
    installed = read_stamp(stamp)
    for name in requirements:
        wanted = digest(folder, name, "pyproject.toml")
        if installed.get(name) == wanted:
            continue
        print(f"Installing {name} into {os.path.basename(folder)} (some minutes the first time)", flush=True)
        command = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", name]
        if subprocess.call(command):
            sys.exit(f"pip could not install {name}: it needs a package registry, and says above what went wrong.")
        installed[name] = wanted
        with open(stamp, "w") as file:
            json.dump(installed, file, indent=1)


def usable(python):
    """Whether `python` runs, has pip and is a version the book supports."""
    check = f"import sys, pip; sys.exit(not {OLDEST} <= sys.version_info[:2] <= {NEWEST})"
    return os.path.exists(python) and not subprocess.call([python, "-c", check], stderr=subprocess.DEVNULL)


def create(folder):
    """Make the environment with the running Python, or end with one sentence that says what is missing."""
    version = "{}.{}".format(*sys.version_info[:2])
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit(
            f"The book needs Python 3.11 to 3.14, and {sys.executable} is {version}: name another one, as in "
            "make PYTHON=python3.12 book"
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(
            f"Python {version} here cannot make virtual environments: install its venv module, on Debian and Ubuntu "
            f"with sudo apt-get install python{version}-venv"
        )
    print(f"Making {os.path.basename(folder)} with Python {version}", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", folder]):
        sys.exit(f"{sys.executable} -m venv failed, and says above why.")


def read_stamp(path):
    """What the environment has installed: the hash of each requirements file, {} if unknown."""
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError):
        return {}


def digest(folder, *names):
    """One hash of where the environment lies and of the contents of the files `names`."""
    total = hashlib.sha256(folder.encode())
    for name in names:
        with open(name, "rb") as file:
            total.update(hashlib.sha256(file.read()).digest())
    return total.hexdigest()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. The environment is not complete: the next call goes on with it.")
