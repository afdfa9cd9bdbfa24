"""Golden metrics of the whole evaluate stage, from scikit-learn and pandas on the probabilities that the model gives (float32).
Run: /usr/bin/python3 evaluate.py"""
import json
import pathlib
import numpy as np
import pandas as pd
import sklearn
from sklearn import metrics as m
from sklearn.calibration import calibration_curve

rng = np.random.default_rng(7)
f32 = lambda x: np.asarray(x, np.float32).astype(float)


def gap(values):
    return max(values) - min(values)


def binary(n):
    y = (rng.random(n) < 0.3).astype(int)
    p = f32(1 / (1 + np.exp(-(rng.normal(0, 1, n) + 1.6 * y - 1.2))))
    p = np.where(rng.random(n) < 0.2, f32(np.round(p, 1)), p)  # ties
    group = np.where(rng.random(n) < 0.4, "a", np.where(rng.random(n) < 0.6, "b", "c"))
    return y, p, group


def binary_metrics(y, p, threshold):
    label = (p >= threshold).astype(int)
    observed, predicted = calibration_curve(y, p, n_bins=10)
    return {
        "accuracy": m.accuracy_score(y, label), "balanced-accuracy": m.balanced_accuracy_score(y, label),
        "precision": m.precision_score(y, label), "recall": m.recall_score(y, label), "f1": m.f1_score(y, label),
        "auc": m.roc_auc_score(y, p), "pr-auc": m.average_precision_score(y, p), "log-loss": m.log_loss(y, p),
        "brier": m.brier_score_loss(y, p), "mcc": m.matthews_corrcoef(y, label), "kappa": m.cohen_kappa_score(y, label),
    }, m.confusion_matrix(y, label).tolist(), {"observed": observed.tolist(), "predicted": predicted.tolist()}


def rates(y, label):
    return {"selection-rate": label.mean(), "true-positive-rate": label[y == 1].mean(), "false-positive-rate": label[y == 0].mean(),
            "precision": m.precision_score(y, label), "accuracy": m.accuracy_score(y, label)}


out = {"made with": {"sklearn": sklearn.__version__}}
vy, vp, vg = binary(220)
ty, tp, tg = binary(260)
threshold = 0.4
test, confusion, calibration = binary_metrics(ty, tp, threshold)
groups = {g: rates(ty[tg == g], (tp[tg == g] >= threshold).astype(int)) for g in "abc"}
of = lambda rate: [groups[g][rate] for g in groups]
out["binary"] = {
    "threshold": threshold,
    "validation": {"y": vy.tolist(), "p": vp.tolist(), "group": vg.tolist(), "metrics": binary_metrics(vy, vp, threshold)[0]},
    "test": {"y": ty.tolist(), "p": tp.tolist(), "group": tg.tolist(), "metrics": test, "confusion": confusion, "calibration": calibration,
             "groups": groups,
             "gaps": {"demographic-parity-difference": gap(of("selection-rate")),
                      "demographic-parity-ratio": min(of("selection-rate")) / max(of("selection-rate")),
                      "equal-opportunity-difference": gap(of("true-positive-rate")),
                      "equalized-odds-difference": max(gap(of("true-positive-rate")), gap(of("false-positive-rate")))}},
}


def multiclass(n):
    y = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    logits = rng.normal(0, 1, (n, 3)) + 1.5 * np.eye(3)[y]
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return y, f32(p)


def multi_metrics(y, p):
    label = p.argmax(1)
    normal = p / p.sum(1, keepdims=True)
    hot = np.eye(3)[y]
    return {"accuracy": m.accuracy_score(y, label), "balanced-accuracy": m.balanced_accuracy_score(y, label),
            "f1": m.f1_score(y, label, average="macro"), "precision-weighted": m.precision_score(y, label, average="weighted"),
            "auc": np.mean([m.roc_auc_score(hot[:, k], p[:, k]) for k in range(3)]), "log-loss": m.log_loss(y, normal)}


vy, vp = multiclass(150)
ty, tp = multiclass(180)
out["multiclass"] = {"validation": {"y": vy.tolist(), "p": vp.tolist(), "metrics": multi_metrics(vy, vp)},
                     "test": {"y": ty.tolist(), "p": tp.tolist(), "metrics": multi_metrics(ty, tp),
                              "confusion": m.confusion_matrix(ty, tp.argmax(1)).tolist()}}


def regression(n):
    y = np.round(rng.gamma(2, 300, n), 3)
    return y, f32(y + rng.normal(0, 60, n))


def regression_metrics(y, p):
    return {"mae": m.mean_absolute_error(y, p), "mse": m.mean_squared_error(y, p), "rmse": np.sqrt(m.mean_squared_error(y, p)),
            "r2": m.r2_score(y, p), "explained-variance": m.explained_variance_score(y, p),
            "median-absolute-error": m.median_absolute_error(y, p), "mape": m.mean_absolute_percentage_error(y, p), "max-error": m.max_error(y, p)}


vy, vp = regression(120)
ty, tp = regression(140)
counts, edges = np.histogram(tp - ty, bins=30)
# Ten parts of 14 rows by what was predicted, as pandas cuts quantiles.
tenths = pd.DataFrame({"p": tp, "y": ty}).groupby(pd.qcut(tp, 10, labels=False)).agg(predicted=("p", "mean"), observed=("y", "mean"), count=("y", "size"))
out["regression"] = {"validation": {"y": vy.tolist(), "p": vp.tolist(), "metrics": regression_metrics(vy, vp)},
                     "test": {"y": ty.tolist(), "p": tp.tolist(), "metrics": regression_metrics(ty, tp),
                              "residuals": {"counts": counts.tolist(), "edges": edges.tolist()},
                              "tenths": tenths.to_dict("records")}}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out) + "\n")
print(path.name, path.stat().st_size, "bytes")
