"""Checks requests against the service models of AWS that botocore carries: names, types, required members, lengths, ranges, patterns, enums.

Reads a JSON array of {service, operation, body} from standard input; prints one line for each that the real service would refuse."""

import json
import re
import sys

import botocore.session
from botocore.validate import ParamValidator

session = botocore.session.get_session()
models = {}


def walk(shape, value, path, problems):
    if value is None:
        return
    meta = shape.metadata
    if shape.type_name == "string":
        if "enum" in meta and value not in meta["enum"]:
            problems.append("%s: %r is none of %s" % (path, value, meta["enum"][:6]))
        pattern = meta.get("pattern")
        if pattern:
            try:
                fits = re.fullmatch(pattern, value)
            except re.error:
                fits = True
            if not fits:
                problems.append("%s: %r does not match %s" % (path, value, pattern))
        if not meta.get("min", 0) <= len(value) <= meta.get("max", 1 << 30):
            problems.append("%s: length of %r" % (path, value))
    elif shape.type_name in ("integer", "long", "float", "double"):
        if not meta.get("min", float("-inf")) <= value <= meta.get("max", float("inf")):
            problems.append("%s: %r is out of range" % (path, value))
    elif shape.type_name == "structure":
        for name, inner in value.items():
            if name not in shape.members:
                problems.append("%s.%s is not known" % (path, name))
            else:
                walk(shape.members[name], inner, "%s.%s" % (path, name), problems)
    elif shape.type_name == "list":
        if not meta.get("min", 0) <= len(value) <= meta.get("max", 1 << 30):
            problems.append("%s: number of entries" % path)
        for i, inner in enumerate(value):
            walk(shape.member, inner, "%s[%d]" % (path, i), problems)
    elif shape.type_name == "map":
        for name, inner in value.items():
            walk(shape.key, name, "%s key" % path, problems)
            walk(shape.value, inner, "%s.%s" % (path, name), problems)


for request in json.load(sys.stdin):
    service, operation, body = request["service"], request["operation"], request["body"]
    if service not in models:
        models[service] = session.get_service_model(service)
    shape = models[service].operation_model(operation).input_shape
    problems = []
    report = ParamValidator().validate(body, shape)
    if report.has_errors():
        problems.append(report.generate_report())
    walk(shape, body, "", problems)
    for problem in problems:
        print("%s.%s%s" % (service, operation, problem))
