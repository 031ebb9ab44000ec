"""A progress bar for `fit`, where a person looks."""

import os
import sys


def progress():
    """A callback for `fit(..., on_epoch=[show.progress()])` that shows a bar of the epochs.

    The bar appears in notebooks and terminals; in tests, in the built pages and in a pipe the callback is silent.
    """
    return Progress()


class Progress:
    """Called as f(epoch, params, history) after each epoch; a bar begins with a run, and `fit` closes it."""

    def __init__(self):
        self.bar = None

    def __call__(self, epoch, params, history):
        if not someone_looks():
            return
        if self.bar is None or self.bar.disable:  # none yet, or one that is closed
            from tqdm.auto import tqdm

            self.bar = tqdm(total=history.total, initial=epoch - 1, unit="epoch")
        self.bar.update()

    def close(self):
        """Leave the bar as it is: complete, or where the training stopped."""
        if self.bar is not None:
            self.bar.close()


def someone_looks():
    """Whether a bar is seen: in a live notebook or a terminal."""
    if os.environ.get("MLP_FIGURES"):
        return False
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        if hasattr(shell, "kernel"):
            return True
    return sys.stderr.isatty()
