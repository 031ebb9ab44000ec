"""Numbers that a chapter's text takes from its code."""

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
        raise ValueError(f"say: expected a name, got name={name!r}")
    if not isinstance(text, str) or not text:
        raise ValueError(f'say: expected rounded text, such as f"{{rate:.0%}}", got text={text!r}')
    from IPython.display import display

    record = {"scrapbook": {"name": name, "mime_prefix": MIME.removesuffix("text/plain")}}
    display({MIME: repr(text)}, raw=True, metadata=record)
