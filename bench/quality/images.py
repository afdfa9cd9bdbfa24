"""Trains scikit-learn's MLPClassifier on the digits that images.ts left and renews its part of IMAGES.md. Run: /usr/bin/python3 bench/quality/images.py"""
import json
import os
import pathlib
import time
import warnings

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

from machine import commit, machine

warnings.filterwarnings("ignore")
here = pathlib.Path(__file__).parent
work = here.parent.parent / ".cache/quality/images"
HEADING = "## Reference"


def load(seed, part):
    y = np.fromfile(work / f"{seed}.{part}.y.f32", dtype=np.float32)
    return np.fromfile(work / f"{seed}.{part}.x.f32", dtype=np.float32).reshape(-1, len(y)).T / 255, y


rows = []
for seed in json.loads((work / "seeds.json").read_text()):
    x, y = load(seed, "train")
    xt, yt = load(seed, "test")
    started = time.time()
    other = MLPClassifier(random_state=seed).fit(x, y)
    rows.append(f"| {seed} | {len(y)} | {len(yt)} | {other.score(xt, yt):.4f} | {time.time() - started:.0f} |")
    print(rows[-1], flush=True)

page = here / "IMAGES.md"
page.write_text(page.read_text().split(HEADING)[0].rstrip() + f"""

{HEADING}

scikit-learn {sklearn.__version__}'s `MLPClassifier` with its defaults (one layer of 100), learnt from the same rows with pixels from 0 to 1, on one thread: `npx tsx bench/quality/images.ts --splits && /usr/bin/python3 bench/quality/images.py`,
commit {commit()}, {machine()}. Published of all 70,000 digits, with 60,000 learnt from: 99.05 % by LeNet-5, 99.2 % with distorted digits added (LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document
Recognition, Proceedings of the IEEE 86, 1998).

| seed | rows learnt from | rows of the test | accuracy | seconds |
|---|---|---|---|---|
""" + "\n".join(rows) + "\n")
