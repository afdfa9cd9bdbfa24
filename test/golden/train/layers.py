"""Golden gradients and loss curves of networks of every layer, by PyTorch in float64: /usr/bin/python3 test/golden/train/layers.py

An interpreter of our layer lists, written over torch.nn.functional; weights are laid out as ours (lifecycle/model/layers/place.ts).
"""
import json
import math
import pathlib

import torch
import torch.nn.functional as F

torch.manual_seed(11)
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
ACTIVATIONS = {
    "none": lambda x: x, "relu": F.relu, "relu6": F.relu6, "leaky-relu": lambda x: F.leaky_relu(x, 0.01), "elu": F.elu, "selu": F.selu,
    "celu": F.celu, "gelu": F.gelu, "silu": F.silu, "mish": F.mish, "sigmoid": torch.sigmoid, "hard-sigmoid": F.hardsigmoid,
    "hard-swish": F.hardswish, "tanh": torch.tanh, "softplus": F.softplus, "softsign": F.softsign,
    "softmax": lambda x: torch.softmax(x, -1), "exponential": torch.exp,
    "gelu-tanh": lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3))),
}


def pads(size, extent, stride, padding):
    if padding == "valid":
        return 0, 0
    needed = max(0, (math.ceil(size / stride) - 1) * stride + extent - size)
    return needed // 2, needed - needed // 2


def both(value, axes):
    return [value] * axes if isinstance(value, int) else list(value)


