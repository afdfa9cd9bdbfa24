"""Permutation importances of scikit-learn, with the very orders of the rows that it shuffled by.
Run: /usr/bin/python3 permutation.py"""
import json
import pathlib
import numpy as np
import sklearn
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression

rng = np.random.default_rng(11)
rows, repeats = 120, 4
names = ["strong", "weak", "noise", "constant"]
x = np.round(rng.normal(size=(rows, 4)), 3)
x[:, 3] = 2.5
signal = 2 * x[:, 0] - 0.7 * x[:, 1]
out = {"made with": {"sklearn": sklearn.__version__}, "columns": {n: x[:, i].tolist() for i, n in enumerate(names)}, "studies": []}


def orders(seed):
    """The orders that sklearn draws: of one seed, the same for each column; each repeat shuffles what the last one left."""
    drawn = np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1)
    state, order, found = np.random.RandomState(drawn), np.arange(rows), []
    now = np.arange(rows)
    for _ in range(repeats):
        state.shuffle(order)
        now = now[order]
        found.append(now.tolist())
    return found


for metric, scoring, target in (
    ("auc", "roc_auc", (signal + rng.normal(size=rows) > 0).astype(int)),
    ("accuracy", "accuracy", (signal + rng.normal(size=rows) > 0).astype(int)),
    ("log-loss", "neg_log_loss", (signal + rng.normal(size=rows) > 0).astype(int)),
    ("rmse", "neg_root_mean_squared_error", np.round(signal + rng.normal(size=rows), 4)),
    ("r2", "r2", np.round(signal + rng.normal(size=rows), 4)),
):
    model = (LinearRegression() if scoring.startswith(("neg_root", "r2")) else LogisticRegression()).fit(x, target)
    seed = len(out["studies"]) + 3
    found = permutation_importance(model, x, target, scoring=scoring, n_repeats=repeats, random_state=seed)
    out["studies"].append({
        "metric": metric, "target": target.tolist(), "weights": model.coef_.ravel().tolist(),
        "intercept": float(np.ravel(model.intercept_)[0]), "orders": orders(seed),
        "importance": found.importances_mean.tolist(), "deviation": found.importances_std.tolist(),
    })
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out) + "\n")
print(path.name, path.stat().st_size, "bytes")
