"""Say whether files have changed: since the branch left main, or, on main, since the commit before.

    python3 book/_tools/changed.py PATHSPEC ...

Ends with 0 if a file has changed or nobody can know (no git, one commit, a shallow clone), with 1 if none has. BASE
names another commit to compare with. Needs nothing but the standard library.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MAIN = "origin/main"
HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def git(root, *arguments):
    """What git prints, without the last line break, or None if it fails."""
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    except OSError:
        return None
    return None if done.returncode else done.stdout.rstrip("\n")


def head(root):
    """The commit that is checked out, or None."""
    return git(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")


def base(root):
    """The commit to compare with: BASE, else where the branch left main, else the commit before; None if unknown."""
    if named := os.environ.get("BASE"):
        return git(root, "rev-parse", "--verify", "--quiet", f"{named}^{{commit}}")
    left = git(root, "merge-base", "HEAD", MAIN)
    if left and left != head(root):
        return left
    return git(root, "rev-parse", "--verify", "--quiet", "HEAD^1^{commit}")


def files(root, *pathspecs):
    """The files that have changed, committed or not, or None if nobody can know."""
    since = base(root)
    changed = since and git(root, "diff", "--name-only", "--no-renames", since, "--", *pathspecs)
    new = git(root, "ls-files", "--others", "--exclude-standard", "--", *pathspecs)
    if since is None or changed is None or new is None:
        return None
    return sorted({*changed.splitlines(), *new.splitlines()})


def lines(root, folder):
    """The changed lines of the files below `folder`, {path: {line}}; {} if nobody can know."""
    since = base(root)
    found, path = {}, None
    for line in (since and git(root, "diff", "-U0", "--no-renames", since, "--", folder) or "").splitlines():
        if line.startswith("+++ "):
            path = line.removeprefix("+++ b/")
        elif hunk := HUNK.match(line):
            first, count = int(hunk[1]), int(hunk[2] or 1)
            found.setdefault(path, set()).update(range(first, first + count))
    return found


def main():
    changed = files(ROOT, *sys.argv[1:])
    if changed is None:
        print("Nobody can know what has changed here: all is taken as changed.")
    elif changed:
        print(f"Changed: {changed[0]}" + (f" and {len(changed) - 1} more" if changed[1:] else ""))
    sys.exit(changed == [])


if __name__ == "__main__":
    main()
