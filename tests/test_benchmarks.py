"""The arithmetic of the benchmarks: rounds, ratios, quartiles, checks, demands. No other library is needed."""

import json
import sys
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from benchmarks import report, targets
from benchmarks.__main__ import main, wanted
from benchmarks.contenders import Run
from benchmarks.contenders.floor import floor
from benchmarks.contenders.ours import gradient, ours
from benchmarks.contenders.textbook import dense_gradient, dense_loss, one_by_one, textbook
from benchmarks.harness import OURS, Contender, Training, check, play, quartiles, ratios
from benchmarks.problem import Problem

RNG = np.random.default_rng(0)
X = RNG.normal(size=(12, 3)).astype(np.float32)
Y = np.eye(2, dtype=np.float32)[np.arange(12) % 2]


def problem(**others):
    settings = {"hidden": "tanh", "loss": "softmax_cross_entropy", "lr": 0.3, "batch_size": 4}
    return Problem((3, 4, 2), X=X, Y=Y, **(settings | others))


def training(*contenders, **others):
    return Training("test", "A test", problem(**others), contenders, epochs=2, checked=(1, 5))


def test_a_ratio_is_taken_within_its_round_and_not_between_medians():
    samples = {OURS: [1.0, 10.0, 2.0], "peer": [3.0, 20.0, 8.0]}
    assert ratios(samples, "peer") == [3, 2, 4]
    assert quartiles(ratios(samples, "peer")) == (3, (2.5, 3.5))


def test_who_leaves_early_is_compared_in_the_rounds_it_took_part_in():
    assert ratios({OURS: [1.0, 2.0, 4.0], "slow": [8.0, 8.0]}, "slow") == [8, 4]


def test_contenders_take_turns_and_every_other_round_goes_backwards():
    turns = []
    measures = {name: lambda name=name: turns.append(name) or len(turns) for name in "abc"}
    samples = play(measures, {"a": 3, "b": 2, "c": 3})
    assert turns == ["a", "b", "c", "c", "b", "a", "a", "c"]
    assert samples == {"a": [1, 6, 7], "b": [2, 5], "c": [3, 4, 8]}


def test_a_time_is_that_of_one_step_times_the_networks_it_stands_for(monkeypatch):
    clock = iter([0.0, 6.0, 0.0, 6.0, 0.0, 6.0])
    monkeypatch.setattr("benchmarks.harness.time.perf_counter", lambda: next(clock))
    contenders = [
        Contender("one", textbook),
        Contender("ten", textbook, times=10),
        Contender("patient", textbook, longer=3),
    ]
    measures = training(*contenders).prepare(["one", "ten", "patient"])
    assert problem().steps == 3
    assert measures["one"]() == 1e6  # 6 s for 2 epochs of 3 steps
    assert measures["ten"]() == 1e7
    assert measures["patient"]() == pytest.approx(1e6 / 3)  # 6 epochs


def test_only_the_chosen_contenders_are_prepared():
    workload = training(Contender("a", textbook), Contender("b", textbook, rounds=3))
    assert list(workload.prepare(["b"])) == ["b"]
    assert workload.rounds(7) == {"a": 7, "b": 3}


@pytest.mark.parametrize("replicas", [None, 3])
@pytest.mark.parametrize("settings", [{}, {"batch_size": None}, {"rate": 0.5}, {"hidden": "relu"}])
def test_mlp_core_and_the_textbook_pass_the_check(settings, replicas):
    workload = training(**settings, replicas=replicas)
    check(workload, Contender("textbook", textbook))
    check(workload, Contender(OURS, ours, own_order="rate" in settings))


@pytest.mark.parametrize("replicas", [None, 3])
def test_the_limit_has_no_weights_to_check(replicas):
    check(training(replicas=replicas), Contender("BLAS limit", floor))


def test_who_does_not_follow_the_reference_ends_the_benchmark():
    def lazy(problem):
        return Run(lambda epochs: None, problem.weights)

    sentence = r"^test: expected 0\.\d+ after 1 epochs, as the textbook in float64, got 0\.\d+ from lazy$"
    with pytest.raises(SystemExit, match=sentence):
        check(training(), Contender("lazy", lazy))


def test_nan_ends_the_benchmark():
    def broken(problem):
        return Run(lambda epochs: None, lambda: [array * np.nan for array in problem.weights()])

    with pytest.raises(SystemExit, match="got nan from broken"):
        check(training(), Contender("broken", broken))


