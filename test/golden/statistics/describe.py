"""Golden values of column summaries, from numpy and pandas. Run: /usr/bin/python3 describe.py"""
import numpy as np
import pandas as pd
import golden

rng = np.random.default_rng(9)
cases = [{"title": "made with", "numpy": np.__version__, "pandas": pd.__version__}]


def case(title, values):
    column = pd.Series(np.asarray(values, float))
    present = column.dropna().to_numpy()
    counts, edges = np.histogram(present, bins=20)
    cases.append({
        "title": title, "values": column.to_numpy(), "count": int(column.count()), "nulls": int(column.isna().sum()), "mean": column.mean(),
        "deviation": column.std(), "min": column.min(), "max": column.max(), "quantiles": np.quantile(present, [0.05, 0.25, 0.5, 0.75, 0.95]),
        "distinct": column.nunique(), "edges": edges, "counts": counts,
    })


case("normal", rng.normal(0, 1, 200))
case("nulls", np.where(rng.random(120) < 0.3, np.nan, rng.normal(5, 2, 120)))
case("far from zero", rng.normal(1e9, 1, 100))
case("integers", rng.integers(0, 10, 100))
case("edges", np.arange(21) * 0.1)
case("constant", [3, 3, 3])
case("one", [7.5])
case("two", [1, 2])
case("skewed", np.exp(rng.normal(0, 2, 100)))
golden.write(__file__, cases)
