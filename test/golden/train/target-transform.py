"""Golden transforms of a target and predictions of models that learn it transformed, by scikit-learn's TransformedTargetRegressor:
/usr/bin/python3 test/golden/train/target-transform.py"""
import json
import pathlib

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.preprocessing import FunctionTransformer, PowerTransformer
from sklearn.tree import DecisionTreeRegressor

random = np.random.RandomState(11)
ROWS, NEW = 160, 12
X = random.normal(size=(ROWS + NEW, 3)).astype(np.float32).astype(np.float64)
# Far from the training rows: answers that a transform cuts off or stretches.
X[-2:] *= 6
X = X.astype(np.float32).astype(np.float64)
score = 0.6 * X[:, 0] - 0.4 * X[:, 1] + 0.3 * random.normal(size=ROWS + NEW)


def float32(values):
    return values.astype(np.float32).astype(np.float64)


targets = {
    "price": float32(np.exp(11 + score)),
    "count": float32(random.poisson(np.exp(1 + score))),
    "share": float32(0.001 * np.exp(score)),
    "balance": float32(40 * np.sinh(score) - 5),
}
# A target that is never negative has no answer that is: the least that log and sqrt turn back is 0.
transformers = {
    "log": lambda: FunctionTransformer(np.log1p, lambda z: np.expm1(np.maximum(z, 0)), check_inverse=False),
    "sqrt": lambda: FunctionTransformer(np.sqrt, lambda z: np.maximum(z, 0) ** 2, check_inverse=False),
    "box-cox": lambda: PowerTransformer(method="box-cox"),
    "yeo-johnson": lambda: PowerTransformer(method="yeo-johnson"),
}
cases = []
for kind, make in transformers.items():
    for name, y in targets.items():
        train = y[:ROWS]
        # Next to 0 the best power of yeo-johnson is far from all that is looked for.
        if kind == "yeo-johnson" and name == "share" or kind != "yeo-johnson" and train.min() < 0 or kind == "box-cox" and train.min() <= 0:
            continue
        ridge = TransformedTargetRegressor(Ridge(alpha=1.0), transformer=make()).fit(X[:ROWS], train)
        tree = TransformedTargetRegressor(DecisionTreeRegressor(min_samples_leaf=20), transformer=make()).fit(X[:ROWS], train)
        transformer = ridge.transformer_
        cases.append({
            "kind": kind, "target": name,
            **({"lambda": float(transformer.lambdas_[0])} if hasattr(transformer, "lambdas_") else {}),
            "transformed": transformer.transform(train[:10].reshape(-1, 1)).ravel().tolist(),
            "coefficients": np.ravel(ridge.regressor_.coef_).tolist(), "intercept": float(np.ravel(ridge.regressor_.intercept_)[0]),
            "linear": np.ravel(ridge.predict(X[ROWS:])).tolist(),
            "tree": np.ravel(tree.predict(X[ROWS:])).tolist(),
        })
golden = {"rows": ROWS, "columns": X.T.tolist(), "targets": {name: y.tolist() for name, y in targets.items()}, "cases": cases}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(golden) + "\n")
