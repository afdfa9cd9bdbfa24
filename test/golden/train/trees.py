"""Golden predictions of boosted trees, by scikit-learn: /usr/bin/python3 test/golden/train/trees.py"""
import json
import pathlib

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

random = np.random.RandomState(6)
ROWS = 400
# Leaves are large enough that no two splits gain alike, which would be decided by rounding.
# Few distinct values, so that both cut at the same places; each feature with gaps of its own.
X = np.round(random.normal(size=(ROWS, 5)), 1).astype(np.float32).astype(np.float64)
X[random.rand(ROWS) < 0.2, 1] = np.nan
X[X[:, 3] > 0.8, 4] = np.nan
score = X[:, 0] + np.where(np.isnan(X[:, 1]), 1.0, X[:, 1] * X[:, 2]) + np.sin(3 * X[:, 3]) + 0.3 * random.normal(size=ROWS)
labels = {
    "binary": (score > 0.2).astype(int),
    "multiclass": np.digitize(score, [-0.5, 0.9]),
    "regression": (50 + 20 * score).astype(np.float32).astype(np.float64),
}
settings = [
    {"trees": 30, "leaves": 8, "samplesPerLeaf": 10, "learningRate": 0.1, "l2": 0.0},
    {"trees": 10, "leaves": 31, "samplesPerLeaf": 15, "learningRate": 0.3, "l2": 2.0, "depth": 4},
]


def run(task, s):
    kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
    model = kind(max_iter=s["trees"], max_leaf_nodes=s["leaves"], min_samples_leaf=s["samplesPerLeaf"], learning_rate=s["learningRate"],
                 l2_regularization=s["l2"], max_depth=s.get("depth"), early_stopping=False).fit(X, labels[task])
    raw = model._raw_predict(X)
    return {"task": task, "settings": s, "scores": np.asarray(raw).reshape(ROWS, -1).T.tolist()}


golden = {
    "columns": [[None if np.isnan(v) else v for v in column] for column in X.T.tolist()],
    "labels": {task: y.tolist() for task, y in labels.items()},
    "cases": [run(task, s) for task in labels for s in settings],
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
