"""What only a person can judge: that a cell shows its claim, that a sentence is true, that a listing is the right one.

`make affirm` writes what the book says today to `tests/affirmed.yml`: of claims, equations, guesses, errata, exercises,
entries of the bibliography and of the ledger, and of every section of every page, a hash of text and code; of the prose
the numbers, links, references and listings as they are. A test compares it: who moves a claim, edits the cell of an
equation, turns a sign or says *larger* for *smaller* has to look at it again. Layout and comments do not count, but the
sentence of a check does.

    python book/_tools/affirm.py           show what has changed, and write it
    python book/_tools/affirm.py --look    only show it
"""

import argparse
import ast
import json
import re

import yaml
from pybtex.database import parse_string

import anatomy
import fingerprint
import normalise
import numerals
import whole
from tree import Tree

FILE = "tests/affirmed.yml"

KINDS = ("claims", "equations", "errata", "exercises", "guesses", "numbers", "sections")
SECTION = re.compile(r"^(?=\(erratum-[\w-]+\)=$|## )", re.MULTILINE)
EQUATION = re.compile(r"\$\$(.+?)\$\$ *\((eq-[^()\s]+)\)", re.DOTALL)
GUESS = re.compile(r"^(`{3,})\{guess\}.*?^\1$", re.MULTILINE | re.DOTALL)
PROMPT = re.compile(r"\{exercise(?:-start)?\}.*\n(?::.*\n)*?:label: *(\S+)")
LISTING = r"\{literalinclude\} \S+\n(?::pyobject: \S+)?"
LINK = r"\[[^\]]*\]\([^)]*\)"
ROLE = r"\{[a-z:]+\}`[^`]*`"
FRACTION = r"[½⅓⅔¼¾⅕]|\\t?frac\{?\d\}?\{?\d+\}?"
SAID = re.compile(
    rf"{LISTING}|{LINK}|{ROLE}|{numerals.POWER.pattern}|{FRACTION}|(?<![\w.,^{{_])[-−]?(?:{numerals.PLAIN})"
    rf"|\b(?:{numerals.WORD}|once|twice|thirds?|quarters?|fifths?|tenths?|thousands?|hundreds?)\b",
    re.IGNORECASE,
)


def of_pages(pages, exercises):
    """What is to be affirmed of notebooks (name to notebook), given the sources of the checkers (module to source)."""
    parts = [of_page(name, nb, exercises) for name, nb in pages.items()]
    return {kind: {key: text for part in parts for key, text in part[kind].items()} for kind in KINDS}


def of_page(name, nb, exercises):
    """The same of one notebook."""
    return {
        "claims": _claims(nb),
        "equations": _equations(nb),
        "errata": _errata(nb),
        "exercises": _exercises(nb, exercises),
        "guesses": _guesses(nb),
        "numbers": {f"{name}#{cell}": said for cell, said in _said(nb).items()},
        "sections": {f"{name}#{title}": text for title, text in _sections(nb).items()},
    }


def of_texts(texts):
    """The sections of pages without code (name to Markdown)."""
    found = {}
    for name, text in texts.items():
        for k, part in enumerate(re.split(r"^## ", text, flags=re.MULTILINE)):
            found[f"{name}#{_title(part) if k else ''}"] = _short(_flat(part))
    return found


def of_ledger(items):
    """Each item of the ledger, by its id."""
    return {item["id"]: _short(json.dumps(item, sort_keys=True)) for item in items}


def of_bibliography(bibliography):
    """Each entry of a bibliography, by its key."""
    entries = parse_string(bibliography, "bibtex").entries
    return {key: _short(_flat(entry.to_string("bibtex"))) for key, entry in entries.items()}


def code(cell):
    """The source of a code cell whatever its comments and its layout."""
    return ast.unparse(ast.parse(cell.source))


def _short(*texts):
    return fingerprint.digest(*texts)[:12]


def _flat(text):
    """The text whatever its line breaks and its spaces."""
    return " ".join(text.split())


def _title(part):
    return part.partition("\n")[0].strip()


def _sections(nb):
    """Of each `##` section, and of the opening without a title, its prose and its code with what the cells carry."""
    found, title = {}, ""
    for cell in nb.cells:
        carried = json.dumps(cell.metadata, sort_keys=True)
        if cell.cell_type == "code":
            found.setdefault(title, []).extend((code(cell), carried, *filter(None, [anatomy.sentence(cell)])))
            continue
        for part in re.split(r"^(?=## )", cell.source, flags=re.MULTILINE):
            title = _title(part[3:]) if part.startswith("## ") else title
            found.setdefault(title, []).extend((_flat(part), carried))
    return {title: _short(*texts) for title, texts in found.items()}


def _claims(nb):
    """Of each item of the ledger the cells that show it."""
    shown = {}
    for cell in nb.cells:
        for claim in cell.metadata.get("claims", []):
            shown.setdefault(claim, []).append(code(cell) if cell.cell_type == "code" else cell.source)
    return {claim: _short(claim, *texts) for claim, texts in shown.items()}


