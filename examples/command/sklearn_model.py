"""A train stage in scikit-learn. With skl2onnx installed, any of its models can be exported; a linear one needs only onnx."""
import json
import os

import numpy as np
import onnx
import pandas as pd
from onnx import TensorProto, helper, numpy_helper
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss, roc_auc_score


def say(**message):
    print("::lifecycle", json.dumps(message), flush=True)


def load(variable):
    file = os.environ[variable]  # Parquet, or CSV with LIFECYCLE_FORMAT: csv
    table = pd.read_csv(file) if file.endswith(".csv") else pd.read_parquet(file)
    labels = table.pop("__label").to_numpy().astype(int)
    return np.nan_to_num(table.to_numpy(dtype=np.float32)), labels


x, y = load("LIFECYCLE_FEATURES_TRAIN")
xv, yv = load("LIFECYCLE_FEATURES_VALIDATION")
model = SGDClassifier(loss="log_loss", alpha=0.001, random_state=int(os.environ["LIFECYCLE_SEED"]) % 2**31)
for epoch in range(1, 11):
    model.partial_fit(x, y, classes=[0, 1])
    say(metric="loss", value=log_loss(y, model.predict_proba(x)), step=epoch)
    say(metric="validation/loss", value=log_loss(yv, model.predict_proba(xv)), step=epoch)
    say(progress=epoch / 10)
say(metric="auc", value=roc_auc_score(yv, model.decision_function(xv)))

# The same with skl2onnx:
#   from skl2onnx import to_onnx
#   graph = to_onnx(model, x[:1], target_opset=15)
weights = numpy_helper.from_array(model.coef_.T.astype(np.float32), "weights")
bias = numpy_helper.from_array(model.intercept_.astype(np.float32), "bias")
graph = helper.make_graph(
    [helper.make_node("Gemm", ["features", "weights", "bias"], ["scores"]), helper.make_node("Sigmoid", ["scores"], ["probability"])],
    "linear",
    [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", x.shape[1]])],
    [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["N", 1])],
    [weights, bias],
)
graph = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
onnx.save(graph, os.path.join(os.environ["LIFECYCLE_OUTPUT"], "model.onnx"))