@pytest.mark.parametrize("settings", [{"l2": 0.3}, {"optimizer": "adam", "lr": 0.01}])
@pytest.mark.parametrize("replicas", [None, 3])
def test_mlp_core_and_the_textbook_agree_on_a_penalty_and_on_adam(settings, replicas):
    workload = replace(training(**settings, replicas=replicas), checked=(4,))
    check(workload, Contender(OURS, ours))
    with pytest.raises(SystemExit, match="from plain"):
        check(workload, Contender("plain", lambda given: ours(replace(given, l2=0.0, optimizer="sgd"))))


def test_replicas_trained_one_by_one_are_those_trained_at_once():
    at_once, alone = textbook(problem(replicas=3).double()), one_by_one(problem(replicas=3).double(), dense_gradient)
    for run in (at_once, alone):
        run.train(2)
    for together, single in zip(at_once.weights(), alone.weights(), strict=True):
        np.testing.assert_allclose(together, single, rtol=1e-12)


def test_an_own_example_order_is_checked_on_a_single_batch():
    seen = []

    def watched(problem):
        seen.append(len(problem.X))
        return textbook(problem)

    check(training(), Contender("given", watched))
    check(training(), Contender("own", watched, own_order=True))
    assert seen == [12, 4]


def test_the_textbook_gradient_is_that_of_its_loss():
    exact = problem(batch_size=None).double()
    weights = exact.weights()
    grads = dense_gradient(exact, weights, exact.X, exact.Y, None)
    for Q, dQ in zip(weights, grads, strict=True):
        for index in np.ndindex(Q.shape):
            there = Q[index]
            Q[index] = there + 1e-6
            above = dense_loss(exact, weights)
            Q[index] = there - 1e-6
            below = dense_loss(exact, weights)
            Q[index] = there
            assert (above - below) / 2e-6 == pytest.approx(dQ[index], abs=1e-8)


def test_our_gradient_is_that_of_the_textbook():
    run = gradient(problem(batch_size=None))
    run.train(1)
    exact = problem(batch_size=None).double()
    grads = dense_gradient(exact, exact.weights(), exact.X, exact.Y, None)
    for got, expected in zip(run.weights(), grads, strict=True):
        np.testing.assert_allclose(got, expected, atol=1e-6)


def test_an_epoch_shows_every_example_once_in_the_order_of_each_replica():
    pair = problem(replicas=2)
    batches = pair.epoch(pair.order())
    assert [rows.shape for rows in batches] == [(2, 4)] * 3
    assert (np.sort(np.concatenate(batches, axis=1)) == np.arange(12)).all()
    alone = pair.alone()
    np.testing.assert_array_equal(np.concatenate(alone.epoch(alone.order())), np.concatenate(batches, axis=1)[0])


def test_a_table_says_what_is_reached(monkeypatch):
    monkeypatch.setitem(report.RATIOS, "test", {"fast": 2, "slow": 5})
    monkeypatch.setitem(report.LIMITS, "test", 3)
    samples = {OURS: [2.0], "fast": [4.0], "slow": [8.0], "other": [1500.0]}
    table = report.section("test", {"title": "A test", "unit": "s", "samples": samples})
    assert "| mlp_core | 2 | 2 to 2 |  |  | at most 3 | reached |" in table
    assert "| fast | 4 | 4 to 4 | 2 | 2 to 2 | at least 2 | reached |" in table
    assert "| slow | 8 | 8 to 8 | 4 | 4 to 4 | at least 5 | **not reached** |" in table
    assert "| other | 1,500 | 1,500 to 1,500 | 750 | 750 to 750 |  |  |" in table


def test_the_report_is_drawn_from_its_json(tmp_path):
    workload = {"title": "A test", "unit": "s", "samples": {OURS: [2.0, 2.0], "torch": [4.0, 8.0]}}
    report.save({"machine": {"processor": "fast"}, "workloads": {"test": workload | {"seconds": 600}}}, tmp_path)
    report.draw(tmp_path)
    markdown, svg = (tmp_path / "results.md").read_text("utf-8"), (tmp_path / "results.svg").read_text("utf-8")
    assert "- processor: fast\n- time of all comparisons: 10 minutes\n" in markdown
    assert "| torch | 6 | 5 to 7 | 3 | 2.5 to 3.5 |  |  |" in markdown
    assert ">A test<" in svg and ">torch<" in svg
    report.draw(tmp_path)
    assert (tmp_path / "results.svg").read_text("utf-8") == svg


def test_comparisons_are_chosen_by_name_or_pattern():
    assert wanted("xor", ["digits", "xor"])
    assert not wanted("xor-seeds", ["xor"])
    assert wanted("gradient32", ["gradient*"])


MACHINE = {"date": "2026-01-02", "processor": "fast"}


