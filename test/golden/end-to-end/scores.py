"""What scikit-learn says of the examples' predictions, and scipy of the drift in what was asked of a served model.

Run: /usr/bin/python3 scores.py            writes expected.json from cases.json, which export.ts wrote from finished examples
     /usr/bin/python3 scores.py - <INPUT   answers on standard output, for tests that compare what they have just made
"""
import json
import pathlib
import sys

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon
from sklearn import metrics as m


def binary(y, p, threshold):
    label = (p >= threshold).astype(int)
    return {
        "accuracy": m.accuracy_score(y, label), "balanced-accuracy": m.balanced_accuracy_score(y, label),
        "precision": m.precision_score(y, label), "recall": m.recall_score(y, label), "f1": m.f1_score(y, label),
        "auc": m.roc_auc_score(y, p), "pr-auc": m.average_precision_score(y, p), "log-loss": m.log_loss(y, p),
        "brier": m.brier_score_loss(y, p), "mcc": m.matthews_corrcoef(y, label), "kappa": m.cohen_kappa_score(y, label),
    }


def multiclass(y, p):
    label, hot = p.argmax(1), np.eye(p.shape[1])[y]
    return {
        "accuracy": m.accuracy_score(y, label), "balanced-accuracy": m.balanced_accuracy_score(y, label),
        "precision": m.precision_score(y, label, average="macro"), "recall": m.recall_score(y, label, average="macro"),
        "f1": m.f1_score(y, label, average="macro"), "f1-weighted": m.f1_score(y, label, average="weighted"),
        "auc": np.mean([m.roc_auc_score(hot[:, k], p[:, k]) for k in range(p.shape[1])]),
        "pr-auc": np.mean([m.average_precision_score(hot[:, k], p[:, k]) for k in range(p.shape[1])]),
        "log-loss": m.log_loss(y, p / p.sum(1, keepdims=True)), "mcc": m.matthews_corrcoef(y, label), "kappa": m.cohen_kappa_score(y, label),
    }


def regression(y, p):
    return {"rmse": m.mean_squared_error(y, p, squared=False), "mse": m.mean_squared_error(y, p), "mae": m.mean_absolute_error(y, p),
            "r2": m.r2_score(y, p)}


def scores(case):
    y, p = np.array(case["actual"]), np.array(case["predicted"], float)
    if case["task"] == "regression":
        return regression(y.astype(float), p)
    y = y.astype(int)
    return binary(y, p, case["threshold"]) if case["task"] == "binary" else multiclass(y, p.reshape(len(y), -1))


def edges_of(reference, bins=10):
    edges = np.unique(np.quantile(reference, (np.arange(bins - 1) + 1) / bins))
    return np.concatenate([[np.nextafter(edges[0], -np.inf)], edges]) if edges[0] == reference.min() else edges


def on_shares(r, c):
    p, q = np.asarray(r, float) / np.sum(r), np.asarray(c, float) / np.sum(c)
    pe, qe = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return {"psi": np.sum((qe - pe) * np.log(qe / pe)), "jensen-shannon": jensenshannon(p, q, base=2)}


def drift(column):
    a, b = ([v for v in column[side] if v is not None] for side in ("reference", "current"))
    if column["type"] == "number":
        a, b = np.array(a, float), np.array(b, float)
        test, edges = stats.ks_2samp(a, b), edges_of(a)
        counts = [np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(edges) + 1) for x in (a, b)]
        return {"ks": test.statistic, "ks-p": test.pvalue, "wasserstein": stats.wasserstein_distance(a, b) / a.std(), **on_shares(*counts)}
    labels = sorted({*a, *b})
    table = np.array([[side.count(v) for v in labels] for side in (a, b)])
    chi2, p, _, _ = stats.chi2_contingency(table.astype(float))
    return {"chi2": chi2, "chi2-p": p, "cramers-v": stats.contingency.association(table, method="cramer"), **on_shares(*table)}


def answer(cases):
    return {"metrics": {name: scores(case) for name, case in cases.get("metrics", {}).items()},
            "drift": {name: drift(column) for name, column in cases.get("drift", {}).items()}}


if sys.argv[1:] == ["-"]:
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
else:
    here = pathlib.Path(__file__).parent
    said = answer(json.loads((here / "cases.json").read_text()))
    (here / "expected.json").write_text(json.dumps(said, indent=1) + "\n")
    print({kind: len(cases) for kind, cases in said.items()})
