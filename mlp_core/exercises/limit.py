"""A limit to the time that an answer may take: an endless loop must not hang the notebook."""

import ctypes
import sys
import threading
import time

SECONDS = 3.0
POLL = 0.02
TRIES, PAUSE = 3000, 1e-4


class OutOfTime(BaseException):
    """Raised inside an answer that has used up its time. No `except Exception` of the answer catches it."""


def within(seconds, function):
    """What a function without arguments returns, if it takes no more than so many seconds of processor time.

    It runs in a thread of its own. The seconds are those that this thread has computed, so a busy machine takes none
    away; where the system has no such clock (macOS, Windows) they are those of the process. Raises OutOfTime, and
    whatever the function raises. One call into C that never returns cannot be stopped; and there is no limit where
    there are no threads, as in a browser.
    """
    worker = _Worker(function)
    try:
        worker.start()
    except RuntimeError:
        return function()
    try:
        while not worker.ended(POLL) and worker.seconds() < seconds:
            pass
        late = not worker.ended()
    finally:
        worker.stop()
    if late or worker.error:
        raise OutOfTime if late else worker.error
    return worker.result


class _Worker(threading.Thread):
    """A thread that keeps what its function returns or raises, and that can be stopped."""

    def __init__(self, function):
        super().__init__(daemon=True)
        self.function, self.result, self.error = function, None, OutOfTime()
        self.clock, self.begin = None, time.process_time()
        self.at_work = threading.Lock()
        self.at_work.acquire()

    def run(self):
        try:
            try:
                self._compute()
            finally:
                self.at_work.release()
        except OutOfTime:  # that came too late
            pass

    def _compute(self):
        try:
            if hasattr(time, "pthread_getcpuclockid"):
                self.clock = time.pthread_getcpuclockid(threading.get_ident())
            self.result = self.function()
            self.error = None
        except BaseException as error:
            self.error = error

    def ended(self, wait=0.0):
        """Whether the function has ended, within so many seconds from now."""
        if self.at_work.acquire(timeout=wait):
            self.at_work.release()
            return True
        return False

    def seconds(self):
        """The processor time since the start."""
        if self.clock is None:
            return time.process_time() - self.begin
        try:
            return time.clock_gettime(self.clock)
        except OSError:  # the thread has just ended
            return 0.0

    def stop(self):
        """Raise OutOfTime in the thread, again and again, in quick succession: the answer may catch it in a loop.

        A thread that nothing stops is left to itself.
        """
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        try:
            for _ in range(TRIES):
                if self.ended(PAUSE):
                    return
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.ident), ctypes.py_object(OutOfTime))
        finally:
            sys.setswitchinterval(interval)
