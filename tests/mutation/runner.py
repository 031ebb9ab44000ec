"""Runs tests in forked processes: once to see which functions each test enters, then once for each mutant.

A forked process has numpy, pytest and hypothesis loaded already, imports the changed module in place of the real one,
and can neither run for ever nor take all memory.
"""

import gc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

import pytest

SHARED = [f"tests/{name}.py" for name in ("test_gradients", "test_replicas", "test_training", "fast/test_step")]
ENVIRONMENT = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "MLP_CASES": "100", "MLP_PROFILE": "mutants"}
ENVIRONMENT |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
MEMORY = 4 << 30
CPU_SECONDS = 5
SURVIVED, BROKEN = (0, 5), 99
PYTEST = ["-x", "-q", "--tb=no", "--assert=plain"]


def mirror(module):
    """The test file of a module: that of fast/step is tests/fast/test_step.py."""
    *folder, name = module.split("/")
    return "/".join(["tests", *folder, f"test_{name}.py"])


class Recorder:
    """Notes for each test its seconds and the functions of the package it enters: file name and first line of each."""

    def __init__(self, package):
        self.package, self.tests = str(package), {}

    def listen(self):
        self.codes, self.start = set(), time.perf_counter()
        sys.setprofile(lambda frame, event, arg: self.codes.add(frame.f_code))

    def entered(self):
        sys.setprofile(None)
        paths = ((code.co_filename, code.co_firstlineno) for code in self.codes)
        inside = ((path, line) for path, line in paths if path.startswith(self.package + os.sep))
        return {(Path(path).relative_to(self.package).as_posix(), line) for path, line in inside}

    def pytest_collection(self):
        self.listen()

    def pytest_collection_finish(self):
        self.at_import = self.entered()

    def pytest_runtest_logstart(self):
        self.listen()

    def pytest_runtest_logfinish(self, nodeid):
        self.tests[nodeid] = time.perf_counter() - self.start, sorted(self.at_import | self.entered())


class Chosen:
    """Runs the given tests in their order, after those that only the mutant has; each has a limited processor time."""

    def __init__(self, seconds, known):
        self.seconds, self.place = seconds, {nodeid: place for place, nodeid in enumerate(seconds)}
        self.others = known - set(seconds)

    def pytest_collection_modifyitems(self, items):
        items[:] = [item for item in items if item.nodeid not in self.others]
        items.sort(key=lambda item: self.place.get(item.nodeid, -1))

    def pytest_runtest_logstart(self, nodeid):
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS + 10 * self.seconds.get(nodeid, 0))


class ChangedModule(importlib.machinery.SourceFileLoader):
    """Finds and loads one module, with a source of its own."""

    def __init__(self, name, path, source):
        super().__init__(name, str(path))
        self.source = source

    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, name):
        return compile(self.source, self.path, "exec")


def record(files, package, folder, jobs):
    """{file: {test: (seconds, functions entered)}} of the unchanged package, whose tests must pass."""
    os.environ.update(ENVIRONMENT)
    for name in ("numpy.testing", "hypothesis"):
        importlib.import_module(name)

    def run(file):
        recorder = Recorder(package)
        status = pytest.main([*PYTEST, file], [recorder])
        (folder / notes(file)).write_text(json.dumps(recorder.tests))
        return status

    for file, status in in_processes(run, files, jobs):
        if status:
            raise RuntimeError(f"{file} must pass before anything is changed")
    return {file: json.loads((folder / notes(file)).read_text()) for file in files}


def notes(file):
    """The name of the file in which the process of a test file leaves what it saw."""
    return file.replace("/", "-") + ".json"


def choose(module, place, mirror, tests):
    """The tests for a mutant, {test: seconds} in the order to run them, and the names of all that could be chosen."""
    chosen, known = [], set()
    for file in dict.fromkeys([mirror, *SHARED]):
        known |= tests.get(file, {}).keys()
        for test, (seconds, entered) in tests.get(file, {}).items():
            if not place.is_function or any(place.holds(line) for name, line in entered if name == f"{module}.py"):
                chosen.append((file != mirror, seconds, test))
    return {test: seconds for _, seconds, test in sorted(chosen)}, known


def run_mutant(name, path, source, seconds, known):
    """pytest's exit status for the tests `seconds`, with one changed module; to be called in a process of its own."""
    sys.meta_path.insert(0, ChangedModule(name, path, source))
    status = 0
    for file in dict.fromkeys(nodeid.split("::")[0] for nodeid in seconds):
        signal.setitimer(signal.ITIMER_PROF, 4 * CPU_SECONDS)
        status = pytest.main([*PYTEST, file], [Chosen(seconds, known)])
        if status not in SURVIVED:
            break
    return status


def in_processes(work, tasks, jobs):
    """Do `work(task)` for each task in a process of its own, `jobs` at a time.

    Yields each task with the exit status that `work` returned, negative where a signal ended the process.
    """
    gc.freeze()  # or each process would walk all that this one holds
    waiting, running = iter(tasks), {}
    try:
        while True:
            while len(running) < jobs and (task := next(waiting, None)) is not None:
                running[start(work, task)] = task
            if not running:
                return
            pid, status = os.wait()
            task, status = running.pop(pid), os.waitstatus_to_exitcode(status)
            if status == BROKEN:
                raise RuntimeError(f"the tool itself failed on {task}")
            yield task, status
    finally:
        for pid in running:
            os.kill(pid, signal.SIGKILL)


def start(work, task):
    """Fork a process for one task, silent and limited, and return its id."""
    if pid := os.fork():
        return pid
    status = BROKEN
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, 600)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        status = int(work(task))
    finally:
        os._exit(status)
