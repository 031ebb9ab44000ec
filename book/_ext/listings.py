"""Listings of the package in a chapter: what computes, without docstrings and refusals."""

import ast
import re
import textwrap


def bare(source):
    """A listing without its docstrings and without the statements that only refuse bad input."""
    source = textwrap.dedent(source)
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return source
    gone, lines = set(), source.splitlines()
    for node in ast.walk(tree):
        body = node.body if isinstance(getattr(node, "body", None), list) else []
        dropped = [statement for statement in body if _documents(statement) or _refuses(statement)]
        for statement in dropped if len(dropped) < len(body) else []:
            end = statement.end_lineno
            is_followed_by_a_gap = end < len(lines) and not lines[end]
            gone |= set(range(statement.lineno, end + 1 + is_followed_by_a_gap))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line for number, line in enumerate(lines, 1) if number not in gone))


def _documents(statement):
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _refuses(statement):
    """Whether a statement is an if that does nothing but raise."""
    is_alone = isinstance(statement, ast.If) and not statement.orelse
    return is_alone and all(isinstance(inner, ast.Raise) for inner in statement.body)
