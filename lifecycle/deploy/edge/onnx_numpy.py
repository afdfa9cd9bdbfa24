"""Runs ONNX graphs with numpy alone, for machines without onnxruntime. Nothing in the file is executed.

It knows the operators that ML Lifecycle writes and the common ones of small networks; others are named in the error.
Numbers are float32 as in onnxruntime; sums may differ in the last digits.
"""

import math

import numpy as np

from onnx_file import TYPES, Unsupported, read_model
from onnx_layers import LAYERS
from onnx_texts import TEXTS


class Model:
    """A graph that was read. `run` gives its outputs by name."""

    def __init__(self, data):
        self._graph = read_model(data)
        unknown = sorted(_unknown(self._graph))
        if unknown:
            raise Unsupported(
                "Without onnxruntime the operator%s %s can't be run; install it: python3 -m pip install onnxruntime"
                % ("s" if len(unknown) > 1 else "", ", ".join(unknown)))

    def run(self, feeds):
        with np.errstate(all="ignore"):
            return _run(self._graph, feeds)


def _unknown(graph):
    found = set()
    for node in graph["nodes"]:
        if node["op"] not in _OPS and node["op"] != "Scan":
            found.add(node["op"])
        for value in node["at"].values():
            if isinstance(value, dict):
                found |= _unknown(value)
    return found


def _run(graph, feeds):
    values = dict(graph["constants"])
    values.update(feeds)
    values[""] = None
    for node in graph["nodes"]:
        given = [values[name] for name in node["in"]]
        made = _scan(node["at"], *given) if node["op"] == "Scan" else _OPS[node["op"]](node["at"], *given)
        for name, value in zip(node["out"], made if isinstance(made, tuple) else (made,)):
            values[name] = value
    return {name: values[name] for name in graph["outputs"]}


def _scan(at, *given):
    """The graph inside, once for each slice along the first axis of the inputs; nothing is handed on from one to the next."""
    body = at["body"]
    if len(given) != at["num_scan_inputs"] or any(name in at for name in ("scan_input_axes", "scan_output_axes", "scan_input_directions")):
        raise Unsupported("A Scan that keeps a state.")
    found = [_run(body, dict(zip(body["inputs"], slices))) for slices in zip(*given)]
    return tuple(np.stack([one[name] for one in found]) for name in body["outputs"])


def _axes(at, given, default=None):
    if given is not None:
        return tuple(int(axis) for axis in np.ravel(given)) or default
    found = at.get("axes")
    return default if found is None else tuple(found)


def _reduce(kind):
    def run(at, x, axes=None):
        over = _axes(at, axes)
        if over is None and at.get("noop_with_empty_axes"):
            return x
        return kind(x, axis=over, keepdims=bool(at.get("keepdims", 1))).astype(x.dtype)
    return run


def _gemm(at, a, b, c=None):
    a = a.T if at.get("transA") else a
    b = b.T if at.get("transB") else b
    y = np.matmul(a, b)
    alpha, beta = at.get("alpha", 1.0), at.get("beta", 1.0)
    y = y if alpha == 1 else y * np.float32(alpha)
    return y if c is None else y + (c if beta == 1 else c * np.float32(beta))


def _cast(at, x):
    kind = at["to"]
    if kind == 8:
        return np.array([str(v) for v in x.ravel()], dtype=object).reshape(x.shape)
    if x.dtype == object:
        x = np.array([float(v) for v in x.ravel()], dtype=np.float64).reshape(x.shape)
    return x.astype(TYPES[kind])


def _label_encoder(at, x):
    keys = next(at[name] for name in ("keys_strings", "keys_int64s", "keys_floats") if name in at)
    for name, default, dtype in (
        ("values_floats", at.get("default_float", -0.0), np.float32),
        ("values_int64s", at.get("default_int64", -1), np.int64),
        ("values_strings", at.get("default_string", "_Unused"), object),
    ):
        if name in at:
            table = dict(zip(keys, at[name]))
            return np.array([table.get(key, default) for key in x.ravel().tolist()], dtype=dtype).reshape(x.shape)
    raise Unsupported("A LabelEncoder without values.")


