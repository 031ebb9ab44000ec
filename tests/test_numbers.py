"""A number in the prose, a caption or a description is one that the code of its section states, computes or prints."""

from collections import Counter

import nbformat
import pytest

import numerals
from tree import Tree

TREE = Tree.here()

TOLD = {
    "learning/gradient-checking": [("790e98cb", "16")],  # digits of a float64
    "learning/gradient-descent": [
        ("57528a22", "0.27"),  # read from the curve
        ("9d165dc6", "3,500"),  # read from the bars
    ],
    "neurons/neuron": [("brain-says", "20")],  # cited
    "notation": [("66fdded7", "20")],  # the name of a lecture
    "power/approximation": [("14220900", "0.0132")],  # of a run in another section
    "power/recurrent": [
        ("9924b82b", "Three of the eight"),  # five of eight are reached
        ("0312ea92", "32"),  # read from the curve
        ("fd88feff", "25"),  # quoted, to be corrected
    ],
}
"""What no code of the section states, and why it need not: page to (id of the cell, number)."""


def complaints(name, nb):
    """What differs between the numbers of a page that nothing supports and the exceptions."""
    found, told = Counter(numerals.unsupported(nb)), Counter(TOLD.get(name, []))
    unsaid = [f"cell {cell} says {number}, which no code of its section states" for cell, number in found - told]
    return unsaid + [f"cell {cell} needs no exception for {number}" for cell, number in told - found]


def read(name):
    return nbformat.read(TREE.book / name, as_version=4)


@pytest.mark.parametrize("name", TREE.notebooks(), ids=str)
def test_every_number_that_is_read_is_stated_by_the_code_of_its_section(name):
    assert complaints(name.with_suffix("").as_posix(), read(name)) == []


CODE = nbformat.v4.new_code_cell("assert steps == [22, 44_122]\nassert_allclose([x, y], [0.5, 0.82])\nfloor = 1.461")


def beside_the_code(prose, *cells):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(f"# T\n\n## A\n\n{prose}"), CODE, *cells])


def numbers(nb):
    return [number for _, number in numerals.unsupported(nb)]


@pytest.mark.parametrize(
    "prose",
    [
        "It takes 22 steps, not 44,122.",
        "From 0.5 to 82 %, **1.46**.",
        "In 1986, 22.",
        "Two 00 and 0110.",
        "About $8.2 \\cdot 10^{-1}$ or 10⁰.",
        "One of two did.",
        "{glue:text}`a-77` and `x = 88`",
    ],
)
def test_a_number_that_the_code_states_is_accepted(prose):
    assert numbers(beside_the_code(prose)) == []


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ("23", "23"),
        ("44,123", "44,123"),
        ("0.6", "0.6"),
        ("81 %", "81"),
        ("82", "82"),
        ("1.47", "1.47"),
        ("10^{-3}", "10^{-3}"),
        ("10⁻³", "10⁻³"),
        ("7 \\times 10^{-1}", "7 \\times 10^{-1}"),
        ("three of four", "three of four"),
        ("one in five", "one in five"),
    ],
)
def test_a_changed_number_is_found(wrong, found):
    assert numbers(beside_the_code(f"Now it is {wrong} instead.")) == [found]


def test_a_number_of_another_section_supports_nothing_but_the_opening_and_the_summary():
    def with_text(heading):
        cell = nbformat.v4.new_markdown_cell(f"## {heading}\n\nIt takes 22 steps.")
        return beside_the_code("Text.", cell)

    assert numbers(with_text("B")) == ["22"] and numbers(with_text("Summary")) == []
    assert numbers(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T\n\n22 steps."), CODE])) == []


def test_code_above_counts_where_the_section_rests_on_it():
    above = nbformat.v4.new_code_cell("epochs = 300\nother = 400\ndef train(n):\n    return epochs * n")
    text = nbformat.v4.new_markdown_cell("## B\n\nAfter 300 epochs, not 400.")
    use = nbformat.v4.new_code_cell("train(2)")
    assert numbers(nbformat.v4.new_notebook(cells=[above, text, use])) == ["400"]


def drawn(caption, alt="A line.", source="show.band(ax, x, runs, 'train')"):
    code = f"{source}\nshow.figure(draw, alt='{alt}')"
    return nbformat.v4.new_code_cell(code, metadata={"mystnb": {"figure": {"name": "fig-a", "caption": caption}}})


def test_captions_and_descriptions_are_read():
    assert numbers(beside_the_code("Text.", drawn("It ends at 0.77.", "It begins at 0.66."))) == ["0.77", "0.66"]


def test_the_sentence_of_a_check_is_read():
    def check(number):
        return nbformat.v4.new_code_cell(f"# fewer than {number} %\nassert x < 0.25", metadata={"tags": ["check"]})

    assert numbers(beside_the_code("Text.", check(25))) == [] and numbers(beside_the_code("Text.", check(26))) == ["26"]


def test_a_caption_names_the_replicas_of_its_own_figure():
    run = nbformat.v4.new_code_cell("runs = train(20)")
    other = nbformat.v4.new_code_cell("others = train(30)")
    assert numbers(beside_the_code("Text.", run, other, drawn("Medians over 20 replicas."))) == []
    assert numbers(beside_the_code("Text.", run, other, drawn("Medians over 30 replicas."))) == ["30 replicas"]


@pytest.mark.parametrize(
    ("code", "right", "wrong"),
    [
        ("show.band(ax, x, y, 'train')", "the middle 80%", "the middle 60%"),
        ("show.band(ax, x, y, 'train', spread=(0.25, 0.75))", "from 25% to 75%", "from 10% to 75%"),
        ("low, high = np.quantile(y, (0.2, 0.9), axis=1)", "holds 70%", "holds 80%"),
        ("low, high = replicas.rate(ok)", "a 95% interval", "a 99% interval"),
    ],
)
def test_a_caption_names_the_band_that_is_drawn(code, right, wrong):
    assert numbers(beside_the_code("Text.", drawn(right, source=code))) == []
    assert len(numbers(beside_the_code("Text.", drawn(wrong, source=code)))) == 1


def test_what_a_figure_says_supports_its_description_but_not_itself():
    figure = drawn("", "It ends at 0.77.")
    figure.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "<figure: It ends at 0.77.>"})]
    assert numbers(beside_the_code("Text.", figure)) == ["0.77"]
    figure.outputs[0].data["text/plain"] += "\n  a: train (0, 1) to (5, 0.77)"
    assert numbers(beside_the_code("Text.", figure)) == []
