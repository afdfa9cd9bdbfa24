"""Times HistGradientBoosting for booster.ts: booster.py FOLDER SHAPE REPEATS."""
import json
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import log_loss, mean_squared_error

folder, shape, repeats = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
x = np.fromfile(f"{folder}/x.f32", dtype=np.float32).reshape(shape["width"], shape["rows"]).T
y = np.fromfile(f"{folder}/y.f64", dtype=np.float64)
kind = HistGradientBoostingRegressor if shape["task"] == "regression" else HistGradientBoostingClassifier
wall = cpu = float("inf")
for _ in range(repeats):
    model = kind(max_iter=shape["trees"], early_stopping=False, random_state=1)
    started, used = time.time(), time.process_time()
    model.fit(x, y)
    wall, cpu = min(wall, time.time() - started), min(cpu, time.process_time() - used)
loss = mean_squared_error(y, model.predict(x)) if shape["task"] == "regression" else log_loss(y, model.predict_proba(x))
print(json.dumps({"wall": wall, "cpu": cpu, "loss": loss}))
