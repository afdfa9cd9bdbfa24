"""What a look at a log gives out, with pandas and scipy. Of each number: Kolmogorov-Smirnov with its p-value, Wasserstein (in standard deviations),
PSI, Jensen-Shannon, Hellinger, total variation and L-infinity on the deciles of the reference, mean and deviation, the range of the reference and
what lies outside, shares on 20 bins of equal width to draw; of each text: chi-square with its p-value and Cramer's V, the same distances over the
categories, new categories, shares of the 20 most frequent to draw; of both the missing values with their test; p-values after Benjamini-Hochberg, and
a verdict. Of each day and column: chi-square's p-value and Jensen-Shannon on the bins of the reference, missing values with their test, the mean,
p-values after Benjamini-Hochberg over all of them, and a verdict. A column is sorted, or told apart by its labels, once for all of that.

pandas of Debian 12 reads no Parquet, so the columns come as NumPy arrays and lists, whose reading is not counted.

    python3 peer.py FOLDER TO
"""
import json
import pathlib
import resource
import sys
import time

import numpy
import pandas
import scipy.stats
from scipy.spatial.distance import jensenshannon

RATE, EFFECT, TESTED_ROWS = 0.05, 0.1, 1000
DAY = 86_400_000


def chi_square(reference, current):
    table = numpy.array([reference, current])
    table = table[:, table.sum(axis=0) > 0]
    statistic, p, _, _ = scipy.stats.chi2_contingency(table) if table.shape[1] > 1 else (0, 1, 0, 0)
    return statistic, p


def missing_test(reference, current):
    """Of two pairs of values present and missing."""
    return chi_square(reference, current)[1] if reference[1] + current[1] > 0 else None


def distances(reference, current):
    p, q = reference / reference.sum(), current / current.sum()
    low_p, low_q = numpy.maximum(p, 1e-4), numpy.maximum(q, 1e-4)
    return {
        "psi": numpy.sum((low_q - low_p) * numpy.log(low_q / low_p)),
        "jensen-shannon": jensenshannon(p, q, base=2),
        "hellinger": numpy.sqrt(numpy.sum((numpy.sqrt(p) - numpy.sqrt(q)) ** 2) / 2),
        "total-variation": numpy.abs(p - q).sum() / 2,
        "l-infinity": numpy.abs(p - q).max(),
    }


def adjusted(p_values):
    """Benjamini-Hochberg; what is None stays None."""
    p = pandas.Series(p_values, dtype=float)
    falling = p.dropna().sort_values(ascending=False)
    ranks = numpy.arange(len(falling), 0, -1)
    return (falling * len(falling) / ranks).cummin().clip(upper=1).reindex(p.index)


def by_day(table, before, missing_before, absent, means):
    """The figures of every day. table: counts of a day on the bins of the reference."""
    days = []
    for i, row in enumerate(table):
        present = row.sum()
        days.append({
            "p-value": chi_square(before, row)[1],
            "statistic": jensenshannon(before, row, base=2),
            "missing": absent[i] / (present + absent[i]),
            "missing-before": missing_before / (before.sum() + missing_before),
            "missing-p": missing_test([before.sum(), missing_before], [present, absent[i]]),
            **({} if means is None else {"mean": means[i]}),
        })
    return days


def number(reference, current, day, days):
    there, here = ~numpy.isnan(reference), ~numpy.isnan(current)
    missing = int((~there).sum()), int((~here).sum())
    absent = numpy.bincount(day[~here], minlength=days) if missing[1] else numpy.zeros(days)
    if missing[0]:
        reference = reference[there]
    if missing[1]:
        current, day = current[here], day[here]
    before, after = numpy.sort(reference), numpy.sort(current)
    edges = numpy.unique(numpy.quantile(before, numpy.linspace(0.1, 0.9, 9)))
    if edges[0] == before[0]:
        edges = numpy.insert(edges, 0, numpy.nextafter(edges[0], -numpy.inf))
    width = len(edges) + 1
    table = numpy.bincount(day * width + numpy.searchsorted(edges, current), minlength=days * width).reshape(days, width)
    expected = numpy.bincount(numpy.searchsorted(edges, before), minlength=width)
    means = numpy.bincount(day, weights=current, minlength=days) / table.sum(axis=1)
    ks = scipy.stats.ks_2samp(before, after, mode="asymp")
    deviation = before.std()
    below, above = numpy.searchsorted(after, before[0]), numpy.searchsorted(after, before[-1], side="right")
    low, high = numpy.quantile(before, [0.005, 0.995])
    cuts = low + (high - low) * numpy.arange(1, 20) / 20
    shares = [numpy.diff(numpy.searchsorted(one, cuts, side="right"), prepend=0, append=len(one)) / len(one) for one in (before, after)]
    figures = {
        "ks": ks.statistic,
        "ks-p": ks.pvalue,
        "wasserstein": scipy.stats.wasserstein_distance(before, after) / deviation,
        **distances(expected, table.sum(axis=0)),
    }
    return {
        "statistics": figures,
        "p": ks.pvalue,
        "effect": figures["wasserstein"],
        "moments": [before.mean(), after.mean(), deviation, after.std()],
        "range": [before[0], before[-1]],
        "ends": [min(before[0], after[0]), max(before[-1], after[-1])],
        "outside": int(below + len(after) - above),
        "examples": [*after[:min(below, 5)], *after[above:above + 5]][:5],
        "bins": [list(one) for one in shares],
        "missing": [missing[0], missing[1], len(before), len(after)],
        "days": by_day(table, expected, missing[0], absent, means),
    }


