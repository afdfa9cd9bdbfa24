"""Golden scales of leaves, by scipy's bounded minimisation of scikit-learn's log loss with a normal prior of variance 0.1 around 1: /usr/bin/python3 test/golden/train/leaf-scale.py"""
import json
import pathlib

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import softmax
from sklearn.metrics import log_loss

random = np.random.RandomState(8)


def case(name, outputs, rows, sure, noise):
    """Scores that are `sure` times what they should be."""
    base = random.normal(size=outputs)
    added = random.normal(size=(outputs, rows)) * 2
    true = base[:, None] + added + noise * random.normal(size=(outputs, rows))
    if outputs == 1:
        labels = (random.rand(rows) < 1 / (1 + np.exp(-true[0]))).astype(int)
    else:
        labels = np.array([random.choice(outputs, p=p) for p in softmax(true, 0).T])
    raw = np.round(base[:, None] + sure * added, 6)
    base = np.round(base, 6)

    def loss(scale):
        scores = base[:, None] + scale * (raw - base[:, None])
        p = np.vstack([1 / (1 + np.exp(scores[0])), 1 / (1 + np.exp(-scores[0]))]) if outputs == 1 else softmax(scores, 0)
        return log_loss(labels, p.T, labels=range(max(outputs, 2)), eps=1e-300)

    scale = minimize_scalar(lambda s: rows * loss(s) + (s - 1) ** 2 / 0.2, bounds=(1 / 128, 1), method="bounded", options={"xatol": 1e-10}).x
    return {"name": name, "base": base.tolist(), "raw": raw.tolist(), "labels": labels.tolist(), "scale": scale, "loss": loss(scale), "plain": loss(1)}


golden = [
    case("two classes, too sure", 1, 60, 2.5, 0.5),
    case("two classes, not sure enough", 1, 60, 0.3, 0),
    case("two classes, three times too sure, of few rows", 1, 12, 3, 1),
    case("four classes, too sure", 4, 60, 2, 0.5),
    case("four classes, not sure enough", 4, 60, 0.3, 0),
    case("four classes, the wrong way round", 4, 60, -1, 0),
]
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
for each in golden:
    print(each["name"], each["scale"], each["plain"], each["loss"])
