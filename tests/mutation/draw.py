"""Which mutants a sample holds: others for each commit, those of its own lines first."""

import random
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "book" / "_tools"))

import changed  # noqa: E402


def drawn(root, size, seed=None):
    """The function that takes a sample of so many from a list of mutants; all of them if `size` is None."""
    if not size:
        return list
    seed = seed or changed.head(root) or "no commit"
    lines = changed.lines(root, "mlp_core")
    again = f"make mutants SAMPLE={size} SEED={seed}" + (f" BASE={changed.base(root)}" if lines else "")
    print(f"Drawn for this commit; the same ones again: {again}", flush=True)
    return lambda mutants: sample(mutants, size, seed, lines)


def sample(mutants, size, seed, lines):
    """So many of the mutants, drawn at random from those of the given lines, {path: {line}}, then from the others."""
    shuffled = random.Random(seed).sample(mutants, len(mutants))
    shuffled.sort(key=lambda mutant: mutant.line not in lines.get(f"mlp_core/{mutant.module}.py", ()))
    return sorted(shuffled[:size], key=lambda mutant: mutant.module)