def _tree_scores(at, x, prefix, outputs):
    """Sum of the leaves that each row reaches [rows, outputs]; whole columns of rows go down a level at a time."""
    keys = {}
    trees, nodes = at["nodes_treeids"], at["nodes_nodeids"]
    for place, key in enumerate(zip(trees, nodes)):
        keys[key] = place
    modes = at["nodes_modes"]
    kinds = set(modes) - {"LEAF"}
    if kinds - {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"}:
        raise Unsupported("Trees that ask in another way.")
    leaf = np.array([mode == "LEAF" for mode in modes])
    feature = np.array(at["nodes_featureids"], dtype=np.int64)
    threshold = np.array(at["nodes_values"], dtype=np.float32)
    yes = np.array([keys.get((t, n), 0) for t, n in zip(trees, at["nodes_truenodeids"])], dtype=np.int64)
    no = np.array([keys.get((t, n), 0) for t, n in zip(trees, at["nodes_falsenodeids"])], dtype=np.int64)
    missing = np.array(at.get("nodes_missing_value_tracks_true") or [0] * len(nodes), dtype=bool)
    weights = np.zeros((len(nodes), outputs), dtype=np.float32)
    ids = at[prefix + "_ids"]
    for tree, node, target, weight in zip(at[prefix + "_treeids"], at[prefix + "_nodeids"], ids, at[prefix + "_weights"]):
        weights[keys[(tree, node)], target] += np.float32(weight)
    kind = np.array([0 if m in ("LEAF", "BRANCH_LEQ") else ["BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"].index(m) + 1 for m in modes])
    has_parent = set(yes[~leaf].tolist()) | set(no[~leaf].tolist())
    roots, seen = [], set()
    for place, tree in enumerate(trees):
        if tree not in seen and place not in has_parent:
            seen.add(tree)
            roots.append(place)
    rows = np.arange(x.shape[0])
    total = np.zeros((x.shape[0], outputs), dtype=np.float32)
    for root in roots:
        at_node = np.full(x.shape[0], root, dtype=np.int64)
        while True:
            going = ~leaf[at_node]
            if not going.any():
                break
            here, value = at_node[going], None
            value = x[rows[going], feature[here]]
            bound = threshold[here]
            k = kind[here]
            left = np.where(k == 0, value <= bound, np.where(k == 1, value < bound, np.where(k == 2, value >= bound, np.where(
                k == 3, value > bound, np.where(k == 4, value == bound, value != bound)))))
            left = np.where(np.isnan(value), missing[here], left)
            at_node[going] = np.where(left, yes[here], no[here])
        total += weights[at_node]
    return total


def _post(kind, scores):
    if kind in (None, "NONE"):
        return scores
    if kind == "LOGISTIC":
        return (1 / (1 + np.exp(-scores))).astype(np.float32)
    if kind == "SOFTMAX":
        return _softmax({"axis": 1}, scores)
    raise Unsupported("The post transform %s." % kind)


def _tree_regressor(at, x):
    if at.get("aggregate_function", "SUM") != "SUM":
        raise Unsupported("Trees that are not summed.")
    outputs = at.get("n_targets", 1)
    scores = _tree_scores(at, x.astype(np.float32), "target", outputs)
    base = at.get("base_values")
    if base:
        scores = scores + np.array(base, dtype=np.float32)
    return _post(at.get("post_transform"), scores.astype(np.float32))


def _tree_classifier(at, x):
    labels = at.get("classlabels_int64s") or at.get("classlabels_strings")
    used = sorted(set(at["class_ids"]))
    scores = _tree_scores(at, x.astype(np.float32), "class", len(labels))
    base = at.get("base_values")
    if base and len(base) == len(labels):
        scores = scores + np.array(base, dtype=np.float32)
    if len(labels) == 2 and len(used) == 1:
        raw = scores[:, used[0]:used[0] + 1] + (np.float32(base[0]) if base and len(base) == 1 else 0)
        positive = _post("LOGISTIC" if at.get("post_transform") == "LOGISTIC" else None, raw)
        scores = np.concatenate([1 - positive, positive], axis=1)
    else:
        scores = _post(at.get("post_transform"), scores)
    chosen = scores.argmax(axis=1)
    dtype = np.int64 if "classlabels_int64s" in at else object
    return np.array(labels, dtype=dtype)[chosen], scores.astype(np.float32)


def _softmax(at, x):
    axis = at.get("axis", -1)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).astype(x.dtype)


def _log_softmax(at, x):
    axis = at.get("axis", -1)
    shifted = x - x.max(axis=axis, keepdims=True)
    return (shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))).astype(x.dtype)


