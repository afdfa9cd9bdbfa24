"""Golden values of group fairness, from fairlearn's definitions with scikit-learn's metrics by group.
Run: /usr/bin/python3 fairness.py"""
import warnings
import numpy as np
import sklearn
from scipy import stats
from sklearn import metrics as m
import golden

warnings.filterwarnings("ignore")
rng = np.random.default_rng(3)
cases = [{"title": "made with", "scikit-learn": sklearn.__version__}]


def case(title, y, p, g, w=None):
    y, p, g = map(np.asarray, (y, p, g))
    groups = {}
    for name in dict.fromkeys(g.tolist()):
        inside = g == name
        a, b, v = y[inside], p[inside], None if w is None else w[inside]
        rate = lambda where: np.average(b[where] == 1, weights=None if v is None else v[where]) if where.any() else np.nan
        groups[name] = {
            "selection-rate": np.average(b == 1, weights=v),
            "true-positive-rate": m.recall_score(a, b, sample_weight=v) if (a == 1).any() else np.nan,
            "false-positive-rate": rate(a == 0),
            "precision": m.precision_score(a, b, sample_weight=v) if (b == 1).any() else np.nan,
            "accuracy": m.accuracy_score(a, b, sample_weight=v),
        }
    column = lambda rate: np.array([r[rate] for r in groups.values()])
    gap = lambda rate: np.nanmax(column(rate)) - np.nanmin(column(rate))
    selection = column("selection-rate")
    intervals = None
    if w is None:
        intervals = {n: list(stats.binomtest(int((p[g == n] == 1).sum()), int((g == n).sum())).proportion_ci(0.95, "wilson")) for n in groups}
    cases.append({
        "title": title, "actual": y, "predicted": p, "groups": g, "weights": w, "rates": groups, "selectionIntervals": intervals,
        "rows": {n: int((g == n).sum()) for n in groups},
        "gaps": {
            "demographic-parity-difference": gap("selection-rate"),
            "demographic-parity-ratio": selection.min() / selection.max() if selection.max() > 0 else 1,
            "equalized-odds-difference": max(gap("true-positive-rate"), gap("false-positive-rate")),
            "equal-opportunity-difference": gap("true-positive-rate"),
        },
    })


def sample(n, groups, bias=0.0):
    g = rng.choice(groups, n)
    y = (rng.random(n) < 0.4).astype(int)
    p = (rng.random(n) < 0.2 + 0.5 * y + bias * (g == groups[0])).astype(int)
    return y, p, g


case("two groups", *sample(200, ["f", "m"], 0.2))
case("four groups", *sample(300, ["a", "b", "c", "d"], 0.1))
y, p, g = sample(150, ["x", "y", "z"])
case("weights", y, p, g, rng.random(150) * 2 + 0.1)
case("one group", *sample(40, ["only"]))
case("a group without positives", [1, 0, 0, 0, 1], [1, 0, 1, 0, 0], ["a", "a", "b", "b", "a"])
case("nobody selected", [1, 0, 1, 0], [0, 0, 0, 0], ["a", "a", "b", "b"])
case("one row a group", [1, 0, 1], [1, 1, 0], ["a", "b", "c"])
golden.write(__file__, cases)
