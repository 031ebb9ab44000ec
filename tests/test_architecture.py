"""The form of the numeric core: reading order, numpy only, no global randomness, nothing printed, all documented."""

import ast
import dataclasses
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mlp_core

PACKAGE = Path(mlp_core.__file__).parent
ORDER = re.search(r"reading order:\s*(.*?);", mlp_core.__doc__, re.DOTALL)[1].replace(",", " ").split()
TREES = {name: ast.parse((PACKAGE / f"{name}.py").read_text("utf-8")) for name in ORDER}
GLOBAL_RANDOMNESS = {name for name in dir(np.random) if name.islower()} - {"default_rng"}


def imported(tree):
    """The names of the modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def public_objects(name):
    """The public functions and classes that a module defines."""
    module = importlib.import_module(f"mlp_core.{name}")
    for object_name, value in vars(module).items():
        defined_here = getattr(value, "__module__", None) == module.__name__
        if defined_here and not object_name.startswith("_") and callable(value) and hasattr(value, "__name__"):
            yield value


def public_methods(cls):
    """The public methods and properties that a class defines itself."""
    for name, value in vars(cls).items():
        if not name.startswith("_") and (inspect.isfunction(value) or isinstance(value, property | classmethod)):
            yield name


def docstrings(cls):
    """The docstrings of a class and of those it is built on."""
    return "\n".join(base.__doc__ or "" for base in cls.__mro__ if base.__module__.startswith("mlp_core"))


OBJECTS = [value for name in ORDER for value in public_objects(name)]
CLASSES = [value for value in OBJECTS if inspect.isclass(value)]


def test_the_reading_order_names_every_module_of_the_numeric_core():
    assert sorted(ORDER) == sorted(path.stem for path in PACKAGE.glob("[!_]*.py"))


@pytest.mark.parametrize("name", ORDER)
def test_a_module_imports_only_from_modules_above_it_in_the_reading_order(name):
    above = {f"mlp_core.{module}" for module in ORDER[: ORDER.index(name)]}
    if name == "training":
        above.add("mlp_core.fast")
    within = {module for module in imported(TREES[name]) if module.startswith(("mlp_core", "."))}
    assert within <= above


@pytest.mark.parametrize("name", ORDER)
def test_the_numeric_core_needs_numpy_and_the_standard_library_only(name):
    roots = {module.split(".")[0] for module in imported(TREES[name])}
    assert roots <= {"numpy", "mlp_core", *sys.stdlib_module_names}


@pytest.mark.parametrize("name", ORDER)
def test_no_random_number_comes_from_a_global_generator(name):
    assert "random" not in set(imported(TREES[name]))
    used = {node.attr for node in ast.walk(TREES[name]) if isinstance(node, ast.Attribute) and is_np_random(node.value)}
    assert not used & GLOBAL_RANDOMNESS
    seeded = [node for node in ast.walk(TREES[name]) if isinstance(node, ast.Call) and is_default_rng(node.func)]
    assert all(call.args for call in seeded)


def is_np_random(node):
    return isinstance(node, ast.Attribute) and node.attr == "random" and getattr(node.value, "id", None) == "np"


def is_default_rng(node):
    return isinstance(node, ast.Attribute) and node.attr == "default_rng"


@pytest.mark.parametrize("name", ORDER)
def test_the_numeric_core_prints_nothing(name):
    called = {getattr(node.func, "id", None) for node in ast.walk(TREES[name]) if isinstance(node, ast.Call)}
    assert not called & {"print", "input", "exec", "eval"}


@pytest.mark.parametrize("name", ORDER)
def test_the_readable_core_has_no_einsum(name):
    assert "einsum" not in {node.attr for node in ast.walk(TREES[name]) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_message_shows_no_value_by_its_bare_repr(path):
    """A repr may be long, have several lines or fail: `shown` takes care of that. A path is text already."""
    raised = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Raise))
    fields = (field for node in raised for field in ast.walk(node) if isinstance(field, ast.FormattedValue))
    bare = [ast.unparse(field.value) for field in fields if field.conversion == ord("r")]
    assert set(bare) <= {"str(path)"} | ({"name"} if path.name == "__init__.py" else set())


def test_importing_the_package_loads_no_drawing_library():
    code = (
        "import sys, mlp_core, mlp_core.datasets, mlp_core.perceptron, mlp_core.constructions; "
        "print(*sorted({'matplotlib', 'ipywidgets', 'tqdm', 'IPython', 'scipy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    assert run.stdout == "\n"


def test_every_public_module_is_an_attribute_of_the_package_and_most_are_imported_when_first_used():
    public = [name for name in ORDER if importlib.import_module(f"mlp_core.{name}").__all__]
    names = [*public, "show", "exercises"]
    code = (
        "import sys, mlp_core; before = set(sys.modules); "
        f"assert set({names}) <= set(dir(mlp_core)); "
        f"assert not set({[*set(ORDER) - set(public), 'fast']}) & set(dir(mlp_core)); "
        "assert not {'mlp_core.datasets', 'mlp_core.show', 'mlp_core.recurrent', 'mlp_core.storage'} & before; "
        f"print(*[getattr(mlp_core, name).__name__ for name in {names}])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [f"mlp_core.{name}" for name in names]
    with pytest.raises(AttributeError, match="^module 'mlp_core' has no attribute 'data_sets'$"):
        mlp_core.data_sets  # noqa: B018


def test_every_public_name_of_the_package_is_listed_in_order_and_exists():
    names = mlp_core.__all__
    assert sorted(names) == sorted(set(names))
    assert all(hasattr(mlp_core, name) for name in names)
    imported_names = {
        alias.name
        for node in ast.parse((PACKAGE / "__init__.py").read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module.startswith("mlp_core.")
        for alias in node.names
    }
    assert imported_names == set(names)


@pytest.mark.parametrize("name", ORDER)
def test_a_module_lists_its_public_names_in_the_order_of_its_source(name):
    module = importlib.import_module(f"mlp_core.{name}")
    assigned = [node.targets[0] for node in TREES[name].body if isinstance(node, ast.Assign)]
    named = [node for node in [*assigned, *TREES[name].body] if getattr(node, "id", getattr(node, "name", None))]
    defined = [getattr(node, "id", getattr(node, "name", None)) for node in sorted(named, key=lambda n: n.lineno)]
    assert module.__all__ == [name for name in defined if name in module.__all__]


@pytest.mark.parametrize("name", ORDER)
def test_a_module_says_what_it_is_for(name):
    assert ast.get_docstring(TREES[name])


@pytest.mark.parametrize("value", OBJECTS, ids=lambda value: value.__qualname__)
def test_every_public_class_and_function_is_documented(value):
    assert value.__doc__, f"{value.__qualname__} has no docstring"


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__qualname__)
def test_every_public_method_is_documented_by_itself_or_by_its_class(cls):
    for name in public_methods(cls):
        described = re.search(rf"\b{name}\b", docstrings(cls))
        assert inspect.getdoc(getattr(cls, name)) or described, f"{cls.__qualname__}.{name} is not documented"


TAKES_ARRAYS = {"X", "Y", "y", "Z", "A_prev", "dA", "Y_hat", "x"}
SHAPE = re.compile(r"\((\.\.\.|N|B|R|P)[,)]|[Ss]hape")


@pytest.mark.parametrize("value", OBJECTS, ids=lambda value: value.__qualname__)
def test_what_takes_arrays_says_their_shapes(value):
    if inspect.isclass(value):
        methods = [vars(value)[name] for name in public_methods(value) if inspect.isfunction(vars(value)[name])]
        takes = any(TAKES_ARRAYS & set(inspect.signature(method).parameters) for method in methods)
        documentation = docstrings(value) + "".join(method.__doc__ or "" for method in methods)
    else:
        takes, documentation = TAKES_ARRAYS & set(inspect.signature(value).parameters), value.__doc__
    module = inspect.getmodule(value).__doc__
    assert not takes or SHAPE.search(documentation) or SHAPE.search(module), f"{value.__qualname__} names no shape"


def public_functions():
    """Each public function, and each public method, property and constructor of a public class, by its full name."""
    for name in ORDER:
        module = importlib.import_module(f"mlp_core.{name}")
        for value in (getattr(module, public) for public in module.__all__):
            if inspect.isfunction(value):
                yield f"{name}.{value.__name__}", value
            elif inspect.isclass(value):
                for method, found in vars(value).items():
                    function = getattr(found, "fget", getattr(found, "func", getattr(found, "__func__", found)))
                    public = not method.startswith("_") or method in ("__init__", "__call__")
                    if public and inspect.isfunction(function) and function.__module__ == module.__name__:
                        yield f"{name}.{value.__name__}.{method}", function


PUBLIC = dict(public_functions())


@pytest.mark.parametrize("function", PUBLIC.values(), ids=PUBLIC)
def test_what_is_public_has_types_for_its_arguments_and_its_result(function):
    arguments, result = inspect.signature(function).parameters.values(), inspect.signature(function).return_annotation
    untyped = [a.name for a in arguments if a.annotation is a.empty and a.name not in ("self", "cls")]
    assert not untyped and result is not inspect.Signature.empty


def test_annotations_are_looked_for_in_methods_properties_and_functions():
    kinds = {"training.fit", "layers.Dense.shape_in", "parameters.Parameters.zeros", "parameters.Parameters.weights"}
    assert kinds | {"training.Step.__call__", "history.History.__init__"} <= set(PUBLIC) and len(PUBLIC) > 200


def raises_or_checks(body):
    """Whether a function raises, itself or through one of the private checks beside it."""
    for node in ast.walk(body):
        if isinstance(node, ast.Raise) and node.exc is not None:
            return True
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called.startswith("_check"):
                return True
    return False


@pytest.mark.parametrize("name", ORDER)
def test_what_raises_says_so(name):
    for node in TREES[name].body:
        methods = node.body if isinstance(node, ast.ClassDef) else []
        for function in [node, *methods]:
            if isinstance(function, ast.FunctionDef) and raises_or_checks(function):
                if function is node and node.name.startswith("_"):
                    continue
                own = ast.get_docstring(function) or ""
                cls = getattr(importlib.import_module(f"mlp_core.{name}"), node.name)
                of_class = docstrings(cls) if function is not node else ""
                assert "Raise" in own + of_class, f"{name}.{node.name}.{function.name} raises and does not say so"


def plain(text):
    """Text without quotes, with single spaces."""
    return " ".join(re.sub("[\"']", "", text).split())


@pytest.mark.parametrize("name", ORDER)
def test_every_error_message_is_tested_in_the_mirror_of_its_module(name):
    mirror = plain((PACKAGE.parent / "tests" / f"test_{name}.py").read_text("utf-8"))
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Raise) and node.exc is not None:
            literals = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
            sentence = max((literal for literal in literals if isinstance(literal, str)), key=len)
            assert plain(sentence) in mirror, f"test_{name}.py has no test of: {sentence}"


def rules(name):
    """For each rule that a module writes down, what it expects; a module tests its own rules."""
    for node in ast.walk(TREES[name]):
        made = isinstance(node, ast.Call) and getattr(node.func, "id", None) in RULES and node.args
        if made and isinstance(node.args[0], ast.Constant):
            yield node.args[0].value


RULES = {"Rule", "number", "count", "instance", "setting", "sizes"}


@pytest.mark.parametrize("name", sorted(set(ORDER) - {"checks"}))
def test_every_rule_is_tested_in_the_mirror_of_its_module(name):
    mirror = plain((PACKAGE.parent / "tests" / f"test_{name}.py").read_text("utf-8"))
    for expected in rules(name):
        assert f"expected {plain(expected)}, got" in mirror, f"test_{name}.py has no test of: {expected}"


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if vars(cls).get("_rules")], ids=lambda cls: cls.__qualname__)
def test_every_field_with_a_rule_is_one_of_the_class_and_says_so(cls):
    assert set(cls._rules) <= {field.name for field in dataclasses.fields(cls)}
    assert "Raise" in docstrings(cls)


BIBLIOGRAPHY = (PACKAGE.parent / "book" / "references.bib").read_text("utf-8")
KEYS = re.findall(r"^@\w+\{([\w-]+),", BIBLIOGRAPHY, re.MULTILINE)
CITED = re.compile(r"\b([A-Z]\w+)(?:,? (?:and )?[A-Z]\w+| et al\.)* \((\d{4})\)")


@pytest.mark.parametrize("name", ORDER)
def test_every_paper_that_a_module_names_is_in_the_bibliography(name):
    for author, year in CITED.findall((PACKAGE / f"{name}.py").read_text("utf-8")):
        assert any(key.startswith(f"{author.lower()}{year}") for key in KEYS), f"{name}: {author} ({year})"


BRANCHES = (ast.If, ast.IfExp, ast.For, ast.While, ast.ExceptHandler, ast.BoolOp, ast.comprehension, ast.Lambda)


def body_lines(source, node):
    """The number of lines in the body of a function or class, without docstrings and blank lines."""
    lines = set(range(node.body[0].lineno, node.end_lineno + 1))
    for part in ast.walk(node):
        if isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant):
            lines -= set(range(part.lineno, part.end_lineno + 1))
    return sum(bool(source.splitlines()[line - 1].strip()) for line in lines)


def complexity(function):
    """One more than the number of places where the way through a function parts (McCabe), expressions counted too."""
    return 1 + sum(isinstance(node, BRANCHES) for node in ast.walk(function))


def test_the_training_loop_can_be_read_aloud():
    source = (PACKAGE / "training.py").read_text("utf-8")
    named = {node.name: node for node in TREES["training"].body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert body_lines(source, named["fit"]) <= 32 and complexity(named["fit"]) <= 12
    assert body_lines(source, named["Step"]) <= 20


def test_lines_and_branches_are_counted():
    docstring, branches = '"""Two\n    lines."""', "if x and 1:\n        return [y for y in x]"
    source = f"def f(x):\n    {docstring}\n    {branches}\n\n    return 2 if x else 3"
    function = ast.parse(source).body[0]
    assert body_lines(source, function) == 3 and complexity(function) == 5
