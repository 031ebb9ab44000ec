"""`show.figure`: a described, themable, deterministic picture."""

import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlp_core import show
from mlp_core.show import svg
from mlp_core.show.roles import FILLS, LINESTYLES, PHONE, ROLES, SIZES


def curve(ax, scale=1.0):
    x = np.linspace(0, 1, 20)
    ax.plot(x, scale * x, label="a curve")
    ax.plot([0.5], [0.5], marker="o")


@pytest.fixture(autouse=True)
def page(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "static")


def element(figure):
    return ET.fromstring(figure.html)


def ids(figure):
    return [node.get("id") for node in element(figure).iter() if node.get("id")]


def paints(figure):
    for node in element(figure).iter():
        for part in node.get("style", "").split(";"):
            name, _, value = part.partition(":")
            if name in ("fill", "stroke") and not value.startswith("url("):
                yield value


def luminance(colour):
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_same_figure_twice_gives_the_same_bytes():
    assert show.figure(curve, alt="A line.").html == show.figure(curve, alt="A line.").html


def test_the_reader_s_settings_change_nothing():
    import matplotlib

    expected = show.figure(curve, alt="A line.").html
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "axes.spines.top": True}):
        assert show.figure(curve, alt="A line.").html == expected


def test_ids_of_two_figures_on_a_page_differ():
    first, second = ids(show.figure(curve, alt="A line.")), ids(show.figure(curve, alt="A steeper line.", scale=2.0))
    assert first and second and not set(first) & set(second)


def test_every_reference_has_its_target():
    figure = show.figure(curve, alt="A line.")
    root = element(figure)
    references = {node.get("href")[1:] for node in root.iter("use")}
    references |= {node.get("clip-path")[5:-1] for node in root.iter() if node.get("clip-path")}
    assert references == set(ids(figure))


def test_the_picture_is_described_and_its_svg_hidden():
    root = element(show.figure(curve, alt="A line <& more>."))
    picture = root.find("div")
    assert (picture.get("role"), picture.get("aria-label")) == ("img", "A line <& more>.")
    assert [node.get("aria-hidden") for node in picture.iter("svg")] == ["true", "true"]


def test_the_fields_of_the_description_are_filled():
    assert show.figure(curve, alt="A line of slope {scale:.1f}.", scale=2.0).alt == "A line of slope 2.0."


def test_a_description_may_be_a_function():
    assert show.figure(curve, alt=lambda scale: f"Slope {scale}.", scale=3).alt == "Slope 3."


def test_a_figure_without_description_is_refused():
    with pytest.raises(TypeError, match="alt"):
        show.figure(curve)


@pytest.mark.parametrize("alt", ["", " \n"])
def test_an_empty_description_is_refused(alt):
    with pytest.raises(ValueError) as error:
        show.figure(curve, alt=alt)
    assert str(error.value) == f"figure: expected a description of what is seen, got alt={alt!r}"


def test_no_description_is_refused():
    with pytest.raises(ValueError) as error:
        show.figure(curve, alt=None)
    assert str(error.value) == "figure: expected a description of what is seen, got alt=None"


@pytest.mark.parametrize("alt", ["slope {slope}", "slope {}", "slope {scale:q}", "slope {scale.x}", "{", "set {0, 1}"])
def test_a_description_that_does_not_fill_is_refused(alt):
    with pytest.raises(ValueError) as error:
        show.figure(curve, alt=alt, scale=1.0)
    assert str(error.value) == f"figure: expected a description with fields from scale, got alt={alt!r}"


def test_an_unknown_size_is_refused():
    with pytest.raises(ValueError) as error:
        show.figure(curve, alt="A line.", size="huge")
    assert str(error.value) == "figure: expected one of wide, small, got size='huge'"


@pytest.mark.parametrize("panels", [0, (2, 0), (1, 2, 3), "2", 1.5])
def test_impossible_panels_are_refused(panels):
    with pytest.raises(ValueError) as error:
        show.figure(curve, alt="A line.", panels=panels)
    assert str(error.value) == f"figure: expected a number of panels or (rows, columns), got panels={panels!r}"


def test_something_that_does_not_draw_is_refused():
    with pytest.raises(ValueError) as error:
        show.figure("curve", alt="A line.")
    assert str(error.value) == "figure: expected a function that draws, got draw='curve'"


def test_an_unknown_mode_is_refused(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "png")
    with pytest.raises(ValueError) as error:
        show.figure(curve, alt="A line.")._repr_mimebundle_()
    assert str(error.value) == "show: expected one of live, static, text, got MLP_FIGURES='png'"


