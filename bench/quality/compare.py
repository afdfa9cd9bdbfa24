"""Trains scikit-learn's models on the features that run.ts left and writes RESULTS.md. Run: /usr/bin/python3 bench/quality/compare.py"""
import json
import os
import pathlib
import time
import warnings

# One thread, as ours: on a busy machine several wait for each other.
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
import sklearn
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, mean_squared_error, roc_auc_score
from sklearn.neural_network import MLPClassifier, MLPRegressor

from machine import commit, machine

warnings.filterwarnings("ignore")
here = pathlib.Path(__file__).parent
work = here.parent.parent / ".cache/quality"
ours = json.loads((work / "ours.json").read_text())
METRIC = {"census": ("auc", "AUC", 1), "churn": ("auc", "AUC", 1), "diamonds": ("rmse", "RMSE", -1), "digits": ("accuracy", "accuracy", 1)}


def load(data, seed, part):
    folder = work / data / str(seed)
    y = np.fromfile(folder / f"{part}.y.f32", dtype=np.float32).astype(float)
    return np.fromfile(folder / f"{part}.x.f32", dtype=np.float32).reshape(-1, len(y)).T, y


def model_of(data, kind, seed):
    if data == "diamonds":
        # MLPRegressor needs the target scaled to get anywhere; ours does so inside.
        return {"linear": Ridge(), "boosted-trees": HistGradientBoostingRegressor(random_state=seed),
                "network": MLPRegressor(random_state=seed)}[kind]
    return {"linear": LogisticRegression(max_iter=5000), "boosted-trees": HistGradientBoostingClassifier(random_state=seed),
            # Ours stops early on this noisy set, too; without, one fit takes minutes.
            "network": MLPClassifier(random_state=seed, early_stopping=data == "census")}[kind]


def figure(data, kind, seed):
    x, y = load(data, seed, "train")
    # scikit-learn has no validation split of its own: it gets those rows to learn from, too, in the second figure.
    xv, yv = load(data, seed, "validation")
    xt, yt = load(data, seed, "test")
    scores, seconds = [], 0
    for features, labels in ((x, y), (np.vstack([x, xv]), np.concatenate([y, yv]))):
        mean, deviation = (labels.mean(), labels.std()) if data == "diamonds" and kind == "network" else (0, 1)
        started = time.time()
        model = model_of(data, kind, seed).fit(features, (labels - mean) / deviation)
        seconds = seconds or time.time() - started
        if data in ("census", "churn"):
            scores.append(roc_auc_score(yt, model.predict_proba(xt)[:, 1]))
        elif data == "digits":
            scores.append(accuracy_score(yt, model.predict(xt)))
        else:
            scores.append(mean_squared_error(yt, model.predict(xt) * deviation + mean, squared=False))
    return scores, seconds


def text(data, value):
    return f"{value:.1f}" if data == "diamonds" else f"{value:.4f}"


rows, seeds, known = [], [], {}
for data in ours["data"]:
    metric, title, better = METRIC[data]
    bests = []
    for kind in dict.fromkeys(f["model"] for f in ours["figures"]):
        own = [f for f in ours["figures"] if f["data"] == data and f["model"] == kind]
        mine = np.mean([f["metrics"][metric] for f in own])
        theirs = known.setdefault((data, kind.split(",")[0]), [])
        theirs += [] if theirs else [figure(data, kind.split(",")[0], seed) for seed in ours["seeds"]]
        same, more = np.mean([scores for scores, _ in theirs], axis=0)
        rows.append(f"| {data} | {title} | {kind} | {text(data, mine)} | {text(data, same)} | {text(data, more)} | "
                    f"{np.mean([f['seconds'] for f in own]):.1f} | {np.mean([s for _, s in theirs]):.1f} |")
        seeds.append([text(data, f["metrics"][metric]) for f in own])
        print(rows[-1], [text(data, f["metrics"][metric]) for f in own], [text(data, s[0]) for s, _ in theirs], flush=True)
        bests.append((better * mine, better * same))
    print(data, "best ours", max(b[0] for b in bests), "theirs", max(b[1] for b in bests))
if ours["data"] == ["census"]:
    told = [" | ".join(part.strip() for i, part in enumerate(row.strip("| ").split(" | ")) if i > 1) for row in rows]
    lines = [f"| {row} | {', '.join(each)} |" for row, each in zip(told, seeds)]
    (here / "CENSUS.md").write_text(f"""# A census set beside scikit-learn

The 32,561 rows of `adult.data` (Becker and Kohavi, Adult, UCI Machine Learning Repository, 1996, CC BY 4.0): does someone earn more than 50,000 dollars a year, from 14 columns. No package of npm or Debian carries it, and the
repository does not hold it; with the file from UCI at hand: `npx tsx bench/quality/run.ts FILE && /usr/bin/python3 bench/quality/compare.py`.

Mean AUC over the seeds {', '.join(map(str, ours['seeds']))} of the split (70 % for training, 15 % for the test), on the test split, at commit {commit()}, {machine()}, scikit-learn {sklearn.__version__}. Models as in
[RESULTS.md](RESULTS.md), both networks with early stopping (ours on the validation rows, scikit-learn's `MLPClassifier(early_stopping=True)` on a tenth of its own). Both learn from the same prepared features of the same training rows; "with validation" lets scikit-learn learn from the validation rows, too.

A network standardises every feature by itself unless told otherwise, one-hot columns too, and so makes rare words large; with `scale: none` it takes them as they were prepared, as scikit-learn's does.

| model | ours | scikit-learn | … with validation | s ours | s scikit-learn | ours, each seed |
|---|---|---|---|---|---|---|
""" + "\n".join(lines) + "\n")
    raise SystemExit
(here / "RESULTS.md").write_text(f"""# Quality beside scikit-learn

Mean over the seeds {', '.join(map(str, ours['seeds']))} of the split, on the test split, made at commit {commit()}, {machine()}, by `npx tsx bench/quality/run.ts && /usr/bin/python3 bench/quality/compare.py`
(scikit-learn {sklearn.__version__}). Both learn from the same prepared features of the same training rows; ours are predicted from raw rows by the served ONNX graph.

Models: ours are the defaults (`linear`; `boosted-trees`, which stops early on validation; `network` of one dense layer of 100, Adam at 0.005 with a cosine schedule over 100 epochs, on churn with early stopping);
scikit-learn's are LogisticRegression / Ridge, HistGradientBoosting, MLP with its default layer of 100 (its regression target standardised by hand), all with their defaults.
"with validation" lets scikit-learn learn from the validation rows, too. Seconds are those of training on one thread (ours with reading and writing the model).

| data | metric | model | ours | scikit-learn | … with validation | s ours | s scikit-learn |
|---|---|---|---|---|---|---|---|
""" + "\n".join(rows) + "\n")
