"""Where boosted trees should end: prepares data sets, and compares rules on the courses that rounds.ts left."""
import json, os, pathlib, sys, time
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
import numpy as np

here = pathlib.Path(__file__).parent
root = here.parent.parent
work = root / ".cache/quality/rounds"


def table(name):
    """(features float32 [N, F], labels, task)"""
    import pandas as pd
    from sklearn import datasets
    examples = root / "examples"
    if name == "churn":
        d = pd.read_csv(examples / "churn/data/telco-churn.csv")
        y = (d.pop("churn") == "Yes").astype(float)
        d = d.drop(columns=[c for c in d if "id" in c.lower() and d[c].nunique() > 5000])
        n = d.select_dtypes("number"); t = d.select_dtypes(exclude="number")
        return np.hstack([n.fillna(n.median()).to_numpy(), pd.get_dummies(t).to_numpy()]), y, "binary"
    if name == "diamonds":
        d = pd.read_csv(examples / "diamonds/data/diamonds.csv")
        y = d.pop("price")
        n = d.select_dtypes("number"); t = d.select_dtypes(exclude="number")
        return np.hstack([n.to_numpy(), pd.get_dummies(t).to_numpy()]), y, "regression"
    if name == "digits":
        d = pd.read_csv(examples / "digits/data/digits.csv")
        y = d.pop("digit")
        return d.to_numpy(), y, "multiclass"
    if name in ("breast_cancer", "wine", "iris", "diabetes"):
        x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        return x, y, {"breast_cancer": "binary", "diabetes": "regression"}.get(name, "multiclass")
    if name.startswith("made"):
        # madeK_N_NOISE: classes, rows, share of labels that are chance
        k, n, noise = name[4:].split("_")
        x, y = datasets.make_classification(int(n), 20, n_informative=8, n_redundant=4, n_classes=int(k), n_clusters_per_class=2, flip_y=float(noise) / 100, class_sep=0.8, random_state=1)
        return x, y, "binary" if k == "2" else "multiclass"
    if name.startswith("friedman"):
        x, y = datasets.make_friedman1(int(name[8:]), 10, noise=1.0, random_state=1)
        return x, y, "regression"
    f = np.load(root / ".cache/quality/more" / f"{name}.npz")
    return f["x"], f["y"], str(f["task"])


def prepare(name, seeds):
    from sklearn.model_selection import train_test_split
    folder = work / name
    (folder / "splits").mkdir(parents=True, exist_ok=True)
    x, y, task = table(name)
    x = np.ascontiguousarray(x, dtype=np.float32); y = np.asarray(y, dtype=np.float32)
    x.T.tofile(folder / "x.f32"); y.tofile(folder / "y.f32")
    (folder / "meta.json").write_text(json.dumps({"task": task, "rows": len(y), "features": x.shape[1], "classes": 0 if task == "regression" else len(np.unique(y))}))
    for seed in seeds:
        rows = np.arange(len(y)); s = None if task == "regression" else y
        train, rest = train_test_split(rows, test_size=0.3, random_state=seed, stratify=s)
        val, test = train_test_split(rest, test_size=0.5, random_state=seed, stratify=None if s is None else y[rest])
        (folder / "splits" / f"{seed}.json").write_text(json.dumps({"train": sorted(train.tolist()), "validation": sorted(val.tolist()), "test": sorted(test.tolist())}))
    print(name, x.shape, task, flush=True)


if __name__ == "__main__" and sys.argv[1] == "prepare":
    a, b = map(int, sys.argv[2].split("-"))
    for name in sys.argv[3:]:
        prepare(name, range(a, b + 1))


