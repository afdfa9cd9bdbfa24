"""The data stage of bench/data in pandas, as one would write it: python3 pandas_stage.py FILE FOLDER. Prints seconds and peak memory as JSON.

Debian has no Parquet writer for pandas, so the features are saved as one float32 numpy array a split and the raw rows are pickled: both cost
pandas less than Parquet would.
"""

import json
import os
import resource
import sys
import time

import numpy as np
import pandas as pd

file, folder = sys.argv[1], sys.argv[2]
began = time.perf_counter()
steps = {}


def step(name):
    global began
    now = time.perf_counter()
    steps[name] = round(now - began, 2)
    began = now


frame = pd.read_csv(file)
step("read")
frame = frame.drop_duplicates(ignore_index=True)
step("drop duplicates")

rng = np.random.default_rng(7)
order = rng.permutation(len(frame))
split = np.empty(len(frame), dtype=np.int8)
target = frame["target"].to_numpy()
for value in np.unique(target):
    rows = order[target[order] == value]
    train, validation = round(len(rows) * 0.7), round(len(rows) * 0.15)
    split[rows[:train]] = 0
    split[rows[train : train + validation]] = 1
    split[rows[train + validation :]] = 2
step("stratified split")
for i, name in enumerate(["train", "validation", "test"]):
    frame[split == i].to_pickle(os.path.join(folder, f"{name}.pkl"))
step("write rows")

label = (frame.pop("target") == "yes").to_numpy(dtype=np.float32)
numeric = [name for name in frame.columns if frame[name].dtype.kind in "if"]
frame[numeric] = frame[numeric].fillna(frame.loc[split == 0, numeric].median())
step("impute")
train = frame.loc[split == 0, numeric]
frame[numeric] = (frame[numeric] - train.mean()) / train.std(ddof=0)
del train
step("standardise")
frame = pd.get_dummies(frame, columns=[name for name in frame.columns if name.startswith("cat")])
step("encode")
for i, name in enumerate(["train", "validation", "test"]):
    rows = split == i
    np.save(os.path.join(folder, f"{name}.features.npy"), frame[rows].to_numpy(dtype=np.float32))
    np.save(os.path.join(folder, f"{name}.label.npy"), label[rows])
step("write features")

print(
    json.dumps(
        {
            "seconds": round(sum(steps.values()), 2),
            "cpu": round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 2),
            "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
            "features": frame.shape[1],
            "steps": steps,
            "pandas": pd.__version__,
        }
    )
)
