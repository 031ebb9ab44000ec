"""Feature maps on the tape: convolutions and their maxima, with the images of the batch last in memory."""

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from mlp_core.conv import Conv2D, MaxPool2D
from mlp_core.fast.tape import Tape, elementwise


class ImagesTape(Tape):
    """A tape that begins with stages, each a Conv2D with or without a MaxPool2D, and Flatten, for a single network."""

    def front(self, net, params, grads, a):
        B, used, forward, backward = len(a), 0, [], []
        pixels = np.empty((*net.shape_in, B), a.dtype)  # (H, W, C, B)
        images, d_images = pixels, None
        for number, layer in enumerate(net.layers):
            if isinstance(layer, Conv2D):
                pool = net.layers[number + 1]
                size = pool.size if isinstance(pool, MaxPool2D) else 1
                stage = Stage(layer, size, params[number], grads[number], images, d_images)
                forward, backward = forward + stage.forward, stage.backward + backward
                images, d_images = stage.images, stage.d_images
                used += sum(array.size for array in params[number].values())
        dA = np.empty(a.shape, a.dtype)
        rows, d_rows = (Q.reshape(B, *images.shape[:-1]) for Q in (a, dA))
        forward.append(partial(np.copyto, rows, images.transpose(3, 0, 1, 2)))
        backward.insert(0, partial(np.copyto, d_images, d_rows.transpose(1, 2, 3, 0)))
        return pixels.reshape(-1, B).T, dA, used, forward, backward[::-1]


class Stage:
    """A convolution of images (H, W, C, B) and the maximum of each window of size x size units.

    The maximum comes before bias and activation, on a fraction of the numbers: as none of the package's activations
    falls, it is the same unit that wins.

    Attributes
    ----------
    images, d_images : (h, w, filters, B), the feature maps and the gradient with respect to them
    forward, backward : lists of calls
        The gradient with respect to the input goes to the `d_images` that was given, unless it is None.
    """

    def __init__(self, conv, size, params, grads, images, d_images):
        (_, _, C, B), (kh, kw), s = images.shape, conv.kernel_size, size
        h, w, maps = conv.shape_out[0] // s, conv.shape_out[1] // s, conv.filters
        shape, line, dtype = (h, kh, kw, C, s, s, w, B), (h, maps, w * B), images.dtype
        columns = np.empty((h, kh * kw * C, s * s * w * B), dtype)  # a product for each line of windows
        Z, dZ = (np.empty((h, maps, s * s, w * B), dtype) for _ in range(2))
        top, P, A = (np.empty(line, dtype) for _ in range(3))
        dW = np.empty((h, maps, kh * kw * C), dtype)
        largest, dP, maxima, winners = Z[:, :, 0], dZ[:, :, 0], [], []
        for Z_q, dZ_q in ((Z[:, :, q], dZ[:, :, q]) for q in range(1, s * s)):
            won = np.empty(line, bool)  # a later unit must be larger: of equal ones the first has the gradient
            maxima += [partial(np.greater, Z_q, largest, won), partial(np.maximum, Z_q, largest, out=top)]
            winners = [partial(np.multiply, dP, won, dZ_q), partial(np.subtract, dP, dZ_q, dP), *winners]
            largest = top
        value, slope = elementwise(conv.activation, P, A, dP)
        self.images, self.d_images = (Q.reshape(h, maps, w, B).swapaxes(1, 2) for Q in (A, dP))
        self.forward = [
            partial(np.copyto, columns.reshape(shape), windows(images, shape)),
            partial(np.matmul, params["W"].T, columns, Z.reshape(h, maps, -1)),
            *maxima,
            partial(np.add, largest, params["b"].T, P),
            *value,
        ]
        self.backward = [
            *slope,
            partial(np.add.reduce, dP, (0, 2), None, grads["b"][0]),
            *winners,
            partial(np.matmul, dZ.reshape(h, maps, -1), columns.mT, dW),
            partial(np.add.reduce, dW, 0, None, grads["W"].T),
        ]
        if d_images is not None:
            d_patches, folded = columns.reshape(shape), windows(d_images, shape)  # in the memory of the used columns
            self.backward += [
                partial(np.matmul, params["W"], dZ.reshape(h, maps, -1), columns),
                partial(d_images.fill, 0),
                *(partial(np.add, folded[:, i, j], d_patches[:, i, j], folded[:, i, j]) for i, j in np.ndindex(kh, kw)),
            ]


def windows(images, shape):
    """The patches of images (H, W, C, B) as a view (h, kh, kw, C, size, size, w, B), by their places in the windows."""
    size, (y, x, c, b) = shape[4], images.strides
    return as_strided(images, shape, (size * y, y, x, c, y, x, size * x, b))


class Replicas:
    """A tape of a single network for R replicas, one after the other: each is copied to its place and back.

    So the one tape's memory stays warm. `run`, `output`, `cost` and `forget` as those of Tape.
    """

    def __init__(self, layout, net, params, grads, loss, rate, sums_are_one, B, shared):
        self.params, self.grads = params, grads
        self.own, self.d_own = params.replica(0).copy(), params.replica(0).zeros_like()
        self.shares = np.broadcast_to(np.asarray(rate / B, params.theta.dtype), (params.replicas, 1))
        self.tape = ImagesTape(layout, net, self.own, self.d_own, loss, 1, sums_are_one, B, shared)

    def forget(self):
        """Nothing to do: parameters and data are read anew for each replica."""

    def run(self, X, Y, rows, rng):
        for r, data in self._each(X, Y, rows):
            self.tape.run(*data, None if rng is None else rng[r])
            self.grads.theta[r] = self.d_own.theta

    def output(self, X, Y, rows):
        return np.stack([self.tape.output(*data) for _, data in self._each(X, Y, rows)])

    def cost(self, X, Y):
        return np.stack([self.tape.cost(X, Y) for _, (X, Y, _) in self._each(X, Y, None)])

    def _each(self, X, Y, rows):
        for r, theta in enumerate(self.params.theta):
            self.own.theta = theta
            self.tape.share[...] = self.shares[r]
            self.tape.forget()
            yield r, (X if X.ndim == 2 else X[r], Y if Y.ndim == 2 else Y[r], None if rows is None else rows[r])
