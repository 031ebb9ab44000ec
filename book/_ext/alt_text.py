"""A warning for every picture without alt text: Sphinx would print the file name, and axe would not see it."""

from pathlib import PurePosixPath

from bs4 import BeautifulSoup
from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)


def without_alt(html):
    """Return the pictures of an HTML text or element that nobody who cannot see them can understand.

    A picture is an ``<img>``, an ``<svg>`` or an element of role ``img``; one inside a described or hidden element
    needs no text of its own. A file name is no text.
    """
    soup = BeautifulSoup(html, "html.parser") if isinstance(html, str) else html
    return [
        picture
        for picture in soup.select('img, svg, [role="img"]')
        if picture.find_parent(attrs={"role": "img"}) is None
        and picture.find_parent(attrs={"aria-hidden": "true"}) is None
        and picture.get("aria-hidden") != "true"
        and not _described(picture)
    ]


def _described(picture):
    if picture.name == "img":
        return is_description(picture.get("alt"), picture.get("src", ""))
    return is_description(picture.get("aria-label")) or picture.has_attr("aria-labelledby")


def is_description(alt, uri=""):
    """Return whether an alt text says anything: it is there, and it is not the name of the file."""
    alt = (alt or "").strip()
    path = PurePosixPath(uri)
    return bool(alt) and alt not in {uri, path.name, path.stem}


class AltText(SphinxPostTransform):
    """Look at every picture of a page: markdown images, image outputs and the HTML of figures and explorers."""

    default_priority = 900

    def run(self, **kwargs):
        """Warn, with file and line, of each picture that has no alt text."""
        for image in self.document.findall(nodes.image):
            if not is_description(image.get("alt"), image["uri"]):
                place = image if image.line else image.parent
                logger.warning("picture without alt text: %s", image["uri"], location=place, type="alt_text")
        for raw in self.document.findall(nodes.raw):
            if "html" in raw.get("format", "").split():
                for picture in without_alt(raw.astext()):
                    logger.warning("picture without alt text: <%s>", picture.name, location=raw, type="alt_text")


def setup(app):
    """Register the check."""
    app.add_post_transform(AltText)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
