"""Golden values of regression metrics, from scikit-learn. Run: /usr/bin/python3 regression.py"""
import warnings
import numpy as np
import sklearn
from sklearn import metrics as m
import golden

warnings.filterwarnings("ignore")
rng = np.random.default_rng(7)
cases = [{"title": "made with", "scikit-learn": sklearn.__version__}]


def case(title, y, p, w=None):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    mse = m.mean_squared_error(y, p, sample_weight=w)
    cases.append({
        "title": title, "actual": y, "predicted": p, "weights": w,
        "expected": {
            "mae": m.mean_absolute_error(y, p, sample_weight=w), "mse": mse, "rmse": np.sqrt(mse),
            "r2": m.r2_score(y, p, sample_weight=w),
            "explained-variance": m.explained_variance_score(y, p, sample_weight=w),
            "median-absolute-error": m.median_absolute_error(y, p, sample_weight=w),
            "mape": m.mean_absolute_percentage_error(y, p, sample_weight=w), "max-error": m.max_error(y, p),
        },
        "pinball": {str(q): m.mean_pinball_loss(y, p, alpha=q, sample_weight=w) for q in (0.05, 0.5, 0.9)},
    })


y = rng.normal(10, 5, 151)
p = y + rng.normal(0.5, 2, 151)
case("plain", y, p)
case("even count", y[:150], p[:150])
case("weights", y, p, rng.random(151) * 4)
case("weights with zeros", y, p, rng.integers(0, 3, 151).astype(float))
case("far from zero", y + 1e7, p + 1e7)
case("heavy tails", np.exp(rng.normal(0, 3, 100)), np.exp(rng.normal(0, 3, 100)))
case("worse than the mean", [1, 2, 3], [3, 2, 1])
case("actual values of zero", [0, 1, 0, 2], [0, 1.5, 1, 2])
case("constant actual", [4, 4, 4], [4, 5, 3])
case("constant actual, exact", [4, 4, 4], [4, 4, 4])
case("constant offset", [1, 2, 3, 4], [2, 3, 4, 5])
case("constant prediction", [1, 2, 3, 4], [2, 2, 2, 2])
case("one row", [3], [2.5])
case("two rows", [1, 3], [1.5, 2.5])
case("perfect", [1, 2, 3], [1, 2, 3])
golden.write(__file__, cases)
