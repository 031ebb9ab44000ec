"""The time limit of an answer: an endless loop ends, whatever it catches, and a busy machine fails nobody."""

import _thread
import itertools
import sys
import threading
import time

import pytest

from mlp_core.exercises import Exercise, limit

SOON = 0.05


def passes():
    while True:
        pass


def counts():
    for _ in itertools.count():
        pass


def catches_exceptions():
    while True:
        try:
            passes()
        except Exception:
            pass


def catches_everything():
    while True:
        try:
            sum(range(10))
        except:  # noqa: E722
            pass


def breaks_at_an_exception():
    try:
        passes()
    except:  # noqa: E722
        return 1


def inside_a_generator():
    return sum(0 for _ in iter(int, 1))


ENDLESS = [passes, counts, catches_exceptions, catches_everything, inside_a_generator]


@pytest.mark.parametrize("loop", ENDLESS)
def test_an_endless_loop_is_out_of_time(loop):
    with pytest.raises(limit.OutOfTime):
        limit.within(SOON, loop)


def test_an_endless_loop_is_stopped_away_from_the_main_thread():
    raised = []

    def asks():
        try:
            limit.within(SOON, passes)
        except limit.OutOfTime as error:
            raised.append(error)

    thread = threading.Thread(target=asks)
    thread.start()
    thread.join()
    assert len(raised) == 1


def assert_all_end():
    """The threads of all answers come to their end."""
    for thread in threading.enumerate():
        if isinstance(thread, limit._Worker):
            assert thread.ended(30)


def test_a_stopped_loop_computes_no_longer():
    for loop in ENDLESS:
        with pytest.raises(limit.OutOfTime):
            limit.within(SOON, loop)
    assert_all_end()


def test_a_loop_that_nothing_stops_is_left_to_itself(monkeypatch):
    released = threading.Event()

    def waits():
        while not released.is_set():
            try:
                while not released.is_set():
                    pass
            except:  # noqa: E722
                pass

    monkeypatch.setattr(limit, "TRIES", 3)
    with pytest.raises(limit.OutOfTime):
        limit.within(SOON, waits)
    released.set()


def test_time_that_others_take_does_not_count():
    assert limit.within(SOON, lambda: time.sleep(6 * SOON) or "done") == "done"


def test_without_a_clock_of_the_thread_that_of_the_process_counts(monkeypatch):
    monkeypatch.delattr(time, "pthread_getcpuclockid", raising=False)
    assert limit.within(6 * SOON, lambda: time.sleep(8 * SOON) or "done") == "done"
    with pytest.raises(limit.OutOfTime):
        limit.within(SOON, passes)


def test_an_interrupt_stops_the_answer_and_is_raised():
    timer = threading.Timer(SOON, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        limit.within(60, passes)
    assert_all_end()


def test_without_threads_there_is_no_limit(monkeypatch):
    def refuses(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuses)
    assert limit.within(SOON, lambda: "done") == "done"


def test_what_the_function_raises_is_raised():
    def fails():
        raise KeyError("seven")

    with pytest.raises(KeyError, match="seven"):
        limit.within(SOON, fails)


def test_the_hooks_of_a_debugger_stay_in_place():
    before = sys.gettrace()
    with pytest.raises(limit.OutOfTime):
        limit.within(SOON, passes)
    assert sys.gettrace() is before


@pytest.mark.parametrize("loop", [passes, catches_everything, breaks_at_an_exception])
def test_check_says_that_a_loop_does_not_end(loop, monkeypatch):
    monkeypatch.setattr(limit, "SECONDS", SOON)
    exercise = Exercise(lambda z: 1, [(1.0,), (2.0,)])
    assert repr(exercise.check(lambda z: loop())) == (
        "Not yet: your answer was still at work after 0.05 seconds: does each of its loops come to an end?"
    )
