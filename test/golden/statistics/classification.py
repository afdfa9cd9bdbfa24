"""Golden values of classification metrics, from scikit-learn. Run: /usr/bin/python3 classification.py"""
import warnings
import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.calibration import calibration_curve
from sklearn.preprocessing import label_binarize
import golden

warnings.filterwarnings("ignore")
rng = np.random.default_rng(20240501)
cases = []


def attempt(f):
    """NaN where scikit-learn refuses, as it does for AUC with one class."""
    try:
        return float(f())
    except ValueError:
        return float("nan")


def ece(y, p, w, bins=10):
    index = np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], p)
    total = 0.0
    for b in range(bins):
        inside = index == b
        if w[inside].sum() > 0:
            total += w[inside].sum() * abs(np.average(y[inside], weights=w[inside]) - np.average(p[inside], weights=w[inside]))
    return total / w.sum()


def scores_by_average(y, predicted, w, averages):
    out = {}
    for average in averages:
        suffix = "" if average == "binary" else "-" + average
        for name, f in (("precision", m.precision_score), ("recall", m.recall_score), ("f1", m.f1_score)):
            out[name + suffix] = f(y, predicted, average=average, sample_weight=w, zero_division=0)
    return out


def binary(title, y, p, w=None):
    y = np.asarray(y)
    p = np.asarray(p, dtype=float)
    predicted = (p >= 0.5).astype(int)
    ones = np.ones(len(y)) if w is None else np.asarray(w, dtype=float)
    expected = {
        "accuracy": m.accuracy_score(y, predicted, sample_weight=w),
        "balanced-accuracy": m.balanced_accuracy_score(y, predicted, sample_weight=w),
        **scores_by_average(y, predicted, w, ["binary", "macro", "micro", "weighted"]),
        "auc": attempt(lambda: m.roc_auc_score(y, p, sample_weight=w)),
        "pr-auc": m.average_precision_score(y, p, sample_weight=w),
        "log-loss": m.log_loss(y, p, labels=[0, 1], sample_weight=w),
        "brier": m.brier_score_loss(y, p, sample_weight=w, pos_label=1),
        "mcc": m.matthews_corrcoef(y, predicted, sample_weight=w),
        "kappa": m.cohen_kappa_score(y, predicted, labels=[0, 1], sample_weight=w),
        "ece": ece(y, p, ones),
    }
    fpr, tpr, _ = m.roc_curve(y, p, sample_weight=w)
    fpr_all, tpr_all, _ = m.roc_curve(y, p, sample_weight=w, drop_intermediate=False)
    prec, rec, _ = m.precision_recall_curve(y, p, sample_weight=w)
    case = {
        "title": title, "task": "binary", "actual": y, "scores": p, "weights": w, "expected": expected,
        "matrix": m.confusion_matrix(y, predicted, labels=[0, 1], sample_weight=w).ravel(),
        "roc": [fpr, tpr], "rocAll": [fpr_all, tpr_all], "pr": [prec[::-1], rec[::-1]],
        "f2": m.fbeta_score(y, predicted, beta=2, sample_weight=w, zero_division=0),
    }
    if w is None and len(np.unique(y)) == 2:
        case["calibration"] = {s: calibration_curve(y, p, n_bins=5, strategy=s) for s in ("uniform", "quantile")}
    cases.append(case)