def _layer_norm(at, x, scale, shift=None):
    axes = tuple(range(at.get("axis", -1) % x.ndim, x.ndim))
    mean = x.mean(axis=axes, keepdims=True)
    spread = x - mean
    deviation = np.sqrt((spread * spread).mean(axis=axes, keepdims=True) + np.float32(at.get("epsilon", 1e-5)))
    y = (spread / deviation * scale).astype(x.dtype)
    return y if shift is None else y + shift


def _batch_norm(at, x, scale, shift, mean, variance):
    shape = (1, -1) + (1,) * (x.ndim - 2)
    scale, shift, mean, variance = (v.reshape(shape) for v in (scale, shift, mean, variance))
    return ((x - mean) / np.sqrt(variance + np.float32(at.get("epsilon", 1e-5))) * scale + shift).astype(x.dtype)


_erf = np.vectorize(math.erf, otypes=[np.float64])


def _slice(at, x, starts, ends, axes=None, steps=None):
    axes = range(len(starts)) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    cut = [slice(None)] * x.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        stop = None if step < 0 and end < -x.shape[axis] else int(end)
        cut[int(axis)] = slice(int(start), stop, int(step))
    return x[tuple(cut)]


def _reshape(at, x, shape):
    wanted = [x.shape[i] if size == 0 and not at.get("allowzero") else int(size) for i, size in enumerate(shape)]
    return x.reshape(wanted)


def _dequantize(at, x, scale, zero=None):
    if scale.ndim == 1 and scale.size > 1:
        shape = [1] * x.ndim
        shape[at.get("axis", 1)] = -1
        scale = scale.reshape(shape)
        zero = None if zero is None else zero.reshape(shape)
    wide = x.astype(np.int32)
    return ((wide if zero is None else wide - zero.astype(np.int32)).astype(np.float32) * scale).astype(np.float32)


def _quantize(at, x, scale, zero=None):
    zero = np.array(0, dtype=np.uint8) if zero is None else zero
    if scale.ndim == 1 and scale.size > 1:
        shape = [1] * x.ndim
        shape[at.get("axis", 1)] = -1
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    limits = np.iinfo(zero.dtype)
    return np.clip(np.rint(x / scale) + zero.astype(np.int32), limits.min, limits.max).astype(zero.dtype)


def _dynamic_quantize(at, x):
    low, high = min(float(x.min()), 0.0), max(float(x.max()), 0.0)
    scale = np.float32((high - low) / 255 or 1)
    zero = np.uint8(min(255, max(0, round(-low / float(scale)))))
    return _quantize(at, x, scale, np.array(zero)), scale, np.array(zero)


def _matmul_integer(at, a, b, a_zero=None, b_zero=None):
    a = a.astype(np.int32) - (0 if a_zero is None else a_zero.astype(np.int32))
    b = b.astype(np.int32) - (0 if b_zero is None else b_zero.astype(np.int32))
    return np.matmul(a, b).astype(np.int32)


def _pad(at, x, pads, value=None, axes=None):
    if at.get("mode", "constant") != "constant":
        raise Unsupported("Padding other than with a constant.")
    half = len(pads) // 2
    return np.pad(x, [(int(pads[i]), int(pads[i + half])) for i in range(half)], constant_values=0 if value is None else value.item())


def _equal(at, a, b):
    return np.asarray(a == b, dtype=np.bool_)


def _constant(at):
    for name in ("value", "value_float", "value_int", "value_floats", "value_ints", "value_string", "value_strings"):
        if name in at:
            found = at[name]
            if isinstance(found, np.ndarray):
                return found
            return np.array(found, dtype=np.float32 if "float" in name else object if "string" in name else np.int64)
    raise Unsupported("An empty Constant.")


def _where(at, condition, a, b):
    return np.where(condition, a, b).astype(a.dtype)


def _concat(at, *given):
    return np.concatenate(given, axis=at["axis"])


def _split(at, x, sizes=None):
    axis = at.get("axis", 0)
    sizes = at.get("split") if sizes is None else sizes
    if sizes is None:
        return tuple(np.array_split(x, at["num_outputs"], axis=axis))
    return tuple(np.split(x, np.cumsum(np.ravel(sizes))[:-1].astype(int), axis=axis))


