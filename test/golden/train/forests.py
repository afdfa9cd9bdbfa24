"""Writes forests.json: scikit-learn's trees and forests, and xgboost's contributions. Run: /usr/bin/python3 test/golden/train/forests.py"""
import json
import pathlib

import numpy as np
import xgboost
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier, RandomForestRegressor
from sklearn.metrics import accuracy_score, log_loss, mean_squared_error
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

random = np.random.RandomState(5)
rows = 600
x = np.round(random.normal(size=(rows, 6)) * 4).astype(np.float32)
score = x[:, 0] * x[:, 1] / 16 + np.sin(x[:, 2]) + 0.3 * x[:, 3] + random.normal(size=rows) * 0.5
labels = {
    "binary": (score > 0).astype(int),
    "multiclass": np.digitize(score, [-0.8, 0.8]),
    "regression": np.round(score, 4),
}
train, test = slice(0, 400), slice(400, rows)
out = {"columns": x.T.tolist(), "labels": {k: v.tolist() for k, v in labels.items()}, "trainRows": 400, "trees": [], "forests": []}
for task, y in labels.items():
    kind = DecisionTreeRegressor if task == "regression" else DecisionTreeClassifier
    for settings in ({"max_depth": 4, "min_samples_leaf": 15}, {"max_leaf_nodes": 12, "min_samples_leaf": 10}):
        model = kind(random_state=0, **settings).fit(x[train], y[train])
        answer = model.predict(x[test]) if task == "regression" else model.predict_proba(x[test])
        out["trees"].append({"task": task, "settings": settings, "answers": np.round(answer, 9).tolist()})
    kind = RandomForestRegressor if task == "regression" else RandomForestClassifier
    figures = []
    for seed in range(10):
        # A third of the features for numbers, the root for classes: Breiman's own choice, and ours.
        model = kind(n_estimators=100, max_features=1 / 3 if task == "regression" else "sqrt", random_state=seed).fit(x[train], y[train])
        if task == "regression":
            figures.append(mean_squared_error(y[test], model.predict(x[test])))
        else:
            figures.append(accuracy_score(y[test], model.predict(x[test])))
    out["forests"].append({"task": task, "mean": float(np.mean(figures)), "deviation": float(np.std(figures, ddof=1))})

holes = x.copy()
holes[random.uniform(size=x.shape) < 0.1] = np.nan
matrix = xgboost.DMatrix(holes[train], label=labels["binary"][train])
booster = xgboost.train({"max_depth": 4, "eta": 0.3, "objective": "binary:logistic", "tree_method": "exact", "base_score": 0.5}, matrix, 8)
some = holes[test][:60]
out["contributions"] = {
    "rows": [[None if np.isnan(v) else float(v) for v in row] for row in some],
    "trees": [json.loads(tree) for tree in booster.get_dump(dump_format="json", with_stats=True)],
    "values": booster.predict(xgboost.DMatrix(some), pred_contribs=True).astype(float).round(7).tolist(),
}
counts = random.poisson(np.exp(0.3 * x[:, 0] - 0.1 * x[:, 1])).astype(float)
code = (random.randint(0, 12, size=rows)).astype(np.float32)
effect = random.normal(size=12)
cat = effect[code.astype(int)] + 0.2 * x[:, 0] + random.normal(size=rows) * 0.1
out["counts"] = counts.tolist()
out["code"] = code.tolist()
out["categorical"] = np.round(cat, 5).tolist()
common = dict(max_iter=30, max_leaf_nodes=8, min_samples_leaf=10, early_stopping=False, random_state=0)
boosted = {}
model = HistGradientBoostingRegressor(loss="poisson", **common).fit(x[train], counts[train])
boosted["poisson"] = model._raw_predict(x[test])[:, 0].tolist()
for q in (0.1, 0.5, 0.9):
    model = HistGradientBoostingRegressor(loss="quantile", quantile=q, **common).fit(x[train], labels["regression"][train])
    boosted[f"quantile {q}"] = model.predict(x[test]).tolist()
model = HistGradientBoostingRegressor(monotonic_cst=[1, -1, 0, 1, 0, 0], **common).fit(x[train], labels["regression"][train])
boosted["monotone"] = model.predict(x[test]).tolist()
wide = np.column_stack([code, x[:, 0]])
model = HistGradientBoostingRegressor(categorical_features=[0], **common).fit(wide[train], cat[train])
boosted["categorical"] = float(mean_squared_error(cat[test], model.predict(wide[test])))
out["boosted"] = boosted
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(out) + "\n")