def multiclass(title, y, probabilities, w=None):
    y = np.asarray(y)
    k = probabilities.shape[1]
    labels = np.arange(k)
    predicted = probabilities.argmax(axis=1)
    ones = np.ones(len(y)) if w is None else np.asarray(w, dtype=float)
    one_hot = label_binarize(y, classes=labels)
    averages = scores_by_average(y, predicted, w, ["macro", "micro", "weighted"])
    expected = {
        "accuracy": m.accuracy_score(y, predicted, sample_weight=w),
        "balanced-accuracy": m.balanced_accuracy_score(y, predicted, sample_weight=w),
        **averages,
        **{name: averages[name + "-macro"] for name in ("precision", "recall", "f1")},
        "auc": attempt(lambda: m.roc_auc_score(y, probabilities, multi_class="ovr", average="macro", labels=labels, sample_weight=w)),
        "pr-auc": m.average_precision_score(one_hot, probabilities, average="macro", sample_weight=w),
        "log-loss": m.log_loss(y, probabilities, labels=labels, sample_weight=w),
        "brier": np.average(((probabilities - one_hot) ** 2).sum(axis=1), weights=w),
        "mcc": m.matthews_corrcoef(y, predicted, sample_weight=w),
        "kappa": m.cohen_kappa_score(y, predicted, labels=labels, sample_weight=w),
        "ece": ece((predicted == y).astype(float), probabilities.max(axis=1), ones),
    }
    cases.append({
        "title": title, "task": "multiclass", "classes": k, "actual": y, "probabilities": probabilities.ravel(), "weights": w,
        "expected": expected, "matrix": m.confusion_matrix(y, predicted, labels=labels, sample_weight=w).ravel(),
        "kappaLinear": m.cohen_kappa_score(y, predicted, labels=labels, sample_weight=w, weights="linear"),
        "kappaQuadratic": m.cohen_kappa_score(y, predicted, labels=labels, sample_weight=w, weights="quadratic"),
        "topK": [m.top_k_accuracy_score(y, probabilities, k=j, labels=labels, sample_weight=w) for j in range(1, k)],
    })


def noisy(n, share, noise, decimals=None):
    y = (rng.random(n) < share).astype(int)
    y[:2] = [0, 1]
    p = 1 / (1 + np.exp(-(y * 2 - 1 + rng.normal(0, noise, n))))
    return y, p if decimals is None else np.round(p, decimals)


binary("plain", *noisy(200, 0.5, 1.5))
binary("many ties", *noisy(200, 0.4, 1.5, 1))
binary("ties across the two classes only", [0, 1, 0, 1, 1, 0], [0.5, 0.5, 0.2, 0.2, 0.9, 0.9])
binary("imbalanced", *noisy(300, 0.02, 1.2))
y, p = noisy(150, 0.3, 2, 2)
binary("weights", y, p, rng.random(150) * 3)
binary("weights with zeros", y, p, (rng.integers(0, 3, 150)).astype(float))
binary("integer weights", y, p, rng.integers(1, 5, 150).astype(float))
binary("two rows", [0, 1], [0.3, 0.4])
binary("two rows, reversed", [0, 1], [0.6, 0.4])
binary("three rows", [0, 1, 1], [0.5, 0.5, 0.7])
binary("constant scores", [0, 1, 1, 0, 1], [0.5] * 5)
binary("one class, positive", [1, 1, 1], [0.2, 0.6, 0.9])
binary("one class, negative", [0, 0, 0, 0], [0.2, 0.6, 0.9, 0.1])
binary("perfect", [0, 0, 1, 1], [0.0, 0.1, 0.9, 1.0])
binary("certain and wrong", [1, 0, 1, 0], [0.0, 1.0, 1.0, 0.0])
binary("edges of calibration bins", [0, 1, 0, 1, 1, 0, 1, 1], [0, 0.1, 0.2, 0.3, 0.6, 0.7, 0.9, 1])
binary("extreme scores", [0, 1, 0, 1], [1e-300, 5e-324, 1 - 1e-16, 1.0])


def soft(n, k, sharp, decimals=None, prior=None):
    y = rng.choice(k, n, p=prior)
    y[:k] = np.arange(k)
    logits = rng.normal(0, 1, (n, k))
    logits[np.arange(n), y] += sharp
    e = np.exp(logits)
    q = e / e.sum(axis=1, keepdims=True)
    if decimals is not None:
        q = np.round(q, decimals)
        q[:, -1] = 1 - q[:, :-1].sum(axis=1)
    return y, q


multiclass("three classes", *soft(120, 3, 1.0))
multiclass("five classes, ties", *soft(120, 5, 1.0, 1))
multiclass("imbalanced", *soft(150, 4, 0.7, None, [0.9, 0.06, 0.03, 0.01]))
y, q = soft(100, 3, 0.8)
multiclass("weights", y, q, rng.random(100) + 0.1)
multiclass("three rows", [0, 1, 2], np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.4, 0.4, 0.2]]))
multiclass("a class never predicted", [0, 1, 2, 0, 1, 2], np.array([[0.9, 0.1, 0.0]] * 3 + [[0.1, 0.9, 0.0]] * 3))
multiclass("ten classes", *soft(150, 10, 1.5))

cases.insert(0, {"title": "made with", "scikit-learn": sklearn.__version__, "numpy": np.__version__})
golden.write(__file__, cases)
