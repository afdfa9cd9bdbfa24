"""The operators of texts, for onnx_numpy.py: words of a text, and how often they and their sequences occur."""

import re
import sys
import unicodedata

import numpy as np

from onnx_file import Unsupported

_CLASSES = {}


def _class(wanted):
    """The characters of a general category of Unicode (L, So, …) as ranges inside of [ ]; Python's own `re` does not know \\p{…}."""
    if not _CLASSES:
        by_kind = {}
        for code in range(sys.maxunicode + 1):
            kind = unicodedata.category(chr(code))
            if kind in ("Cn", "Co", "Cs"):
                continue
            for name in (kind, kind[0]):
                ranges = by_kind.setdefault(name, [])
                if ranges and ranges[-1][1] == code - 1:
                    ranges[-1][1] = code
                else:
                    ranges.append([code, code])
        _CLASSES.update(by_kind)
    if wanted not in _CLASSES:
        raise Unsupported("The class \\p{%s} of characters." % wanted)
    return "".join("\\U%08x-\\U%08x" % (first, last) for first, last in _CLASSES[wanted])


def _pattern(expression):
    """An expression of RE2 as Python has it; what the two understand differently is refused."""
    made, at, inside = [], 0, False
    while at < len(expression):
        named = re.match(r"\\p\{(\w+)\}", expression[at:])
        if named:
            ranges = _class(named.group(1))
            made.append(ranges if inside else "[%s]" % ranges)
            at += named.end()
            continue
        one = expression[at]
        if one == "\\":
            raise Unsupported("The expression %s." % expression)
        inside = one == "[" if not inside else one != "]"
        made.append(one)
        at += 1
    return re.compile("".join(made))


def _tokenizer(at, x):
    if "tokenexp" not in at or at.get("mark") or at.get("stopwords"):
        raise Unsupported("A Tokenizer without an expression for the words.")
    pattern, shortest = _pattern(at["tokenexp"]), at.get("mincharnum", 1)
    found = [[word for word in pattern.findall(text) if len(word) >= shortest] for text in x.ravel().tolist()]
    width = max(map(len, found), default=0)
    words = [word for row in found for word in row + [at.get("pad_value", "")] * (width - len(row))]
    return np.array(words, dtype=object).reshape(x.shape + (width,))


def _counts(at, x):
    """TfIdfVectorizer: per row how often each word or sequence of words of the pool occurs, as it is, as 0 and 1, or weighed."""
    pool = at.get("pool_int64s") or at.get("pool_strings")
    if pool is None or at.get("max_skip_count", 0) != 0:
        raise Unsupported("A TfIdfVectorizer that skips words.")
    starts, places = list(at["ngram_counts"]) + [len(pool)], at["ngram_indexes"]
    known, gram = {}, 0
    for length, (start, end) in enumerate(zip(starts, starts[1:]), 1):
        for begin in range(start, end, length):
            if at["min_gram_length"] <= length <= at["max_gram_length"]:
                known[tuple(pool[begin:begin + length])] = gram
            gram += 1
    rows = [x.tolist()] if x.ndim == 1 else x.tolist()
    counts = np.zeros((len(rows), max(places) + 1), dtype=np.float32)
    weights = np.array(at["weights"], dtype=np.float32) if at.get("weights") else np.ones(len(places), dtype=np.float32)
    for row, words in enumerate(rows):
        for length in range(at["min_gram_length"], at["max_gram_length"] + 1):
            for begin in range(len(words) - length + 1):
                term = known.get(tuple(words[begin:begin + length]))
                if term is not None:
                    counts[row, places[term]] += 1
    mode = at["mode"]
    by_place = np.ones(counts.shape[1], dtype=np.float32)
    by_place[np.array(places)] = weights
    if mode != "TF":
        counts = (counts > 0).astype(np.float32) * by_place if mode == "IDF" else counts * by_place
    return counts[0] if x.ndim == 1 else counts


TEXTS = {"Tokenizer": _tokenizer, "TfIdfVectorizer": _counts}
