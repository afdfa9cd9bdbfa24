"""What the scripts of this folder share: writing numbers so that nothing is lost."""
import json
import math
import pathlib


def plain(value):
    """JSON has no NaN or infinity: they become the strings "NaN", "Infinity", "-Infinity"."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        if value == int(value) and abs(value) < 1e15:
            return int(value)
    return value


def write(script, cases):
    path = pathlib.Path(script).with_suffix(".json")
    lines = ",\n".join(json.dumps(plain(case), ensure_ascii=False) for case in cases)
    path.write_text("[\n" + lines + "\n]\n")
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size} bytes")