def test_panels_arrive_as_an_array():
    shapes = []
    for panels in (2, 3, (2, 3)):
        show.figure(lambda axes: shapes.append(axes.shape), alt="Some.", panels=panels)
    assert shapes == [shape for shape in [(2,), (3,), (2, 3)] for _ in ("wide", "narrow")]


def sizes_of_text(root, column):
    """The sizes of the texts of an SVG in a column of the page, in CSS pixels."""
    width = min(column, float(root.get("width")))
    scale = width / float(root.get("viewBox").split()[2])
    styles = [node.get("style") for node in root.iter("text")]
    return [scale * float(re.search(r"(?:font|font-size): ?([\d.]+)px", style)[1]) for style in styles]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("panels", [1, 2, 3, 4])
def test_no_text_is_too_small_on_a_phone(size, panels):
    def draw(axes):
        for ax in np.ravel(axes):
            curve(ax)
            ax.set(title="A title", xlabel="epoch", ylabel="loss")

    drawings = list(element(show.figure(draw, alt="Curves.", size=size, panels=panels)).iter("svg"))
    texts = sizes_of_text(drawings[-1], PHONE)
    assert texts and min(texts) >= 11
    if len(drawings) > 1:
        assert [root.get("class") for root in drawings] == ["mlp-wide", "mlp-narrow"]
        assert [root.get("display") for root in drawings] == [None, "none"]  # for where no style sheet chooses
        assert min(sizes_of_text(drawings[0], PHONE)) < 11


@pytest.mark.parametrize("options", [{"size": "small"}, {"draw": lambda ax: ax.axis("off")}])
def test_what_can_be_read_on_a_phone_is_drawn_once(options):
    figure = show.figure(options.pop("draw", curve), alt="A picture.", **options)
    assert len(list(element(figure).iter("svg"))) == 1


@pytest.mark.parametrize("mode", ["live", "text"])
def test_only_a_page_has_a_drawing_for_phones(monkeypatch, mode):
    monkeypatch.setenv("MLP_FIGURES", mode)
    assert len(list(element(show.figure(curve, alt="A curve.")).iter("svg"))) == 1


def test_a_figure_knows_whether_it_is_drawn_for_a_phone():
    drawn = []
    show.figure(lambda ax: (curve(ax), drawn.append(show.is_narrow(ax))), alt="One.")
    show.figure(lambda axes: (curve(axes[0]), drawn.append(show.is_narrow(axes))), alt="Two.", panels=2)
    assert drawn == [False, True, False, True]


def test_panels_stand_below_one_another_on_a_phone():
    def boxes(panels):
        seen = []
        show.figure(lambda axes: (curve(axes[0]), seen.append(axes)), alt="Panels.", panels=panels)
        return [ax.get_position().bounds for ax in seen[-1]]

    one, two = boxes(2)
    assert one[0] == pytest.approx(two[0]) and one[1] > two[1]
    first, second, third = boxes(3)
    assert first[1] == pytest.approx(second[1]) and first[1] > third[1] and first[0] == pytest.approx(third[0])


def test_text_mode_draws_and_emits_text_only(monkeypatch):
    monkeypatch.setenv("MLP_FIGURES", "text")
    drawn = []
    bundle = show.figure(lambda ax: drawn.append(ax), alt="A line.")._repr_mimebundle_()
    assert bundle == {"text/plain": "<figure: A line.>\nx without label, y without label"}
    assert len(drawn) == 1


@pytest.mark.parametrize("mode", ["", "static", "text"])
def test_the_text_is_the_same_in_every_mode(monkeypatch, mode):
    monkeypatch.setenv("MLP_FIGURES", mode)
    text = "<figure: A line.>\nx without label, y without label\n  a curve: train (0, 0) to (1, 1)\n  test (0.5, 0.5)"
    assert show.figure(curve, alt="A line.")._repr_mimebundle_()["text/plain"] == text


def test_a_role_is_a_variable_with_a_light_fallback():
    def draw(ax):
        for k, role in enumerate(LINESTYLES):
            ax.plot([0, 1], [k, k], **show.style(role))

    found = set(paints(show.figure(draw, alt="Lines.")))
    assert {f"var(--mlp-{role},{ROLES[role]})" for role in LINESTYLES if role != "ink"} <= found
    assert found <= {f"var(--mlp-{role},{colour})" for role, colour in ROLES.items()} | {"currentColor", "none"}


