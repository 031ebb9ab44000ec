"""What a chapter must look like: one function per rule, each returns its complaints about a notebook, [] if none."""

import ast
import re
import symtable
from statistics import median

OPENING = ("You will learn", "You need", "minutes")
CLOSING = ("What goes wrong", "What the lecture said", "Summary", "Exercises", "Further reading")
FOLDED = {"check", "draw", "setup"}  # of which the page shows no code; see book/_ext/cells.py
TAGS = FOLDED | {"hide-input", "one-run", "solution", "try"}  # none that keeps an output from nbval
LONGEST_CELL, LONGEST_LINE, MEDIAN_CELL, MOST_SHOWN, MOST_WORDS = 25, 82, 6, 100, 4000
KINDS = ("Warm-up", "Derive", "Find the fault", "Investigate")  # of exercises
KIND = re.compile(rf"(?:{'|'.join(KINDS)}): ")
DIRECTIVE = re.compile(r"^(?:`{3,}|:{3,})\{(exercise|solution)(?:-start)?\}(.*)$", re.MULTILINE)
SWITCH = re.compile(r"#\s*(?:NBVAL_\w+|PYTEST_VALIDATE_\w+)")
IN_CLASS = re.compile(r"\*\*In class\*\* (\d+) minutes: ([^.]*)\.")
SOLUTION = re.compile(r"\{solution(?:-start|-end)?\}")


def code_cells(nb):
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def markdown(nb):
    """The prose of the notebook as one text."""
    return "\n\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")


def headings(nb, level):
    """The headings of a level, fenced code left out."""
    prose = re.sub(r"^(```+|:::+|~~~+).*?^\1", "", markdown(nb), flags=re.MULTILINE | re.DOTALL)
    return re.findall(rf"^{'#' * level} (.+)$", prose, re.MULTILINE)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def calls(cell, *names):
    """The calls in a code cell whose function is called one of `names`, as `show.figure` or `figure`."""
    found = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call))
    return [node for node in found if ast.unparse(node.func) in names]


def assertions(tree):
    """The assertions in parsed code: statements, and calls such as np.testing.assert_allclose."""
    for node in ast.walk(tree):
        called = isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1]
        if isinstance(node, ast.Assert) or (called and called.startswith("assert_")):
            yield node


def can_fail(assertion):
    """Whether an assertion is about something that was computed: a call, or a test in which a name stands."""
    return isinstance(assertion, ast.Call) or any(isinstance(part, ast.Name) for part in ast.walk(assertion.test))


def drawings(cell):
    """The calls in a code cell that make a figure or an explorer."""
    return calls(cell, "show.figure", "show.explore", "show.lines", "show.sketch")


def is_story(nb):
    """Whether a notebook is in the form with folds: the other chapters are let off until they are rewritten."""
    return any(tags(cell) & FOLDED for cell in nb.cells)


def is_shown(cell):
    """Whether a reader of the page sees the code of a cell without opening anything."""
    return cell.cell_type == "code" and not tags(cell) & (FOLDED | {"hide-input", "solution"})


def sentence(cell):
    """What a check says that it checks, its first line without the full stop; "" for any other cell."""
    first = cell.source.partition("\n")[0]
    return first.removeprefix("# ").rstrip(".") if "check" in tags(cell) and first.startswith("# ") else ""


def begins_with_one_title(nb):
    first = re.sub(r"^\([\w-]+\)=\s*", "", nb.cells[0].source) if nb.cells else ""
    if nb.cells and nb.cells[0].cell_type == "markdown" and first.startswith("# ") and len(headings(nb, 1)) == 1:
        return []
    return ["the first cell must be the title, and the only heading of level 1"]


def has_its_sections(nb):
    opening = re.split(r"^## (?!You )", markdown(nb), maxsplit=1, flags=re.MULTILINE)[0]
    complaints = [f"the opening does not say '{words}'" for words in OPENING if words not in opening]
    ours = [heading.strip() for heading in headings(nb, 2) if heading.strip() in CLOSING]
    if ours != list(CLOSING):
        complaints.append(f"the sections {', '.join(CLOSING)} must be there in this order, found: {', '.join(ours)}")
    return complaints


