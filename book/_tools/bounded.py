"""Run a command until it ends, has used so many seconds of processor time, or does nothing for ten minutes.

    python book/_tools/bounded.py SECONDS COMMAND ...

Processor time is that of the command and of all it has started. A busy machine makes a command slow, but does not make
it use more of this time: no limit ends a run that is right. What waits for ever is ended because it does nothing.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time

import psutil

LOOK = 1
IDLE = 600
BUSY = 0.002  # the share of one processor from which a command is at work


def spent():
    """The processor seconds of all that this process has started, whether it has ended or not."""
    total = sum(os.times()[2:4])
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            total += sum(process.cpu_times()[:4])
    return total


class Watch:
    """Tells when what this process has started uses too much processor time from now on, or none for `idle` seconds."""

    def __init__(self, seconds, idle=IDLE):
        self.seconds, self.idle = seconds, idle
        self.start = self.mark = spent()
        self.since = time.monotonic()

    def complaint(self):
        """What is wrong, None if nothing is; to be asked again and again."""
        used, now = spent(), time.monotonic()
        if used - self.start > self.seconds:
            return f"more than {self.seconds:g} s of processor time"
        if used - self.mark > BUSY * self.idle:
            self.mark, self.since = used, now
        return f"nothing done for {self.idle:g} s" if now - self.since > self.idle else None


def end():
    """End all that this process has started, politely first."""
    alive = []
    for stop in (psutil.Process.terminate, psutil.Process.kill):
        alive = list({*alive, *psutil.Process().children(recursive=True)})
        for process in alive:
            with contextlib.suppress(psutil.Error):
                stop(process)
        alive = psutil.wait_procs(alive, timeout=LOOK)[1]


def listen():
    """Let Ctrl-C, SIGTERM and the end of the terminal raise KeyboardInterrupt, once."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    heard = [sign for sign in signals if signal.getsignal(sign) != signal.SIG_IGN]

    def interrupt(sign, frame):
        for other in heard:
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt(sign)

    for sign in heard:
        signal.signal(sign, interrupt)


def run(command, seconds, idle=IDLE, **options):
    """Run a command to its end; returns exit status and all it printed, or None and why it was ended."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **options,
    )
    watch = Watch(seconds, idle)
    while True:
        try:
            printed = process.communicate(timeout=LOOK)[0]
            return process.returncode, printed
        except subprocess.TimeoutExpired:
            if complaint := watch.complaint():
                end()
                return None, complaint


def main():
    seconds, command = float(sys.argv[1]), sys.argv[2:]
    listen()
    process = subprocess.Popen(command, start_new_session=True)
    watch = Watch(seconds)
    try:
        while True:
            try:
                sys.exit(process.wait(LOOK))
            except subprocess.TimeoutExpired:
                if complaint := watch.complaint():
                    print(f"Stopped, {complaint}: {' '.join(command)}", file=sys.stderr)
                    sys.exit(124)
    except KeyboardInterrupt as stop:
        process.send_signal(stop.args[0])
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
        sys.exit(128 + stop.args[0])
    finally:
        end()


if __name__ == "__main__":
    main()
