"""`show.explore`: one call, three lives."""

import json
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from mlp_core import show
from mlp_core.show import explorers, svg

ETAS = [0.1, 0.2, 0.5]
X = np.linspace(0, 1, 30)


def curve(ax, eta, loss="squared"):
    ax.plot(X, np.exp(-X / eta), **show.style("test" if loss == "squared" else "train"))
    ax.set(xlim=(0, 1), ylim=(0, 1), title=f"η = {eta}")


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "static")


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("MLP_FIGURES", raising=False)


def explore(**options):
    options = {"alt": "A curve for η = {eta:.1f}.", "eta": ETAS} | options
    return show.explore(curve, **options)


def data(explorer):
    return json.loads(ET.fromstring(explorer.html.replace(explorers.SCRIPT, "")).find("script").text)


def first_frame(explorer, form=0):
    return ET.fromstring(explorer.html.replace(explorers.SCRIPT, "")).findall("div/svg")[form]


def frame(explorer, k, form):
    """What the script of the page does."""
    root = first_frame(explorer, form)
    nodes = list(root.iter())
    for node, name, values in data(explorer)["changes"][form]:
        if name == "":
            nodes[node].text = values[k]
        else:
            nodes[node].set(name, values[k])
    return root


def directly(explorer, values, form):
    prefix = first_frame(explorer, form).find(".//*[@id]").get("id").rpartition("-")[0]
    root = svg.clean(explorer._render(values, ("wide", "narrow")[form])[0], prefix, "explore")
    root.set("class", ("mlp-wide", "mlp-narrow")[form])
    if form == 1:
        root.set("display", "none")  # without a style sheet one drawing is seen
    return root


def test_differences_rebuild_every_frame(static):
    explorer = explore(loss=["squared", "cross-entropy"])
    assert len(explorer.frames) == 6
    for form in (0, 1):
        for k, values in enumerate(explorer.frames):
            assert ET.canonicalize(ET.tostring(frame(explorer, k, form))) == ET.canonicalize(
                ET.tostring(directly(explorer, values, form))
            )


def test_the_last_slider_moves_fastest(static):
    frames = explore(loss=["squared", "cross-entropy"]).frames
    assert frames[1] == {"eta": 0.1, "loss": "cross-entropy"} and frames[2] == {"eta": 0.2, "loss": "squared"}


def test_only_differences_are_stored(static):
    for rows in data(explore())["changes"]:
        assert rows and all(len(set(values)) > 1 for _, _, values in rows)


def test_the_same_explorer_twice_gives_the_same_bytes(static):
    assert explore().html == explore().html


def page(explorer):
    return ET.fromstring(explorer.html.replace(explorers.SCRIPT, ""))


def test_sliders_are_native_labelled_and_hidden_without_scripts(static):
    explorer = explore(labels={"eta": "learning rate η"}, formats={"eta": "{:.2f}"})
    root = page(explorer)
    assert [label.find("span").text for label in root.iter("label")] == ["learning rate η"]
    (slider,) = root.iter("input")
    assert slider.get("type") == "range" and slider.get("max") == "2"
    assert (slider.get("value"), slider.get("aria-valuetext")) == ("0", "0.10")
    assert [output.text for output in root.iter("output")] == ["0.10"]
    assert root.find("div[@class='mlp-controls']").get("hidden") is not None


def test_texts_are_chosen_by_buttons(static):
    root = page(explore(loss=["squared", "cross-entropy"], start={"loss": "cross-entropy"}))
    (choice,) = root.iter("fieldset")
    assert choice.find("legend").text == "loss"
    assert ["".join(label.itertext()) for label in choice.iter("label")] == ["squared", "cross-entropy"]
    assert [button.get("checked") for button in choice.iter("input")] == [None, ""]
    assert {button.get("type") for button in choice.iter("input")} == {"radio"}


def test_buttons_of_two_explorers_have_other_names(static):
    first, second = (explore(alt=alt + "{eta}", loss=["squared", "other"]) for alt in "ab")
    names = [{button.get("name") for button in page(explorer).iter("input")} - {None} for explorer in (first, second)]
    assert len(names[0]) == len(names[1]) == 1 and names[0] != names[1]


def test_an_explorer_starts_where_it_is_told(static):
    explorer = explore(start={"eta": 0.5})
    (slider,) = page(explorer).iter("input")
    assert explorer.alt == page(explorer).find("div").get("aria-label") == "A curve for η = 0.5."
    assert (slider.get("value"), slider.get("aria-valuetext"), data(explorer)["start"]) == ("2", "0.5", 2)
    for form in (0, 1):
        assert "η = 0.5" in [node.text for node in first_frame(explorer, form).iter("text")]


def test_time_has_a_button(static):
    (button,) = page(explore(play=True)).iter("button")
    assert button.text.endswith("Play")
    assert list(page(explore()).iter("button")) == []


def test_every_frame_has_its_description(static):
    explorer = explore()
    assert data(explorer)["alts"] == ["A curve for η = 0.1.", "A curve for η = 0.2.", "A curve for η = 0.5."]
    assert explorer.alt == "A curve for η = 0.1."


