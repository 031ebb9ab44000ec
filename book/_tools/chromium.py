"""Find the Chromium that the pages are tested in.

    python book/_tools/chromium.py

CHROMIUM=/path/to/browser names another one.
"""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = tuple(f"/Applications/{name}.app/Contents/MacOS/{name}" for name in ("Chromium", "Google Chrome"))


def find_chromium():
    """The path of a Chromium or Chrome on this machine, or None."""
    candidates = [os.environ.get("CHROMIUM", ""), *NAMES, *MAC]
    return next(filter(None, map(shutil.which, candidates)), None)


def main():
    if not find_chromium():
        sys.exit(
            "make check needs Chromium or Chrome: install it, on Debian with sudo apt-get install chromium, "
            "or name it in the environment variable CHROMIUM."
        )


if __name__ == "__main__":
    main()
