"""Feature steps by numpy and scikit-learn on a small table; writes steps.csv and steps.json beside this file. Run with /usr/bin/python3.

All rows are training rows, so the statistics are those of the whole table. Statistics are rounded to float32 before they are used, as in a served graph.
"""

import json
import os

import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20)
n = 500
frame = pd.DataFrame(
    {
        "a": rng.normal(1000, 3, n).round(5),
        "b": rng.exponential(5, n).round(4),
        "k": rng.integers(0, 6, n).astype(float),
        "c": rng.choice(["red", "green", "blue", "grün"], n, p=[0.5, 0.3, 0.15, 0.05]),
    }
)
frame.loc[rng.random(n) < 0.1, "a"] = np.nan
frame.loc[rng.random(n) < 0.2, "b"] = np.nan
frame.loc[rng.random(n) < 0.1, "c"] = None
frame.to_csv(os.path.join(here, "steps.csv"), index=False)


def column(name):
    return frame[[name]].to_numpy()


def flat(values):
    return [None if isinstance(v, float) and np.isnan(v) else float(v) for v in np.asarray(values, dtype=float).ravel()]


median = SimpleImputer(strategy="median").fit_transform(column("a"))
mode = SimpleImputer(strategy="most_frequent").fit_transform(column("k"))
low, high = np.nanquantile(column("b"), [0.03, 0.9])
encoder = OneHotEncoder(handle_unknown="ignore", sparse=False).fit(frame[["c"]].dropna())
golden = {
    "median then standardise a": flat(StandardScaler().fit_transform(median)),
    "standardise b": flat(StandardScaler().fit_transform(column("b"))),
    "clip b": flat(np.clip(column("b"), low, high)),
    "min-max b": flat(MinMaxScaler().fit_transform(column("b"))),
    "mean a": flat(SimpleImputer(strategy="mean").fit_transform(column("a"))),
    "mode k": flat(mode),
    "one-hot c": {
        str(category): flat(values)
        for category, values in zip(encoder.categories_[0], encoder.transform(frame[["c"]].fillna("")).T)
    },
    "quantiles b": flat(np.nanquantile(column("b"), [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])),
    "moments a": [float(np.nanmean(column("a"))), float(np.nanstd(column("a")))],
    "histogram b": [int(v) for v in np.histogram(frame["b"].dropna(), bins=20)[0]],
}
with open(os.path.join(here, "steps.json"), "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
