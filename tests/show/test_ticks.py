"""`show.ticks`: an axis that looks the same in the next frame is copied, not drawn, and nobody can tell."""

import pytest

from mlp_core.show import svg


class Drawn(svg.Ticks):
    """Every axis is drawn by matplotlib, which makes all the ticks."""

    def __init__(self, axes, kept, file):
        super().__init__([], {}, file)


def plainly(draw, values, panels, layout):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(svg, "Ticks", Drawn)
        return svg.render(draw, values, "wide", panels, layout)


def frames(draw, numbers, panels=1):
    """The frames, and for each whether something was drawn anew; all of them equal the plain ones."""
    _, layout, _ = svg.render(draw, {"n": numbers[0]}, "wide", panels)
    texts, new = [], []
    for n in numbers:
        before = len(layout[2])
        text, _, says = svg.render(draw, {"n": n}, "wide", panels, layout)
        plain, _, plain_says = plainly(draw, {"n": n}, panels, layout)
        assert text == plain and says == plain_says
        texts.append(text)
        new.append(len(layout[2]) > before)
    return texts, new


def curve(ax, n, **options):
    ax.plot([0, 1], [0, n / 10], label="curve")
    ax.set(**{"xlim": (0, 1), "ylim": (0, 1), "xticks": [0, 0.5, 1], "xlabel": "$x$", "ylabel": "y"} | options)


def test_an_axis_in_the_same_state_is_copied_byte_for_byte():
    assert frames(curve, [1, 2, 3])[1] == [True, False, False]


CHANGES = {
    "limit": lambda ax: ax.set_xlim(0, 2),
    "other limit": lambda ax: ax.set_ylim(0, 2),
    "ticks": lambda ax: ax.set_xticks([0, 0.25, 1]),
    "minor ticks": lambda ax: ax.set_xticks([0.1, 0.2], minor=True),
    "names": lambda ax: ax.set_xticks([0, 1], ["no", "yes"]),
    "label": lambda ax: ax.set_ylabel("z"),
    "size of a label": lambda ax: ax.xaxis.label.set_fontsize(7),
    "colour of a label": lambda ax: ax.xaxis.label.set_color("#0072B2"),
    "grid": lambda ax: ax.grid(True),
    "size of the ticks": lambda ax: ax.tick_params(length=0),
    "one tick": lambda ax: ax.get_xticklabels()[0].set_rotation(30),
    "scale": lambda ax: ax.set(xscale="log", xlim=(0.1, 1)),
    "side": lambda ax: ax.yaxis.tick_right(),
    "spine": lambda ax: ax.spines["bottom"].set_position(("data", 0.3)),
    "no axis": lambda ax: ax.set_axis_off(),
    "direction": lambda ax: ax.invert_xaxis(),
    "title": lambda ax: ax.set_title("$n$ is 3"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changes_in_a_frame_is_seen_in_that_frame_only(name):
    def draw(ax, n):
        curve(ax, 5)
        if n == 3:
            CHANGES[name](ax)

    (first, changed, again), _ = frames(draw, [2, 3, 2])
    assert first == again != changed


def test_panels_with_markers_and_grids_are_copied():
    def draw(axes, n):
        for ax in axes:
            curve(ax, n, title=f"{n}")
        axes[1].grid(True)
        axes[0].scatter([0.5], [n / 10])

    _, new = frames(draw, [1, 2, 3], 2)
    assert not new[-1]


def test_an_axis_above_an_image_is_copied():
    def draw(ax, n):
        curve(ax, n)
        ax.pcolormesh([0, 0.5, 1], [0, 1], [[n, 2]], rasterized=True)

    assert frames(draw, [1, 2, 3])[1] == [True, False, False]
