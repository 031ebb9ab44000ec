"""Turn the MyST text of a page into CommonMark with formulas, which any Jupyter shows as it is meant.

Whatever has no plain form ends the work with a sentence: no role and no directive passes unseen.
"""

import ast
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import labels as book
import myst
from tree import BuildError

sys.path.append(str(Path(__file__).resolve().parents[1] / "_ext"))
from listings import bare  # noqa: E402

ADMONITIONS = ("note", "tip", "hint", "important", "warning", "caution", "attention", "danger", "error", "seealso")
SILENT = ("toctree", "index", "answer", "raw")  # a cell checks the answer; raw is for the page alone
SPECIAL = re.compile(r"([\\`*_\[\]<>$|])")
QUOTED = "> "
KEPT_LINES = ("pyobject", "start-at", "end-before")
LOOKS = ("language", "class", "dedent", "name", "lineno-match", "linenos")
TERM = re.compile(r"^(?! |>|\||[-*+] |\d+\. )(\S.*)\n((?:: +.*\n(?: {2,}.*\n)*)+)", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A piece of plain text; `kind` is "" or "solution", or "deeper" for a heading that folds what follows."""

    text: str
    kind: str = ""


class Plain:
    """Turns the texts of one page into CommonMark.

    `labels` are those of the book, and `said` is what the page's cells hand to its text. A notebook that is `alone` has
    no others beside it: where the book is published its links lead there, else they are only words.
    """

    def __init__(self, tree, labels, page, said=(), alone=False):
        self.tree, self.labels, self.page, self.said, self.alone = tree, labels, page, dict(said), alone
        self.level, self.exercise = 1, ""

    def parts(self, text):
        """A markdown cell as parts; those of a solution are apart, and a heading that folds what follows it."""
        found = []
        for piece in myst.pieces(text):
            if piece.kind == "directive" and piece.name in ("solution-start", "solution-end", "solution"):
                self.exercise = piece.argument if piece.name != "solution-end" else ""
                if piece.name == "solution":
                    found.append(("solution", self.text(piece.text)))
                    self.exercise = ""
            elif words := self._piece(piece):
                kind = "deeper" if piece.kind == "heading" and "Deeper: " in piece.text else ""
                found.append((kind or "solution" * bool(self.exercise), words))
        return [Part(self._folded(text) if kind == "solution" else text, kind) for kind, text in _joined(found)]

    def _folded(self, text):
        return details("Solution", text)

    def text(self, text):
        """A text as one piece of CommonMark."""
        return "\n\n".join(filter(None, map(self._piece, myst.pieces(text))))

    def inline(self, text):
        """A line of text, such as a caption or a title."""
        return re.sub(r"\[([^\[\]]*)\]\(nowhere\)", r"\1", myst.INLINE.sub(self._replace, text))

    def _piece(self, piece):
        if piece.kind == "heading":
            self.level = piece.level
            number = self.labels.chapters.get(self.page) if piece.level == 1 else None
            return f"{'#' * piece.level} {f'{number}. ' if number else ''}{self.inline(piece.text)}"
        if piece.kind == "directive":
            return textwrap.indent(self._directive(piece), piece.indent)
        if piece.kind == "text":
            return self.inline(TERM.sub(_as_list, piece.text + "\n").strip("\n"))
        return piece.text if piece.kind == "code" else ""

    def _directive(self, piece):
        name, title = piece.name, self.inline(piece.argument)
        if name in ADMONITIONS or name == "admonition":
            return self._quoted(title or name.capitalize().replace("Seealso", "See also"), piece.text)
        if name == "exercise":
            number = self._place(piece.options["label"]).words
            head = f"{'#' * min(self.level + 1, 6)} {number}{f': {title}' if title else ''}"
            return f"{head}\n\n{self.text(piece.text)}"
        if name == "guess":
            return self._guess(piece, title)
        if name == "dropdown":
            return details(title, self.text(piece.text))
        if name == "math":
            tag = f" \\tag{{{self._place(piece.options['label']).words[1:-1]}}}" if "label" in piece.options else ""
            return f"$$\n{piece.text}{tag}\n$$"
        if name == "literalinclude":
            return self._listing(piece)
        if name in ("code", "code-block"):
            return f"```{piece.argument}\n{piece.text}\n```"
        if name == "bibliography":
            return "\n".join(f"- {entry}" for entry in self._chosen(piece.options.get("filter", "")))
        if name in SILENT:
            return ""
        raise self._complaint(f"directive {{{name}}}")

    def _quoted(self, title, text):
        lines = f"**{title}**\n\n{self.text(text)}".rstrip().split("\n")
        return "\n".join((QUOTED + line).rstrip() for line in lines)

    def _guess(self, piece, question):
        """A question, its choices, and the answer in a fold."""
        choices = [choice.strip() for choice in piece.options.get("choices", "").split("|") if choice.strip()]
        unit = piece.options.get("unit", "")
        answer = " ".join(filter(None, [piece.options.get("answer", ""), "" if choices else unit]))
        listed = "\n".join(f"- {self.inline(choice)}" for choice in choices)
        body = "\n\n".join(filter(None, [f"**{self.inline(answer)}.**" if answer else "", self.text(piece.text)]))
        return "\n\n".join(filter(None, [f"**Guess first.** {question}", listed, details("The answer", body)]))

    def _listing(self, piece):
        """The lines of a file of the package, in a fence."""
        unknown = set(piece.options) - {*KEPT_LINES, *LOOKS}
        if unknown:
            raise self._complaint(f"option {sorted(unknown)[0]} of literalinclude")
        path = (self.tree.book / self.page).parent / piece.argument
        source = path.read_text("utf-8")
        if "pyobject" in piece.options:
            source = definition(source, piece.options["pyobject"])
        lines = source.split("\n")
        for option, cut in (("start-at", lambda k: slice(k, None)), ("end-before", lambda k: slice(k))):
            if option in piece.options:
                lines = lines[cut(next(k for k, line in enumerate(lines) if piece.options[option] in line))]
        source = textwrap.dedent("\n".join(lines)).strip("\n")
        if (self.tree.book / f"{self.page}.ipynb").is_file():
            source = bare(source)
        return f"```{piece.options.get('language', 'python')}\n{source}\n```"

    def _chosen(self, condition):
        """The entries that the filter of a bibliography lets pass: `key % "..."`, or `not key % "..."`."""
        if not condition:
            return book.listed(self.tree, lambda key: True)
        found = re.fullmatch(r'(not )?key % "(.*)"', condition)
        if not found:
            raise self._complaint(f"filter {condition} of a bibliography")
        return book.listed(self.tree, lambda key: bool(re.search(found[2], key)) is not bool(found[1]))

    def _replace(self, match):
        """What stands in CommonMark for one role, formula or link."""
        if match["role"]:
            return self._role(match["role"], " ".join(match["body"].split()))
        if match["tex"] is not None:
            tag = f" \\tag{{{self._place(match['label']).words[1:-1]}}}" if match["label"] else ""
            lines = match["tex"].strip("\n").rstrip()
            return f"$$\n{lines}{tag}\n$$" if "\n" in match["tex"] or tag else match[0]
        if match["untitled"]:
            where, words = self._link(match["untitled"])
            return self._linked(words, where)
        if match["link"]:
            return f"]({self._link(match['link'])[0] or 'nowhere'})"
        return match[0]

    def _role(self, name, body):
        explicit = re.fullmatch(r"(.+?) *<([^<>]+)>", body)
        words, target = (explicit[1], explicit[2]) if explicit else ("", body)
        if name == "glue:text":
            return SPECIAL.sub(r"\\\1", self._said(body))
        if name in ("cite", "cite:p", "cite:t"):
            return self._cited(body.split(","), textual=name == "cite:t")
        if name == "doc":
            where, title = self._link(target + ".ipynb")
            return self._linked(words or title, where)
        if name in ("ref", "eq"):
            place = self._place(target)
            return self._linked(words or place.words, self._to(place))
        if name == "numref":
            place = self._place(target)
            number = place.words.split()[-1]
            said = re.sub(r"%s|\{number\}", number, words).replace("{name}", place.words)
            return self._linked(said or place.words, self._to(place))
        if name == "math":
            return f"${body}$"
        raise self._complaint(f"role {{{name}}}")

    def _said(self, name):
        if name not in self.said:
            raise BuildError(f"book/{self.page}: no cell says {name}.")
        return self.said[name]

    def _cited(self, keys, textual):
        """The sources in brackets, in the order of their authors; in the sentence only the year has brackets."""
        keys, found = list(map(str.strip, keys)), []
        for key in keys:
            if key not in self.labels.sources:
                raise BuildError(f"book/{self.page}: references.bib has no entry {key}.")
        for words, link in sorted(self.labels.sources[key] for key in keys):
            link = link or self._page("bibliography")
            if textual:
                who, year = words.rsplit(", ", 1)
                found.append(f"{who} [{self._linked(year, link)}]")
            else:
                found.append(self._linked(words, link))
        return ", ".join(found) if textual else f"[{', '.join(found)}]"

    def _place(self, label):
        if label not in self.labels.places:
            raise BuildError(f"book/{self.page}: nothing in the book has the label {label}.")
        return self.labels.places[label]

    def _to(self, place):
        """The link to a place: within the page its heading, elsewhere the notebook and the heading."""
        if place.page == self.page:
            return place.anchor
        return self._page(place.page) + place.anchor * (not self.alone)

    def _page(self, page):
        """The link to another page of the book, or ""."""
        if page in self.labels.titles and not self.alone:
            return book.path_from(self.page, f"{page}.ipynb")
        return f"{self.labels.address}{page}.html" if self.labels.address else ""

    def _link(self, target):
        """The pair (link, words) for the target of a link as it is written."""
        if re.match(r"[a-z]+:", target):
            return target, ""
        path, _, label = target.partition("#")
        if label or path in self.labels.places:
            place = self._place(label or path)
            return self._to(place), place.words
        page = book.page_at(self.page, path)
        if page in self.labels.pages:
            return self._page(page), self.inline(self.labels.titles.get(page, page))
        raise BuildError(f"book/{self.page}: the link to {target} leads to no page of the book.")

    def _linked(self, words, where):
        return f"[{words}]({where})" if where else words

    def _complaint(self, what):
        return BuildError(f"book/{self.page}: the plain notebooks have no form for the {what}.")


def details(summary, text):
    """A fold; the empty lines let what is inside be Markdown."""
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"


def definition(source, name):
    """The lines of a function, class or method of a module, by its dotted name."""
    node = ast.parse(source)
    for word in name.split("."):
        node = next(child for child in node.body if getattr(child, "name", None) == word)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(source.split("\n")[first - 1 : node.end_lineno])


def _as_list(match):
    """A definition list as a list of terms."""
    meanings = [" ".join(meaning.split()) for meaning in re.split(r"^: +", match[2], flags=re.MULTILINE)[1:]]
    return f"- **{match[1]}**: {' · '.join(meanings)}\n"


def _joined(found):
    """Neighbours of the same kind as one; a heading that folds stays alone."""
    joined = []
    for kind, text in found:
        if joined and joined[-1][0] == kind != "deeper":
            joined[-1] = kind, f"{joined[-1][1]}\n\n{text}"
        else:
            joined.append((kind, text))
    return joined