def _one_to_one(kind):
    return lambda at, x: kind(x).astype(x.dtype)


def _many(kind):
    def run(at, first, *rest):
        for other in rest:
            first = kind(first, other)
        return first
    return run


def _two(kind):
    return lambda at, a, b: kind(a, b)


def _divide(at, a, b):
    return np.trunc(a / b).astype(a.dtype) if np.issubdtype(a.dtype, np.integer) else np.divide(a, b)


def _array_feature_extractor(at, x, indices):
    return x[..., np.ravel(indices)]


def _gelu(at, x):
    if at.get("approximate") == "tanh":
        return (x / 2 * (1 + np.tanh(np.float32(math.sqrt(2 / math.pi)) * (x + np.float32(0.044715) * x ** 3)))).astype(x.dtype)
    return (x / 2 * (1 + _erf(x / math.sqrt(2)))).astype(x.dtype)


def _one_hot(at, indices, depth, values):
    depth, axis = int(np.ravel(depth)[0]), at.get("axis", -1)
    axis = axis + indices.ndim + 1 if axis < 0 else axis
    shape = [1] * (indices.ndim + 1)
    shape[axis] = depth
    # Places below 0 count from the end; those outside are nowhere.
    place = np.where(indices < 0, indices + depth, indices)
    hit = np.expand_dims(place, axis) == np.arange(depth).reshape(shape)
    return np.where(hit, values[1], values[0]).astype(values.dtype)


def _scatter_elements(at, x, indices, updates):
    axis, y = at.get("axis", 0), x.copy()
    places = list(np.indices(indices.shape))
    places[axis] = np.where(indices < 0, indices + x.shape[axis], indices)
    how = at.get("reduction", "none")
    if how not in ("none", "add"):
        raise Unsupported("The reduction %s of ScatterElements." % how)
    if how == "add":
        np.add.at(y, tuple(places), updates)
    else:
        y[tuple(places)] = updates
    return y


