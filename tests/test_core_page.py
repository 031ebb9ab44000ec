"""The core on one page: what a reader needs, in reading order, short enough to be read in one sitting."""

import ast
import re

import api
import mlp_core
from tree import Tree

TREE = Tree.here()
PAGE = (TREE.book / "core.md").read_text("utf-8")
LISTED = re.findall(r"\{literalinclude\} \.\./mlp_core/(\w+)\.py\n:pyobject: (\w+)\n", PAGE)
MOST_OBJECTS, MOST_LINES = 26, 1000


def lines(module, name):
    """The lines of a listing, decorators included, as literalinclude shows it."""
    source = (TREE.package / f"{module}.py").read_text("utf-8")
    node = next(node for node in ast.parse(source).body if getattr(node, "name", None) == name)
    return node.end_lineno - min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) + 1


def test_the_page_lists_each_of_its_objects_once():
    assert PAGE.count("{literalinclude}") == len(LISTED) == len(set(LISTED)) == MOST_OBJECTS


def test_the_listings_can_be_read_in_one_sitting():
    assert sum(lines(*listing) for listing in LISTED) <= MOST_LINES


def test_the_listings_stand_in_reading_order():
    order = api.reading_order(TREE)
    places = [order.index(module) for module, _ in LISTED]
    assert places == sorted(places)


def test_what_the_page_lists_is_what_the_package_exports_or_a_part_of_it():
    listed = {name for _, name in LISTED}
    assert {"Parameters", "Dense", "Network", "MLP", "SGD", "fit", "softmax"} <= listed
    parts = {"Logistic", "Tanh", "ReLU", "Glorot", "He", "Loss", "batch_gradient", "Step"}
    assert listed - set(mlp_core.__all__) == parts
