"""Golden skewness, from scipy: /usr/bin/python3 skew.py"""
import numpy as np
from scipy.stats import skew

import golden

rng = np.random.default_rng(21)
cases = [{"title": "made with", "numpy": np.__version__}]
for title, values in {
    "log-normal prices": np.round(np.exp(12 + 0.8 * rng.normal(size=120))),
    "exponential": rng.exponential(20, 100),
    "counts": rng.poisson(np.exp(rng.normal(0.5, 1, 150))),
    "normal": rng.normal(50, 3, 80),
    "shares": rng.beta(0.4, 6, 120),
    "far from zero": 1e9 + rng.exponential(1, 60),
    "two": [1, 2],
}.items():
    cases.append({"title": title, "values": np.asarray(values, float), "skew": skew(values), "logSkew": skew(np.log1p(values))})
golden.write(__file__, cases)
