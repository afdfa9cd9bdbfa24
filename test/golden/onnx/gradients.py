"""Golden gradients from PyTorch, for test/lifecycle/onnx/gradients.test.ts.

Each case is one ONNX operator: its inputs, its outputs and the gradients of sum(output * weights), all in float64. Run with python3 (torch, numpy):
    python3 test/golden/onnx/gradients.py > test/golden/onnx/gradients.json
"""
import json
import math

import numpy as np
import torch
import torch.nn.functional as F

rng = np.random.default_rng(7)
cases = []


def rand(*shape, low=-2.0, high=2.0):
    return np.round(rng.uniform(low, high, size=shape), 4)


def case(op, inputs, function, attributes=None, constants=None, name=None):
    """inputs: float arrays to differentiate; constants: (position, array) put among the operator's inputs, int64 unless of floats or truths;
    where the function gives several outputs, those after the first stand under "more"."""
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    results = function(*tensors)
    outs = list(results) if isinstance(results, (tuple, list)) else [results]
    chosen = [rand(*out.shape) for out in outs]
    sum((out * torch.tensor(weights)).sum() for out, weights in zip(outs, chosen)).backward()
    out, weights = outs[0], chosen[0]
    cases.append({
        "name": name or op, "op": op, "attributes": attributes or {},
        "inputs": [{"dims": list(x.shape), "data": x.ravel().tolist()} for x in inputs],
        "constants": [{"at": at, "dims": list(np.shape(x)), "data": np.ravel(x).tolist(), **kind_of(x)} for at, x in (constants or [])],
        "output": {"dims": list(out.shape), "data": digits(out)},
        "weights": weights.ravel().tolist(),
        "gradients": [digits(t.grad) for t in tensors],
        **({"more": [{"dims": list(o.shape), "data": digits(o), "weights": w.ravel().tolist()}
                     for o, w in zip(outs[1:], chosen[1:])]} if len(outs) > 1 else {}),
    })


def digits(x):
    """Ten digits: far more than float32 has."""
    return [float(f"{v:.10g}") for v in x.detach().numpy().ravel().tolist()]


def kind_of(x):
    kind = np.asarray(x).dtype.kind
    return {"type": {"b": "bool", "f": "float"}[kind]} if kind in "bf" else {}


def i(value):
    return {"int": value}


def f(value):
    return {"float": value}


x = rand(3, 4)
for op, function in {
    "Identity": lambda x: x * 1, "Neg": torch.neg, "Abs": torch.abs, "Exp": torch.exp, "Sin": torch.sin, "Cos": torch.cos, "Atan": torch.atan,
    "Erf": torch.erf, "Relu": F.relu, "Sigmoid": torch.sigmoid, "Tanh": torch.tanh, "Softplus": F.softplus, "Softsign": F.softsign,
    "HardSwish": F.hardswish, "Selu": F.selu, "Elu": F.elu, "Celu": F.celu, "LeakyRelu": F.leaky_relu,
}.items():
    case(op, [rand(3, 4)], function)
case("HardSwish", [np.array([-4.0, -3.5, -1.0, 0.5, 2.0, 3.5])], F.hardswish, name="HardSwish in every part")
case("LeakyRelu", [rand(3, 4)], lambda x: F.leaky_relu(x, 0.2), {"alpha": f(0.2)}, name="LeakyRelu alpha")
case("Elu", [rand(3, 4)], lambda x: F.elu(x, 0.5), {"alpha": f(0.5)}, name="Elu alpha")
case("Celu", [rand(3, 4)], lambda x: F.celu(x, 0.5), {"alpha": f(0.5)}, name="Celu alpha")
case("HardSigmoid", [rand(3, 4, low=-4, high=4)], lambda x: torch.clamp(0.2 * x + 0.5, 0, 1))
case("ThresholdedRelu", [rand(3, 4)], lambda x: F.threshold(x, 1.0, 0.0))
for op, function in {"Log": torch.log, "Sqrt": torch.sqrt, "Reciprocal": torch.reciprocal}.items():
    case(op, [rand(3, 4, low=0.3, high=3)], function)
case("PRelu", [rand(3, 4), rand(4)], lambda x, a: torch.where(x < 0, a * x, x))

for op, function in {"Add": torch.add, "Sub": torch.sub, "Mul": torch.mul}.items():
    case(op, [rand(3, 4), rand(3, 4)], function)
    case(op, [rand(2, 3, 4), rand(3, 1)], function, name=op + " broadcast right")
    case(op, [rand(4), rand(2, 3, 4)], function, name=op + " broadcast left")
    case(op, [rand(1, 4), rand(3, 1)], function, name=op + " broadcast both")
    case(op, [rand(), rand(3)], function, name=op + " scalar")