def test_the_page_needs_no_widget_and_no_other_script(static):
    explorer = explore()
    assert set(explorer._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert "src=" not in explorer.html and "http" not in explorer.html


def test_a_text_cannot_end_the_data(static):
    explorer = explore(alt="</script><b>{eta}", formats={"eta": "</script>{}"})
    assert explorer.html.count("</script>") == 2
    assert data(explorer)["alts"][0] == "</script><b>0.1"


def test_text_mode_draws_the_first_and_the_last_frame_and_emits_text_only(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "text")
    drawn = []
    explorer = show.explore(lambda ax, eta: drawn.append(eta), alt="{eta}", eta=ETAS)
    axes = "x without label, y without label"
    assert explorer._repr_mimebundle_() == {"text/plain": f"<explorer: 0.1>\n{axes}\neta: 0.1 to 0.5"}
    assert drawn == [0.1, 0.5]


SAYS = """<explorer: A curve for η = 0.1.>
x without label, y without label; title η = 0.1
  test (0, 1) to (1, 4.5e-05)
eta: 0.1 to 0.5
at the end:
x without label, y without label; title η = 0.5
  test (0, 1) to (1, 0.14)"""


@pytest.mark.parametrize("mode", ["", "static", "text"])
def test_the_text_of_an_explorer_is_its_first_frame_and_what_differs_in_the_last(monkeypatch, mode):
    monkeypatch.setenv("MLP_FIGURES", mode)
    assert explore()._repr_mimebundle_()["text/plain"] == SAYS


def test_live_mode_offers_a_widget(live):
    bundle = explore()._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle and "text/html" not in bundle


def test_the_widget_redraws(live):
    canvas, eta, loss = explore(labels={"eta": "rate"}, loss=["squared", "cross-entropy"]).widget.children
    assert eta.description == "rate" and type(loss).__name__ == "ToggleButtons"
    before = canvas.value
    eta.value = 0.5
    assert 'aria-label="A curve for η = 0.5."' in canvas.value
    assert canvas.value != before
    between = canvas.value
    loss.value = "cross-entropy"
    assert canvas.value != between


def test_the_widget_starts_where_it_is_told_and_plays(live):
    canvas, eta, play = explore(start={"eta": 0.2}, play=True).widget.children
    assert eta.value == 0.2 and 'aria-label="A curve for η = 0.2."' in canvas.value
    assert (play.min, play.max, play.value) == (0, 2, 1)


def test_axes_stay_in_place_while_the_data_move(static):
    def draw(ax, n):
        ax.plot([0, 1], [0, n])
        ax.set(ylim=(0, 10**n), yticks=[0, 10**n])

    explorer = show.explore(draw, alt="{n}", n=[1, 4])
    for form, rows in enumerate(data(explorer)["changes"]):
        nodes = list(first_frame(explorer, form).iter())
        assert rows and [nodes[node] for node, name, _ in rows if name in ("x", "y")] == []


def test_other_artists_in_a_frame_are_refused(static):
    def draw(ax, n, m):
        for _ in range(n):
            ax.plot([0, 1])

    with pytest.raises(ValueError) as error:
        show.explore(draw, alt="{n}", n=[1, 2], m=[0.5])
    assert str(error.value) == "explore: expected the same artists in every frame, got others at n=2, m=0.5"


def test_other_axes_in_a_frame_are_refused(static):
    def draw(ax, bar):
        show.image(ax, np.eye(2), label="weight" if bar else None)

    with pytest.raises(ValueError) as error:
        show.explore(draw, alt="{bar}", bar=[0, 1])
    assert str(error.value) == "explore: expected the same artists in every frame, got others at bar=1"


@pytest.mark.parametrize("mode", ["", "static", "text"])
def test_too_many_frames_are_refused(monkeypatch, mode):
    monkeypatch.setenv("MLP_FIGURES", mode)
    with pytest.raises(ValueError) as error:
        explore(eta=np.linspace(0.1, 1, 151))
    assert str(error.value) == "explore: expected at most 150 frames, got frames=151"


def test_frames_that_are_too_large_are_refused(static):
    def noise(ax, seed):
        ax.plot(np.random.default_rng(seed).random(400))
        ax.set(xlim=(0, 400), ylim=(0, 1))

    with pytest.raises(ValueError) as error:
        show.explore(noise, alt="{seed}", seed=range(90))
    size = str(error.value).removeprefix("explore: expected at most 61440 bytes (compressed), got size=")
    assert int(size) > 61440


@pytest.mark.parametrize("grids", [{}, {"eta": []}])
def test_a_slider_without_values_is_refused(grids):
    with pytest.raises(ValueError) as error:
        show.explore(curve, alt="A curve.", **grids)
    assert str(error.value) == f"explore: expected at least one value for each slider, got grids={grids}"


def test_a_start_outside_the_grid_is_refused():
    with pytest.raises(ValueError) as error:
        explore(start={"eta": 0.3})
    assert str(error.value) == "explore: expected a start among the values of eta, got eta=0.3"


def test_texts_are_no_time():
    with pytest.raises(ValueError) as error:
        explore(loss=["a", "b"], play=True)
    assert str(error.value) == "explore: expected numbers to play through, got loss=['a', 'b']"


@pytest.mark.parametrize("option", ["labels", "formats", "start"])
def test_options_of_unknown_sliders_are_refused(option):
    with pytest.raises(ValueError) as error:
        explore(**{option: {"rate": "{}"}})
    assert str(error.value) == f"explore: expected the names eta, got {option}={{'rate': '{{}}'}}"


def test_an_empty_description_is_refused():
    with pytest.raises(ValueError) as error:
        explore(alt=lambda eta: "")
    assert str(error.value) == "explore: expected a description of what is seen, got alt=''"


def test_a_description_that_does_not_fill_is_refused():
    with pytest.raises(ValueError) as error:
        explore(alt="{lr}")
    assert str(error.value) == "explore: expected a description with fields from eta, got alt='{lr}'"
