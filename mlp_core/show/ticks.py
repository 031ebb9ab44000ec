"""Ticks and their labels, which the frames of an explorer share, are drawn once and copied into the other frames."""

import re
from functools import partial

PLAIN = (bool, int, float, str, tuple, dict, type(None))


class Ticks:
    """Draws the axes of one frame, but copies an axis that looked the same in an earlier frame: most of the work.

    An axis makes its ticks only when it is drawn or asked for them; if the frame itself asks (`ax.get_xticklabels()`),
    it may change one of them, and this axis is drawn anew.

    Parameters
    ----------
    axes : list of axes, still empty
    kept : dict, the boxes and the drawings of the earlier frames by the state of the axis; gets those of this frame
    file : io.StringIO, to which the SVG is written
    """

    def __init__(self, axes, kept, file):
        self.kept, self.file, self.changed, self.copies = kept, file, set(), []
        self.axes = [axis for ax in axes for axis in (ax.xaxis, ax.yaxis)]
        for axis in self.axes:
            self._make_none(axis)

    def _make_none(self, axis):
        """`set_ticks` returns the ticks and makes them for that: not here."""
        set_ticks = axis.set_ticks

        def set_places(ticks, labels=None, *, minor=False, **options):
            if labels is not None or options:
                self.changed.add(axis)
                return set_ticks(ticks, labels, minor=minor, **options)
            axis.get_major_ticks = axis.get_minor_ticks = lambda count=None: []
            try:
                return set_ticks(ticks, minor=minor)
            finally:
                self._watch(axis)

        axis.set_ticks = set_places
        self._watch(axis)

    def _watch(self, axis):
        def watched(name):
            def get_ticks(count=None):
                self.changed.add(axis)
                return getattr(type(axis), name)(axis, count)

            return get_ticks

        axis.get_major_ticks, axis.get_minor_ticks = watched("get_major_ticks"), watched("get_minor_ticks")

    def untouched(self, axis):
        """Whether this axis has no ticks yet."""
        return axis in self.axes and axis not in self.changed

    def begin(self):
        """From now on, what has been drawn is copied."""
        for axis in self.axes:
            del axis.get_major_ticks, axis.get_minor_ticks, axis.set_ticks
            if axis not in self.changed and not _offset(axis):
                axis.draw, axis.get_tightbbox = self._drawing(axis), self._box(axis)

    def _box(self, axis):
        def get_tightbbox(renderer=None, **options):
            state = state_of(axis), *options.items()
            if state not in self.kept:
                self.kept[state] = type(axis).get_tightbbox(axis, renderer, **options)
            return self.kept[state]

        return get_tightbbox

    def _drawing(self, axis):
        from matplotlib.artist import allow_rasterization

        @allow_rasterization  # ends an image that the artist before has begun
        def draw(axis, renderer):
            if not hasattr(renderer, "writer"):
                return type(axis).draw(axis, renderer)  # the axis itself becomes an image
            known = _definitions(renderer)
            state = state_of(axis), *((name, repr(names)) for name, names in known.items())
            renderer.writer.comment(f"axis {len(self.copies)}")
            if state in self.kept:
                text, new = self.kept[state]
                for name, names in known.items():
                    names.update(new[name])
                self.copies.append(text)
            else:
                start = self.file.tell()
                type(axis).draw(axis, renderer)
                self.kept[state] = self.file.getvalue()[start:], {name: dict(names) for name, names in known.items()}
                self.copies.append("")

        return partial(draw, axis)

    def text(self):
        """The SVG with the copies in their places."""
        return re.sub(r" *<!-- axis (\d+) -->\n", lambda mark: self.copies[int(mark[1])], self.file.getvalue())


def state_of(axis):
    """All that decides how an axis without changed ticks looks."""
    ax, major, minor = axis.axes, axis.get_majorticklocs(), axis.get_minorticklocs()
    spines = [(spine.get_visible(), spine.get_position(), spine.get_bounds()) for spine in ax.spines.values()]
    return (
        axis.axis_name,
        tuple(major),
        tuple(minor),
        tuple(axis.get_major_formatter().format_ticks(major)),
        tuple(axis.get_minor_formatter().format_ticks(minor)),
        axis.get_scale(),
        ax.viewLim.bounds,
        ax.bbox.bounds,
        repr(spines),
        *map(_settings, (axis, axis.label, axis.offsetText, axis.get_transform())),
        hash(axis.label.get_fontproperties()),
        repr(axis.label.get_path_effects()),
    )


def _settings(thing):
    return tuple((name, repr(value)) for name, value in vars(thing).items() if isinstance(value, PLAIN))


def _offset(axis):
    axis.get_major_formatter().format_ticks(axis.get_majorticklocs())
    return axis.get_major_formatter().get_offset()


def _definitions(renderer):
    """What the renderer has defined so far, by kind: markers, clip paths, the numbers of ids."""
    svg = renderer.open_group.__self__  # savefig wraps it
    return {name: value for name, value in vars(svg).items() if isinstance(value, dict)}