case("Div", [rand(3, 4), rand(4, low=0.5, high=2)], torch.div)
case("Div", [rand(4, low=0.5, high=2), rand(3, 4, low=0.5, high=2)], torch.div, name="Div broadcast left")
case("Pow", [rand(3, 4, low=0.3, high=2), rand(4)], torch.pow)
case("Max", [rand(3, 4), rand(4), rand(3, 1)], lambda a, b, c: torch.maximum(torch.maximum(a, b), c))
case("Min", [rand(3, 4), rand(4)], torch.minimum)
case("Sum", [rand(3, 4), rand(4), rand(3, 1)], lambda a, b, c: a + b + c)
case("Mean", [rand(3, 4), rand(4)], lambda a, b: (a + b) / 2)

case("MatMul", [rand(3, 4), rand(4, 2)], torch.matmul)
case("MatMul", [rand(2, 3, 4), rand(4, 2)], torch.matmul, name="MatMul batch by matrix")
case("MatMul", [rand(2, 3, 4), rand(2, 4, 2)], torch.matmul, name="MatMul batches")
case("MatMul", [rand(2, 1, 3, 4), rand(5, 4, 2)], torch.matmul, name="MatMul broadcast batches")
case("MatMul", [rand(3, 4), rand(2, 4, 2)], torch.matmul, name="MatMul matrix by batch")
for ta in (0, 1):
    for tb in (0, 1):
        a, b = rand(*((4, 3) if ta else (3, 4))), rand(*((2, 4) if tb else (4, 2)))
        case("Gemm", [a, b, rand(2)], lambda a, b, c: 0.5 * (a.T if ta else a) @ (b.T if tb else b) + 2 * c,
             {"alpha": f(0.5), "beta": f(2.0), "transA": i(ta), "transB": i(tb)}, name=f"Gemm transA={ta} transB={tb}")
case("Gemm", [rand(3, 4), rand(4, 2)], torch.matmul, name="Gemm without C")
case("Gemm", [rand(3, 4), rand(4, 2), rand(3, 1)], lambda a, b, c: a @ b + c, name="Gemm with a column")

for kept in (0, 1):
    for axes in ([0], [1, 2], [-1]):
        tag = f"axes={axes} keepdims={kept}"
        case("ReduceSum", [rand(2, 3, 4)], lambda x: x.sum(axes, keepdim=bool(kept)), {"keepdims": i(kept)}, [(1, np.array(axes))], name="ReduceSum " + tag)
        for op, function in {"ReduceMean": torch.mean, "ReduceMax": torch.amax, "ReduceMin": torch.amin, "ReduceLogSumExp": torch.logsumexp,
                             "ReduceL1": lambda x, a, keepdim: x.abs().sum(a, keepdim=keepdim),
                             "ReduceL2": lambda x, a, keepdim: (x * x).sum(a, keepdim=keepdim).sqrt(),
                             "ReduceSumSquare": lambda x, a, keepdim: (x * x).sum(a, keepdim=keepdim)}.items():
            case(op, [rand(2, 3, 4)], lambda x: function(x, axes, keepdim=bool(kept)), {"axes": {"ints": axes}, "keepdims": i(kept)}, name=f"{op} {tag}")
case("ReduceSum", [rand(2, 3)], lambda x: x.sum(), {"keepdims": i(0)}, name="ReduceSum all")
case("ReduceMean", [rand(2, 3)], lambda x: x.mean(), {"keepdims": i(0)}, name="ReduceMean all")
for op, function in {"Softmax": torch.softmax, "LogSoftmax": torch.log_softmax}.items():
    case(op, [rand(3, 4)], lambda x: function(x, -1))
    case(op, [rand(2, 3, 4)], lambda x: function(x, 1), {"axis": i(1)}, name=op + " axis 1")
case("CumSum", [rand(3, 4)], lambda x: torch.cumsum(x, 1), {}, [(1, np.array(1))])
case("LayerNormalization", [rand(2, 3, 4), rand(4), rand(4)], lambda x, s, b: F.layer_norm(x, (4,), s, b, 1e-3), {"epsilon": f(1e-3)})
case("LayerNormalization", [rand(2, 3, 4), rand(3, 4), rand(3, 4)], lambda x, s, b: F.layer_norm(x, (3, 4), s, b, 1e-5), {"axis": i(1)}, name="LayerNormalization axis 1")