def _equations(nb):
    """Of each displayed equation its formula and the cells that check it."""
    found = {}
    for tex, label in EQUATION.findall(anatomy.markdown(nb)):
        cells = [code(cell) for cell in anatomy.code_cells(nb) if label in cell.metadata.get("checks", [])]
        found[label] = _short(label, _flat(tex), *cells)
    return found


def _guesses(nb):
    """Of each guess its question with its answer and the cells that prove it."""
    found = {}
    for guess in GUESS.finditer(anatomy.markdown(nb)):
        label = re.search(r"^:label: *(\S+)", guess[0], re.MULTILINE)[1]
        cells = [code(cell) for cell in anatomy.code_cells(nb) if label in cell.metadata.get("checks", [])]
        found[label] = _short(_flat(guess[0]), *cells)
    return found


def _errata(nb):
    """Of each erratum its text and its cells."""
    found, current = {}, None
    for cell in nb.cells:
        if cell.cell_type == "code":
            if current:
                found[current].append(code(cell))
            continue
        for piece in SECTION.split(cell.source):
            start = re.match(r"\(erratum-([\w-]+)\)=", piece)
            current = start[1] if start else None if piece.startswith("## ") else current
            if current:
                found.setdefault(current, []).append(_flat(piece))
    return {name: _short(*texts) for name, texts in found.items()}


def _exercises(nb, exercises):
    """Of each exercise its prompt, its stub and its checker with the hints."""
    found, current = {}, None
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            start = PROMPT.search(cell.source)
            current = start[1] if start else None if "{solution" in cell.source else current
            if current:
                found.setdefault(current, []).append(_flat(cell.source))
        elif current:
            found[current].append(code(cell))
            for call in anatomy.calls(cell, "exercises.check"):
                found[current].append(checker(call.args[0].value, exercises))
    return {label: _short(*texts) for label, texts in found.items()}


def checker(name, exercises):
    """The code of one exercise, `chapter/name`, with the functions of its module that it uses."""
    chapter, _, key = name.partition("/")
    tree = ast.parse(exercises[chapter.replace("-", "_")])
    helpers = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    todo = [
        value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for k, value in zip(node.keys, node.values, strict=True)
        if isinstance(k, ast.Constant) and k.value == key
    ]
    if not todo:
        raise KeyError(f"no exercise {name} in mlp_core/exercises")
    used = []
    while todo:
        node = todo.pop(0)
        used.append(ast.unparse(node))
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in helpers:
                todo.append(helpers.pop(part.id))
    return "\n".join(used)


def _said(nb):
    """Of each cell the numbers, links, references and listings in its prose, its caption and its description."""
    found = {}
    for section in numerals.sections(nb):
        for cell, _, text in section.texts:
            said = [_flat(match[0]) for match in SAID.finditer(text)]
            if said:
                found.setdefault(cell, []).extend(said)
    return {cell: " · ".join(said) for cell, said in found.items()}


def changes(affirmed, said):
    """One line for each thing that is not as it was affirmed."""
    found = []
    for kind in said:
        before, now = affirmed.get(kind, {}), said[kind]
        for key in sorted(set(before) | set(now)):
            if before.get(key) != now.get(key):
                old, new = before.get(key, "nothing"), now.get(key, "nothing")
                found.append(f"{kind}: {key} was {old}, is {new}")
    return found


def current(tree):
    """What is to be affirmed of the whole tree."""
    names = {name.with_suffix("").as_posix(): tree.book / name for name in tree.notebooks()}
    pages = {name: normalise.read(path.read_text("utf-8")) for name, path in names.items()}
    exercises = {path.stem: path.read_text("utf-8") for path in (tree.package / "exercises").glob("*.py")}
    texts = {name: (tree.book / name).read_text("utf-8") for name in tree.sources() if name.endswith(".md")}
    texts["README.md"] = (tree.root / "README.md").read_text("utf-8")
    ledger = yaml.safe_load((tree.book / "claims.yml").read_text("utf-8"))
    return of_pages(pages, exercises) | {
        "texts": of_texts(texts),
        "ledger": of_ledger(ledger),
        "references": of_bibliography((tree.book / "references.bib").read_text("utf-8")),
    }


def stored(tree):
    return yaml.safe_load((tree.root / FILE).read_text("utf-8"))


def main():
    parser = argparse.ArgumentParser(description="Affirm that what the book says is right.")
    parser.add_argument("--look", action="store_true", help="only show what has changed")
    options = parser.parse_args()
    tree = Tree.here()
    found = current(tree)
    before = stored(tree) if (tree.root / FILE).exists() else {}
    print("\n".join(changes(before, found)) or "Everything is as it was affirmed.")
    if not options.look:
        head = "# Written by `make affirm`, when somebody has looked: see CONTRIBUTING.md. Not to be edited by hand.\n"
        text = yaml.safe_dump(found, allow_unicode=True, width=100000)
        whole.write(tree.root / FILE, head + text)


if __name__ == "__main__":
    whole.run(main, "Nothing was affirmed.")
