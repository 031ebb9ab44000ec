"""Run a command for at most so many seconds, then end it with everything it has started.

    python book/_tools/bounded.py SECONDS COMMAND ...
"""

import os
import signal
import subprocess
import sys


def main():
    seconds, command = float(sys.argv[1]), sys.argv[2:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    process = subprocess.Popen(command, start_new_session=True)
    try:
        sys.exit(process.wait(seconds))
    except subprocess.TimeoutExpired:
        print(f"Stopped after {seconds:g} s: {' '.join(command)}", file=sys.stderr)
        sys.exit(124)
    finally:
        end(process)


def end(process):
    """End the whole process group, politely first."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(5)
        except (ProcessLookupError, PermissionError):
            return
        except subprocess.TimeoutExpired:
            continue


if __name__ == "__main__":
    main()
