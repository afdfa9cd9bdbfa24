"""The operators of windows and sequences, for onnx_numpy.py: convolutions, pooling, LSTM and GRU."""

import numpy as np

from onnx_file import Unsupported


def _places(at, size, window):
    """Per axis: stride, dilation, and the padding before and after."""
    axes = len(size)
    strides = list(at.get("strides") or [1] * axes)
    dilations = list(at.get("dilations") or [1] * axes)
    auto, pads = at.get("auto_pad", "NOTSET"), at.get("pads") or [0] * (2 * axes)
    before, after = list(pads[:axes]), list(pads[axes:])
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        for i in range(axes):
            outputs = -(-size[i] // strides[i])
            missing = max(0, (outputs - 1) * strides[i] + (window[i] - 1) * dilations[i] + 1 - size[i])
            before[i] = missing // 2 if auto == "SAME_UPPER" else missing - missing // 2
            after[i] = missing - before[i]
    elif auto not in ("NOTSET", "VALID"):
        raise Unsupported("The padding %s." % auto)
    return strides, dilations, before, after


def _windows(x, window, strides, dilations, before, after, fill):
    """Every window over the axes after the first two: [N, C, *outputs, *window]."""
    axes = len(window)
    x = np.pad(x, [(0, 0), (0, 0)] + list(zip(before, after)), constant_values=fill)
    reach = [(size - 1) * dilation + 1 for size, dilation in zip(window, dilations)]
    seen = np.lib.stride_tricks.sliding_window_view(x, reach, axis=tuple(range(2, 2 + axes)))
    steps = tuple(slice(None, None, stride) for stride in strides)
    holes = tuple(slice(None, None, dilation) for dilation in dilations)
    return seen[(slice(None), slice(None)) + steps + holes]


def _conv(at, x, weights, bias=None):
    window, groups = weights.shape[2:], at.get("group", 1)
    seen = _windows(x, window, *_places(at, x.shape[2:], window), 0)
    axes, rows = len(window), x.shape[0]
    outputs = seen.shape[2:2 + axes]
    each_in, each_out = x.shape[1] // groups, weights.shape[0] // groups
    made = []
    for g in range(groups):
        part = np.moveaxis(seen[:, g * each_in:(g + 1) * each_in], 1, 1 + axes).reshape(rows, int(np.prod(outputs)), -1)
        made.append(part @ weights[g * each_out:(g + 1) * each_out].reshape(each_out, -1).T)
    y = np.moveaxis(np.concatenate(made, axis=2), 2, 1).reshape((rows, weights.shape[0]) + outputs)
    return y if bias is None else y + bias.reshape((1, -1) + (1,) * axes)


def _conv_transpose(at, x, weights, bias=None):
    axes, groups, window = x.ndim - 2, at.get("group", 1), weights.shape[2:]
    strides = list(at.get("strides") or [1] * axes)
    dilations = list(at.get("dilations") or [1] * axes)
    pads = list(at.get("pads") or [0] * (2 * axes))
    more = list(at.get("output_padding") or [0] * axes)
    if at.get("auto_pad", "NOTSET") != "NOTSET" or at.get("output_shape"):
        raise Unsupported("A ConvTranspose that chooses its padding.")
    full = [(n - 1) * s + (k - 1) * d + 1 + extra for n, s, k, d, extra in zip(x.shape[2:], strides, window, dilations, more)]
    each_in, each_out = x.shape[1] // groups, weights.shape[1]
    y = np.zeros((x.shape[0], each_out * groups) + tuple(full), dtype=x.dtype)
    for place in np.ndindex(*window):
        cut = tuple(slice(k * d, k * d + (n - 1) * s + 1, s) for k, d, n, s in zip(place, dilations, x.shape[2:], strides))
        for g in range(groups):
            part = weights[(slice(g * each_in, (g + 1) * each_in), slice(None)) + place]
            to = (slice(None), slice(g * each_out, (g + 1) * each_out)) + cut
            y[to] += np.moveaxis(np.tensordot(x[:, g * each_in:(g + 1) * each_in], part, axes=(1, 0)), -1, 1)
    y = y[(slice(None), slice(None)) + tuple(slice(pads[i], y.shape[2 + i] - pads[i + axes]) for i in range(axes))]
    return y if bias is None else y + bias.reshape((1, -1) + (1,) * axes)


def _pool(kind):
    def run(at, x):
        window = at["kernel_shape"]
        strides, dilations, before, after = _places(at, x.shape[2:], window)
        own = list(after)
        if at.get("ceil_mode"):
            for i, size in enumerate(x.shape[2:]):
                over = size + before[i] + after[i] - ((window[i] - 1) * dilations[i] + 1)
                outputs = -(-over // strides[i]) + 1
                # A window that would begin in the padding behind is left out.
                if (outputs - 1) * strides[i] >= size + before[i]:
                    outputs -= 1
                own[i] = after[i] + max(0, (outputs - 1) * strides[i] - over)
        over_axes = tuple(range(-len(window), 0))
        if kind == "max":
            lowest = -np.inf if np.issubdtype(x.dtype, np.floating) else np.iinfo(x.dtype).min
            return _windows(x, window, strides, dilations, before, own, lowest).max(axis=over_axes)
        # What stands behind the padding, because of ceil_mode, never counts.
        counted = np.ones((1, 1) + x.shape[2:], dtype=x.dtype)
        if at.get("count_include_pad"):
            counted = np.pad(counted, [(0, 0), (0, 0)] + list(zip(before, after)), constant_values=1)
            number = _windows(counted, window, strides, dilations, [0] * len(window), [o - a for o, a in zip(own, after)], 0)
        else:
            number = _windows(counted, window, strides, dilations, before, own, 0)
        total = _windows(x, window, strides, dilations, before, own, 0).sum(axis=over_axes)
        return (total / number.sum(axis=over_axes)).astype(x.dtype)
    return run


def _global(kind):
    return lambda at, x: kind(x, axis=tuple(range(2, x.ndim)), keepdims=True).astype(x.dtype)


def _sigmoid(x):
    return np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x)))).astype(x.dtype)