_OPS = {
    "Abs": _one_to_one(np.abs), "Ceil": _one_to_one(np.ceil), "Cos": _one_to_one(np.cos), "Exp": _one_to_one(np.exp),
    "Floor": _one_to_one(np.floor), "Log": _one_to_one(np.log), "Neg": _one_to_one(np.negative),
    "Reciprocal": _one_to_one(np.reciprocal), "Round": _one_to_one(np.rint), "Sign": _one_to_one(np.sign),
    "Sin": _one_to_one(np.sin), "Sqrt": _one_to_one(np.sqrt), "Tanh": _one_to_one(np.tanh),
    "Erf": _one_to_one(_erf), "Identity": lambda at, x: x, "Dropout": lambda at, x, *more: x,
    "Sigmoid": lambda at, x: np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x)))).astype(x.dtype),
    "Relu": lambda at, x: np.maximum(x, np.array(0, x.dtype)),
    "LeakyRelu": lambda at, x: np.where(x >= 0, x, x * np.float32(at.get("alpha", 0.01))).astype(x.dtype),
    "Elu": lambda at, x: np.where(x >= 0, x, np.float32(at.get("alpha", 1.0)) * np.expm1(x)).astype(x.dtype),
    "Selu": lambda at, x: (np.float32(at.get("gamma", 1.0507009873554805)) * np.where(
        x > 0, x, np.float32(at.get("alpha", 1.6732632423543772)) * np.expm1(x))).astype(x.dtype),
    "HardSigmoid": lambda at, x: np.clip(x * np.float32(at.get("alpha", 0.2)) + np.float32(at.get("beta", 0.5)), 0, 1),
    "HardSwish": lambda at, x: (x * np.clip(x / np.float32(6) + np.float32(0.5), 0, 1)).astype(x.dtype),
    "Celu": lambda at, x: (np.maximum(x, 0) + np.minimum(
        0, np.float32(at.get("alpha", 1.0)) * np.expm1(x / np.float32(at.get("alpha", 1.0))))).astype(x.dtype),
    "Gelu": _gelu,
    "Softplus": lambda at, x: np.logaddexp(x, np.array(0, x.dtype)).astype(x.dtype),
    "Softsign": lambda at, x: x / (1 + np.abs(x)),
    "Softmax": _softmax, "LogSoftmax": _log_softmax,
    "Not": lambda at, x: np.logical_not(x), "IsNaN": lambda at, x: np.isnan(x),
    "IsInf": lambda at, x: np.isinf(x) & np.where(x > 0, bool(at.get("detect_positive", 1)), bool(at.get("detect_negative", 1))),
    "Add": _two(np.add), "Sub": _two(np.subtract), "Mul": _two(np.multiply), "Div": _divide,
    "Pow": lambda at, a, b: np.power(a, b).astype(a.dtype), "MatMul": _two(np.matmul), "Gemm": _gemm,
    "Mod": lambda at, a, b: np.fmod(a, b) if at.get("fmod") else np.mod(a, b),
    "And": _two(np.logical_and), "Or": _two(np.logical_or), "Xor": _two(np.logical_xor),
    "Equal": _equal, "Greater": _two(np.greater), "GreaterOrEqual": _two(np.greater_equal), "Less": _two(np.less),
    "LessOrEqual": _two(np.less_equal), "Where": _where, "Min": _many(np.minimum), "Max": _many(np.maximum),
    "Sum": _many(np.add), "Mean": lambda at, *xs: (_many(np.add)(at, *xs) / np.float32(len(xs))).astype(xs[0].dtype),
    "Clip": lambda at, x, low=None, high=None: np.clip(x, at.get("min", -np.inf) if low is None else low,
                                                       at.get("max", np.inf) if high is None else high).astype(x.dtype),
    "ReduceSum": _reduce(np.sum), "ReduceMean": _reduce(np.mean), "ReduceMax": _reduce(np.max),
    "ReduceMin": _reduce(np.min), "ReduceProd": _reduce(np.prod),
    "ReduceSumSquare": _reduce(lambda x, **more: np.sum(x * x, **more)),
    "ReduceL1": _reduce(lambda x, **more: np.sum(np.abs(x), **more)),
    "ReduceL2": _reduce(lambda x, **more: np.sqrt(np.sum(x * x, **more))),
    "ArgMax": lambda at, x: (np.expand_dims(x.argmax(at.get("axis", 0)), at.get("axis", 0)) if at.get("keepdims", 1)
                             else x.argmax(at.get("axis", 0))).astype(np.int64),
    "CumSum": lambda at, x, axis: np.cumsum(x, axis=int(axis)).astype(x.dtype),
    "Cast": _cast, "Concat": _concat, "Split": _split, "Slice": _slice, "Pad": _pad,
    "OneHot": _one_hot, "ScatterElements": _scatter_elements,
    "Gather": lambda at, x, indices: np.take(x, indices, axis=at.get("axis", 0)),
    "Reshape": _reshape, "Transpose": lambda at, x: np.transpose(x, at.get("perm")),
    "Flatten": lambda at, x: x.reshape((int(np.prod(x.shape[:at.get("axis", 1)])), -1)),
    "Squeeze": lambda at, x, axes=None: np.squeeze(x, axis=_axes(at, axes)),
    "Unsqueeze": lambda at, x, axes=None: np.expand_dims(x, _axes(at, axes)),
    "Expand": lambda at, x, shape: x * np.ones([int(s) for s in shape], dtype=x.dtype) if x.dtype != object
    else np.broadcast_to(x, np.broadcast_shapes(x.shape, tuple(int(s) for s in shape))),
    "Tile": lambda at, x, repeats: np.tile(x, [int(r) for r in repeats]),
    "Shape": lambda at, x: np.array(x.shape, dtype=np.int64),
    "Constant": _constant,
    "ConstantOfShape": lambda at, shape: np.full([int(s) for s in shape], at["value"].item() if "value" in at else 0,
                                                 dtype=at["value"].dtype if "value" in at else np.float32),
    "LayerNormalization": _layer_norm, "BatchNormalization": _batch_norm,
    "DequantizeLinear": _dequantize, "QuantizeLinear": _quantize, "DynamicQuantizeLinear": _dynamic_quantize,
    "MatMulInteger": _matmul_integer,
    "LabelEncoder": _label_encoder, "TreeEnsembleRegressor": _tree_regressor, "TreeEnsembleClassifier": _tree_classifier,
    "Scaler": lambda at, x: ((x - np.array(at["offset"], np.float32)) * np.array(at["scale"], np.float32)).astype(np.float32),
    "ArrayFeatureExtractor": _array_feature_extractor, "ZipMap": lambda at, x: x,
    **LAYERS, **TEXTS,
}