def load(name, seed, variant):
    folder = work / name
    meta = json.loads((folder / "meta.json").read_text())
    split = json.loads((folder / "splits" / f"{seed}.json").read_text())
    y = np.fromfile(folder / "y.f32", dtype=np.float32).astype(float)
    course = json.loads((folder / variant / f"{seed}.json").read_text())
    outputs = len(course["base"])
    yv, yt = y[split["validation"]], y[split["test"]]
    raw = np.fromfile(folder / variant / f"{seed}.f32", dtype=np.float32).reshape(len(course["losses"]), outputs, len(yv) + len(yt)).astype(float)
    return meta, np.array(course["base"]), raw[:, :, :len(yv)], yv, raw[:, :, len(yv):], yt, np.array(course["losses"])


def row_losses(task, f, y):
    """[rounds, rows] from f [rounds, outputs, rows]"""
    if task == "regression":
        return (f[:, 0] - y) ** 2
    if task == "binary":
        z = f[:, 0] * (2 * y - 1)
        return np.logaddexp(0, -z)
    m = f.max(1, keepdims=True)
    return np.log(np.exp(f - m).sum(1)) + m[:, 0] - f[:, y.astype(int), np.arange(len(y))]


def probabilities(task, f):
    if task == "binary":
        p = 1 / (1 + np.exp(-f[:, 0]))
        return np.stack([1 - p, p], 1)
    e = np.exp(f - f.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def scales(task, base, f, y, prior=0.0):
    """The factor of the trees' sum with the least loss on these rows, a round each (Newton). prior: weight of (s − 1)² / 2 in rows."""
    d = f - base[None, :, None]
    n = len(y)
    if task == "regression":
        return ((d[:, 0] * (y - base[0])).sum(1) + prior * 0) / np.maximum((d[:, 0] ** 2).sum(1), 1e-30)
    s = np.ones(len(f))
    own = d[:, 0] if task == "binary" else d[:, y.astype(int), np.arange(n)]
    for _ in range(8):
        p = probabilities(task, base[None, :, None] + s[:, None, None] * d)
        if task == "binary":
            g = ((p[:, 1] - y) * own).sum(1)
            h = (p[:, 1] * p[:, 0] * own ** 2).sum(1)
        else:
            mean = (p * d).sum(1)
            g = (mean - own).sum(1)
            h = ((p * d ** 2).sum(1) - mean ** 2).sum(1)
        g = g + prior * (s - 1); h = h + prior
        step = np.clip(-g / np.maximum(h, 1e-12), -0.5, 0.5)
        s = np.clip(s + step, 0.05, 20)
        if np.abs(step).max() < 1e-3:
            break
    return s


def ended(loss, patience, delta=0.0, trees=None):
    """(best round, rounds grown) by the rule of the booster, from 1"""
    best, at = np.inf, 0
    for r, each in enumerate(loss[:trees], 1):
        if each < best - delta:
            best, at = each, r
        elif r - at >= patience:
            return at, r
    return at, len(loss[:trees])


def figures(task, f, y):
    """of one round f [outputs, rows]"""
    from sklearn.metrics import roc_auc_score
    loss = row_losses(task, f[None], y)[0].mean()
    if task == "regression":
        return {"loss": loss ** 0.5}
    out = {"loss": loss, "accuracy": float(((f[0] > 0) == y).mean() if task == "binary" else (f.argmax(0) == y).mean())}
    if task == "binary":
        out["auc"] = roc_auc_score(y, f[0])
    return out


def rules(meta, base, fv, yv, ft, yt, train_losses):
    """{rule: (round, rounds grown, scale)}"""
    task = meta["task"]
    plain = row_losses(task, fv, yv).mean(1)
    out = {"loss p20": (*ended(plain, 20), 1.0), "loss p50": (*ended(plain, 50), 1.0), "100 rounds": (min(100, len(plain)), 100, 1.0)}
    if task == "regression":
        return out, plain, plain, None
    for prior in (0, 10):
        c = np.minimum(scales(task, base, fv, yv, prior), 1)
        shrunk = row_losses(task, base[None, :, None] + c[:, None, None] * (fv - base[None, :, None]), yv).mean(1)
        for p in (20, 50) if prior == 0 else (20,):
            at, grown = ended(shrunk, p)
            out[f"shrunk p{p}" + (f" prior {prior}" if prior else "")] = (at, grown, c[at - 1])
    return out, plain, shrunk, c


def hgb(name, seed):
    kept = work / name / "hgb" / f"{seed}.json"
    if kept.exists():
        return json.loads(kept.read_text())
    from sklearn.ensemble import HistGradientBoostingClassifier as C, HistGradientBoostingRegressor as R
    from sklearn.metrics import log_loss, roc_auc_score
    folder = work / name
    meta = json.loads((folder / "meta.json").read_text())
    y = np.fromfile(folder / "y.f32", dtype=np.float32)
    x = np.fromfile(folder / "x.f32", dtype=np.float32).reshape(meta["features"], -1).T
    split = json.loads((folder / "splits" / f"{seed}.json").read_text())
    tr, te = split["train"], split["test"]
    started = time.time()
    model = (R if meta["task"] == "regression" else C)(random_state=seed).fit(x[tr], y[tr])
    seconds = time.time() - started
    if meta["task"] == "regression":
        out = {"loss": float(((model.predict(x[te]) - y[te]) ** 2).mean() ** 0.5)}
    else:
        p = model.predict_proba(x[te])
        out = {"loss": log_loss(y[te], p), "accuracy": float((p.argmax(1) == y[te]).mean())}
        if meta["task"] == "binary":
            out["auc"] = roc_auc_score(y[te], p[:, 1])
    out["seconds"], out["rounds"] = seconds, model.n_iter_
    kept.parent.mkdir(exist_ok=True)
    kept.write_text(json.dumps(out))
    return out


def compare(name, seeds, variant, with_hgb):
    table = {}
    for seed in seeds:
        if not (work / name / variant / f"{seed}.json").exists():
            continue
        meta, base, fv, yv, ft, yt, train_losses = load(name, seed, variant)
        chosen, plain, scaled, s = rules(meta, base, fv, yv, ft, yt, train_losses)
        for rule, (at, grown, scale) in chosen.items():
            f = base[:, None] + scale * (ft[at - 1] - base[:, None])
            table.setdefault(rule, []).append({**figures(meta["task"], f, yt), "round": at, "grown": grown, "scale": scale})
        if with_hgb and (work / name / "hgb" / f"{seed}.json").exists() or with_hgb == "make":
            table.setdefault("HGB", []).append(hgb(name, seed))
    first = table["loss p20"]
    print(f"\n{name} {variant}: {len(first)} splits, {len(yv)} validation rows, {meta['task']}")
    for rule, each in table.items():
        told = []
        n = min(len(each), len(first))
        for metric in first[0]:
            if metric in ("round", "grown", "scale"):
                if metric in each[0]:
                    told.append(f"{metric} {np.mean([e[metric] for e in each]):.{2 if metric == 'scale' else 0}f}")
                continue
            a = np.array([e[metric] for e in each[:n]]); b = np.array([e[metric] for e in first[:n]])
            unit = 1 if metric != "loss" or meta["task"] != "regression" else 100 / b.mean()
            d = (a - b) * unit
            told.append(f"{metric} {a.mean():.4f} ({d.mean():+.4f} ± {d.std(ddof=1) / n ** 0.5:.4f})")
        print(f"  {rule:26s} {'  '.join(told)}", flush=True)


if __name__ == "__main__" and sys.argv[1] == "compare":
    variant, (a, b) = sys.argv[2], map(int, sys.argv[3].split("-"))
    for name in sys.argv[4:]:
        compare(name, range(a, b + 1), variant, True)
if __name__ == "__main__" and sys.argv[1] == "hgb":
    a, b = map(int, sys.argv[2].split("-"))
    for name in sys.argv[3:]:
        for seed in range(a, b + 1):
            hgb(name, seed)
        print(name, "hgb", flush=True)
