"""The end of a program: its last loss must be small; where an argument names a file, the losses are drawn into it."""

import sys


def finish(losses):
    """`losses` at epochs 0, 1000, ..., 10,000."""
    if not losses[-1] < 0.1:
        sys.exit(f"cold: expected a network that has learned XOR, got loss={losses[-1]}")
    for path in sys.argv[1:]:
        by_hand(losses, path) if path.endswith(".svg") else with_matplotlib(losses, path)


def with_matplotlib(losses, path):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, ax = pyplot.subplots()
    ax.plot(range(0, 10_001, 1000), losses)
    ax.set(xlabel="epoch", ylabel="loss")
    figure.savefig(path)


def by_hand(losses, path):
    """An SVG file: a curve over its axes."""
    points = " ".join(f"{40 * step},{300 - 300 * loss:.1f}" for step, loss in enumerate(losses))
    with open(path, "w") as file:
        file.write(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 420 320" fill="none" stroke="black">'
            f'<path d="M0,0V300H400"/><polyline points="{points}"/></svg>'
        )