def adds_up_its_minutes(nb):
    """The minutes in class are those of the parts."""
    found = IN_CLASS.search(markdown(nb))
    if not found:
        return ["the opening does not say '**In class** 90 minutes: 40 for ..., 50 for ....'"]
    parts = list(map(int, re.findall(r"\d+", found[2])))
    return [] if sum(parts) == int(found[1]) else [f"{found[1]} minutes in class, but the parts have {sum(parts)}"]


def describes_its_figures(nb):
    complaints, names = [], []
    for cell in code_cells(nb):
        figure = cell.metadata.get("mystnb", {}).get("figure", {})
        for call in drawings(cell):
            if not any(keyword.arg == "alt" for keyword in call.keywords):
                complaints.append(f"cell {cell.id}: {ast.unparse(call.func)} without alt")
            if not figure.get("name", "").startswith("fig-") or not figure.get("caption", "").strip():
                complaints.append(f"cell {cell.id}: a figure needs mystnb.figure with a name fig-... and a caption")
            names.append(figure.get("name"))
    doubles = sorted({name for name in names if name and names.count(name) > 1})
    return complaints + [f"two figures are called {name}" for name in doubles]


def draws_with_show_only(nb):
    """Only `mlp_core.show` draws: it asks for a description, and knows light and dark pages."""
    complaints = []
    for cell in code_cells(nb):
        for node in ast.walk(ast.parse(cell.source)):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(module.split(".")[0] in ("matplotlib", "pylab", "plotly", "seaborn") for module in modules):
                complaints.append(f"cell {cell.id} imports {', '.join(modules)}: draw with mlp_core.show")
    return complaints


def computes_or_draws(nb):
    both = [cell.id for cell in code_cells(nb) if drawings(cell) and calls(cell, "fit", "training.fit")]
    return [f"cell {name} trains and draws: make it two" for name in both]


def keeps_cells_short(nb):
    lines = {cell.id: cell.source.count("\n") + 1 for cell in code_cells(nb)}
    shown = [lines[cell.id] for cell in code_cells(nb) if is_shown(cell)]
    complaints = [f"cell {name} has {n} lines, at most {LONGEST_CELL}" for name, n in lines.items() if n > LONGEST_CELL]
    if is_story(nb) and sum(shown) > MOST_SHOWN:
        complaints.append(f"{sum(shown)} lines of code are shown, at most {MOST_SHOWN}")
    if not is_story(nb) and shown and median(shown) > MEDIAN_CELL:
        complaints.append(f"the median of the shown cells is {median(shown):g} lines, at most {MEDIAN_CELL}")
    return complaints


def shows_code_that_says_something(nb):
    """In a story, code in view fits the column and prints or draws; it asserts nothing and hands over no number."""
    complaints = []
    for cell in code_cells(nb) if is_story(nb) else []:
        if "hide-input" in tags(cell):
            complaints.append(f"cell {cell.id}: the tag of a drawing is draw, no longer hide-input")
        if not is_shown(cell):
            continue
        if max(map(len, cell.source.split("\n"))) > LONGEST_LINE:
            complaints.append(f"cell {cell.id} is shown and has a line of more than {LONGEST_LINE} letters")
        if not cell.outputs:
            complaints.append(f"cell {cell.id} is shown and says nothing: tag it check, draw or setup")
        if any(assertions(ast.parse(cell.source))) or calls(cell, "show.say"):
            complaints.append(f"cell {cell.id} is shown and asserts or says a number: that is for a check")
    return complaints


def lets_no_code_run_on(nb):
    """In a story, at most two cells of code are shown without a word between them."""
    complaints, run = [], 0
    for cell in nb.cells if is_story(nb) else []:
        run = run + is_shown(cell) if cell.cell_type == "code" else 0
        if run == 3 and is_shown(cell):
            complaints.append(f"cell {cell.id} is the third of a run of code")
    return complaints


def says_what_it_checks(nb):
    """The first line of a check is its sentence on the page; a check can fail."""
    complaints = []
    for cell in code_cells(nb):
        if "check" in tags(cell) and not sentence(cell):
            complaints.append(f"cell {cell.id} is a check and does not say in its first line what it checks")
        if "check" in tags(cell) and not any(map(can_fail, assertions(ast.parse(cell.source)))):
            complaints.append(f"cell {cell.id} is a check and asserts nothing")
    return complaints


