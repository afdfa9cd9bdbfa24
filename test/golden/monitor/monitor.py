"""Golden drift of two tables, from scipy: what the monitor must say of every column, by each method.
Run: /usr/bin/python3 monitor.py"""
import json
import pathlib
import numpy as np
import scipy
from scipy import stats
from scipy.spatial.distance import jensenshannon

rng = np.random.default_rng(23)


def edges_of(reference, bins=10):
    edges = np.unique(np.quantile(reference, (np.arange(bins - 1) + 1) / bins))
    return np.concatenate([[np.nextafter(edges[0], -np.inf)], edges]) if edges[0] == reference.min() else edges


def on_shares(r, c):
    p, q = np.asarray(r, float) / np.sum(r), np.asarray(c, float) / np.sum(c)
    pe, qe = np.maximum(p, 1e-4), np.maximum(q, 1e-4)
    return {"psi": np.sum((qe - pe) * np.log(qe / pe)), "jensen-shannon": jensenshannon(p, q, base=2),
            "hellinger": np.linalg.norm(np.sqrt(p) - np.sqrt(q)) / np.sqrt(2), "total-variation": 0.5 * np.abs(p - q).sum(),
            "l-infinity": np.abs(p - q).max()}


def numeric(a, b):
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    ks = stats.ks_2samp(a, b)
    counts = [np.bincount(np.searchsorted(edges_of(a), x, side="left"), minlength=len(edges_of(a)) + 1) for x in (a, b)]
    return {"ks": ks.statistic, "ks-p": ks.pvalue, "wasserstein": stats.wasserstein_distance(a, b) / a.std(), **on_shares(*counts)}


def categorical(a, b):
    labels = sorted({v for v in [*a, *b] if v is not None})
    table = np.array([[np.sum(a == v) for v in labels], [np.sum(b == v) for v in labels]], float)
    chi2, p, _, _ = stats.chi2_contingency(table)
    return {"chi2": chi2, "chi2-p": p, "cramers-v": stats.contingency.association(table.astype(int), method="cramer"), **on_shares(*table)}


def missing(a, b, lost):
    table = [[np.sum(~lost(a)), np.sum(lost(a))], [np.sum(~lost(b)), np.sum(lost(b))]]
    out = {"missing-reference": np.mean(lost(a)), "missing-current": np.mean(lost(b))}
    if table[0][1] + table[1][1] > 0:
        out["missing-p"] = stats.chi2_contingency(table)[1]
    return out


def columns(n, shift):
    income = np.round(rng.lognormal(3 + 0.4 * shift, 0.5, n), 2)
    income[rng.random(n) < 0.05 + 0.1 * shift] = np.nan
    return {
        "tenure": rng.integers(0, 73 + int(20 * shift), n).astype(float),
        "charges": np.round(rng.normal(60 + 8 * shift, 20, n), 2),
        "income": income,
        "steady": np.round(rng.normal(0, 1, n), 3),
        "contract": rng.choice(["month", "year", "two years", "new" if shift else "year"], n, p=[0.5 + 0.1 * shift, 0.25 - 0.1 * shift, 0.2, 0.05]),
        "payment": rng.choice(["card", "cheque", "transfer"], n, p=[0.3, 0.3, 0.4]),
        "partner": rng.choice([True, False], n, p=[0.5 - 0.15 * shift, 0.5 + 0.15 * shift]),
    }


def adjusted(p):
    p = np.asarray(p)
    rank = stats.rankdata(p, method="max")
    return [min(1, min(p[j] * len(p) / rank[j] for j in range(len(p)) if p[j] >= p[i])) for i in range(len(p))]


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (list, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, (np.bool_, bool)):
        return bool(value)
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(value)
    if isinstance(value, np.integer):
        return int(value)
    return str(value) if isinstance(value, np.str_) else value


reference, current = columns(400, 0), columns(300, 1)
current["steady"], current["payment"] = np.round(rng.normal(0, 1, 300), 3), rng.choice(["card", "cheque", "transfer"], 300, p=[0.3, 0.3, 0.4])
expected, p, names = {}, [], []
for name, a in reference.items():
    b = current[name]
    if a.dtype.kind == "f":
        found, lost = numeric(a, b), np.isnan
    else:
        found, lost = categorical(a, b), lambda x: np.zeros(len(x), bool)
    found.update(missing(a, b, lost))
    expected[name] = found
    p.append(found.get("ks-p", found.get("chi2-p")))
    names.append((name, "adjusted"))
for name, found in expected.items():
    if "missing-p" in found:
        p.append(found["missing-p"])
        names.append((name, "missing-adjusted"))
for (name, key), value in zip(names, adjusted(p)):
    expected[name][key] = value
out = {"made with": {"scipy": scipy.__version__}, "reference": plain(reference), "current": plain(current), "expected": plain(expected)}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out) + "\n")
print(path.name, path.stat().st_size, "bytes")