class Net:
    """Makes parameters on its first pass, in our order; then computes."""

    def __init__(self, layers, tokens=0):
        self.layers, self.tokens, self.params, self.masks, self.made = layers, tokens, [], [], False

    def param(self, *shape, scale=0.3):
        if not self.made:
            self.params.append((torch.randn(*shape) * scale).requires_grad_())
        self.at += 1
        return self.params[self.at - 1]

    def __call__(self, x, outputs):
        self.at, self.dropped, self.named, self.present = 0, 0, {"features": x}, None
        x = self.run(self.layers, x)
        w, b = self.param(x.shape[1], outputs), self.param(outputs)
        self.made = True
        return x @ w + b

    def run(self, layers, x):
        for layer in layers:
            kind, s = (layer, {}) if isinstance(layer, str) else next(iter(layer.items()))
            x = getattr(self, kind.replace("-", "_"))(x, s)
            if isinstance(s, dict) and "name" in s:
                self.named[s["name"]] = x
        return x

    def dense(self, x, s):
        y = x @ self.param(x.shape[-1], s["units"])
        if s.get("bias", True):
            y = y + self.param(s["units"])
        return ACTIVATIONS[s.get("activation", "none")](y)

    # The mask that PyTorch's own dropout makes of ones, the same one in every pass.
    def dropout(self, x, rate):
        if not self.made:
            self.masks.append(F.dropout(torch.ones_like(x), rate).float().double())
        self.dropped += 1
        return x * self.masks[self.dropped - 1]

    def activation(self, x, name):
        return ACTIVATIONS[name](x)

    def convolve(self, x, s, axes, transposed=False, depthwise=False):
        sequence = axes == 1
        if sequence:
            x = x.transpose(1, 2)
        channels = x.shape[1]
        groups = channels if depthwise else s.get("groups", 1)
        filters = channels * s.get("multiplier", 1) if depthwise else s["filters"]
        size, stride, dilation = (both(s.get(k, d), axes) for k, d in (("size", 3), ("stride", 1), ("dilation", 1)))
        extents = [(k - 1) * d + 1 for k, d in zip(size, dilation)]
        w = self.param(channels, filters // groups, *size) if transposed else self.param(filters, channels // groups, *size)
        b = self.param(filters) if s.get("bias", True) else None
        if transposed:
            full = [F.conv_transpose1d, F.conv_transpose2d][axes - 1](x, w, b, stride=stride, dilation=dilation)
            if s.get("padding", "same") == "same":
                for axis in range(axes):
                    over = extents[axis] - stride[axis]
                    if over < 0:  # what reaches further is only the bias
                        width = [0, 0] * (axes - 1 - axis) + [0, -over]
                        full = F.pad(full - (b.view(-1, *[1] * axes) if b is not None else 0), width)
                        full = full + (b.view(-1, *[1] * axes) if b is not None else 0)
                    else:
                        full = full.narrow(axis + 2, over // 2, x.shape[axis + 2] * stride[axis])
            y = full
        else:
            around = [pads(n, e, t, s.get("padding", "same")) for n, e, t in zip(x.shape[2:], extents, stride)]
            x = F.pad(x, [p for pair in reversed(around) for p in pair])
            y = [F.conv1d, F.conv2d][axes - 1](x, w, b, stride=stride, dilation=dilation, groups=groups)
        y = ACTIVATIONS[s.get("activation", "none")](y)
        return y.transpose(1, 2) if sequence else y

    def conv1d(self, x, s): return self.convolve(x, s, 1)
    def conv2d(self, x, s): return self.convolve(x, s, 2)
    def depthwise_conv2d(self, x, s): return self.convolve(x, s, 2, depthwise=True)
    def transposed_conv1d(self, x, s): return self.convolve(x, s, 1, transposed=True)
    def transposed_conv2d(self, x, s): return self.convolve(x, s, 2, transposed=True)

    def pool(self, x, s, largest):
        sequence = x.dim() == 3
        axes = 1 if sequence else 2
        if sequence:
            x = x.transpose(1, 2)
        size = both(s.get("size", 2), axes)
        stride = both(s.get("stride", size if axes > 1 else size[0]), axes)
        around = [pads(n, e, t, s.get("padding", "valid")) for n, e, t in zip(x.shape[2:], size, stride)]
        width = [p for pair in reversed(around) for p in pair]
        if largest:
            y = [F.max_pool1d, F.max_pool2d][axes - 1](F.pad(x, width, value=-1e300), size, stride)
        else:
            mean = [F.avg_pool1d, F.avg_pool2d][axes - 1]
            y = mean(F.pad(x, width), size, stride) / mean(F.pad(torch.ones_like(x), width), size, stride)
        return y.transpose(1, 2) if sequence else y

    def max_pool(self, x, s): return self.pool(x, s, True)
    def average_pool(self, x, s): return self.pool(x, s, False)

    def global_max_pool(self, x, s):
        if x.dim() == 4:
            return x.amax((2, 3))
        return x.amax(1) if self.present is None else x.masked_fill(~self.present[:, :, None], -1e9).amax(1)

    def global_average_pool(self, x, s):
        if x.dim() == 4:
            return x.mean((2, 3))
        if self.present is None:
            return x.mean(1)
        there = self.present[:, :, None].to(x.dtype)
        return (x * there).sum(1) / there.sum(1).clamp(min=1)

    def batch_normalization(self, x, s):
        width = x.shape[1] if x.dim() == 4 else x.shape[-1]
        w, b = self.param(width), self.param(width)
        if x.dim() == 3:
            return F.batch_norm(x.reshape(-1, width), None, None, w, b, True, eps=1e-5).view_as(x)
        return F.batch_norm(x, None, None, w, b, True, eps=1e-5)

    def layer_normalization(self, x, s):
        shape = x.shape[1:] if x.dim() == 4 else x.shape[-1:]
        return F.layer_norm(x, shape, self.param(*shape), self.param(*shape), 1e-5)

    def flatten(self, x, s): return x.flatten(1)
    def reshape(self, x, s): return x.reshape(-1, *s)

    def embedding(self, x, s):
        self.present = x > 0.5
        return self.param(s.get("tokens", self.tokens), s["size"])[x.long()]

    def positions(self, x, how):
        steps, size = x.shape[1:]
        if how == "learned":
            return x + self.param(steps, size)
        t, j = torch.arange(steps, dtype=x.dtype)[:, None], torch.arange(size)
        angle = t / 10000 ** ((2 * (j // 2)) / size)
        return x + torch.where(j % 2 == 0, torch.sin(angle), torch.cos(angle))

    def recurrent(self, x, s, gates, order, lstm):
        units, outs = s["units"], []
        for reverse in ([False, True] if s.get("bidirectional") else [False]):
            w, r, b = self.param(1, gates * units, x.shape[2]), self.param(1, gates * units, units), self.param(1, 2 * gates * units)
            ours = lambda m: torch.cat([m[k * units:(k + 1) * units] for k in order])
            flat = [ours(w[0]), ours(r[0]), ours(b[0, :gates * units]), ours(b[0, gates * units:])]
            seen = x.flip(1) if reverse else x
            start = torch.zeros(1, x.shape[0], units)
            if lstm:
                y, _, _ = torch._VF.lstm(seen, (start, start), flat, True, 1, 0.0, False, False, True)
            else:
                y, _ = torch._VF.gru(seen, start, flat, True, 1, 0.0, False, False, True)
            if s.get("sequences"):
                outs.append(y.flip(1) if reverse else y)
            elif self.present is None or reverse:
                outs.append(y[:, -1])
            else:
                last = (self.present * torch.arange(1, x.shape[1] + 1)).argmax(1)
                outs.append(y[torch.arange(len(x)), last])
        if not s.get("sequences"):
            self.present = None
        return torch.cat(outs, -1)

    # ONNX: input, output, forget, cell; PyTorch: input, forget, cell, output.
    def lstm(self, x, s): return self.recurrent(x, s, 4, [0, 2, 3, 1], True)
    # ONNX: update, reset, hidden; PyTorch: reset, update, hidden.
    def gru(self, x, s): return self.recurrent(x, s, 3, [1, 0, 2], False)

    def attention(self, x, s):
        n, t, d = x.shape
        heads = s.get("heads", 4)
        q, k, v = (x @ self.param(d, 3 * d) + self.param(3 * d)).split(d, -1)
        away = torch.zeros(n * heads, t, t)
        if self.present is not None:
            away = away + torch.where(self.present, 0.0, -1e9).repeat_interleave(heads, 0)[:, None, :]
        if s.get("causal"):
            away = away + torch.triu(torch.full((t, t), -1e9), 1)
        apart = lambda m: m.view(n, t, heads, d // heads).transpose(1, 2).reshape(n * heads, t, d // heads)
        shares = torch.softmax(apart(q) @ apart(k).transpose(1, 2) / math.sqrt(d // heads) + away, -1)
        y = (shares @ apart(v)).view(n, heads, t, d // heads).transpose(1, 2).reshape(n, t, d)
        return y @ self.param(d, d) + self.param(d)

    def transformer(self, x, s):
        norm, d = ["layer-normalization"], x.shape[2]
        before, after = (norm, []) if s.get("normalize", "before") == "before" else ([], norm)
        drop = [{"dropout": s["dropout"]}] if "dropout" in s else []
        x = x + self.run(before + [{"attention": {k: s[k] for k in ("heads", "causal") if k in s}}] + drop, x)
        x = self.run(after, x)
        inner = [{"dense": {"units": s.get("units", 4 * d), "activation": s.get("activation", "gelu")}}, *drop, {"dense": {"units": d}}, *drop]
        return self.run(after, x + self.run(before + inner, x))

    def residual(self, x, s):
        y = self.run(s["layers"], x)
        if y.shape == x.shape:
            return x + y
        if x.dim() == 4:
            stride = [math.ceil(a / b) for a, b in zip(x.shape[2:], y.shape[2:])]
            return y + F.conv2d(x, self.param(y.shape[1], x.shape[1], 1, 1), stride=stride)
        return y + x @ self.param(x.shape[-1], y.shape[-1])

    def join(self, values, how):
        if how == "concat":
            return torch.cat(values, 1 if values[0].dim() == 4 else -1)
        y = values[0]
        for value in values[1:]:
            y = y + value if how == "add" else y * value
        return y

    def branch(self, x, s):
        present, outs = self.present, []
        for path in s["paths"]:
            self.present = present
            outs.append(self.run(path, x))
        return self.join(outs, s.get("join", "concat"))

    def merge(self, x, s): return self.join([x] + [self.named[n] for n in s["with"]], s.get("join", "concat"))
    def take(self, x, name): return self.named[name]


def number(values):
    return [float(f"{v:.9g}") for v in values.reshape(-1).tolist()]


def case(name, layers, width=None, tokens=None, task="multiclass", rows=6, model=None, steps=0, rate=0.01):
    """width: plain features; tokens: (steps, count) of a text column."""
    outputs = 3 if task == "multiclass" else 1
    if tokens:
        x = torch.randint(2, tokens[1], (rows, tokens[0])).double()
        for i in range(rows):
            x[i, max(1, tokens[0] - i):] = 0  # padding
    else:
        x = (torch.randn(rows, width) * 0.8).float().double()
    shaped = x
    if model and "image" in model:
        h, w, c = model["image"]["height"], model["image"]["width"], model["image"].get("channels", 1)
        shaped = x.view(rows, h, w, c).permute(0, 3, 1, 2)
    if model and "sequence" in model:
        shaped = x.view(rows, model["sequence"]["steps"], -1)
    targets = F.one_hot(torch.arange(rows) % 3, 3).double() if task == "multiclass" else torch.randn(rows, 1).float().double()
    net = Net(layers, tokens[1] if tokens else 0)
    net(shaped, outputs)
    for p in net.params:
        p.data = p.data.float().double()
    start = [p.detach().clone() for p in net.params]

    def loss():
        z = net(shaped, outputs)
        return -(targets * torch.log_softmax(z, 1)).sum(1).mean() if task == "multiclass" else ((z - targets) ** 2).mean()

    value = loss()
    gradients = torch.autograd.grad(value, net.params, allow_unused=True)
    gradients = [torch.zeros_like(p) if g is None else g for g, p in zip(gradients, net.params)]
    curve = []
    if steps:
        adam = torch.optim.Adam(net.params, lr=rate)
        for _ in range(steps):
            adam.zero_grad()
            now = loss()
            now.backward()
            adam.step()
            curve.append(float(now))
    return {"name": name, "task": task, "model": {"layers": layers, **(model or {})}, "features": width or 0,
            "tokens": [{"name": "text", "steps": tokens[0], "tokens": tokens[1]}] if tokens else [], "rows": rows,
            **({"masks": [number(mask) for mask in net.masks]} if net.masks else {}),
            "inputs": number(x), "targets": number(targets), "start": number(torch.cat([p.reshape(-1) for p in start])),
            "loss": float(value), "gradient": number(torch.cat([g.reshape(-1) for g in gradients])), "rate": rate, "curve": curve}


image = {"image": {"height": 6, "width": 5}}
colour = {"image": {"height": 5, "width": 4, "channels": 3}}
walk = {"sequence": {"steps": 5}}
cases = [case(f"activation {a}", [{"dense": {"units": 4, "activation": a}}], 3) for a in ACTIVATIONS]
for name, layer in {
    "conv2d": {"conv2d": {"filters": 3}},
    "conv2d strided": {"conv2d": {"filters": 2, "stride": 2, "size": 3}},
    "conv2d valid, dilated": {"conv2d": {"filters": 2, "size": [3, 2], "padding": "valid", "dilation": [2, 1]}},
    "conv2d even window, stride 3": {"conv2d": {"filters": 2, "size": 2, "stride": [3, 2], "padding": "valid", "bias": False}},
    "transposed-conv2d": {"transposed-conv2d": {"filters": 2, "stride": 2}},
    "transposed-conv2d valid": {"transposed-conv2d": {"filters": 2, "size": [2, 3], "stride": [1, 2], "padding": "valid"}},
    "transposed-conv2d wide stride": {"transposed-conv2d": {"filters": 2, "size": 2, "stride": 3}},
    "max-pool": {"max-pool": {}},
    "max-pool overlapping": {"max-pool": {"size": 3, "stride": 2, "padding": "same"}},
    "average-pool": {"average-pool": {"size": [2, 5]}},
    "average-pool with a rest": {"average-pool": {"size": 2}},
    "average-pool overlapping": {"average-pool": {"size": 3, "stride": 2, "padding": "same"}},
    "batch-normalization": "batch-normalization",
    "layer-normalization": "layer-normalization",
}.items():
    cases.append(case(f"{name} of an image", [{"conv2d": {"filters": 2, "size": 1}}, layer, {"activation": "tanh"}, "flatten"], 30, model=image))
cases += [
    case("colours, groups and depthwise", [{"conv2d": {"filters": 4, "activation": "tanh"}}, {"conv2d": {"filters": 6, "groups": 2}},
         {"depthwise-conv2d": {"multiplier": 2, "stride": 2}}, "global-average-pool"], 60, model=colour),
    case("global-max-pool of an image", [{"conv2d": {"filters": 3, "activation": "silu"}}, "global-max-pool"], 30, model=image),
    case("reshape and residual with projection", [{"reshape": [1, 6, 5]}, {"residual": {"layers": [{"conv2d": {"filters": 3, "stride": 2, "activation": "relu"}},
         {"conv2d": {"filters": 3}}]}}, {"residual": {"layers": [{"conv2d": {"filters": 3}}]}}, "flatten"], 30),
    case("branch, merge and take by name", [{"dense": {"units": 4, "activation": "tanh", "name": "stem"}},
         {"branch": {"paths": [[{"dense": {"units": 3}}], [{"dense": {"units": 2, "activation": "relu"}}], []]}},
         {"dense": {"units": 4, "name": "body"}}, {"merge": {"with": ["stem"], "join": "multiply"}}, {"merge": {"with": ["stem", "body"], "join": "add"}},
         {"merge": {"with": ["features"]}}, {"dense": {"units": 3}}, {"take": "stem"}, {"merge": {"with": ["body"]}}], 5, task="regression"),
    case("dense residual with projection", [{"residual": {"layers": [{"dense": {"units": 6, "activation": "gelu"}}]}}], 4),
]
for name, layer in {
    "conv1d": {"conv1d": {"filters": 4, "size": 3}}, "conv1d strided": {"conv1d": {"filters": 2, "size": 2, "stride": 2, "padding": "valid"}},
    "transposed-conv1d": {"transposed-conv1d": {"filters": 2, "stride": 2}}, "max-pool": {"max-pool": {}}, "average-pool": {"average-pool": {"size": 3, "stride": 2}},
    "lstm": {"lstm": {"units": 3, "sequences": True}}, "gru": {"gru": {"units": 3, "sequences": True}},
    "lstm both ways": {"lstm": {"units": 2, "sequences": True, "bidirectional": True}}, "gru both ways": {"gru": {"units": 2, "sequences": True, "bidirectional": True}},
    "attention": {"attention": {"heads": 2}}, "causal attention": {"attention": {"heads": 4, "causal": True}},
    "transformer": {"transformer": {"heads": 2, "units": 6}}, "transformer normalised after": {"transformer": {"heads": 2, "normalize": "after", "activation": "relu"}},
    "learned positions": {"positions": "learned"}, "sinusoidal positions": {"positions": "sinusoidal"},
    "layer-normalization": "layer-normalization", "batch-normalization": "batch-normalization",
}.items():
    cases.append(case(f"{name} of a sequence", [layer, {"dense": {"units": 3, "activation": "tanh"}}, "flatten"], 20, model=walk))
cases += [case(f"last state of {cell}{' both ways' if two else ''}", [{cell: {"units": 4, "bidirectional": two}}], 20, model=walk)
          for cell in ("lstm", "gru") for two in (False, True)]
cases.append(case("two layers of lstm and gru", [{"lstm": {"units": 3, "sequences": True}}, {"gru": {"units": 4}}], 20, model=walk))
for name, layers in {
    "mean": ["global-average-pool"], "max": ["global-max-pool"], "lstm": [{"lstm": {"units": 3}}], "gru both ways": [{"gru": {"units": 3, "bidirectional": True}}],
    "transformer": [{"positions": "learned"}, {"transformer": {"heads": 2}}, "global-average-pool"],
    "convolutions": [{"branch": {"paths": [[{"conv1d": {"filters": 2, "size": 2}}, "global-max-pool"], [{"conv1d": {"filters": 3, "size": 3}}, "global-max-pool"]]}}],
}.items():
    cases.append(case(f"tokens with padding: {name}", [{"embedding": {"size": 4}}, *layers], tokens=(5, 9)))
steps = {"steps": 50}
cases += [
    case("curve: mlp", [{"dense": {"units": 16, "activation": "relu"}}, {"dense": {"units": 8, "activation": "tanh"}}], 6, rows=24, **steps),
    case("curve: cnn", [{"conv2d": {"filters": 4, "activation": "relu"}}, {"max-pool": {}}, {"conv2d": {"filters": 6, "activation": "relu"}}, "batch-normalization",
         "flatten", {"dense": {"units": 8, "activation": "relu"}}], 30, rows=12, model=image, **steps),
    case("curve: lstm", [{"lstm": {"units": 6}}], 20, rows=12, model=walk, **steps),
    case("curve: gru", [{"gru": {"units": 6}}], 20, rows=12, model=walk, **steps),
    case("curve: transformer", [{"dense": {"units": 8}}, {"positions": "sinusoidal"}, {"transformer": {"heads": 2, "units": 16}}, "global-average-pool"], 20, rows=12, model=walk, **steps),
    case("curve: embedding", [{"embedding": {"size": 6}}, "global-average-pool", {"dense": {"units": 6, "activation": "relu"}}], tokens=(6, 20), rows=12, **steps),
]
square = {"image": {"height": 8, "width": 8, "channels": 2}}
pooled = {"max-pool": {}}
cases += [
    case("pools by two in a row", [{"conv2d": {"filters": 3, "activation": "relu"}}, pooled, {"conv2d": {"filters": 4, "activation": "relu"}}, pooled, "flatten"], 128, model=square),
    case("pools by two, even windows", [{"conv2d": {"filters": 3, "size": 2, "activation": "relu", "bias": False}}, pooled,
         {"conv2d": {"filters": 2, "size": [3, 2]}}, pooled, "flatten"], 128, model=square),
    case("pools by two of odd sizes, flat windows", [{"conv2d": {"filters": 3, "size": [1, 3], "padding": "valid", "activation": "relu"}}, pooled,
         {"conv2d": {"filters": 2, "size": [4, 1], "activation": "relu"}}, {"activation": "tanh"}, "flatten"], 126, model={"image": {"height": 7, "width": 9, "channels": 2}}),
    case("pools by two beside one another", [{"conv2d": {"filters": 2, "size": 1}}, {"branch": {"paths": [[{"conv2d": {"filters": 2, "activation": "relu"}}, pooled],
         [{"conv2d": {"filters": 3, "size": 5, "activation": "relu"}}, pooled]]}}, {"conv2d": {"filters": 2, "activation": "relu"}}, pooled, "flatten"], 128, model=square),
]
cases += [
    case("dropout", [{"dropout": 0.2}, {"dense": {"units": 6, "activation": "tanh"}}, {"dropout": 0.5}, {"dense": {"units": 4}}], 5),
    case("dropout of channels' values, in a branch", [{"conv2d": {"filters": 2}}, {"branch": {"paths": [[{"dropout": 0.3}, {"conv2d": {"filters": 2}}], [{"dropout": 0.4}]]}},
         "flatten"], 30, model=image),
    case("transformer with dropout", [{"transformer": {"heads": 2, "units": 6, "dropout": 0.3}}, "flatten"], 20, model=walk),
]
lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
pathlib.Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n")
