"""In the kernel of a re-drawn run: other seeds for every generator, and assertions that are recorded, not raised.

`start(base)` is the first thing such a kernel does. From then on `np.random.default_rng(k)` is a generator of seed
`[base, k]`, each cell ends in an output of the type RECORDS, its assertions with their outcome, and no figure is drawn.
"""

import ast

RECORDS = "application/vnd.mlp.assertions+json"
WIDTH = 160


def start(base):
    """Draw anew by the base seed, and record the assertions of all cells to come."""
    from IPython import get_ipython

    shell = get_ipython()
    shell.ast_transformers.append(Recorder(shell))
    shift_seeds(base)
    skip_figures()


def skip_figures():
    """Let `show.figure` and `show.explore` return at once."""
    from mlp_core import show

    show.figure = show.explore = lambda draw, **options: None


def shift_seeds(base):
    """Make `np.random.default_rng(k)` start from [base, k]; generators and sequences stay what they are."""
    import numpy as np

    original = np.random.default_rng

    def default_rng(seed=None):
        return original([base, seed] if isinstance(seed, int | np.integer) else seed)

    np.random.default_rng = default_rng


class Recorder(ast.NodeTransformer):
    """Rewrites the assertions of a cell: each notes its outcome under a number, and the cell goes on.

    An assertion is an `assert`, or a call such as `np.testing.assert_allclose(...)` that stands alone.
    """

    def __init__(self, shell):
        self.shell, self.records = shell, []
        shell.user_ns["__record__"] = self.record
        shell.events.register("post_run_cell", self.publish)

    def visit_Assert(self, node):
        sides = [node.test.left, *node.test.comparators] if isinstance(node.test, ast.Compare) else []
        return self.recorded(node, node.test, sides)

    def visit_Expr(self, node):
        name = ast.unparse(node.value.func) if isinstance(node.value, ast.Call) else ""
        return self.recorded(node, node.value, []) if name.rpartition(".")[2].startswith("assert_") else node

    def recorded(self, node, claim, sides):
        """The statement, and what notes whether it raised AssertionError; of a comparison that failed, its sides."""
        number = len(self.records)
        self.records.append({"claim": " ".join(ast.unparse(claim).split()), "held": 0, "failed": 0, "sides": ""})
        values = ", ".join(map(ast.unparse, sides))
        wrapped = ast.parse(
            f"try:\n pass\nexcept AssertionError:\n __record__({number}, False, {values})\n"
            f"else:\n __record__({number}, True)"
        ).body[0]
        wrapped.body = [node]
        return ast.fix_missing_locations(ast.copy_location(wrapped, node))

    def record(self, number, held, *sides):
        entry = self.records[number]
        entry["held" if held else "failed"] += 1
        if not held and not entry["sides"]:
            entry["sides"] = " | ".join(" ".join(repr(side).split())[:WIDTH] for side in sides)

    def publish(self, _result):
        from IPython.display import display

        if self.records:
            display({RECORDS: self.records}, raw=True)
        self.records = []
