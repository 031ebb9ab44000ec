"""What is changed in a module: the operators of mutmut, applied to every line that runs.

mutmut changes the bodies of functions. Here the defaults of fields and arguments, the bodies of properties, the
constants of a module and the words of an f-string are changed too. Docstrings, annotations and decorators are not, nor
is `strict` of a zip, which the linter asks for and which changes no result, nor `__all__`, which runs nothing and has a
test of its own. A string is changed once, in its first letter: "fc", the kinds of a dtype, to "Xc".
"""

import re
from dataclasses import dataclass
from itertools import islice

import libcst as cst
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.file_mutation import Mutation, MutationVisitor, deep_replace
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal, operator_string
from mutmut.mutation.pragma_handling import IgnoredCode

ALL = cst.Name("__all__")


@dataclass(frozen=True)
class Mutant:
    """One change of one module: the line where it is, and on demand the whole changed source."""

    module: str
    line: int
    tree: cst.Module
    mutation: Mutation

    def source(self):
        return deep_replace(self.tree, self.mutation.original_node, self.mutation.mutated_node).code


class Everywhere(MutationVisitor):
    """mutmut's visitor; it also enters decorated functions, and defaults of any kind."""

    METADATA_DEPENDENCIES = (*MutationVisitor.METADATA_DEPENDENCIES, ParentNodeProvider)

    def _skip_node_and_children(self, node):
        if isinstance(node, cst.FunctionDef | cst.Param):
            return False
        return is_strict(node) or is_all(node) or super()._skip_node_and_children(node)

    def line(self, node):
        """The line of a node; an operator such as `in` has none of its own, its parent has."""
        while (position := self.get_metadata(PositionProvider, node, None)) is None:
            node = self.get_metadata(ParentNodeProvider, node)
        return position.start.line


def is_strict(node):
    return isinstance(node, cst.Arg) and node.keyword is not None and node.keyword.value == "strict"


def is_all(node):
    return isinstance(node, cst.Assign) and cst.ensure_type(node.targets[0], cst.AssignTarget).target.deep_equals(ALL)


def arguments_but_strict(call):
    stays = [arg for arg in call.args if is_strict(arg)]
    for changed in operator_arg_removal(call):
        if [arg for arg in changed.args if is_strict(arg)] == stays:
            yield changed


def string(node):
    for changed in islice(operator_string(node), 1):  # "fc" to "XXfcXX"
        yield changed.with_changes(value=re.sub(r"XX.?(.*)XX", r"X\1", changed.value, count=1))


def words_of_an_f_string(text):
    yield text.with_changes(value=f"XX{text.value}XX")


OWN = {operator_arg_removal: arguments_but_strict, operator_string: string}
OPERATORS = [(kind, OWN.get(operator, operator)) for kind, operator in mutation_operators]
OPERATORS.append((cst.FormattedStringText, words_of_an_f_string))


def mutants(module, source):
    """Every mutant of the source of a module, in the order of its lines."""
    visitor = Everywhere(OPERATORS, IgnoredCode(set(), set(), set()))
    wrapper = MetadataWrapper(cst.parse_module(source))
    with visitor.resolve(wrapper):
        wrapper.module.visit(visitor)
        found = [Mutant(module, visitor.line(m.original_node), wrapper.module, m) for m in visitor.mutations]
    return sorted(found, key=lambda mutant: mutant.line)
