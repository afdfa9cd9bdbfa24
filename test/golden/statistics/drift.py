"""Golden values of drift statistics, from scipy; PSI, Hellinger and false-discovery control from their definitions.
Run: /usr/bin/python3 drift.py"""
import warnings
import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon
import golden

warnings.filterwarnings("ignore")
rng = np.random.default_rng(11)
cases = [{"title": "made with", "scipy": scipy.__version__}]


def edges_of(reference, bins=10):
    edges = np.unique(np.quantile(reference, (np.arange(bins - 1) + 1) / bins))
    if edges[0] == reference.min():
        edges = np.concatenate([[np.nextafter(edges[0], -np.inf)], edges])
    return edges


def on_shares(r, c):
    r, c = np.asarray(r, float), np.asarray(c, float)
    p, q = r / r.sum(), c / c.sum()
    pe, qe = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return {
        "psi": np.sum((qe - pe) * np.log(qe / pe)), "jensen-shannon": jensenshannon(p, q, base=2),
        "hellinger": np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2),
        "total-variation": 0.5 * np.abs(p - q).sum(), "l-infinity": np.abs(p - q).max(),
    }


def numeric(title, a, b):
    a, b = np.asarray(a, float), np.asarray(b, float)
    ks = stats.ks_2samp(a, b)
    edges = edges_of(a)
    counts = [np.bincount(np.searchsorted(edges, x, side="left"), minlength=len(edges) + 1) for x in (a, b)]
    distance = stats.wasserstein_distance(a, b)
    deviation = a.std()
    expected = {"ks": ks.statistic, "ks-p": ks.pvalue,
                "wasserstein": distance / deviation if deviation > 0 else (0.0 if distance == 0 else np.inf), **on_shares(*counts)}
    cases.append({"title": title, "kind": "numeric", "reference": a, "current": b, "expected": expected,
                  "asymptotic": stats.ks_2samp(a, b, method="asymp").pvalue, "wasserstein": distance, "counts": counts})


n = rng.normal
numeric("same distribution", n(0, 1, 100), n(0, 1, 80))
numeric("shifted", n(0, 1, 100), n(0.7, 1, 120))
numeric("equal sizes", n(0, 1, 60), n(0.3, 1.5, 60))
numeric("far apart", n(0, 1, 150), n(50, 1, 130))
numeric("far apart, equal sizes", n(0, 1, 200), n(50, 1, 200))
numeric("integers with ties", rng.integers(0, 6, 100), rng.integers(1, 7, 90))
numeric("many zeros", np.where(rng.random(100) < 0.6, 0, n(5, 1, 100)), np.where(rng.random(70) < 0.4, 0, n(5, 1, 70)))
numeric("one value each", [1], [2])
numeric("one against many", [0.5], n(0, 1, 30))
numeric("two against three", [1, 2], [2, 3, 4])
numeric("identical", [1, 2, 3, 4], [1, 2, 3, 4])
numeric("constant and the same", [3, 3, 3], [3, 3])
numeric("constant, moved down", [3, 3, 3], [1, 2])
numeric("constant, moved up", [3, 3, 3], [5, 6])
numeric("coprime sizes", n(0, 1, 97), n(0.2, 1, 89))
numeric("heavy tails", stats.cauchy.rvs(size=120, random_state=rng), stats.cauchy.rvs(size=100, random_state=rng) * 2)
numeric("tiny and huge numbers", np.exp(n(0, 50, 50)), np.exp(n(5, 50, 50)))

# Large samples by formula, so that the file stays small: x(i) = frac(i φ) ^ power + shift.
phi = 0.6180339887498949
for size_a, size_b, power, shift in [(9000, 10000, 1.05, 0), (10001, 9000, 1.02, 0), (20000, 50, 1, 0.05), (30000, 30000, 1, 0.01),
                                     (12000, 300000, 1.1, 0), (15000, 12000, 3, 0), (11000, 11000, 1, 0), (400000, 300000, 1.005, 0)]:
    a = (np.arange(size_a) + 1) * phi % 1
    b = ((np.arange(size_b) + 1) * phi % 1) ** power + shift
    ks = stats.ks_2samp(a, b)
    cases.append({"title": f"{size_a} against {size_b} rows", "kind": "large", "sizes": [size_a, size_b], "power": power, "shift": shift,
                  "ks": ks.statistic, "p": ks.pvalue, "wasserstein": stats.wasserstein_distance(a, b)})


def table(title, rows):
    rows = np.asarray(rows, float)
    kept = rows[rows.sum(axis=1) > 0][:, rows.sum(axis=0) > 0]
    chi2, p, freedom, expected = stats.chi2_contingency(kept)
    plain = stats.chi2_contingency(kept, correction=False)
    v = stats.contingency.association(kept.astype(int), method="cramer") if min(kept.shape) > 1 else np.nan
    cases.append({"title": title, "kind": "table", "rows": rows, "expected": [chi2, p, freedom, v, expected.min()],
                  "plain": [plain[0], plain[1]], "shares": on_shares(rows[0], rows[1]) if rows.shape[0] == 2 else None})


table("two by two", [[20, 30], [35, 15]])
table("two by two, equal", [[20, 30], [20, 30]])
table("two by two, within half a count", [[20, 30], [21, 29]])
table("two by five", [[10, 20, 30, 5, 1], [12, 15, 40, 9, 3]])
table("new and vanished categories", [[10, 0, 30, 5], [0, 15, 40, 9]])
table("an empty column", [[10, 0, 30], [20, 0, 5]])
table("three by four", [[5, 9, 12, 3], [8, 2, 11, 7], [1, 1, 30, 4]])
table("far tail", [[5000, 100, 20], [100, 5000, 20]])
table("one category", [[50], [60]])
table("large counts", [[1234567, 7654321, 333], [1230000, 7650000, 500]])


def adjusted(p):
    """Benjamini–Hochberg, straight from the definition: min over larger p of p·m/rank."""
    p = np.asarray(p)
    rank = stats.rankdata(p, method="max")
    return [min(1, min(p[j] * len(p) / rank[j] for j in range(len(p)) if p[j] >= p[i])) for i in range(len(p))]


for title, p in [("ten", rng.random(10) ** 3), ("ties", [0.01, 0.01, 0.04, 0.04, 0.5, 1]), ("one", [0.03]), ("all one", [1, 1, 1]),
                 ("tiny", [1e-300, 1e-200, 0.9])]:
    cases.append({"title": "false discovery: " + title, "kind": "discovery", "p": p, "expected": adjusted(p)})
golden.write(__file__, cases)