def _recurrent(gates, step):
    def run(at, x, weights, recurrence, bias=None, lengths=None, *states):
        """x is [T, N, F]; the answer [T, directions, N, H] and the last state [directions, N, H]."""
        if lengths is not None or any(state is not None for state in states) or at.get("layout") or at.get("activations"):
            raise Unsupported("A recurrent layer with lengths, first states or other activations.")
        hidden = at["hidden_size"]
        direction = at.get("direction", "forward")
        every, last = [], []
        for d in range(weights.shape[0]):
            back = direction == "reverse" or d == 1
            w, r = weights[d], recurrence[d]
            b = np.zeros(2 * gates * hidden, dtype=x.dtype) if bias is None else bias[d]
            state = (np.zeros((x.shape[1], hidden), dtype=x.dtype),) * 2
            found = [None] * len(x)
            for t in range(len(x) - 1, -1, -1) if back else range(len(x)):
                state = step(at, x[t] @ w.T + b[:gates * hidden], state, r, b[gates * hidden:], hidden)
                found[t] = state[0]
            every.append(np.stack(found))
            last.append(state)
        return (np.stack(every, axis=1),) + tuple(np.stack([state[i] for state in last]) for i in range(2))
    return run


def _lstm_step(at, given, state, r, b, hidden):
    # The gates stand in the order input, output, forget, cell.
    h, c = state
    i, o, f, g = np.split(given + h @ r.T + b, 4, axis=1)
    c = _sigmoid(f) * c + _sigmoid(i) * np.tanh(g)
    return _sigmoid(o) * np.tanh(c), c


def _gru_step(at, given, state, r, b, hidden):
    # The gates stand in the order update, reset, hidden.
    h = state[0]
    z, s, n = np.split(given, 3, axis=1)
    rz, rs, rn = np.split(r, 3)
    bz, bs, bn = np.split(b, 3)
    update, reset = _sigmoid(z + h @ rz.T + bz), _sigmoid(s + h @ rs.T + bs)
    new = np.tanh(n + reset * (h @ rn.T + bn)) if at.get("linear_before_reset") else np.tanh(n + (reset * h) @ rn.T + bn)
    h = (1 - update) * new + update * h
    return h, h


LAYERS = {
    "Conv": _conv, "ConvTranspose": _conv_transpose, "MaxPool": _pool("max"), "AveragePool": _pool("mean"),
    "GlobalAveragePool": _global(np.mean), "GlobalMaxPool": _global(np.max),
    "LSTM": _recurrent(4, _lstm_step), "GRU": _recurrent(3, _gru_step),
}
