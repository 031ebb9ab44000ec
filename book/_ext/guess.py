"""A place to guess before the answer comes: a choice or a number, judged in the page, without a kernel.

    ```{guess} How many of the four rows can one line get right?
    :label: guess-xor-rows
    :choices: two | three | all four
    :answer: three

    What is said once the reader has guessed.
    ```

A number instead of choices may have ``:unit:``, ``:min:``, ``:max:`` and ``:within:``, what still counts as close.
With ``:veil:`` the next output waits for the guess. Without a script the answer stands in a closed ``<details>``. The
cell that proves the answer names the label under ``checks``, as for an equation.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

OPTIONS = ("label", "choices", "answer", "unit", "min", "max", "within")


class Guess(nodes.General, nodes.Element):
    """A question and what is revealed, its two children; ``options`` are those of the directive."""


class GuessDirective(SphinxDirective):
    """Read one guess."""

    required_arguments, final_argument_whitespace, has_content = 1, True, True
    option_spec = dict.fromkeys(OPTIONS, directives.unchanged_required) | {"veil": directives.flag}

    def run(self):
        """One node, the question parsed as inline text."""
        self._require_an_answer()
        node = Guess(ids=[self.options["label"]], options=dict(self.options))
        inline, messages = self.state.inline_text(self.arguments[0], self.lineno)
        reveal = nodes.container(classes=["guess-answer"])
        self.state.nested_parse(self.content, self.content_offset, reveal)
        node += [nodes.paragraph("", "", *inline), reveal]
        return [node, *messages]

    def _require_an_answer(self):
        answer, choices = self.options.get("answer"), choices_of(self.options)
        if "label" not in self.options or answer is None:
            raise self.error("guess: expected :label: and :answer:")
        if choices and answer not in choices:
            raise self.error(f"guess: expected an answer among {', '.join(choices)}, got {answer}")
        if not choices and not is_number(answer):
            raise self.error(f"guess: expected a plain number or :choices:, got :answer: {answer}")


def choices_of(options):
    """The texts to choose from; [] where a number is asked for."""
    return [choice.strip() for choice in options["choices"].split("|")] if "choices" in options else []


def is_number(text):
    """Whether a text is a number as a number box gives it: 0.82, not 1,000."""
    try:
        return float(text) == float(text)
    except ValueError:
        return False


def visit(writer, node):
    """Write the question, the controls and the answer; ``book.js`` joins them."""
    options, (question, reveal) = node["options"], node.children
    data = {f"data-{key}": options[key] for key in ("answer", "within", "veil") if key in options}
    writer.body.append(writer.starttag(node, "form", CLASS="mlp-guess", **{k: v or "" for k, v in data.items()}))
    writer.body.append('<fieldset><legend><span class="guess-word">Guess first.</span> ')
    for child in question.children:
        child.walkabout(writer)
    writer.body.append(f'</legend><div class="guess-row" hidden="">{controls(options, writer.attval)}</div></fieldset>')
    writer.body.append('<div class="guess-said" role="status"></div><details><summary>The answer</summary>')
    writer.body.append(f"<p><strong>{said(options, writer.encode)}</strong></p>")
    reveal.walkabout(writer)
    writer.body.append("</details></form>\n")
    raise nodes.SkipNode


def said(options, quoted):
    """The answer with its unit."""
    return quoted(" ".join(filter(None, [options["answer"], options.get("unit")]))) + "."


def controls(options, quoted):
    """The buttons of the choices, or a number box with its button."""
    if choices := [quoted(choice) for choice in choices_of(options)]:
        return "".join(f'<button type="submit" class="guess-choice" value="{text}">{text}</button>' for text in choices)
    bounds = "".join(f' {key}="{quoted(options[key])}"' for key in ("min", "max") if key in options)
    return (
        '<label><span class="guess-hidden">Your guess</span>'
        f'<input type="number" inputmode="decimal" step="any" required=""{bounds} autocomplete="off"></label>'
        f'<span class="guess-unit">{quoted(options.get("unit", ""))}</span>'
        '<button type="submit">That is my guess</button>'
    )


def setup(app):
    """Register the directive."""
    app.add_directive("guess", GuessDirective)
    app.add_node(Guess, html=(visit, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
