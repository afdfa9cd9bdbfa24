"""Golden coefficients of linear models, by scikit-learn: /usr/bin/python3 test/golden/train/linear.py"""
import json
import pathlib

import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge

random = np.random.RandomState(4)
ROWS = 120


def features():
    """Different scales and offsets, a one-hot pair, a constant."""
    a = random.normal(size=ROWS)
    b = 1000 + 250 * random.normal(size=ROWS)
    c = 0.001 * random.normal(size=ROWS)
    d = random.randint(0, 2, ROWS)
    return np.column_stack([a, b, c, d, 1 - d, np.full(ROWS, 3.0)]).astype(np.float32).astype(np.float64)


X = features()
score = 1.5 * X[:, 0] + 0.004 * (X[:, 1] - 1000) + 600 * X[:, 2] + 0.7 * X[:, 3]
binary = (score + random.normal(size=ROWS) > 0.2).astype(int)
multiclass = np.digitize(score + random.normal(size=ROWS), [-0.8, 0.9])
value = (40 + 10 * score + 3 * random.normal(size=ROWS)).astype(np.float32).astype(np.float64)


def logistic(y, l2, solver):
    # Standardising first only helps the solver where there is no penalty; with one, it would change its meaning.
    model = LogisticRegression(C=1 / l2, solver=solver, tol=1e-13, max_iter=1_000_000).fit(X, y)
    return {"l2": l2, "coefficients": model.coef_.tolist(), "intercepts": model.intercept_.tolist(),
            "probabilities": model.predict_proba(X[:5]).tolist()}


def ridge(l2):
    model = Ridge(alpha=l2, solver="cholesky").fit(X, value)
    return {"l2": l2, "coefficients": [model.coef_.tolist()], "intercepts": [float(model.intercept_)],
            "prediction": model.predict(X[:5]).tolist()}


plain = LinearRegression().fit(X[:, :4], value)
golden = {
    "columns": X.T.tolist(),
    "binary": {"labels": binary.tolist(), "cases": [logistic(binary, l2, "newton-cholesky") for l2 in (0.01, 1.0, 50.0)]},
    "multiclass": {"labels": multiclass.tolist(), "cases": [logistic(multiclass, l2, "newton-cg") for l2 in (1.0, 20.0)]},
    "regression": {"labels": value.tolist(), "cases": [ridge(l2) for l2 in (0.1, 1.0, 30.0)]},
    "leastSquares": {"coefficients": [plain.coef_.tolist()], "intercepts": [float(plain.intercept_)]},
}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
