"""The pieces of a text in MyST, as far as this book uses it: directives, code, headings, targets and the rest."""

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"^( *)(`{3,}|~{3,}|:{3,})(?:\{([\w:-]+)\})?(.*)$")
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$")
TARGET = re.compile(r"^\(([\w:.-]+)\)= *$")
OPTION = re.compile(r"^:([\w-]+):(.*)$")

INLINE = re.compile(
    r"(?P<escaped>\\[\s\S])"
    r"|\{(?P<role>[\w:+.-]+)\}(?P<ticks>`+)(?P<body>[\s\S]+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?P<code>(?P<marks>`+)[\s\S]+?(?<!`)(?P=marks)(?!`))"
    r"|\$\$(?P<tex>[\s\S]+?)\$\$(?:[ ]*\((?P<label>[\w:.-]+)\))?"
    r"|(?P<math>\$(?:\\.|[^$\\\n]|\n(?!\s*\n))+?\$)"
    r"|\[\]\((?P<untitled>[^()\s]+)\)"
    r"|\]\((?P<link>[^()\s]+)\)"
)
"""What is more than letters inside a paragraph; the parts of code and of formulas are left alone."""


@dataclass(frozen=True)
class Piece:
    """A part of a text.

    `kind` is "directive", "code" (a fence without a name), "heading", "target" or "text". `text` is the body of a
    directive, the title of a heading, the name of a target; of the others it is all that was written.
    """

    kind: str
    text: str
    name: str = ""
    argument: str = ""
    options: dict = field(default_factory=dict)
    indent: str = ""
    level: int = 0


def pieces(text):
    """The pieces of a text in their order; together they are all of it."""
    lines, found, plain = text.split("\n"), [], []

    def put(*pieces):
        if any(line.strip() for line in plain):
            found.append(Piece("text", "\n".join(plain)))
        plain.clear()
        found.extend(pieces)

    number = 0
    while number < len(lines):
        line = lines[number]
        if (fence := FENCE.match(line)) and (fence[3] or fence[2][0] != ":"):
            end = _end_of_fence(lines, number, fence[2])
            inside = [inner.removeprefix(fence[1]) for inner in lines[number + 1 : end]]
            put(_directive(fence, inside) if fence[3] else Piece("code", "\n".join(lines[number : end + 1])))
            number = end
        elif heading := HEADING.match(line):
            put(Piece("heading", heading[2], level=len(heading[1])))
        elif target := TARGET.match(line):
            put(Piece("target", target[1]))
        else:
            plain.append(line)
        number += 1
    put()
    return found


def _end_of_fence(lines, number, marks):
    """The line that closes a fence: at least as many of its marks, and nothing else."""
    for end in range(number + 1, len(lines)):
        line = lines[end].strip()
        if len(line) >= len(marks) and set(line) == {marks[0]}:
            return end
    return len(lines)


def _directive(fence, lines):
    indent, _, name, argument = fence.groups()
    options = {}
    while lines and (option := OPTION.match(lines[0])):
        options[option[1]] = option[2].strip()
        lines = lines[1:]
    return Piece("directive", "\n".join(lines).strip("\n"), name, argument.strip(), options, indent)
