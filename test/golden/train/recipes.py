"""Golden values of losses, optimisers and schedules, by PyTorch in float64: /usr/bin/python3 test/golden/train/recipes.py

For test/lifecycle/train/recipes.test.ts. Losses by torch.nn.functional (focal and quantile from their definitions over it), optimisers by torch.optim,
schedules by torch.optim.lr_scheduler.
"""
import json
import pathlib
import warnings

import torch
import torch.nn.functional as F
from torch.optim import lr_scheduler as lrs

warnings.filterwarnings("ignore")
torch.manual_seed(3)
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def flat(values):
    return [float(f"{v:.12g}") for v in torch.as_tensor(values).detach().reshape(-1).tolist()]


def drawn(*shape, scale=1.0):
    """Numbers that float32 has, too."""
    return (torch.randn(*shape) * scale).float().double()


ROWS = 12
losses = []


def loss_case(name, task, loss, rows_of, training=None):
    """rows_of(scores, labels) gives each row's loss; where `training` tells of weights, the mean is that of PyTorch's own reduction."""
    outputs = 3 if task == "multiclass" else 1
    scores = drawn(ROWS, outputs, scale=2.0).requires_grad_()
    labels = drawn(ROWS, scale=2.0) if task == "regression" else torch.arange(ROWS) % (3 if task == "multiclass" else 2)
    found = rows_of(scores, labels)
    mean = found if found.dim() == 0 else found.mean()
    mean.backward()
    losses.append({"name": name, "task": task, "loss": loss, "training": training or {}, "scores": flat(scores), "labels": flat(labels.double()),
                   "mean": float(mean), "gradient": flat(scores.grad), **({"rows": flat(found)} if found.dim() else {})})


def binary(z, y):
    return F.binary_cross_entropy_with_logits(z[:, 0], y.double(), reduction="none")


def focal(entropy, gamma):
    return (1 - torch.exp(-entropy)) ** gamma * entropy


def two(z):
    """Log odds as the scores of two classes."""
    return torch.cat([torch.zeros_like(z), z], 1)


def number(of):
    return lambda z, y: of(z[:, 0], y)


entropy = lambda z, y: F.cross_entropy(z, y, reduction="none")
loss_case("cross-entropy", "multiclass", "cross-entropy", entropy)
loss_case("binary cross-entropy", "binary", "cross-entropy", binary)
for gamma in (0.5, 2.0):
    loss_case(f"focal {gamma}", "multiclass", {"kind": "focal", "gamma": gamma}, lambda z, y: focal(entropy(z, y), gamma))
    loss_case(f"binary focal {gamma}", "binary", {"kind": "focal", "gamma": gamma}, lambda z, y: focal(binary(z, y), gamma))
loss_case("mse", "regression", "mse", number(lambda z, y: F.mse_loss(z, y, reduction="none")))
loss_case("mae", "regression", "mae", number(lambda z, y: F.l1_loss(z, y, reduction="none")))
for delta in (0.5, 2.0):
    loss_case(f"huber {delta}", "regression", {"kind": "huber", "delta": delta}, number(lambda z, y: F.huber_loss(z, y, reduction="none", delta=delta)))
for q in (0.1, 0.75):
    loss_case(f"quantile {q}", "regression", {"kind": "quantile", "quantile": q}, number(lambda z, y: torch.maximum(q * (y - z), (q - 1) * (y - z))))
loss_case("label smoothing", "multiclass", "cross-entropy", lambda z, y: F.cross_entropy(z, y, reduction="none", label_smoothing=0.1), {"label-smoothing": 0.1})
loss_case("binary label smoothing", "binary", "cross-entropy", lambda z, y: F.cross_entropy(two(z), y, reduction="none", label_smoothing=0.2), {"label-smoothing": 0.2})
some = torch.tensor([0.5, 2.0, 1.25])
loss_case("class weights", "multiclass", "cross-entropy", lambda z, y: F.cross_entropy(z, y, weight=some), {"class-weights": {"a": 0.5, "b": 2.0, "c": 1.25}})
loss_case("binary class weights", "binary", "cross-entropy", lambda z, y: F.cross_entropy(two(z), y, weight=some[:2]), {"class-weights": {"a": 0.5, "b": 2.0}})