case("Reshape", [rand(3, 4)], lambda x: x.reshape(2, 6), {}, [(1, np.array([2, -1]))])
case("Flatten", [rand(2, 3, 4)], lambda x: x.reshape(2, 12))
case("Squeeze", [rand(3, 1, 4)], lambda x: x.squeeze(1), {}, [(1, np.array([1]))])
case("Unsqueeze", [rand(3, 4)], lambda x: x.unsqueeze(1), {}, [(1, np.array([1]))])
case("Transpose", [rand(2, 3, 4)], lambda x: x.permute(2, 0, 1), {"perm": {"ints": [2, 0, 1]}})
case("Transpose", [rand(2, 3, 4)], lambda x: x.permute(2, 1, 0), name="Transpose all")
case("Concat", [rand(2, 3), rand(2, 1), rand(2, 4)], lambda *x: torch.cat(x, 1), {"axis": i(1)})
case("Slice", [rand(4, 5)], lambda x: x[1:3, 2:], {}, [(1, np.array([1, -3])), (2, np.array([3, 2**31 - 1])), (3, np.array([0, 1]))])
case("Pad", [rand(2, 3)], lambda x: F.pad(x, (0, 2, 1, 0)), {}, [(1, np.array([1, 0, 0, 2]))])
case("Expand", [rand(3, 1)], lambda x: x.expand(2, 3, 4), {}, [(1, np.array([2, 3, 4]))])
case("Tile", [rand(2, 3)], lambda x: x.repeat(2, 3), {}, [(1, np.array([2, 3]))])
index = np.array([[0, 2], [2, 4]])
case("Gather", [rand(5, 3)], lambda x: x[torch.tensor(index)], {}, [(1, index)])
case("Gather", [rand(2, 5, 3)], lambda x: x[:, torch.tensor(index)], {"axis": i(1)}, [(1, index)], name="Gather axis 1")
case("GatherElements", [rand(2, 5)], lambda x: torch.gather(x, 1, torch.tensor(index)), {"axis": i(1)}, [(1, index)])

yes = rng.uniform(size=(3, 4)) > 0.5
case("Where", [rand(3, 4), rand(3, 4)], lambda a, b: torch.where(torch.tensor(yes), a, b), {}, [(0, yes)])
case("Where", [rand(4), rand(2, 3, 1)], lambda a, b: torch.where(torch.tensor(yes), a, b), {}, [(0, yes)], name="Where broadcast")
case("Cast", [rand(3, 4)], lambda x: x * 1, {"to": i(11)}, name="Cast to double")
low, high = np.array(-0.8), np.array(1.1)
case("Clip", [rand(3, 4)], lambda x: x.clamp(-0.8, 1.1), {}, [(1, low), (2, high)])
case("Clip", [rand(3, 4)], lambda x: x.clamp(min=-0.8), {}, [(1, low)], name="Clip from below")
case("Split", [rand(2, 6)], lambda x: x.split([1, 3, 2], 1), {"axis": i(1)}, [(1, np.array([1, 3, 2]))])
case("Split", [rand(4, 3)], lambda x: x.split([2, 2]), {}, [(1, np.array([2, 2]))], name="Split of rows")


def ints(*values):
    return {"ints": list(values)}


def padded(x, pads, value=0.0):
    """pads as in ONNX: before each axis, then behind each."""
    axes = len(pads) // 2
    return F.pad(x, [p for a in reversed(range(axes)) for p in (pads[a], pads[a + axes])], value=value)


def conv(x, w, b=None, strides=None, dilations=None, pads=None, group=1):
    axes = w.dim() - 2
    slide = [F.conv1d, F.conv2d, F.conv3d][axes - 1]
    return slide(padded(x, pads or [0] * 2 * axes), w, b, stride=strides or 1, dilation=dilations or 1, groups=group)


def attributes(**given):
    return {k: i(v) if isinstance(v, int) else ints(*v) for k, v in given.items()}


for tag, shape, kernel, bias, how in [
    ("", (2, 2, 5, 4), (3, 2, 3, 2), True, {}),
    (" padded, strided", (2, 2, 5, 6), (3, 2, 3, 2), True, dict(strides=[2, 3], pads=[1, 0, 2, 1])),
    (" dilated", (1, 2, 6, 7), (2, 2, 2, 3), False, dict(dilations=[2, 2], pads=[1, 2, 0, 1])),
    (" in groups", (2, 4, 5, 4), (6, 2, 3, 3), True, dict(group=2, pads=[1, 1, 1, 1])),
    (" depthwise, strided", (3, 3, 6, 5), (6, 1, 2, 3), True, dict(group=3, strides=[2, 1])),
    (" with a large window", (2, 1, 7, 7), (2, 1, 6, 6), True, dict(pads=[2, 2, 2, 2])),
    (" of sequences", (2, 3, 9), (2, 3, 4), True, dict(strides=[2], pads=[1, 2])),
]:
    inputs = [rand(*shape), rand(*kernel)] + ([rand(kernel[0])] if bias else [])
    case("Conv", inputs, lambda *given: conv(*given, **how), attributes(kernel_shape=kernel[2:], **how), name="Conv" + tag)