def test_roles_are_told_apart_by_line_style():
    looks = [show.style(role) for role in ("train", "test", "baseline", "highlight")]
    assert len({look["linestyle"] for look in looks}) == len({look["color"] for look in looks}) == 4


@pytest.mark.parametrize("role", LINESTYLES)
def test_light_colours_stand_out_from_a_white_page(role):
    assert 1.05 / (luminance(ROLES[role]) + 0.05) >= 3


def test_an_unknown_role_is_refused():
    with pytest.raises(ValueError) as error:
        show.style("validation")
    assert str(error.value) == "style: expected one of train, test, baseline, highlight, ink, got role='validation'"


@pytest.mark.parametrize("colour", FILLS.values())
def test_pale_colours_fill_areas(colour):
    assert colour in paints(show.figure(lambda ax: ax.axvspan(0, 1, facecolor=colour, linewidth=0), alt="An area."))


@pytest.mark.parametrize("colour", [*FILLS.values(), "#123456", "red"])
def test_other_colours_are_refused_for_lines(colour):
    from matplotlib.colors import to_hex

    with pytest.raises(ValueError) as error:
        show.figure(lambda ax: ax.plot([0, 1], color=colour), alt="A line.")
    assert str(error.value) == f"figure: expected colours of show.ROLES, got stroke={to_hex(colour)!r}"


def test_nothing_of_matplotlib_leaks_into_the_page():
    root = element(show.figure(curve, alt="A line."))
    assert not {"metadata", "style", "script"} & {node.tag for node in root.iter()}
    assert "font-family" not in ET.tostring(root, encoding="unicode")


def test_text_stays_text():
    def draw(ax):
        ax.set(xlabel="weight w₁", title="η = 0.1")

    texts = [node.text for node in element(show.figure(draw, alt="Axes.")).iter("text")]
    assert {"weight w₁", "η = 0.1"} <= set(texts)


def test_a_formula_becomes_a_path():
    root = element(show.figure(lambda ax: ax.set_title(r"$\hat y = \sigma(z)$"), alt="Axes."))
    assert not any("hat" in (node.text or "") for node in root.iter())
    assert any("Q" in node.get("d", "") or "C" in node.get("d", "") for node in root.iter("path"))


def test_powers_of_ten_are_plain_text():
    def draw(ax):
        ax.set(yscale="log", ylim=(1e-6, 10))

    texts = {node.text for node in element(show.figure(draw, alt="Axes.")).iter("text")}
    assert {"10⁻⁶", "10⁻⁴", "0.01", "1"} <= texts


def test_one_legend_names_every_label_once():
    def draw(axes):
        for ax in axes:
            ax.plot([0, 1], label="training")

    for root in element(show.figure(draw, alt="Two.", panels=2)).iter("svg"):
        assert [node.text for node in root.iter("text")].count("training") == 1


def test_images_are_png_inside_the_svg():
    image = element(show.figure(lambda ax: show.image(ax, np.eye(3)), alt="A diagonal.")).find(".//image")
    assert image.get("href").startswith("data:image/png;base64,")


@pytest.mark.parametrize("size", SIZES)
def test_no_text_is_cut_off(size):
    def draw(ax):
        ax.set(xlabel="number of epochs", ylabel="cross-entropy (nats)", title="a title", ylim=(0, 12345))

    root = element(show.figure(draw, alt="Axes.", size=size)).find(".//svg")
    _, _, width, height = map(float, root.get("viewBox").split())
    for text in root.iter("text"):
        assert 0 <= float(text.get("x")) <= width and 0 <= float(text.get("y")) <= height


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=20, max_size=60))
def test_steps_lead_back_to_the_rounded_points(points):
    words = ["M", *map(str, points[0])] + [word for x, y in points[1:] for word in ("L", str(x), str(y))]
    numbers = svg._polyline(words).removeprefix("m").replace("l", " ").replace("-", " -").split()
    steps = np.array(numbers, float).reshape(-1, 2)
    np.testing.assert_allclose(steps.cumsum(axis=0), points, atol=0.051)


def test_the_core_imports_without_matplotlib():
    code = "import sys, mlp_core; from mlp_core import show; sys.exit(any(name in sys.modules for name in {names}))"
    names = ("matplotlib", "ipywidgets", "tqdm")
    assert subprocess.run([sys.executable, "-c", code.format(names=names)], check=False).returncode == 0
