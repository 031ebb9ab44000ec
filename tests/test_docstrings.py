"""The docstrings of the public names are numpydoc: known sections in order, every argument named and no other."""

import builtins
import importlib
import inspect
import re
from itertools import pairwise

import pytest
from numpydoc.docscrape import NumpyDocString

import api
from tree import Tree

MODULES = [importlib.import_module(f"mlp_core.{name}") for name in api.reading_order(Tree.here())]
SECTIONS = ["Parameters", "Attributes", "Returns", "Yields", "Raises", "Notes", "References"]
HEADING = re.compile(r"^(\w[\w ]*)\n(-{2,}|={2,})$", re.MULTILINE)


def documented():
    """What is public and has a docstring, by name: classes, functions, and the methods of classes."""
    for module in MODULES:
        name = module.__name__.partition(".")[2]
        for value in (getattr(module, public) for public in module.__all__):
            if callable(value):
                yield f"{name}.{value.__name__}", value
            for method, function in vars(value).items() if inspect.isclass(value) else []:
                if inspect.isfunction(function) and function.__doc__ and not method.startswith("_"):
                    yield f"{name}.{value.__name__}.{method}", function


OBJECTS = dict(documented())


def faults(text, arguments, returns):
    """What is wrong with a docstring, for a function of these arguments that returns something or not."""
    headings = HEADING.findall(text)
    places = [SECTIONS.index(name) if name in SECTIONS else -1 for name, _ in headings]
    if -1 in places or any(a >= b for a, b in pairwise(places)):
        yield f"sections {[name for name, _ in headings]}"
    yield from (f"the line below {name}" for name, line in headings if len(line) != len(name) or "=" in line)
    if -1 in places or any(len(name) != len(line) for name, line in headings):
        return
    parsed = NumpyDocString(text)
    named = [name.strip("* ") for entry in parsed["Parameters"] for name in entry.name.split(",")]
    if named and sorted(named) != sorted(arguments):
        yield f"parameters {named} for {arguments}"
    yield from (f"no word of {name}" for name in arguments if not re.search(rf"\b{name}\b", text))
    yield from (f"a parameter {e.name} without a word" for e in parsed["Parameters"] if not e.type and not e.desc)
    errors = [(e.name, e.type) if e.name else (e.type, e.desc) for e in parsed["Raises"]]
    yield from (f"an error {name}" for name, when in errors if name not in vars(builtins) or not when)
    stated = bool(parsed["Returns"] or parsed["Yields"])
    said = stated or re.search(r"\b[Rr]eturns?\b", text.split("\n\n")[0])
    if returns is not None and (stated > returns or named and not said and returns):
        yield "returns"


def described(value):
    """The docstring of an object, the arguments it has to name, and whether it returns something (None: a class)."""
    text = inspect.getdoc(value)
    if inspect.isclass(value) and issubclass(value, Warning):
        return text, [], None
    signature = inspect.signature(value)
    arguments = [name for name in signature.parameters if name != "self"]
    method_or_class = inspect.isclass(value) or "." in value.__qualname__
    returns = None if inspect.isclass(value) else signature.return_annotation is not None
    return text, [] if method_or_class and not HEADING.search(text) else arguments, returns


@pytest.mark.parametrize("value", OBJECTS.values(), ids=OBJECTS)
def test_a_docstring_is_numpydoc(value):
    assert list(faults(*described(value))) == []


GOOD = "Sum.\n\nParameters\n----------\na, b : int\n\nReturns\n-------\nint\n\nRaises\n------\nValueError\n    For t."


@pytest.mark.parametrize(
    "old, new, fault",
    [
        ("Raises\n------", "Errors\n------", "sections"),
        ("Returns\n-------", "Returns\n------", "the line below Returns"),
        ("a, b", "a", "parameters ['a'] for ['a', 'b']"),
        ("a, b", "a, b, c", "parameters ['a', 'b', 'c'] for ['a', 'b']"),
        ("a, b : int", "a, b : int\nReturns the sum. Raises nothing.", "parameters"),
        ("Returns\n-------\nint\n\n", "", "returns"),
        ("ValueError", "ValueErr", "an error ValueErr"),
        (" : int", "", "a parameter a, b without a word"),
    ],
)
def test_a_fault_is_found(old, new, fault):
    assert list(faults(GOOD, ["a", "b"], True)) == []
    assert fault in "; ".join(faults(GOOD.replace(old, new), ["a", "b"], True))


def test_sections_have_an_order():
    first, rest = GOOD.split("\n\nReturns")
    returns, raises = f"Returns{rest}".split("\n\n")
    assert list(faults(f"{first}\n\n{raises}\n\n{returns}", ["a", "b"], True))
    assert {"training.fit", "network.Network.forward", "layers.Dense"} <= set(OBJECTS)
