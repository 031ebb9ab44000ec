"""Nothing half done: files are written whole, one program at a time builds, and what stops a tool is one sentence."""

import contextlib
import errno
import fcntl
import os
import sys

import bounded
from tree import BuildError

FULL = [os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT)]


def write(path, text):
    """Write a file so that it holds all of the text, or what it held before."""
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        part.write_text(text, "utf-8")
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def is_full(complaint):
    """Whether an error, or what a program printed, says that the disk is full."""
    return any(words in str(complaint) for words in FULL)


@contextlib.contextmanager
def alone(tree):
    """Keep other builds out of `_build`; raises BuildError where one is at work. The lock ends with its process."""
    tree.build.mkdir(exist_ok=True)
    with open(tree.build / "lock", "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise BuildError(f"Process {lock.read()} is at work in _build: wait until it has ended.") from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def run(main, undone):
    """Run the main function of a tool; what stops it is one sentence that says what is undone, and nothing goes on."""
    bounded.listen()
    try:
        main()
    except BuildError as error:
        sys.exit(f"\n{undone}\n{error}")
    except KeyboardInterrupt:
        sys.exit(f"\nInterrupted. {undone}")
    except OSError as error:
        if not is_full(error):
            raise
        sys.exit(f"\nThe disk is full. {undone}")
    finally:
        bounded.end()