class Row(SimpleNamespace):
    """A comparison that measures nothing; one whose samples are an exception ends so."""

    title, unit = "A test", "s"

    def rounds(self, asked):
        return {OURS: asked}

    def prepare(self, chosen):
        def measure():
            if isinstance(self.sample, BaseException):
                raise self.sample
            return self.sample

        return dict.fromkeys(chosen, measure)


@pytest.fixture
def bench(monkeypatch, tmp_path):
    """Runs the command on rows given as name=sample; returns the samples that the folder then has."""

    def run(*arguments, machine=MACHINE, demands=None, **rows):
        workloads = ModuleType("workloads")
        workloads.ALL = [Row(name=name, sample=sample) for name, sample in rows.items()]
        monkeypatch.setitem(sys.modules, "benchmarks.workloads", workloads)
        monkeypatch.setattr("benchmarks.workloads", workloads, raising=False)
        monkeypatch.setattr(targets, "RATIOS", demands or {})
        monkeypatch.setattr(targets, "LIMITS", {})
        monkeypatch.setattr("benchmarks.machine.use_one_core", lambda: None)
        monkeypatch.setattr("benchmarks.machine.describe", lambda: machine)
        monkeypatch.setattr(sys, "argv", ["benchmarks", "--rounds", "1", "--out", str(tmp_path), *arguments])
        main()

    return run


def kept(folder):
    results = json.loads((folder / "results.json").read_text("utf-8"))
    return {name: workload["samples"][OURS] for name, workload in results["workloads"].items()}


def test_an_interrupt_keeps_what_is_measured(bench, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        bench(a=1.0, b=KeyboardInterrupt(), c=3.0)
    assert kept(tmp_path) == {"a": [1.0]}
    assert "`a`" in (tmp_path / "results.md").read_text("utf-8")


def test_a_single_row_is_measured_anew_and_the_others_stay(bench, tmp_path):
    bench(a=1.0, c=3.0)
    bench("--only", "b", a=0.0, b=2.0, c=0.0)
    assert kept(tmp_path) == {"a": [1.0], "b": [2.0], "c": [3.0]}
    assert list(kept(tmp_path)) == ["a", "b", "c"]
    bench(a=5.0)
    assert kept(tmp_path) == {"a": [5.0]}


def test_rows_of_two_days_say_so_and_of_two_machines_are_not_mixed(bench, tmp_path):
    bench(a=1.0)
    bench("--only", "a", a=2.0, machine=MACHINE | {"date": "2026-01-05"})
    assert "- date: 2026-01-02 to 2026-01-05\n" in (tmp_path / "results.md").read_text("utf-8")
    with pytest.raises(SystemExit, match="expected results of processor: slow, got fast$"):
        bench("--only", "a", a=3.0, machine=MACHINE | {"processor": "slow"})
    assert kept(tmp_path) == {"a": [2.0]}


def test_an_unknown_row_ends_the_benchmark(bench):
    with pytest.raises(SystemExit, match=r"^--only: expected names or patterns of a, b, got c$"):
        bench("--only", "a,c", a=1.0, b=1.0)


def test_a_demand_without_a_row_ends_the_benchmark(bench):
    with pytest.raises(SystemExit, match=r"expected rows for all that is demanded, got jax in a; mlp_core in b$"):
        bench(a=1.0, demands={"a": {OURS: 1, "jax": 1}, "b": {OURS: 1}})


def test_the_speed_in_the_front_page_is_that_of_the_committed_table():
    results = json.loads((report.COMMITTED / "results.json").read_text("utf-8"))
    page = report.README.read_text("utf-8")
    assert page == report.with_speed(page, results)


def test_the_front_page_quotes_medians():
    def row(theirs):
        return {"samples": {OURS: [1.0]} | {name: [value] for name, value in theirs.items()}}

    one = row({"scikit-learn": 8.0, "torch": 30.0, "jax.lax.scan": 0.25})
    many = {"xor-seeds": row({"jax.vmap": 1.5}), "xor-seeds-10000": row({"jax.vmap": 5.0})}
    text = report.speed({"workloads": {"xor": one, "digits": one, "wide": one} | many}).replace("\n", " ")
    assert "scikit-learn 8, 8 and 8 times as long as `fit`, PyTorch 30, 30 and 30 times" in text
    assert "a loop compiled by JAX 0.25, 0.25 and 0.25 times." in text
    assert text.endswith("1.5 times with 1,000 networks and 5 times with 10,000 networks in `jax.vmap`.")
    assert report.speed({"workloads": {"xor": one}}).endswith("on many at once it is.")


def test_the_whole_run_takes_a_quarter_of_an_hour_at_most():
    results = json.loads((report.COMMITTED / "results.json").read_text("utf-8"))
    assert sum(workload.get("seconds", 0) for workload in results["workloads"].values()) <= 15 * 60
