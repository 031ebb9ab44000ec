"""The settings of `_config.yml` and `_toc.yml` for Sphinx without Jupyter Book; plain.py builds with it.

Every key of `_config.yml` is taken, or the build ends: none is left out unseen.
"""

import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
BOOK = ROOT / "_build" / "executed"
settings = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))


def take(section, *keys):
    """Take the values of these keys out of a section of the settings."""
    return [section.pop(key) for key in keys]


def below(*names):
    """The paths of files of the book: Sphinx would look for relative ones beside this file."""
    return [str(BOOK / name) for name in names]


repository, html, execute, parse, latex, sphinx = take(
    settings, "repository", "html", "execute", "parse", "latex", "sphinx"
)
options = sphinx.pop("config")

project, author, copyright = take(settings, "title", "author", "copyright")
html_title = project
external_toc_path = str(ROOT / "_toc.yml")
external_toc_exclude_missing, exclude_patterns = take(settings, "only_build_toc_files", "exclude_patterns")
bibtex_bibfiles = below(*settings.pop("bibtex_bibfiles"))
myst_enable_extensions = parse.pop("myst_enable_extensions")
nb_execution_mode, nb_execution_raise_on_error, nb_output_stderr = take(
    execute, "execute_notebooks", "raise_on_error", "stderr_output"
)

html_theme = "sphinx_book_theme"
html_theme_options = {
    "launch_buttons": settings.pop("launch_buttons"),
    "repository_url": repository.pop("url"),
    "repository_branch": repository.pop("branch"),
    "path_to_docs": repository.pop("path_to_book"),
    "home_page_in_toc": html.pop("home_page_in_navbar"),
    "search_bar_text": "Search this book...",
    **options.pop("html_theme_options"),
}
(html_favicon,) = below(html.pop("favicon"))
html_static_path, html_css_files, html_js_files = below("_static"), ["book.css"], ["book.js"]
html_extra_path = below(*options.pop("html_extra_path"))
html_sourcelink_suffix = ""

# What Jupyter Book sets without being asked.
numfig = True
myst_url_schemes = ["mailto", "http", "https"]
suppress_warnings = ["myst.domains"]

sys.path += sorted({str(ROOT / folder) for folder in sphinx.pop("local_extensions").values()})
extensions = [name for name in options.pop("extensions") if name not in ("jupyter_book", "sphinx_comments")]
extensions.append("sphinx_multitoc_numbering")
globals().update(options)

# Only Jupyter Book and LaTeX know these.
sphinx.pop("recursive_update")
latex.pop("use_jupyterbook_latex")
for section in (settings, repository, html, execute, parse, latex, sphinx):
    if section:
        raise ValueError(f"conf.py does not know these settings of _config.yml: {', '.join(section)}")
