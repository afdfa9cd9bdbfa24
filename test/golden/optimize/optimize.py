"""Golden values for test/lifecycle/optimize, from numpy alone: rounding to 16 bits, a network in 8 bits, what pruning removes, softened answers.

Run with python3 (numpy):
    python3 test/golden/optimize/optimize.py > test/golden/optimize/optimize.json
"""
import json

import numpy as np

rng = np.random.default_rng(11)


def listed(x):
    return {"dims": list(np.shape(x)), "data": [float(v) for v in np.ravel(x)]}


def halves():
    """float32 numbers around every kind of border, and the bits that numpy rounds them to."""
    given = [0.0, -0.0, 1.0, -1.0, 65504.0, 65519.99, 65520.0, -70000.0, 2.0 ** -14, 2.0 ** -24, 2.0 ** -25, 2.0 ** -25 * 1.0001,
             2.0 ** -24 * 1.5, 2.0 ** -24 * 2.5, 1 + 2.0 ** -11, 1 + 3 * 2.0 ** -11, 1.9999, 0.1, 1e-7, 6.1e-5, 6.097e-5, 1023.75, 2047.5]
    given += list(rng.normal(size=200) * 10.0 ** rng.uniform(-8, 5, size=200))
    bits = np.arange(0, 0x7c00, 31, dtype=np.uint16)  # every 31st finite number, and halfway between it and the next
    exact = bits.view(np.float16).astype(np.float32)
    following = (bits + 1).view(np.float16).astype(np.float32)
    between = (exact[:-1] + following[:-1]) / 2
    x = np.concatenate([np.array(given, dtype=np.float32), exact, between]).astype(np.float32)
    with np.errstate(over="ignore"):
        return {"given": [float(v) for v in x], "bits": [int(v) for v in x.astype(np.float16).view(np.uint16)]}


def network():
    """A network of two layers in 8 bits: x on a grid by the least and most that was seen, weights by a grid for each output."""
    x = rng.normal(size=(40, 20)).astype(np.float32)
    w1, b1 = rng.normal(size=(20, 24)).astype(np.float32), rng.normal(size=24).astype(np.float32)
    w2, b2 = rng.normal(size=(3, 24)).astype(np.float32), rng.normal(size=3).astype(np.float32)  # transposed: [outputs, inputs]

    def grid(values):
        low, high = np.float64(min(values.min(), 0)), np.float64(max(values.max(), 0))
        scale = np.float32((high - low) / 255)
        return scale, int(np.clip(np.rint(-low / np.float64(scale)), 0, 255))

    def rounded(values, scale, zero):
        whole = np.clip(np.rint(values / scale) + zero, 0, 255)
        return ((whole - zero) * scale).astype(np.float32)

    def columns(w):
        scale = np.abs(w).max(axis=0) / np.float32(127)
        whole = np.clip(np.floor(w / scale + np.float32(0.5)), -127, 127)
        return whole.astype(np.float32) * scale

    hidden = np.maximum(x @ w1 + b1, 0)
    first, second = grid(x), grid(hidden)
    h = np.maximum(rounded(x, *first) @ columns(w1) + b1, 0)
    y = rounded(h, *second) @ columns(w2.T) + b2
    return {"x": listed(x), "w1": listed(w1), "b1": listed(b1), "w2": listed(w2), "b2": listed(b2), "plain": listed(hidden @ w2.T + b2),
            "quantized": listed(y), "grids": [[float(s), z] for s, z in (first, second)]}


def pruning(net):
    w1 = np.array(net["w1"]["data"], dtype=np.float32).reshape(net["w1"]["dims"])
    w2 = np.array(net["w2"]["data"], dtype=np.float32).reshape(net["w2"]["dims"])
    away = int(0.6 * w1.size)
    kept = np.ones(w1.size, dtype=int)
    kept[np.argsort(np.abs(w1).ravel(), kind="stable")[:away]] = 0
    worth = np.sqrt((w1.astype(np.float64) ** 2).sum(axis=0) * (w2.astype(np.float64) ** 2).sum(axis=0))
    units = sorted(int(u) for u in np.argsort(worth, kind="stable")[12:])
    x = np.array(net["x"]["data"], dtype=np.float32).reshape(net["x"]["dims"])
    b1 = np.array(net["b1"]["data"], dtype=np.float32)
    b2 = np.array(net["b2"]["data"], dtype=np.float32)
    y = np.maximum(x @ w1[:, units] + b1[units], 0) @ w2[:, units].T + b2
    return {"sparsity": 0.6, "kept": kept.tolist(), "units": units, "answers": listed(y)}


def softened():
    logits = rng.normal(size=(6, 3)) * 3
    soft = lambda z: np.exp(z - z.max(axis=1, keepdims=True)) / np.exp(z - z.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True)
    two = 1 / (1 + np.exp(-logits[:, 0]))
    return {"temperature": 3, "probabilities": listed(soft(logits)), "softened": listed(soft(logits / 3)),
            "two": listed(np.stack([1 - two, two], axis=1)), "softenedTwo": [float(v) for v in 1 / (1 + np.exp(-logits[:, 0] / 3))]}


net = network()
print(json.dumps({"halves": halves(), "network": net, "pruning": pruning(net), "softened": softened()}))
