"""Tables of R (.rda) as numpy arrays, without R: the serialisation of https://cran.r-project.org/doc/manuals/r-release/R-ints.html#Serialization-Formats"""
import bz2
import gzip
import lzma
import struct

import numpy as np

# Types of the items of a serialisation.
SYMBOL, PAIRS, LANGUAGE, CLOSURE, PROMISE, ENVIRONMENT, CHARACTERS = 1, 2, 6, 3, 5, 4, 9
LOGICAL, INTEGER, REAL, TEXT, LIST, EXPRESSION, RAW = 10, 13, 14, 16, 19, 20, 24
REFERENCE, ALTERNATIVE, NOTHING = 255, 238, (254, 242, 241, 253, 252, 251)
HAS_ATTRIBUTES, HAS_TAG = 0x200, 0x400


class Reader:
    def __init__(self, data):
        assert data[:2] == b"X\n", "only the binary (XDR) form"
        self.data, self.at, self.references = data, 2, []
        version = self.integer()
        self.at += 8
        if version == 3:
            self.at += self.integer()

    def integer(self):
        self.at += 4
        return struct.unpack_from(">i", self.data, self.at - 4)[0]

    def numbers(self, kind, size, count):
        self.at += size * count
        return np.frombuffer(self.data, kind, count, self.at - size * count).astype(float)

    def item(self):
        """A vector, list or text; with attributes a pair of that and a dict; pairs as a list of (name, value)."""
        flags = self.integer()
        kind = flags & 255
        if kind in NOTHING:
            return None
        if kind == REFERENCE:
            return self.references[(flags >> 8 or self.integer()) - 1]
        if kind == SYMBOL:
            name = self.item()
            self.references.append(name)
            return name
        if kind in (PAIRS, LANGUAGE, CLOSURE, PROMISE):
            if flags & HAS_ATTRIBUTES:
                self.item()
            name = self.item() if flags & HAS_TAG else None
            return [(name, self.item()), *(self.item() or [])]
        if kind == ENVIRONMENT:
            self.integer()
            self.references.append(None)
            for _ in range(4):
                self.item()
            return None
        if kind == CHARACTERS:
            count = self.integer()
            if count < 0:
                return None
            self.at += count
            return self.data[self.at - count:self.at].decode("latin1")
        if kind == ALTERNATIVE:
            _, state, _ = self.item(), self.item(), self.item()
            return state
        count = self.integer()
        if kind in (LOGICAL, INTEGER):
            value = self.numbers(">i4", 4, count)
            value[value == -2147483648] = np.nan
        elif kind == REAL:
            value = self.numbers(">f8", 8, count)
        elif kind in (TEXT, LIST, EXPRESSION):
            value = [self.item() for _ in range(count)]
        elif kind == RAW:
            self.at += count
            value = self.data[self.at - count:self.at]
        else:
            raise ValueError(f"items of type {kind} are not read")
        return (value, dict(self.item())) if flags & HAS_ATTRIBUTES else value


def table(path):
    """{column: (numbers, levels or None)} of a file that holds one data frame; a factor's numbers count from 1."""
    packed = open(path, "rb").read()
    data = gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else bz2.decompress(packed) if packed[:3] == b"BZh" else lzma.decompress(packed)
    columns, attributes = Reader(data[5:]).item()[0][1]
    parts = [column if isinstance(column, tuple) else (column, {}) for column in columns]
    return {name: (np.asarray(values, dtype=float), more.get("levels")) for name, (values, more) in zip(attributes["names"], parts)}
