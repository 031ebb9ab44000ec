"""Numbers in what the reader reads, and what the code beside them states: section by section."""

import ast
import functools
import re
from dataclasses import dataclass, field

import anatomy

UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
WORDS = {word: n for n, word in enumerate(UNITS.split())}
WORDS |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "none": 0, "half": 0.5}
WORD = "|".join(WORDS)
SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")

PLAIN = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
NUMBER = re.compile(rf"(?<![\w.,^{{_/-])(?:{PLAIN})(?![\w/]|-[a-z])")
POWER = re.compile(
    r"(?:(?P<factor>\d+(?:\.\d+)?) ?(?:\\cdot|\\times|×|·) ?\$?)?(?<![\d.])"
    r"10(?:\^\{?(?P<tex>-?\d+)\}?|(?P<raised>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))"
)
SHARE = re.compile(
    rf"\b(?P<part>{PLAIN}|{WORD}) (?:out of |of |in )(?:the )?(?P<whole>{PLAIN}|{WORD})\b", re.IGNORECASE
)
RUNS = re.compile(rf"({PLAIN}) (?:\w+ )?(?:replicas|runs|starts|orders|networks|draws|data sets|random nets)\b")
PERCENT = re.compile(r"\s?\\?%|\s(?:percent|percentage)")
NO_RESULT = re.compile(
    r"\{[a-z:]+\}`[^`]*`|`[^`]*`|\]\([^)]*\)|^:.*$|^\([\w-]+\)=$|\*\*In class\*\*.*|<[^>]*>", re.MULTILINE
)
SPELLED = re.compile(r"\d+(?:[,_]\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?")
YEAR = re.compile(r"(?:1[89]|20)\d\d")
BITS = re.compile(r"[01]{2,}")
LEADING_ZERO = re.compile(r"(?<![\w.,])0[01]+(?![\w.,]\d)")
EVERYWHERE = ("", "Summary")  # the opening and the summary say again what the sections say
UNCHECKED = ("Further reading",)


@dataclass
class Section:
    """A `##` section: its code cells, and texts as (id of the cell, kind, words); the opening has no title."""

    title: str
    texts: list = field(default_factory=list)
    cells: list = field(default_factory=list)


def sections(nb):
    """The sections of a notebook in order: prose, captions, descriptions and the sentences of checks."""
    found = [Section("")]
    for cell in nb.cells:
        if cell.cell_type == "code":
            found[-1].cells.append(cell)
            caption = cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
            found[-1].texts += [(cell.id, "caption", caption)] * bool(caption)
            found[-1].texts += [(cell.id, "alt", text) for text in alts(cell)]
            found[-1].texts += [(cell.id, "check", text) for text in [anatomy.sentence(cell)] if text]
            continue
        for part in re.split(r"^(?=## )", cell.source, flags=re.MULTILINE):
            if part.startswith("## "):
                found.append(Section(part[3:].partition("\n")[0].strip()))
            found[-1].texts.append((cell.id, "prose", part))
    return found


def alts(cell):
    """The descriptions in a code cell, without what their fields fill in."""
    for part in _described(ast.parse(cell.source)):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield re.sub(r"\{[^}]*\}", "", part.value)


def _described(tree):
    keywords = (node for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "alt")
    return [part for keyword in keywords for part in ast.walk(keyword.value)]


def value(text):
    """The number that a text writes: 1,000 and 1_000, three."""
    return WORDS[text.lower()] if text.lower() in WORDS else float(text.replace(",", "").replace("_", ""))


def of_tree(tree):
    """The numbers in code: literals, numbers inside texts ("64-32-10"), but not those of a description."""
    described = set(map(id, _described(tree)))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in described:
            continue
        if type(node.value) in (int, float):
            yield float(node.value)
        elif isinstance(node.value, str):
            yield from map(value, SPELLED.findall(node.value))


def of_bands(tree):
    """What the bands and intervals in code hold: both quantiles and the share between them; 95% of an interval."""
    for node in ast.walk(tree):
        called = ast.unparse(node.func).split(".")[-1] if isinstance(node, ast.Call) else ""
        if called == "band":
            spread = next((keyword.value for keyword in node.keywords if keyword.arg == "spread"), None)
            yield from _shares(ast.parse("0.1, 0.9") if spread is None else spread)
        elif called in ("quantile", "nanquantile") and len(node.args) > 1:
            yield from _shares(node.args[1])
        elif called in ("rate", "paired", "proportion_ci") or (isinstance(node, ast.Constant) and node.value == 1.96):
            yield 0.95


