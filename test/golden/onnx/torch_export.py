"""A small network as PyTorch exports it, with its predictions, for test/lifecycle/onnx/foreign.test.ts.

    python3 test/golden/onnx/torch_export.py    (writes torch-export.onnx and torch-export.json beside itself)
"""
import json
import pathlib

import torch

here = pathlib.Path(__file__).parent
torch.manual_seed(3)
model = torch.nn.Sequential(
    torch.nn.Conv1d(1, 4, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool1d(2), torch.nn.Flatten(),
    torch.nn.Linear(16, 6), torch.nn.LayerNorm(6), torch.nn.GELU(), torch.nn.Linear(6, 3), torch.nn.Softmax(-1),
).eval()
x = torch.randn(2, 1, 8)
torch.onnx.export(model, x, str(here / "torch-export.onnx"), opset_version=14, input_names=["x"], output_names=["p"],
                  dynamic_axes={"x": {0: "N"}, "p": {0: "N"}})
json.dump({"x": x.flatten().tolist(), "p": model(x).detach().flatten().tolist()}, open(here / "torch-export.json", "w"))