def category(reference, current, day, days):
    codes, labels = pandas.factorize(current)
    counts = reference.value_counts()
    missing = int(reference.isna().sum()), int((codes < 0).sum())
    absent = numpy.bincount(day[codes < 0], minlength=days) if missing[1] else numpy.zeros(days)
    if missing[1]:
        codes, day = codes[codes >= 0], day[codes >= 0]
    now = pandas.Series(numpy.bincount(codes, minlength=len(labels)), index=labels)
    both = pandas.concat([counts, now], axis=1, keys=["before", "after"]).fillna(0)
    before, after = both["before"].to_numpy(), both["after"].to_numpy()
    statistic, p = chi_square(before, after)
    figures = {"chi2": statistic, "chi2-p": p, "cramers-v": numpy.sqrt(statistic / (before.sum() + after.sum())), **distances(before, after)}
    # The 30 most frequent of the reference have a bin each, all others one together.
    top = counts.reset_index().sort_values([counts.name or 0, "index"], ascending=[False, True])["index"][:30]
    place = pandas.Index(top).get_indexer(labels)
    place[place < 0] = len(top)
    width = len(top) + 1
    table = numpy.bincount(day * width + place[codes], minlength=days * width).reshape(days, width)
    expected = numpy.append(counts[top].to_numpy(), counts.sum() - counts[top].sum())
    fresh = both["after"][both["before"] == 0].sort_values(ascending=False)
    drawn = both / both.sum()
    drawn = drawn.loc[drawn.max(axis=1).sort_values(ascending=False).index]
    if len(drawn) > 20:
        drawn = pandas.concat([drawn[:19], drawn[19:].sum().to_frame("all others").T])
    return {
        "statistics": figures,
        "p": p,
        "effect": figures["jensen-shannon"],
        "new": int(fresh.sum()),
        "examples": list(fresh.index[:5]),
        "bins": [sorted(drawn["before"]), sorted(drawn["after"])],
        "missing": [missing[0], missing[1], int(before.sum()), int(after.sum())],
        "days": by_day(table, expected, missing[0], absent, None),
    }


def judge(columns, rows):
    """p-values of all columns are adjusted together, and those of all days."""
    p = adjusted([one["p"] for one in columns.values()] + [missing_p(one) for one in columns.values()]).to_numpy()
    for i, one in enumerate(columns.values()):
        before, after, there, here = one["missing"]
        gap = abs(after / (after + here) - before / (before + there))
        one["adjusted"] = p[i]
        one["drifted"] = bool((p[i] <= RATE and one["effect"] >= EFFECT) or (p[len(columns) + i] <= RATE and gap >= EFFECT))
    every = [day for one in columns.values() for day in one["days"]]
    p = adjusted([day["p-value"] for day in every] + [day["missing-p"] for day in every]).to_numpy()
    for i, day in enumerate(every):
        sized = rows[i % len(rows)] > TESTED_ROWS
        gap = abs(day["missing"] - day["missing-before"])
        day["adjusted-p-value"] = p[i]
        day["drifted"] = bool(
            (p[i] <= RATE and (not sized or day["statistic"] >= EFFECT)) or (p[len(every) + i] <= RATE and (not sized or gap >= EFFECT))
        )


def missing_p(one):
    before, after, there, here = one["missing"]
    return missing_test([there, before], [here, after])


def main(folder, to):
    names = json.loads((folder / "names.json").read_text())
    times = numpy.fromfile(folder / "log.at.f64")
    spent = [0.0, 0.0]

    def counted(task):
        wall, used = time.perf_counter(), time.process_time()
        result = task()
        spent[0] += time.perf_counter() - wall
        spent[1] += time.process_time() - used
        return result

    first = times.min() // DAY
    day = counted(lambda: (times // DAY - first).astype("i4"))
    del times
    rows = counted(lambda: numpy.bincount(day))
    columns = {}
    for name, kind in names.items():
        if kind == "number":
            reference, current = (numpy.fromfile(folder / f"{side}.{name}.f64") for side in ("reference", "log"))
        else:
            labels = numpy.array((folder / f"{name}.labels").read_text().splitlines() + [None], dtype=object)
            reference, current = (pandas.Series(labels[numpy.fromfile(folder / f"{side}.{name}.u16", dtype="u2")]) for side in ("reference", "log"))
        of = number if kind == "number" else category
        columns[name] = counted(lambda: of(reference, current, day, len(rows)))
        del reference, current
    counted(lambda: judge(columns, rows))
    to.write_text(json.dumps({"rows": rows.tolist(), "first": first * DAY, "columns": columns}, default=float))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"statistics {spent[0]:.2f} s, processor {spent[1]:.2f} s, peak {peak:.0f} MB; drifted: {', '.join(name for name, one in columns.items() if one['drifted'])}")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
