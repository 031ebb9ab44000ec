"""Which edition this is, in the footer, and links to its repository once the owner has filled in ``repository.url``."""

import os
import re
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def version():
    """Return the version that ``pyproject.toml`` states."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf8"))["project"]["version"]


def edition_date():
    """Return the day of this edition: ``SOURCE_DATE_EPOCH``, which the build sets, else today."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or time.time()), UTC).date()


def complete(app, config):
    """Write the edition into the footer; without a repository, drop every button that would link to one.

    A book on GitHub is taken to be published on GitHub Pages, unless ``html.baseurl`` says where it is.
    """
    options = config.html_theme_options
    day = edition_date()
    config.version = config.release = version()
    options["extra_footer"] = f"Version {config.version}, {day.day} {day:%B %Y}."
    repository = options.get("repository_url")
    if not repository:
        options.update(use_repository_button=False, use_issues_button=False, launch_buttons={})
    elif not config.html_baseurl and (github := re.fullmatch(r"https://github\.com/([^/]+)/([^/]+)/?", repository)):
        config.html_baseurl = "https://{}.github.io/{}/".format(*github.groups())


def setup(app):
    """Register the completion of the configuration."""
    app.connect("config-inited", complete)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
