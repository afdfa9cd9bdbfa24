"""Golden training runs of small networks, by PyTorch: /usr/bin/python3 test/golden/train/network.py"""
import json
import math
import pathlib

import torch

torch.manual_seed(5)
torch.set_num_threads(1)
ROWS, WIDTH, STEPS = 24, 5, 15
ACTIVATIONS = {"relu": torch.nn.ReLU, "leaky-relu": torch.nn.LeakyReLU, "elu": torch.nn.ELU, "gelu": torch.nn.GELU,
               "sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "softplus": torch.nn.Softplus, "silu": torch.nn.SiLU}


class Normalise(torch.nn.Module):
    """Batch normalisation by the batch's statistics."""

    def __init__(self, width):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(width))
        self.bias = torch.nn.Parameter(torch.zeros(width))

    def forward(self, x):
        return torch.nn.functional.batch_norm(x, None, None, self.weight, self.bias, training=True, eps=1e-5)


def build(layers, outputs):
    modules, width = [], WIDTH
    for layer in layers:
        if layer == "batch-normalization":
            modules.append(Normalise(width))
        elif layer == "layer-normalization":
            modules.append(torch.nn.LayerNorm(width, eps=1e-5))
        else:
            dense = layer["dense"]
            modules.append(torch.nn.Linear(width, dense["units"]))
            width = dense["units"]
            if dense.get("activation", "none") != "none":
                modules.append(ACTIVATIONS[dense["activation"]]())
    modules.append(torch.nn.Linear(width, outputs))
    return torch.nn.Sequential(*modules)


def flat(model):
    """Our order: weights [in, out], then bias, a layer at a time."""
    return [float(v) for p in model.parameters() for v in (p.t() if p.dim() == 2 else p).reshape(-1)]


def optimizer_of(settings, parameters):
    lr, decay = settings.get("learning-rate", 0.001), settings.get("weight-decay", 0)
    kind = settings["kind"]
    if kind == "sgd":
        return torch.optim.SGD(parameters, lr=lr, momentum=settings.get("momentum", 0), weight_decay=decay)
    if kind == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=lr, alpha=settings.get("beta2", 0.999), weight_decay=decay)
    make = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
    return make(parameters, lr=lr, betas=(settings.get("beta1", 0.9), settings.get("beta2", 0.999)), weight_decay=decay)


def case(name, task, layers, optimizer, schedule="constant", clip=None, weighted=False):
    x = torch.randn(ROWS, WIDTH)
    outputs = 3 if task == "multiclass" else 1
    weights = torch.rand(ROWS) + 0.5 if weighted else torch.ones(ROWS)
    if task == "multiclass":
        targets = torch.softmax(torch.randn(ROWS, 3) * 2, 1)
    elif task == "binary":
        targets = (torch.rand(ROWS, 1) > 0.5).float() * 0.9 + 0.05
    else:
        targets = torch.randn(ROWS, 1)
    model = build(layers, outputs)
    start = flat(model)
    steps = optimizer_of(optimizer, model.parameters())
    penalties = [(m, l["dense"].get("l2", 0)) for m, l in
                 zip([m for m in model if isinstance(m, torch.nn.Linear)], [l for l in layers if isinstance(l, dict)])]
    losses = []
    for step in range(STEPS):
        if schedule == "cosine":
            for group in steps.param_groups:
                group["lr"] = optimizer["learning-rate"] / 2 * (1 + math.cos(math.pi * step / STEPS))
        z = model(x)
        if task == "multiclass":
            rows = -(targets * torch.log_softmax(z, 1)).sum(1)
        elif task == "binary":
            rows = torch.nn.functional.binary_cross_entropy_with_logits(z, targets, reduction="none")[:, 0]
        else:
            rows = ((z - targets) ** 2)[:, 0]
        loss = (rows * weights).sum() / weights.sum() + sum(l2 * (m.weight ** 2).sum() for m, l2 in penalties)
        steps.zero_grad()
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        steps.step()
        losses.append(float(loss))
    return {"name": name, "task": task, "layers": layers, "optimizer": optimizer, "schedule": schedule,
            **({"clip": clip} if clip is not None else {}), "inputs": x.reshape(-1).tolist(),
            "targets": targets.reshape(-1).tolist(), "weights": weights.tolist(), "start": start, "losses": losses, "end": flat(model)}


def dense(units, activation="none", **more):
    return {"dense": {"units": units, "activation": activation, **more}}


cases = [case(f"{a}, adam", "binary", [dense(6, a)], {"kind": "adam", "learning-rate": 0.02}) for a in ACTIVATIONS]
cases += [
    case("sgd", "regression", [dense(6, "tanh")], {"kind": "sgd", "learning-rate": 0.05}),
    case("momentum and decay", "multiclass", [dense(6, "relu")], {"kind": "sgd", "learning-rate": 0.05, "momentum": 0.9, "weight-decay": 0.01}),
    case("adam with decay and row weights", "multiclass", [dense(7, "relu"), dense(4, "tanh")], {"kind": "adam", "learning-rate": 0.01, "weight-decay": 0.1}, weighted=True),
    case("adamw, cosine", "regression", [dense(6, "silu")], {"kind": "adamw", "learning-rate": 0.03, "weight-decay": 0.2}, schedule="cosine"),
    case("rmsprop, clipped", "binary", [dense(6, "relu")], {"kind": "rmsprop", "learning-rate": 0.01, "beta2": 0.99}, clip=0.05),
    case("layer normalisation, l2", "multiclass", [dense(8, "relu", l2=0.01), "layer-normalization"], {"kind": "adam", "learning-rate": 0.02}),
    case("batch normalisation", "regression", ["batch-normalization", dense(8, "relu"), "batch-normalization"], {"kind": "sgd", "learning-rate": 0.05}),
]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(cases) + "\n")
