"""Figures, explorers and the progress bar: the only place that imports matplotlib, ipywidgets and tqdm.

`figure` and `explore` turn a function that draws into an accessible picture; `style` and the helpers (`band`,
`interval`, `points`, `regions`, `line`, `note`, `surface`, `image`, `digits`, `network`) draw on its axes; with `lines`
and `sketch` a reader plays; `table` is a table; `progress` is a callback for `fit`; `say` hands a number to the text of
a chapter. The environment variable MLP_FIGURES says for whom: unset for a live notebook, `static` for the page, `text`
for the tests.
"""

from mlp_core.show.charts import band, interval, line, note, points, regions, surface
from mlp_core.show.explorers import explore
from mlp_core.show.figures import figure, is_narrow
from mlp_core.show.lines import lines
from mlp_core.show.pictures import digits, image, network
from mlp_core.show.progress_bar import progress
from mlp_core.show.roles import ROLES, style
from mlp_core.show.sketch import sketch
from mlp_core.show.values import say, table

__all__ = [
    "ROLES",
    "band",
    "digits",
    "explore",
    "figure",
    "image",
    "interval",
    "is_narrow",
    "line",
    "lines",
    "network",
    "note",
    "points",
    "progress",
    "regions",
    "say",
    "sketch",
    "style",
    "surface",
    "table",
]
