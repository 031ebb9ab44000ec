"""The BLAS limit: the matrix products of a step and nothing else."""

import numpy as np

from benchmarks.contenders import Run


def floor(problem):
    """All products of forward and backward pass into arrays made once, all but the error of the input."""
    lead = () if problem.replicas is None else (problem.replicas,)
    return products(dense_products(problem.weights(), problem.batch_size or len(problem.X), lead), problem.steps)


def products(triples, steps):
    """A contender that computes the products `u @ v` into `out` of all triples (u, v, out) at each step."""
    dot = np.dot if triples[0][0].ndim == 2 else np.matmul

    def train(epochs):
        for _ in range(epochs * steps):
            for u, v, out in triples:
                dot(u, v, out=out)

    return Run(train, None)


def dense_products(weights, B, lead=(), error_of_input=False):
    """The products of dense layers, with random activations and errors, as triples (u, v, out)."""
    rng = np.random.default_rng(0)
    triples = []
    for layer, W in enumerate(weights[::2]):
        n_in, n_out = W.shape[-2:]
        A, dZ = (rng.random((*lead, B, n), W.dtype) for n in (n_in, n_out))
        triples += [(A, W, np.empty_like(dZ)), (A.mT, dZ, np.empty_like(W))]
        triples += [(dZ, W.mT, np.empty_like(A))] if layer or error_of_input else []
    return triples
