"""The arithmetic of the benchmarks: rounds, ratios, quartiles, checks, demands. No other library is needed."""

import numpy as np
import pytest

from benchmarks import report
from benchmarks.__main__ import wanted
from benchmarks.contenders import Run
from benchmarks.contenders.floor import floor
from benchmarks.contenders.ours import gradient, ours
from benchmarks.contenders.textbook import dense_gradient, dense_loss, textbook
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
    clock = iter([0.0, 6.0, 0.0, 6.0])
    monkeypatch.setattr("benchmarks.harness.time.perf_counter", lambda: next(clock))
    contenders = [Contender("one", textbook), Contender("ten", textbook, times=10)]
    measures = training(*contenders).prepare(["one", "ten"])
    assert problem().steps == 3
    assert measures["one"]() == 1e6  # 6 s for 2 epochs of 3 steps
    assert measures["ten"]() == 1e7


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
    report.write({"machine": {"processor": "fast"}, "workloads": {"test": workload}}, tmp_path)
    markdown, svg = (tmp_path / "results.md").read_text("utf-8"), (tmp_path / "results.svg").read_text("utf-8")
    assert "- processor: fast" in markdown
    assert "| torch | 6 | 5 to 7 | 3 | 2.5 to 3.5 |  |  |" in markdown
    assert ">A test<" in svg and ">torch<" in svg
    report.draw(tmp_path)
    assert (tmp_path / "results.svg").read_text("utf-8") == svg


def test_comparisons_are_chosen_by_name_or_pattern():
    assert wanted("xor", ["digits", "xor"])
    assert not wanted("xor-seeds", ["xor"])
    assert wanted("gradient32", ["gradient*"])
