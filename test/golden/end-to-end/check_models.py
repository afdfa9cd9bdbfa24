"""Holds ONNX files to the ONNX project's own checker. Run: /usr/bin/python3 check_models.py MODEL...

The full check, with shape inference, is asked for where onnx's shape inference knows every operator: it has none for ai.onnx.ml's
OneHotEncoder, so models with it are held to the structure alone.
"""
import sys

import onnx

for path in sys.argv[1:]:
    model = onnx.load(path)
    operators = {node.op_type for node in model.graph.node}
    onnx.checker.check_model(model, full_check="OneHotEncoder" not in operators)
    assert onnx.load_from_string(model.SerializeToString()) == model, f"{path}: written again it is another model"
print(len(sys.argv) - 1, "models")
