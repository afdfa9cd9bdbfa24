"""Golden gradients from PyTorch, for test/lifecycle/onnx/gradients.test.ts.

Each case is one ONNX operator: its inputs, its output and the gradients of sum(output * weights). Run with python3 (torch, numpy):
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
    """inputs: float arrays to differentiate; constants: (position, int64 array) put among the operator's inputs."""
    tensors = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in inputs]
    out = function(*tensors)
    weights = rand(*out.shape)
    (out * torch.tensor(weights)).sum().backward()
    cases.append({
        "name": name or op, "op": op, "attributes": attributes or {},
        "inputs": [{"dims": list(x.shape), "data": x.ravel().tolist()} for x in inputs],
        "constants": [{"at": at, "dims": list(np.shape(x)), "data": np.ravel(x).tolist()} for at, x in (constants or [])],
        "output": {"dims": list(out.shape), "data": out.detach().numpy().ravel().tolist()},
        "weights": weights.ravel().tolist(),
        "gradients": [t.grad.numpy().ravel().tolist() for t in tensors],
    })


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

assert all(math.isfinite(v) for c in cases for g in c["gradients"] for v in g)
print("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]")