def ends_no_cell_in_a_semicolon(nb):
    return [f"cell {cell.id} ends in ;" for cell in code_cells(nb) if cell.source.rstrip().endswith(";")]


def says_strings(nb):
    complaints = []
    for cell in code_cells(nb):
        for call in calls(cell, "show.say"):
            value = call.args[1] if len(call.args) > 1 else None
            if not isinstance(value, ast.JoinedStr) and not (
                isinstance(value, ast.Constant) and isinstance(value.value, str)
            ):
                complaints.append(f'cell {cell.id}: say takes a rounded string, such as f"{{rate:.0%}}"')
    return complaints


def hides_drawing_code_only(nb):
    def draws(cell):
        functions = (node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.FunctionDef))
        return drawings(cell) or any(f.args.args and f.args.args[0].arg in ("ax", "axes") for f in functions)

    hidden = [cell for cell in code_cells(nb) if tags(cell) & {"hide-input", "draw"}]
    return [f"cell {cell.id} is hidden, but does not draw" for cell in hidden if not draws(cell)]


def keeps_what_explorers_read(nb):
    """A live explorer draws when its slider moves: no later cell may give the names that it reads to something else."""
    complaints, reads, kept = [], {}, {}
    for cell in code_cells(nb):
        table = symtable.symtable(cell.source, cell.id, "exec")
        bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
        complaints += [f"cell {cell.id} rebinds {name}, which {kept[name]} reads" for name in sorted(bound & set(kept))]
        here = [(function.get_name(), _globals_of(function)) for function in table.get_children()]
        reads |= {name: names for name, names in here if name in bound}
        if calls(cell, "show.explore"):
            reached, todo = set(), set().union(*(names for _, names in here))
            while todo:
                reached |= todo
                todo = set().union(*(reads.get(name, set()) for name in todo)) - reached
            kept |= dict.fromkeys(reached, f"the explorer in cell {cell.id}")
    return complaints


def _globals_of(table):
    """The global names that a function reads, with those of the functions inside it."""
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return own.union(*(_globals_of(child) for child in table.get_children()))


def knows_its_tags(nb):
    return [f"cell {cell.id}: unknown tag {tag}" for cell in nb.cells for tag in sorted(tags(cell) - TAGS)]


def switches_no_comparison_off(nb):
    """nbval obeys comments too."""
    return [f"cell {cell.id} says {found[0]}" for cell in code_cells(nb) if (found := SWITCH.search(cell.source))]


def tags_its_solutions(nb):
    """Every cell of a solution carries the tag, so that the student copy has none of it."""
    complaints, inside = [], False
    for cell in nb.cells:
        is_prose = cell.cell_type == "markdown"
        inside = inside or (is_prose and "{solution-start}" in cell.source)
        if (inside or (is_prose and SOLUTION.search(cell.source))) and "solution" not in tags(cell):
            complaints.append(f"cell {cell.id} belongs to a solution and lacks the tag solution")
        if is_prose and "{solution-end}" in cell.source:
            inside = False
            if cell.source.split("{solution-end}")[1].strip("`: \n"):
                complaints.append(f"cell {cell.id} goes on after its solution, and the student copy would lack that")
    return complaints + (["a solution-start without solution-end"] if inside else [])


def stands_without_its_solutions(nb):
    """No other cell reads what a solution defines: the student copy runs as the notebook does."""
    complaints, defined = [], {}
    for cell in code_cells(nb):
        for statement in ast.parse(cell.source).body:
            read, bound = _names(statement)
            if "solution" in tags(cell):
                defined |= dict.fromkeys(bound, cell.id)
                continue
            wrong = sorted(read & set(defined))
            complaints += [f"cell {cell.id} reads {name} of the solution in cell {defined[name]}" for name in wrong]
            defined = {name: where for name, where in defined.items() if name not in bound}
    return complaints


