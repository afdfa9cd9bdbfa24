"""The same statistics of the same log with pandas and scipy: per number KS, Wasserstein, PSI, Jensen-Shannon; per text chi-square and
Jensen-Shannon; missing values. pandas of Debian 12 reads no Parquet, so the columns come as NumPy arrays and lists, whose reading is not
counted.

    python3 peer.py FOLDER
"""
import json
import pathlib
import resource
import sys
import time

import numpy
import pandas
import scipy.stats


def shares(reference, current):
    edges = numpy.unique(numpy.quantile(reference, numpy.linspace(0, 1, 11)[1:-1]))
    count = lambda values: numpy.bincount(numpy.searchsorted(edges, values), minlength=len(edges) + 1) / len(values)
    return count(reference), count(current)


def divergence(p, q):
    m = (p + q) / 2
    part = lambda a: numpy.sum(a[a > 0] * numpy.log2(a[a > 0] / m[a > 0]))
    return numpy.sqrt((part(p) + part(q)) / 2)


def main(folder):
    names = json.loads((folder / "names.json").read_text())
    began, cpu = 0.0, 0.0
    drifted = []
    for name, kind in names.items():
        if kind == "number":
            reference, current = (numpy.fromfile(folder / f"{side}.{name}.f64") for side in ("reference", "log"))
        else:
            labels = numpy.array((folder / f"{name}.labels").read_text().splitlines(), dtype=object)
            reference, current = (pandas.Series(labels[numpy.fromfile(folder / f"{side}.{name}.u16", dtype="u2")]) for side in ("reference", "log"))
        wall, used = time.perf_counter(), time.process_time()
        if kind == "number":
            missing = pandas.isna(reference).mean(), pandas.isna(current).mean()
            ks = scipy.stats.ks_2samp(reference, current, mode="asymp").statistic
            distance = scipy.stats.wasserstein_distance(reference, current) / numpy.std(reference)
            p, q = shares(reference, current)
            psi = numpy.sum((q - p) * numpy.log(numpy.maximum(q, 1e-4) / numpy.maximum(p, 1e-4)))
            if distance >= 0.1:
                drifted.append(name)
        else:
            missing = reference.isna().mean(), current.isna().mean()
            table = pandas.concat([reference.value_counts(), current.value_counts()], axis=1).fillna(0).to_numpy()
            p, q = table[:, 0] / table[:, 0].sum(), table[:, 1] / table[:, 1].sum()
            scipy.stats.chi2_contingency(table)
            if divergence(p, q) >= 0.1:
                drifted.append(name)
        began += time.perf_counter() - wall
        cpu += time.process_time() - used
        del reference, current
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"statistics {began:.2f} s, processor {cpu:.2f} s, peak {peak:.0f} MB; drifted: {', '.join(drifted)}")


main(pathlib.Path(sys.argv[1]))
