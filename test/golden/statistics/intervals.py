"""Golden values of intervals and tests: scipy where it has them, else straight from the definitions.
Run: /usr/bin/python3 intervals.py"""
import numpy as np
import scipy
from scipy import stats
from scipy.stats import _resampling
from sklearn.metrics import roc_auc_score
import golden

rng = np.random.default_rng(5)
cases = [{"title": "made with", "scipy": scipy.__version__}]

rows = []
for n in (1, 2, 10, 57, 1000):
    for k in sorted({0, 1, n // 3, n // 2, n - 1, n}):
        for level in (0.9, 0.95, 0.99):
            r = stats.binomtest(k, n)
            w, e = r.proportion_ci(level, "wilson"), r.proportion_ci(level, "exact")
            rows.append([k, n, level, w.low, w.high, e.low, e.high])
cases.append({"title": "proportions", "rows": rows})


def components(y, s):
    """DeLong's structural components by comparing every positive with every negative."""
    x, z = s[y == 1][:, None], s[y == 0][None, :]
    psi = (x > z) + 0.5 * (x == z)
    return psi.mean(axis=1), psi.mean(axis=0)


def delong(title, y, models):
    parts = [components(y, s) for s in models]
    p, q = (y == 1).sum(), (y == 0).sum()
    covariance = np.cov([v for v, _ in parts]) / p + np.cov([w for _, w in parts]) / q
    auc = [roc_auc_score(y, s) for s in models]
    c = covariance
    z = abs(auc[1] - auc[0]) / np.sqrt(c[0, 0] + c[1, 1] - 2 * c[0, 1])
    cases.append({"title": "DeLong: " + title, "kind": "delong", "actual": y, "models": models, "auc": auc,
                  "covariance": covariance.ravel(), "p": 2 * stats.norm.sf(z),
                  "interval": np.clip(auc[0] + stats.norm.ppf([0.025, 0.975]) * np.sqrt(c[0, 0]), 0, 1)})


def scores(n, share, decimals=6):
    y = (rng.random(n) < share).astype(int)
    y[:4] = [0, 0, 1, 1]
    a = y + rng.normal(0, 1.2, n)
    return y, [np.round(a, decimals), np.round(0.5 * a + y + rng.normal(0, 1, n), decimals)]


delong("plain", *scores(120, 0.4))
delong("ties", *scores(150, 0.4, 0))
delong("imbalanced", *scores(200, 0.03))
delong("four rows", np.array([0, 0, 1, 1]), [np.array([0.1, 0.4, 0.35, 0.8]), np.array([0.1, 0.3, 0.3, 0.2])])

for b, c in [(0, 0), (0, 1), (3, 1), (0, 10), (10, 14), (12, 13), (25, 40), (5, 300), (100, 100)]:
    exact = min(1.0, 2 * stats.binom.cdf(min(b, c), b + c, 0.5)) if b + c else 1.0
    statistic = max(abs(b - c) - 1, 0) ** 2 / (b + c) if b + c else 0
    cases.append({"title": f"McNemar {b} and {c}", "kind": "mcnemar", "b": b, "c": c, "exact": exact, "chi": stats.chi2.sf(statistic, 1)})

for title, data in [("skewed", np.exp(rng.normal(0, 1, 40))), ("symmetric", rng.normal(0, 1, 30)), ("three values", np.array([1.0, 2, 9]))]:
    replicates = np.sort(data[rng.integers(0, len(data), (400, len(data)))].mean(axis=1))
    left = np.array([np.delete(data, i).mean() for i in range(len(data))])
    ends = {}
    for level in (0.9, 0.95):
        a1, a2, _ = _resampling._bca_interval([data], lambda x, axis: x.mean(axis=axis), -1, (1 - level) / 2, replicates, None)
        ends[str(level)] = np.percentile(replicates, [float(a1) * 100, float(a2) * 100])
    cases.append({"title": "BCa: " + title, "kind": "bca", "data": data, "replicates": replicates, "leftOut": left, "expected": ends,
                  "error": replicates.std(ddof=1)})
golden.write(__file__, cases)
