"""What a cell says that is no picture: numbers for the text of a chapter, and tables."""

import html

from mlp_core.checks import shown
from mlp_core.show.figures import mode

MIME = "application/papermill.record/text/plain"


def say(name, text):
    """Hand `text` to the page, where the role {glue:text}`name` puts it into a sentence; a live notebook shows nothing.

    The output is the record that papermill and MyST-NB read, so a chapter needs neither.

    Parameters
    ----------
    name : str
        What the page calls the number, such as "xor-rate"; each name is said once in a chapter.
    text : str
        The number as the sentence prints it, rounded to the digits that hold on another machine: f"{rate:.0%}".

    Raises
    ------
    ValueError
        If the name or the text is no text, or is empty: a bare number would print digits that another machine changes.
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"say: expected a name, got name={shown(name)}")
    if not isinstance(text, str) or not text:
        raise ValueError(f'say: expected rounded text, such as f"{{rate:.0%}}", got text={shown(text)}')
    from IPython.display import display

    record = {"scrapbook": {"name": name, "mime_prefix": MIME.removesuffix("text/plain")}}
    display({MIME: repr(text)}, raw=True, metadata=record)


def table(head, *rows):
    """A table: in a page and in JupyterLab a real one, which a screen reader can walk through.

    Parameters
    ----------
    head : the name of each column
    *rows : the cells of each row, of which the first names the row; round the numbers: f"{loss:.3f}"

    Returns an object that a notebook displays.
    Raises ValueError for a row that is longer or shorter than the head.
    """
    return Table(head, rows)


class Table:
    """What `table` returns: `head` and `rows`, all as text; the tests see it as aligned columns."""

    def __init__(self, head, rows):
        self.head = [str(cell) for cell in head]
        self.rows = [[str(cell) for cell in row] for row in rows]
        for row in self.rows:
            if len(row) != len(self.head):
                raise ValueError(f"table: expected {len(self.head)} cells in each row, got row={shown(row)}")

    def __repr__(self):
        widths = [max(map(len, column)) for column in zip(self.head, *self.rows, strict=True)]
        lines = ("  ".join(map(str.rjust, row, widths)) for row in (self.head, *self.rows))
        return "\n".join(lines)

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": repr(self)} | ({} if mode() == "text" else {"text/html": self.html})

    @property
    def html(self):
        """The table of a page: head and first column are headings."""
        head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in self.head)
        rows = "".join(f"<tr>{_row(*row)}</tr>" for row in self.rows)
        return f'<table class="mlp-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _row(name, *cells):
    return f'<th scope="row">{html.escape(name)}</th>' + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
