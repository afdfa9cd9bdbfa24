"""What a look at a log gives out, with pandas and scipy. Of each number: Kolmogorov-Smirnov with its p-value, Wasserstein (in standard deviations),
PSI, Jensen-Shannon, Hellinger, total variation and L-infinity on the deciles of the reference, mean and deviation, the range of the reference and
what lies outside, shares on 20 bins of equal width to draw; of each text: chi-square with its p-value and Cramer's V, the same distances over the
categories, new categories, shares of the 20 most frequent to draw; of both the missing values with their test; p-values after Benjamini-Hochberg, and
a verdict. Of each day and column: chi-square's p-value and Jensen-Shannon on the bins of the reference, missing values with their test, the mean,
p-values after Benjamini-Hochberg over all of them, and a verdict. A column is sorted, or told apart by its labels, once for all of that; with `--plain` each function of pandas and scipy is given the column itself,
as in their documentation, and days are groups of a frame.

pandas of Debian 12 reads no Parquet, so the columns come as NumPy arrays and lists, whose reading is not counted.

    python3 peer.py FOLDER TO [--plain]
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


def edges_of(reference):
    """Deciles of the reference, which bound the bins of numbers; the least value never has one to itself."""
    edges = numpy.unique(numpy.quantile(reference, numpy.linspace(0.1, 0.9, 9)))
    least = reference.min()
    return numpy.insert(edges, 0, numpy.nextafter(edges[0], -numpy.inf)) if edges[0] == least else edges


def cuts_of(reference):
    """What bounds the 20 bins to draw."""
    low, high = numpy.quantile(reference, [0.005, 0.995])
    return low + (high - low) * numpy.arange(1, 20) / 20


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
    edges = edges_of(before)
    width = len(edges) + 1
    table = numpy.bincount(day * width + numpy.searchsorted(edges, current), minlength=days * width).reshape(days, width)
    expected = numpy.bincount(numpy.searchsorted(edges, before), minlength=width)
    means = numpy.bincount(day, weights=current, minlength=days) / table.sum(axis=1)
    ks = scipy.stats.ks_2samp(before, after, mode="asymp")
    deviation = before.std()
    below, above = numpy.searchsorted(after, before[0]), numpy.searchsorted(after, before[-1], side="right")
    cuts = cuts_of(before)
    shares = [numpy.diff(numpy.searchsorted(one, cuts, side="right"), prepend=0, append=len(one)) / len(one) for one in (before, after)]
    return numbers(
        ks, scipy.stats.wasserstein_distance(before, after), missing, len(before), len(after), expected, table, absent, means,
        {
            "moments": [before.mean(), after.mean(), deviation, after.std()],
            "range": [before[0], before[-1]],
            "ends": [min(before[0], after[0]), max(before[-1], after[-1])],
            "outside": int(below + len(after) - above),
            "examples": [*after[:min(below, 5)], *after[above:above + 5]][:5],
            "bins": [list(one) for one in shares],
        },
    )


def numbers(ks, distance, missing, there, here, expected, table, absent, means, more):
    """The figures of a column of numbers. expected, table: of the reference and of each day, on the bins; more: what the way of counting tells."""
    figures = {
        "ks": ks.statistic,
        "ks-p": ks.pvalue,
        "wasserstein": distance / more["moments"][2],
        **distances(expected, table.sum(axis=0)),
    }
    return {
        "statistics": figures,
        "p": ks.pvalue,
        "effect": figures["wasserstein"],
        **more,
        "missing": [*missing, there, here],
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
    top = top_of(counts)
    place = pandas.Index(top).get_indexer(labels)
    place[place < 0] = len(top)
    width = len(top) + 1
    table = numpy.bincount(day * width + place[codes], minlength=days * width).reshape(days, width)
    return categories(counts, now, top, missing, table, absent)


def top_of(counts):
    """The 30 most frequent categories of the reference have a bin each, all others one together."""
    return counts.reset_index().sort_values([counts.name or 0, "index"], ascending=[False, True])["index"][:30]


def categories(counts, now, top, missing, table, absent):
    """The figures of a column of texts. counts, now: rows by category in the reference and the log; top: those with a bin; table: of each day, on the bins."""
    both = pandas.concat([counts, now], axis=1, keys=["before", "after"]).fillna(0)
    before, after = both["before"].to_numpy(), both["after"].to_numpy()
    statistic, p = chi_square(before, after)
    figures = {"chi2": statistic, "chi2-p": p, "cramers-v": numpy.sqrt(statistic / (before.sum() + after.sum())), **distances(before, after)}
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


def plain_number(reference, current, day, days):
    frame = pandas.DataFrame({"day": day, "value": current})
    before, after = pandas.Series(reference).dropna(), frame["value"].dropna()
    missing = len(reference) - len(before), len(current) - len(after)
    edges = [-numpy.inf, *edges_of(before), numpy.inf]
    table, absent, means = [], [], []
    for _, values in frame.groupby("day")["value"]:
        table.append(pandas.cut(values, edges, labels=False).value_counts().reindex(range(len(edges) - 1), fill_value=0).to_numpy())
        absent.append(values.isna().sum())
        means.append(values.mean())
    table = numpy.array(table)
    expected = pandas.cut(before, edges, labels=False).value_counts().reindex(range(len(edges) - 1), fill_value=0).to_numpy()
    ks = scipy.stats.ks_2samp(before, after, mode="asymp")
    low, high = before.min(), before.max()
    outside = after[(after < low) | (after > high)]
    cuts = [-numpy.inf, *cuts_of(before), numpy.inf]
    shares = [pandas.cut(one, cuts, labels=False).value_counts(normalize=True).reindex(range(20), fill_value=0) for one in (before, after)]
    return numbers(
        ks, scipy.stats.wasserstein_distance(before, after), missing, len(before), len(after), expected, table, absent, means,
        {
            "moments": [before.mean(), after.mean(), before.std(ddof=0), after.std(ddof=0)],
            "range": [low, high],
            "ends": [min(low, after.min()), max(high, after.max())],
            "outside": len(outside),
            "examples": [*outside[outside < low].nsmallest(5), *outside[outside > high].nsmallest(5)][:5],
            "bins": [list(one) for one in shares],
        },
    )


def plain_category(reference, current, day, days):
    counts, now = reference.value_counts(), current.value_counts()
    top = top_of(counts)
    table, absent = [], []
    for _, labels in current.groupby(day):
        found = labels.value_counts()
        known = found.reindex(top, fill_value=0).to_numpy()
        table.append(numpy.append(known, found.sum() - known.sum()))
        absent.append(labels.isna().sum())
    return categories(counts, now, top, (int(reference.isna().sum()), int(current.isna().sum())), numpy.array(table), absent)


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


def main(folder, to, plain):
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
        of = (plain_number if plain else number) if kind == "number" else (plain_category if plain else category)
        columns[name] = counted(lambda: of(reference, current, day, len(rows)))
        del reference, current
    counted(lambda: judge(columns, rows))
    to.write_text(json.dumps({"rows": rows.tolist(), "first": first * DAY, "columns": columns}, default=float))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"statistics {spent[0]:.2f} s, processor {spent[1]:.2f} s, peak {peak:.0f} MB; drifted: {', '.join(name for name, one in columns.items() if one['drifted'])}")


main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "--plain" in sys.argv)
