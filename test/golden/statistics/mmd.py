"""Golden values of the maximum mean discrepancy, from its definition in numpy; the p-value over every split of the rows.
Run: /usr/bin/python3 mmd.py"""
import itertools
import json
import pathlib
import numpy as np

rng = np.random.default_rng(5)


def mmd(kernel, first):
    first = np.asarray(first)
    other = np.setdiff1d(np.arange(len(kernel)), first)
    n, m = len(first), len(other)
    a, b, c = kernel[np.ix_(first, first)], kernel[np.ix_(other, other)], kernel[np.ix_(first, other)]
    return (a.sum() - np.trace(a)) / (n * (n - 1)) + (b.sum() - np.trace(b)) / (m * (m - 1)) - 2 * c.mean()


def case(title, reference, current, exact):
    """Both: numeric columns, then one column of codes."""
    n = len(reference)
    both = np.concatenate([reference, current])
    numbers = both[:, :-1]
    mean, deviation = np.nanmean(reference[:, :-1], 0), np.nanstd(reference[:, :-1], 0)
    z = np.nan_to_num((numbers - mean) / deviation)
    hot = np.eye(int(both[:, -1].max()) + 1)[both[:, -1].astype(int)]
    points = np.concatenate([z, hot], 1)
    squared = ((points[:, None, :] - points[None, :, :]) ** 2).sum(2)
    sigma = np.sqrt(np.median(squared[np.tril_indices(len(points), -1)]) / 2)
    kernel = np.exp(-squared / (2 * sigma ** 2))
    observed = mmd(kernel, range(n))
    result = {"title": title, "reference": reference.T.tolist(), "current": current.T.tolist(), "statistic": observed, "bandwidth": sigma}
    if exact:
        splits = [mmd(kernel, split) for split in itertools.combinations(range(len(points)), n)]
        result["p"] = float(np.mean(np.asarray(splits) >= observed - 1e-12))
    return result


def rows(size, shift=0.0, correlation=0.0, categories=3):
    x = rng.normal(size=size)
    y = correlation * x + np.sqrt(1 - correlation ** 2) * rng.normal(size=size)
    return np.column_stack([x + shift, 3 * y - 1, rng.integers(categories, size=size)])


cases = [
    case("no difference, exact p", rows(6), rows(6), True),
    case("a shift, exact p", rows(6), rows(6, 1.5), True),
    case("unlike sizes", rows(40), rows(25, 0.4), False),
    case("a correlation alone", rows(120), rows(120, 0, 0.9), False),
]
missing = rows(30)
missing[::5, 0] = np.nan
cases.append(case("missing values", missing, rows(30), False))
for one in cases:
    for side in ("reference", "current"):
        one[side] = [[None if isinstance(v, float) and np.isnan(v) else v for v in column] for column in one[side]]
pathlib.Path(__file__).with_name("mmd.json").write_text(json.dumps(cases) + "\n")