def _shares(tree):
    constants = (part.value for part in ast.walk(tree) if isinstance(part, ast.Constant))
    ends = [constant for constant in constants if type(constant) in (int, float)]
    return (ends[0], ends[-1], ends[-1] - ends[0]) if len(ends) > 1 else ()


def of_outputs(cell):
    """The numbers that a cell has printed, glued, and drawn: of a figure without its description."""
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        text = output.get("text") or str(data.get("text/plain", ""))
        if text.startswith(("<figure:", "<explorer:", "<lines:", "<sketch:")):
            text = text.partition("\n")[2]
        glued = [str(content) for kind, content in data.items() if kind.startswith("application/papermill")]
        for said in (text, *glued):
            yield from map(value, SPELLED.findall(said))


@functools.lru_cache(maxsize=10_000)
def statements(source):
    """(names that it binds, names that it reads, numbers in it) of every statement in code."""
    found = []
    for node in ast.parse(source).body:
        names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
        bound = {part.id for part in names if isinstance(part.ctx, ast.Store)}
        bound |= {node.name} if isinstance(node, (ast.FunctionDef, ast.ClassDef)) else set()
        read = {part.id for part in names if isinstance(part.ctx, ast.Load)}
        found.append((bound, read, {*of_tree(node), *of_bands(node)}))
    return found


def _statements(cells):
    return [statement for cell in cells for statement in statements(cell.source)]


def stated(cells, before):
    """The numbers that cells state or print, with those of the statements above them on which they rest."""
    found = {number for cell in cells for number in of_outputs(cell)}
    wanted = set()
    for _, read, numbers in _statements(cells):
        found |= numbers
        wanted |= read
    for bound, read, numbers in reversed(_statements(before)):
        if bound & wanted:
            found |= numbers
            wanted |= read
    return found


def states(numbers, text, percent=False):
    """Whether one of the numbers, or with `percent` a share in percent, is `text` when rounded to its digits."""
    digits = len(text.partition(".")[2])
    scales = (1, 100) if percent else (1,)
    return any(abs(round(scale * number, digits) - value(text)) < 1e-9 for number in numbers for scale in scales)


def unsupported(nb):
    """(id of the cell, number) of what the text says and no code of its section states."""
    parts, before = sections(nb), []
    for part in parts:
        part.above, part.stated = list(before), stated(part.cells, before)
        before += part.cells
    everywhere = set().union(*(part.stated for part in parts))
    return [
        (name, number)
        for part in parts
        if part.title not in UNCHECKED
        for name, kind, text in part.texts
        for number in _unsupported(text, everywhere if part.title in EVERYWHERE else part.stated)
        + (_other_runs(part, name, text) if kind == "caption" else [])
    ]


def _other_runs(part, name, text):
    """The numbers of runs in the caption of a figure that the code of this very figure does not state."""
    counts = list(RUNS.finditer(NO_RESULT.sub("", text)))
    if not counts:
        return []
    place = [cell.id for cell in part.cells].index(name)
    numbers = stated([part.cells[place]], part.above + part.cells[:place])
    return [count[0] for count in counts if not states(numbers, count[1])]


def _unsupported(text, numbers):
    text = NO_RESULT.sub("", text)
    found = [power[0] for power in POWER.finditer(text) if not _has_power(numbers, power)]
    text = POWER.sub("", text)
    found += [share[0] for share in SHARE.finditer(text) if not _has_share(numbers, share)]
    speaks_of_bits = LEADING_ZERO.search(text)  # 00, 01, 10 and 11 are then no numbers
    for number in NUMBER.finditer(text):
        bits = speaks_of_bits and BITS.fullmatch(number[0])
        trivial = len(number[0]) == 1 or YEAR.fullmatch(number[0]) or bits
        if not trivial and not states(numbers, number[0], bool(PERCENT.match(text, number.end()))):
            found.append(number[0])
    return found


def _has_share(numbers, share):
    """Whether both numbers of "three of four" are there, or their ratio to two digits."""
    part, whole = value(share["part"]), value(share["whole"])
    return {part, whole} <= numbers or (whole > 0 and states(numbers, f"{part / whole:.2f}"))


def _has_power(numbers, power):
    """Whether some number is this multiple of a power of ten, or without a factor of its order of magnitude."""
    exponent = int(power["tex"] or power["raised"].translate(SUPERSCRIPTS))
    if power["factor"]:
        digits = len(power["factor"].partition(".")[2])
        return any(abs(number / 10.0**exponent - float(power["factor"])) <= 0.5 * 10**-digits for number in numbers)
    return any(10**-0.5 <= abs(number) / 10.0**exponent < 10**0.5 for number in numbers)