for tag, shape, kernel, how, output_padding in [
    ("", (2, 3, 4, 3), (3, 2, 3, 2), {}, 0),
    (" strided, padded", (2, 3, 4, 3), (3, 2, 3, 3), dict(strides=[2, 3], pads=[1, 1, 1, 1]), 0),
    (" with a rest", (2, 2, 3, 3), (2, 2, 3, 3), dict(strides=[2, 2], pads=[1, 1, 1, 1]), 1),
    (" in groups, dilated", (1, 4, 3, 4), (4, 1, 2, 3), dict(dilations=[2, 1], group=2), 0),
    (" of sequences", (2, 2, 5), (2, 3, 4), dict(strides=[2], pads=[1, 1]), 0),
]:
    axes = len(kernel) - 2
    slide = [F.conv_transpose1d, F.conv_transpose2d][axes - 1]
    more = {"output_padding": [output_padding] * axes} if output_padding else {}
    case("ConvTranspose", [rand(*shape), rand(*kernel), rand(kernel[1] * how.get("group", 1))],
         lambda x, w, b: slide(x, w, b, stride=how.get("strides", 1), padding=how.get("pads", [0] * axes)[:axes],
                               output_padding=output_padding, groups=how.get("group", 1), dilation=how.get("dilations", 1)),
         attributes(kernel_shape=kernel[2:], **how, **more), name="ConvTranspose" + tag)


def pool(op, x, kernel, strides=None, pads=None, count_include_pad=0):
    axes = len(kernel)
    pads = pads or [0] * 2 * axes
    if op == "MaxPool":
        return [F.max_pool1d, F.max_pool2d][axes - 1](padded(x, pads, -1e9), kernel, strides)
    mean = [F.avg_pool1d, F.avg_pool2d][axes - 1]
    taken = mean(padded(x, pads), kernel, strides)
    return taken if count_include_pad else taken / mean(padded(torch.ones_like(x), pads), kernel, strides)


for tag, shape, kernel, how in [
    (" by twos", (2, 2, 4, 6), [2, 2], dict(strides=[2, 2])),
    (" overlapping, padded", (2, 3, 5, 6), [3, 3], dict(strides=[2, 2], pads=[1, 1, 1, 1])),
    (" with a rest", (2, 1, 5, 7), [2, 3], dict(strides=[2, 3])),
    (" of sequences", (2, 3, 9), [3], dict(strides=[2], pads=[1, 0])),
]:
    for op in ("MaxPool", "AveragePool"):
        case(op, [rand(*shape)], lambda x: pool(op, x, kernel, **how), attributes(kernel_shape=kernel, **how), name=op + tag)
how = dict(strides=[2, 2], pads=[1, 0, 1, 1], count_include_pad=1)
case("AveragePool", [rand(2, 2, 5, 5)], lambda x: pool("AveragePool", x, [3, 2], **how), attributes(kernel_shape=[3, 2], **how), name="AveragePool counting the padding")


def recurrent(op, x, w, r, b=None, reverse=False):
    """ONNX's gates: input, output, forget, cell, and update, reset, hidden; PyTorch's: input, forget, cell, output, and reset, update, hidden."""
    gates, order = (4, [0, 2, 3, 1]) if op == "LSTM" else (3, [1, 0, 2])
    units = r.shape[2]
    ours = lambda m: torch.cat([m[k * units:(k + 1) * units] for k in order])
    halves = b[0].split(gates * units) if b is not None else [torch.zeros(gates * units, dtype=torch.float64)] * 2
    flat = [ours(w[0]), ours(r[0]), ours(halves[0]), ours(halves[1])]
    seen = x.flip(0) if reverse else x
    start = torch.zeros(1, x.shape[1], units, dtype=torch.float64)
    if op == "LSTM":
        y, *last = torch._VF.lstm(seen, (start, start), flat, True, 1, 0.0, False, False, False)
    else:
        y, *last = torch._VF.gru(seen, start, flat, True, 1, 0.0, False, False, False)
    return [(y.flip(0) if reverse else y).unsqueeze(1), *last]


for op, gates in (("LSTM", 4), ("GRU", 3)):
    for tag, steps, bias, reverse in [("", 4, True, False), (" backwards", 3, True, True), (" without bias", 3, False, False), (" of one step", 1, True, False)]:
        units, width = 3, 2
        inputs = [rand(steps, 2, width), rand(1, gates * units, width), rand(1, gates * units, units)]
        inputs += [rand(1, 2 * gates * units)] if bias else []
        told = {"hidden_size": i(units), **({"direction": {"string": "reverse"}} if reverse else {}),
                **({"linear_before_reset": i(1)} if op == "GRU" else {})}
        case(op, inputs, lambda *given: recurrent(op, *given, reverse=reverse), told, name=op + tag)

assert all(math.isfinite(v) for c in cases for g in c["gradients"] for v in g)
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
