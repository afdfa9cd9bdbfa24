"""Predicts with the model of this folder: in a program, or from the terminal.

    from predict import Model
    Model().predict([{"column": value}])

    python3 predict.py rows.json        # a JSON array of rows, or one row a line; - for standard input

Needs numpy. Runs on onnxruntime when it is installed, else on numpy alone (onnx_numpy.py). Pictures need Pillow.
"""

import base64
import binascii
import hashlib
import io
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
LARGEST = 3.4028234663852886e38


class Refused(ValueError):
    """Rows that the model can't take; the message names column and row."""


class Model:
    def __init__(self, folder=HERE, runtime=None):
        """runtime: "onnxruntime" or "numpy"; without it the first when it is installed."""
        with open(os.path.join(folder, "contents.json"), encoding="utf-8") as file:
            listed = json.load(file)["files"]
        data = _checked(folder, "model.onnx", listed)
        self.info = json.loads(_checked(folder, "model.json", listed).decode("utf-8"))
        self.runtime = runtime or _best_runtime()
        if self.runtime == "onnxruntime":
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        else:
            import onnx_numpy

            self._session = onnx_numpy.Model(data)

    def predict(self, rows):
        """One dict a row: {"prediction": number}, or {"label": class, "probabilities": {class: share}}."""
        feeds = {column["name"]: _column(column, rows) for column in self.info["inputs"]}
        _refuse_unknown(self.info, rows)
        wanted = "prediction" if self.info["task"] == "regression" else "probabilities"
        if self.runtime == "onnxruntime":
            values = self._session.run([wanted], feeds)[0]
        else:
            values = self._session.run(feeds)[wanted]
        if wanted == "prediction":
            return [{"prediction": float(value)} for value in np.ravel(values)]
        return [self._labelled(row) for row in values]

    def _labelled(self, shares):
        classes = self.info["classes"]
        if len(classes) == 2:
            # The threshold is compared as the numbers are: in float32.
            chosen = 1 if float(shares[1]) >= self.info.get("threshold", 0.5) else 0
        else:
            chosen = int(np.argmax(shares))
        return {
            "label": classes[chosen],
            "probabilities": {_text(name): float(share) for name, share in zip(classes, shares)},
        }


def _text(value):
    """A class as JavaScript writes it, so that every runtime gives the same keys."""
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "null" if value is None else str(value)


def _checked(folder, name, listed):
    with open(os.path.join(folder, name), "rb") as file:
        data = file.read()
    if hashlib.sha256(data).hexdigest() != listed[name]["sha256"]:
        raise Refused("%s was changed since the folder was made; it is not loaded." % name)
    return data


def _best_runtime():
    try:
        import onnxruntime  # noqa: F401

        return "onnxruntime"
    except ImportError:
        return "numpy"


def _column(column, rows):
    name, kind = column["name"], column["type"]
    text = kind in ("text", "time")
    values = []
    for at, row in enumerate(rows):
        value = row.get(name)
        if isinstance(value, np.generic):
            value = value.item()
        missing = value is None or (isinstance(value, float) and value != value) or (text and value == "")
        if missing:
            if column.get("required"):
                raise Refused("Column '%s', row %d: the value is missing; training never saw it missing." % (name, at))
            values.append("" if text else float("nan"))
        elif text:
            if column.get("image") and isinstance(value, (bytes, bytearray)):
                values.append(_picture(column, value, at))
                continue
            if not isinstance(value, str):
                raise Refused("Column '%s', row %d: expected text, got %r." % (name, at, value))
            values.append(_picture(column, value, at) if column.get("image") else value)
        elif kind == "boolean":
            if value not in (True, False, 0, 1):
                raise Refused("Column '%s', row %d: expected true or false, got %r." % (name, at, value))
            values.append(float(value))
        else:
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise Refused("Column '%s', row %d: expected a number, got %r." % (name, at, value))
            if abs(value) > LARGEST:
                raise Refused("Column '%s', row %d: %r is too large for a 32-bit number." % (name, at, value))
            values.append(value)
    return np.array(values, dtype=object if text else np.float32).reshape(-1, 1)


def _picture(column, value, at):
    """A PNG or JPEG file (bytes, or base64, also as a `data:` address), or pixels written out already: as the text that the graph takes."""
    shape = column["image"]
    digits = 2 * shape["height"] * shape["width"] * shape["channels"]
    if len(value) == digits and isinstance(value, str) and all(one in "0123456789abcdefABCDEF" for one in value):
        return value
    try:
        if isinstance(value, str):
            packed = value[value.index(",") + 1:] if value.startswith("data:") else value
            value = base64.b64decode("".join(packed.split()), validate=True)
        from PIL import Image

        with Image.open(io.BytesIO(value), formats=("PNG", "JPEG")) as picture:
            if picture.mode == "I;16" or picture.mode == "I":
                picture = picture.point(lambda one: one / 257).convert("L")
            if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
                picture = picture.convert("RGBA")
                picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
            picture = picture.convert("RGB" if shape["channels"] == 3 else "L")
            size = (shape["width"], shape["height"])
            return (picture if picture.size == size else picture.resize(size, Image.BILINEAR)).tobytes().hex()
    except ImportError:
        raise Refused("Column '%s', row %d: pictures need Pillow: python3 -m pip install pillow" % (column["name"], at)) from None
    except binascii.Error:
        raise Refused("Column '%s', row %d: the picture is neither a file in base64 nor %d hexadecimal digits." % (column["name"], at, digits)) from None
    except Exception as error:
        raise Refused("Column '%s', row %d: the picture can't be read: %s." % (column["name"], at, error)) from None


def _refuse_unknown(info, rows):
    known = {column["name"] for column in info["inputs"]}
    for at, row in enumerate(rows):
        for name in row:
            if name not in known:
                raise Refused("Row %d has a column '%s', which the model does not take." % (at, name))


def main(arguments):
    if len(arguments) != 1:
        sys.exit(__doc__.strip())
    text = sys.stdin.read() if arguments[0] == "-" else open(arguments[0], encoding="utf-8").read()
    text = text.strip()
    try:
        rows = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines() if line]
        for answer in Model().predict(rows):
            print(json.dumps(answer, ensure_ascii=False))
    except (Refused, json.JSONDecodeError) as error:
        sys.exit("error: %s" % error)
    except Exception as error:
        # Of onnx_numpy.py: what the graph holds and numpy alone can't do.
        if type(error).__name__ != "Unsupported":
            raise
        sys.exit("error: %s" % error)


if __name__ == "__main__":
    main(sys.argv[1:])
