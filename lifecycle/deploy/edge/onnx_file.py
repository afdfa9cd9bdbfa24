"""Reads an ONNX file (protobuf wire format) by itself; nothing in it is executed. Used by onnx_numpy.py."""

import struct

import numpy as np

TYPES = {
    1: np.float32, 2: np.uint8, 3: np.int8, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16,
    11: np.float64, 12: np.uint32, 13: np.uint64,
}


class Unsupported(Exception):
    """The graph holds something that this program does not know."""


def _varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 70:
            raise Unsupported("The model file is damaged.")


def _fields(data):
    """Each field of a message: number, wire type, value (int or bytes)."""
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        wire = key & 7
        if wire == 0:
            value, at = _varint(data, at)
        elif wire == 1:
            value, at = bytes(data[at:at + 8]), at + 8
        elif wire == 2:
            size, at = _varint(data, at)
            if at + size > end:
                raise Unsupported("The model file is cut short.")
            value, at = data[at:at + size], at + size
        elif wire == 5:
            value, at = bytes(data[at:at + 4]), at + 4
        else:
            raise Unsupported("The model file is damaged.")
        yield key >> 3, wire, value


def _signed(value):
    return value - (1 << 64) if value >= 1 << 63 else value


def _ints(wire, value):
    if wire == 0:
        return [_signed(value)]
    found, at = [], 0
    while at < len(value):
        one, at = _varint(value, at)
        found.append(_signed(one))
    return found


def _floats(wire, value, code="f"):
    return list(struct.unpack("<%d%s" % (len(value) // struct.calcsize(code), code), bytes(value)))


def _tensor(data):
    dims, kind, raw, name, numbers, texts = [], 1, None, "", [], []
    for field, wire, value in _fields(data):
        if field == 1:
            dims += _ints(wire, value)
        elif field == 2:
            kind = value
        elif field == 4:
            numbers += _floats(wire, value)
        elif field in (5, 7, 11):
            numbers += _ints(wire, value)
        elif field == 6:
            texts.append(bytes(value).decode("utf-8"))
        elif field == 8:
            name = bytes(value).decode("utf-8")
        elif field == 9:
            raw = bytes(value)
        elif field == 10:
            numbers += _floats(wire, value, "d")
        elif field == 14 and value == 1 or field == 13:
            raise Unsupported("The model keeps its numbers in another file, which is refused.")
    if kind == 8:
        return name, np.array(texts, dtype=object).reshape(dims)
    if kind not in TYPES:
        raise Unsupported("Numbers of kind %s are not known." % kind)
    dtype = np.dtype(TYPES[kind])
    if raw is not None:
        return name, np.frombuffer(raw, dtype=dtype.newbyteorder("<")).astype(dtype).reshape(dims)
    if kind == 10:
        return name, np.array(numbers, dtype=np.uint16).view(np.float16).reshape(dims)
    return name, np.array(numbers, dtype=dtype).reshape(dims)


def _attribute(data):
    name, found = "", None
    floats, ints, strings = [], [], []
    for field, wire, value in _fields(data):
        if field == 1:
            name = bytes(value).decode("utf-8")
        elif field == 2:
            found = struct.unpack("<f", value)[0]
        elif field == 3:
            found = _signed(value)
        elif field == 4:
            found = bytes(value).decode("utf-8")
        elif field == 5:
            found = _tensor(value)[1]
        elif field == 7:
            floats += _floats(wire, value)
        elif field == 8:
            ints += _ints(wire, value)
        elif field == 9:
            strings.append(bytes(value).decode("utf-8"))
        elif field == 6:
            found = read_graph(value)
    for some in (floats, ints, strings):
        if some:
            found = some
    return name, found


def _node(data):
    node = {"in": [], "out": [], "op": "", "domain": "", "at": {}}
    for field, _wire, value in _fields(data):
        if field == 1:
            node["in"].append(bytes(value).decode("utf-8"))
        elif field == 2:
            node["out"].append(bytes(value).decode("utf-8"))
        elif field == 4:
            node["op"] = bytes(value).decode("utf-8")
        elif field == 5:
            name, found = _attribute(value)
            node["at"][name] = found
        elif field == 7:
            node["domain"] = bytes(value).decode("utf-8")
    return node


def read_graph(data):
    """The nodes, constants and names of a graph, or of one inside of an operator."""
    nodes, constants, inputs, outputs = [], {}, [], []
    for field, _wire, value in _fields(data):
        if field == 1:
            nodes.append(_node(value))
        elif field == 5:
            name, found = _tensor(value)
            constants[name] = found
        elif field in (11, 12):
            (inputs if field == 11 else outputs).append(next(bytes(v).decode("utf-8") for f, _w, v in _fields(value) if f == 1))
    return {"nodes": nodes, "constants": constants, "inputs": [name for name in inputs if name not in constants], "outputs": outputs}


def read_model(data):
    """The graph of a model file."""
    graph = next((value for field, _wire, value in _fields(memoryview(data)) if field == 7), None)
    if graph is None:
        raise Unsupported("This is no ONNX model.")
    return read_graph(graph)