optimizers = []
START, SLOPES = drawn(6), drawn(8, 6)
for settings in [
    {"kind": "sgd", "learning-rate": 0.05},
    {"kind": "sgd", "learning-rate": 0.05, "momentum": 0.9, "weight-decay": 0.01},
    {"kind": "sgd", "learning-rate": 0.05, "momentum": 0.9, "nesterov": True, "weight-decay": 0.01},
    {"kind": "adagrad", "learning-rate": 0.1},
    {"kind": "adagrad", "learning-rate": 0.1, "weight-decay": 0.05, "epsilon": 1e-6},
    {"kind": "rmsprop", "learning-rate": 0.01, "beta2": 0.99},
    {"kind": "adam", "learning-rate": 0.03, "beta1": 0.8, "beta2": 0.95, "weight-decay": 0.02, "epsilon": 1e-4},
    {"kind": "adamw", "learning-rate": 0.03, "weight-decay": 0.2},
]:
    theta = START.clone().requires_grad_()
    lr, decay, eps = settings["learning-rate"], settings.get("weight-decay", 0), settings.get("epsilon", 1e-8)
    betas = (settings.get("beta1", 0.9), settings.get("beta2", 0.999))
    optimizer = {
        "sgd": lambda: torch.optim.SGD([theta], lr, settings.get("momentum", 0), weight_decay=decay, nesterov=settings.get("nesterov", False)),
        "adagrad": lambda: torch.optim.Adagrad([theta], lr, weight_decay=decay, eps=eps),
        "rmsprop": lambda: torch.optim.RMSprop([theta], lr, betas[1], eps, decay),
        "adam": lambda: torch.optim.Adam([theta], lr, betas, eps, decay),
        "adamw": lambda: torch.optim.AdamW([theta], lr, betas, eps, decay),
    }[settings["kind"]]()
    path = []
    for slope in SLOPES:
        theta.grad = slope.clone()
        optimizer.step()
        path.append(flat(theta))
    optimizers.append({"optimizer": settings, "path": path})

RATE, EPOCHS, PER_EPOCH = 0.2, 8, 5
STEPS = EPOCHS * PER_EPOCH
schedules = []


def schedule_case(schedule, make):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], RATE)
    scheduler = make(optimizer)
    rates = []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    schedules.append({"schedule": schedule, "rates": rates})


def warm(optimizer, epochs):
    return lrs.LinearLR(optimizer, 1 / (epochs * PER_EPOCH + 1), 1, epochs * PER_EPOCH)


schedule_case({"kind": "constant"}, lambda o: lrs.LambdaLR(o, lambda _: 1))
schedule_case({"kind": "constant", "warm-up": 2}, lambda o: warm(o, 2))
schedule_case({"kind": "step", "every": 3, "factor": 0.5}, lambda o: lrs.StepLR(o, 3 * PER_EPOCH, 0.5))
schedule_case({"kind": "step", "every": 2, "warm-up": 1}, lambda o: lrs.ChainedScheduler([warm(o, 1), lrs.StepLR(o, 2 * PER_EPOCH, 0.1)]))
schedule_case({"kind": "cosine"}, lambda o: lrs.CosineAnnealingLR(o, STEPS))
schedule_case({"kind": "cosine", "warm-up": 2},
              lambda o: lrs.SequentialLR(o, [warm(o, 2), lrs.CosineAnnealingLR(o, STEPS - 2 * PER_EPOCH)], [2 * PER_EPOCH]))
schedule_case({"kind": "one-cycle"}, lambda o: lrs.OneCycleLR(o, RATE, STEPS))

# Ours waits `patience` epochs, as Keras does; PyTorch lowers the rate after one more.
plateaus = []
JUDGED = [1.0, 0.9, 0.95, 0.8999, 0.92, 0.7, 0.71, 0.72, 0.69999, 0.73, 0.74, 0.6, 0.61, 0.62, 0.63, 0.64, 0.65, 0.5, 0.51, 0.52]
for patience, factor in ((1, 0.5), (2, 0.1), (3, 0.3)):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], RATE)
    scheduler = lrs.ReduceLROnPlateau(optimizer, factor=factor, patience=patience - 1)
    rates = []
    for loss in JUDGED:
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step(loss)
    plateaus.append({"schedule": {"kind": "plateau", "patience": patience, "factor": factor}, "judged": JUDGED, "rates": rates})

found = {"losses": losses, "start": flat(START), "slopes": [flat(s) for s in SLOPES], "optimizers": optimizers,
         "rate": RATE, "perEpoch": PER_EPOCH, "steps": STEPS, "schedules": schedules, "plateaus": plateaus}
lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in found.items())
pathlib.Path(__file__).with_suffix(".json").write_text("{\n" + lines + "\n}\n")
