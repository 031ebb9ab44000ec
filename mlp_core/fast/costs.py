"""The loss of each example as numpy calls, in memory that is allocated once: what a record costs on the full batch."""

from functools import partial

import numpy as np

from mlp_core.losses import BinaryCrossEntropy, HalfSquaredError, SoftmaxCrossEntropy


def per_example(loss, Z, Y):
    """The calls that compute the losses from the output Z and the targets Y, (..., B, m), and their array (..., B).

    Operations and their order in memory are those of `loss.per_example`: so the numbers are the same bit for bit.
    """
    P, Q = np.empty(Z.shape, Z.dtype), np.empty(Z.shape, Z.dtype)
    single, top = Z.shape[-1] == 1, np.empty((*Z.shape[:-1], 1), Z.dtype)
    losses = P[..., 0] if single else np.empty(Z.shape[:-1], Z.dtype)
    zero, half, one = (np.array(number, Z.dtype) for number in (0, 0.5, 1))
    total = [] if single else [partial(np.add.reduce, P, -1, None, losses)]
    match loss:
        case HalfSquaredError():
            squares = [partial(np.subtract, Z, Y, P), partial(np.square, P, P)]
            return [*squares, *total, partial(np.multiply, losses, half, losses)], losses
        case BinaryCrossEntropy():
            yes = [partial(np.negative, Z, P), partial(np.logaddexp, zero, P, P), partial(np.multiply, Y, P, P)]
            R = np.empty_like(P)
            no = [partial(np.logaddexp, zero, Z, Q), partial(np.subtract, one, Y, R), partial(np.multiply, R, Q, Q)]
            return [*yes, *no, partial(np.add, P, Q, P), *total], losses
        case SoftmaxCrossEntropy():
            shifted = [partial(np.maximum.reduce, Z, -1, None, top, True), partial(np.subtract, Z, top, P)]
            sums = [partial(np.exp, P, Q), partial(np.add.reduce, Q, -1, None, top, True), partial(np.log, top, top)]
            terms = [partial(np.subtract, P, top, P), partial(np.multiply, Y, P, P)]
            return [*shifted, *sums, *terms, *total, partial(np.negative, losses, losses)], losses
