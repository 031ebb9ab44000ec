"""Feature maps on the tape: one convolution and its maximum, with the images of the batch last in memory."""

from functools import partial

import numpy as np
from numpy.lib.stride_tricks import as_strided

from mlp_core.fast.tape import Tape, elementwise


class ImagesTape(Tape):
    """A tape that begins with Conv2D, MaxPool2D and Flatten, for a single network.

    The maximum comes before bias and activation, on a quarter of the numbers: as none of the package's activations
    falls, it is the same unit that wins.
    """

    def front(self, net, params, grads, a):
        conv, pool = net.layers[:2]
        (H, W, C), (kh, kw), (h, w, maps), s, B = conv.shape, conv.kernel_size, pool.shape_out, pool.size, len(a)
        images = np.empty((H, W, C, B), a.dtype)
        y, x, c, b = images.strides
        patches = as_strided(images, (h, kh, kw, C, s, s, w, B), (s * y, y, x, c, y, x, s * x, b))
        columns = np.empty((h, kh * kw * C, s * s * w * B), a.dtype)  # a product for each line of windows
        Z, dZ = (np.empty((h, maps, s * s, w * B), a.dtype) for _ in range(2))
        top, P, A = (np.empty((h, maps, w * B), a.dtype) for _ in range(3))
        dA, dW, line = np.empty(a.shape, a.dtype), np.empty((h, maps, kh * kw * C), a.dtype), (h, maps, w, B)
        largest, dP, maxima, winners = Z[:, :, 0], dZ[:, :, 0], [], []
        for Z_q, dZ_q in ((Z[:, :, q], dZ[:, :, q]) for q in range(1, s * s)):
            won = np.empty(top.shape, bool)  # a later unit must be larger: of equal ones the first has the gradient
            maxima += [partial(np.greater, Z_q, largest, won), partial(np.maximum, Z_q, largest, out=top)]
            winners += [partial(np.subtract, dP, dZ_q, dP), partial(np.multiply, dP, won, dZ_q)]
            largest = top
        value, slope = elementwise(conv.activation, P, A, dP)
        forward = [
            partial(np.copyto, columns.reshape(patches.shape), patches),
            partial(np.matmul, params[0]["W"].T, columns, Z.reshape(h, maps, -1)),
            *maxima,
            partial(np.add, largest, params[0]["b"].T, P),
            *value,
            partial(np.copyto, a.reshape(B, h, w, maps), A.reshape(line).transpose(3, 0, 2, 1)),
        ]
        backward = [
            partial(np.copyto, dP.reshape(line), dA.reshape(B, h, w, maps).transpose(1, 3, 2, 0)),
            *slope,
            partial(np.add.reduce, dP, (0, 2), None, grads[0]["b"][0]),
            *reversed(winners),
            partial(np.matmul, dZ.reshape(h, maps, -1), columns.mT, dW),
            partial(np.add.reduce, dW, 0, None, grads[0]["W"].T),
        ]
        used = params[0]["W"].size + maps
        return images.reshape(-1, B).T, dA, used, forward, backward[::-1]
