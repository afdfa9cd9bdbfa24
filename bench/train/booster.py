"""Times HistGradientBoosting or xgboost for booster.ts: booster.py FOLDER SHAPE REPEATS sklearn|xgboost THREADS."""
import json
import sys
import time

import numpy as np
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, mean_squared_error, roc_auc_score

folder, shape, repeats, library, threads = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5])
task = shape["task"]


def read(name, rows):
    x = np.fromfile(f"{folder}/{name}x.f32", dtype=np.float32).reshape(shape["width"], rows).T
    return x, np.fromfile(f"{folder}/{name}y.f64", dtype=np.float64)


x, y = read("", shape["rows"])
tx, ty = read("t", shape["held"])


def make():
    if library == "sklearn":
        kind = HistGradientBoostingRegressor if task == "regression" else HistGradientBoostingClassifier
        return kind(max_iter=shape["trees"], early_stopping=False, random_state=1)
    # The same trees: grown by gain to 31 leaves, no penalty, about 20 rows a leaf.
    least = {"regression": 20, "binary": 5, "multiclass": 4}[task]
    kind = xgboost.XGBRegressor if task == "regression" else xgboost.XGBClassifier
    return kind(n_estimators=shape["trees"], max_leaves=31, max_depth=0, grow_policy="lossguide", tree_method="hist", max_bin=255,
                learning_rate=0.1, reg_lambda=0, min_child_weight=least, n_jobs=threads, verbosity=0, random_state=1)


wall = cpu = float("inf")
for _ in range(repeats):
    model = make()
    started, used = time.time(), time.process_time()
    model.fit(x, y)
    wall, cpu = min(wall, time.time() - started), min(cpu, time.process_time() - used)
if task == "regression":
    quality = mean_squared_error(ty, model.predict(tx))
elif task == "binary":
    quality = roc_auc_score(ty, model.predict_proba(tx)[:, 1])
else:
    quality = log_loss(ty, model.predict_proba(tx))
print(json.dumps({"wall": wall, "cpu": cpu, "quality": float(quality)}))