def _names(statement):
    """The names that a statement reads before it binds them, and those that it binds."""
    table = symtable.symtable(ast.unparse(statement), "statement", "exec")
    symbols = table.get_symbols()
    bound = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
        return _names(ast.Expr(statement.value))[0], bound
    read = {symbol.get_name() for symbol in symbols if symbol.is_referenced()}
    read = read.union(*(_globals_of(child) for child in table.get_children()))
    return (read | bound if isinstance(statement, ast.AugAssign) else read - bound), bound


def solves_its_exercises(nb):
    found = DIRECTIVE.findall(markdown(nb))
    exercises = re.findall(r"\{exercise(?:-start)?\}.*\n(?::.*\n)*?:label: *(\S+)", markdown(nb))
    solved = [argument.strip() for kind, argument in found if kind == "solution"]
    count = sum(kind == "exercise" for kind, _ in found)
    complaints = [] if 3 <= count <= 5 else [f"a chapter has 3 to 5 exercises, not {count}"]
    if count != len(exercises):
        complaints.append("every exercise needs a :label: in the line below its head")
    return complaints + [f"exercise {label} has no solution" for label in exercises if label not in solved]


def answers_in_the_page_what_it_checks(nb):
    """Each form of the page stands for an exercise that a cell of the notebook checks, too."""
    asked = [call.args[0].value for cell in code_cells(nb) for call in calls(cell, "exercises.check")]
    forms = re.findall(r"^`{3,}\{answer\} *(\S+)", markdown(nb), re.MULTILINE)
    return [f"no cell checks {name}, which is answered in the page" for name in forms if name not in asked]


def says_of_what_kind_its_exercises_are(nb):
    """Where exercises are answered in the page, the title of each begins with its kind; other chapters are let off."""
    titles = re.findall(r"^`{3,}\{exercise(?:-start)?\} *(.*)$", markdown(nb), re.MULTILINE)
    titles = titles if "{answer}" in markdown(nb) else []
    return [f"exercise '{title}' does not begin with {', '.join(KINDS)}" for title in titles if not KIND.match(title)]


def says_it_in_few_words(nb):
    """A formula counts as one word, and so does a number that a cell hands to the text."""
    formula = re.compile(r"\$\$.*?\$\$|\$[^$\n]*(?:\n[^$\n]+)*\$|\{[a-z:]+\}`[^`]*`", re.DOTALL)
    words = len(re.findall(r"\w+", formula.sub("formula", markdown(nb))))
    return [] if words <= MOST_WORDS else [f"{words} words, at most {MOST_WORDS}: split the chapter"]


def is_finished(nb):
    return [f"cell {cell.id} is unfinished" for cell in nb.cells if re.search(r"\b(TODO|FIXME|XXX)\b", cell.source)]


def stores_no_failure(nb):
    """No stored error, and nothing on standard error."""
    complaints = []
    for cell in code_cells(nb):
        for output in cell.outputs:
            if output.output_type == "error":
                complaints.append(f"cell {cell.id} stores an error")
            if output.get("name") == "stderr":
                complaints.append(f"cell {cell.id} stores a warning")
    return complaints


def is_appendix(name):
    """Whether a page (its path below `book/`) is an appendix: in no part, or one of the errata or of the API."""
    return name.parent.as_posix() in (".", "errata", "api")


def rules(name):
    """The rules for a notebook: an appendix has no opening, no closing sections and no exercises."""
    return [rule for rule in RULES if not is_appendix(name) or rule not in FOR_CHAPTERS]


FOR_CHAPTERS = (has_its_sections, adds_up_its_minutes, solves_its_exercises)

RULES = (
    begins_with_one_title,
    has_its_sections,
    adds_up_its_minutes,
    describes_its_figures,
    draws_with_show_only,
    computes_or_draws,
    keeps_cells_short,
    shows_code_that_says_something,
    lets_no_code_run_on,
    says_what_it_checks,
    ends_no_cell_in_a_semicolon,
    says_strings,
    hides_drawing_code_only,
    keeps_what_explorers_read,
    knows_its_tags,
    switches_no_comparison_off,
    tags_its_solutions,
    stands_without_its_solutions,
    solves_its_exercises,
    answers_in_the_page_what_it_checks,
    says_of_what_kind_its_exercises_are,
    says_it_in_few_words,
    is_finished,
    stores_no_failure,
)
