"""Bags of words by scikit-learn's vectorizers on made-up texts; writes texts.json beside this file. Run with /usr/bin/python3.

All rows are training rows. Each case lists the terms in order and, row by row, the places and values of what is not 0. Ties in the number of occurrences are broken
alphabetically here, because scikit-learn leaves open which of them `max_features` keeps.
"""

import json
import os
import random

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

here = os.path.dirname(os.path.abspath(__file__))
rng = random.Random(20)
words = (
    "free win call now later ok the a to of and money zürich größe naïve Élan ÉCOLE straße Καλός σοφία привет Мир"
    " 日本語 テスト don't 3pm 2024 x_1 I co-op e.g. U ñandú hello HELLO Hello WIN Win free! (free) ... ?? 12,50 ½ ²"
).split()


def text():
    count = rng.choice([0, 1, 2, 5, 12, 30])
    return " ".join(words[min(int(rng.expovariate(0.12)), len(words) - 1)] for _ in range(count))


texts = [text() for _ in range(150)]
cases = [
    {"options": {}, "of": {}},
    {"options": {"ngrams": 2, "min-rows": 3}, "of": {"ngram_range": (1, 2), "min_df": 3}},
    {"options": {"ngrams": 3, "weight": "count", "max-features": 40}, "of": {"ngram_range": (1, 3)}},
    {"options": {"weight": "binary", "lower-case": False, "min-length": 1}, "of": {"binary": True, "lowercase": False, "token_pattern": r"(?u)\w+"}},
    {"options": {"max-share": 0.25, "min-length": 4}, "of": {"max_df": 0.25, "token_pattern": r"(?u)\b\w\w\w\w+\b"}},
]
out = []
for case in cases:
    options, of = case["options"], {"min_df": 2, **case["of"]}
    counting = options.get("weight", "tf-idf") != "tf-idf"
    make = CountVectorizer if counting else TfidfVectorizer
    vectorizer = make(dtype=np.float64, **of)
    matrix = vectorizer.fit_transform(texts)
    terms = list(vectorizer.get_feature_names_out())
    if "max-features" in options:
        totals = np.asarray(matrix.sum(axis=0)).ravel()
        kept = sorted(sorted(range(len(terms)), key=lambda j: (-totals[j], terms[j]))[: options["max-features"]], key=lambda j: terms[j])
        terms = [terms[j] for j in kept]
        matrix = matrix[:, kept]
    rows = [[[int(j), round(float(row[0, j]), 9)] for j in sorted(row.indices)] for row in matrix.tocsr()]
    out.append({"options": options, "terms": terms, "rows": rows})
with open(os.path.join(here, "texts.json"), "w", encoding="utf-8") as file:
    json.dump({"texts": texts, "cases": out}, file, ensure_ascii=False, separators=(",", ":"))
    file.write("\n")
