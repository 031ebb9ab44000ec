"""An exercise that is answered in the page: judged there, without a kernel, with the hints of its checker.

    ```{answer} xor/three-bits
    :unit: functions
    ```

The exercise is one of ``mlp_core.exercises`` whose answer is a value. A number has a box; several numbers have a box
for each of the ``:fields:`` (``w₁ | w₂ | b``), or with ``:columns:`` a table whose rows are the fields. A text has a
button for the right answer and for each registered wrong one. ``:within: 0.005`` lets numbers be rounded. With
``:judge: gate`` the numbers are the weights and the bias of a threshold neuron, and what counts is its truth table.
What is said of an answer comes from the checker, when the page is built. Without a script there is no form.
"""

import inspect
import json

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from mlp_core import exercises
from mlp_core.exercises.checker import ICONS, itself


class Answer(nodes.General, nodes.Element):
    """A form: ``exercise`` is its name, ``form`` what `form` returns, ``options`` those of the directive."""


class AnswerDirective(SphinxDirective):
    """Read one form."""

    required_arguments = 1
    option_spec = {"unit": directives.unchanged, "within": float, "judge": lambda text: directives.choice(text, JUDGES)}
    option_spec |= dict.fromkeys(("fields", "columns"), lambda text: [part.strip() for part in text.split("|")])

    def run(self):
        """One node."""
        (name,) = self.arguments
        if name not in exercises.registered():
            raise self.error(f"answer: expected the name of an exercise, got {name}")
        options = {"unit": "", "within": 0, "judge": "value", "fields": [""], "columns": [""]} | self.options
        try:
            return [Answer(exercise=name, form=form(exercises.registered()[name], options), options=options)]
        except ValueError as error:
            raise self.error(f"answer: {error}") from error


def form(exercise, options):
    """What the page needs to judge: the outcomes of the known answers, the right one first, and what is said of each.

    Raises ValueError where the page could not judge as the checker does.
    """
    if callable(exercise.reference):
        raise ValueError("expected an exercise that asks for a value, not for a function")
    known = [exercise.reference, *exercise.wrong.values()]
    said = [_said(exercise.check(answer)) for answer in known]
    found = {"blank": _said(exercise.check(...)), "said": said}
    if isinstance(exercise.reference, str):
        return found | {"choices": known}
    boxes, asked = len(options["fields"]) * len(options["columns"]), np.size(exercise.reference)
    if boxes != asked:
        raise ValueError(f"expected a box for each of {asked} numbers, got {boxes}")
    numbers = {"within": options["within"], "tolerance": exercise.tolerance, "judge": options["judge"]}
    numbers["outcomes"] = [JUDGES[options["judge"]](exercise, answer) for answer in known]
    numbers["cases"] = [list(map(float, case)) for case in exercise.cases]
    numbers["names"] = list(inspect.signature(exercise.use).parameters)[1:] if exercise.use is not itself else []
    unlike_all = np.full(np.shape(exercise.reference), -np.inf).tolist()
    return found | numbers | {"otherwise": _said(exercise.check(unlike_all))}


def _said(verdict):
    """A verdict in one line, with its icon."""
    return f"{ICONS[verdict.status]} " + repr(verdict).split("\n")[0]


def _value(exercise, answer):
    """The numbers themselves."""
    if exercise.use is not itself:
        raise ValueError("expected :judge: for an exercise that judges what its answer does")
    return np.ravel(np.array(answer, float)).tolist()


def _gate(exercise, answer):
    """The truth table of the threshold neuron with weights and bias (w₁, ..., b)."""
    *weights, bias = answer
    cases = [(case, np.dot(weights, case) + bias >= 0) for case in exercise.cases]
    if any(exercise.use(answer, *case) != fires for case, fires in cases):
        raise ValueError("expected an exercise that judges a truth table, for :judge: gate")
    return [float(fires) for _, fires in cases]


JUDGES = {"value": _value, "gate": _gate}  # book.js has the same


def visit(writer, node):
    """Write the data and the form; ``book.js`` judges."""
    found, options, quoted = node["form"], node["options"], writer.attval
    data = json.dumps(found, ensure_ascii=False).replace("<", "\\u003c")
    name = {"data-exercise": node["exercise"]}
    writer.body.append(writer.starttag(node, "form", CLASS="mlp-answer", hidden="", **name))
    writer.body.append(f'<script type="application/json">{data}</script><div class="guess-row">')
    if choices := found.get("choices"):
        button = '<button type="submit" class="guess-choice" value="{}">{}</button>'
        places = sorted(range(len(choices)), key=choices.__getitem__)
        writer.body.append("".join(button.format(k, quoted(choices[k])) for k in places))
    else:
        writer.body.append(_boxes(options["fields"], options["columns"], quoted))
        writer.body.append(f'<span class="guess-unit">{quoted(options["unit"])}</span>')
        writer.body.append('<button type="submit">Check</button>')
    writer.body.append('</div><div class="guess-said" role="status"></div></form>\n')
    raise nodes.SkipNode


def _boxes(fields, columns, quoted):
    """A box for each number: with its label in a row, or in a table."""
    box = '<input type="text" inputmode="text" size="6" autocomplete="off" spellcheck="false"'
    if len(columns) == 1:
        hidden = ' class="guess-hidden"' if fields == [""] else ""
        names = [quoted(name or "Your answer") for name in fields]
        return "".join(f"<label><span{hidden}>{name}</span> {box}></label>" for name in names)
    head = "".join(f'<th scope="col">{quoted(name)}</th>' for name in columns)
    rows = (
        f'<tr><th scope="row">{quoted(row)}</th>'
        + "".join(f'<td>{box} aria-label="{quoted(row)}, {quoted(column)}"></td>' for column in columns)
        + "</tr>"
        for row in fields
    )
    return f'<table class="mlp-table"><thead><tr><td></td>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'


def setup(app):
    """Register the directive."""
    app.add_directive("answer", AnswerDirective)
    app.add_node(Answer, html=(visit, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
