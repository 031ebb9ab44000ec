"""Run a module as a process and print what it took, as JSON: {"seconds": ..., "MiB": ...}, with the peak of its memory.

    python -m benchmarks.launch MODULE [ARGUMENT ...]

This is a process of its own because a new process inherits the peak of the one that starts it.
"""

import json
import os
import sys
import time


def main():
    start = time.perf_counter()
    child = os.posix_spawn(sys.executable, [sys.executable, "-m", *sys.argv[1:]], os.environ)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    kibi = 1 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    print(json.dumps({"seconds": seconds, "MiB": usage.ru_maxrss * kibi / 2**20}))
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
