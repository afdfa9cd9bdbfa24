"""A train stage in XGBoost. Its trees are written as ONNX by hand, which needs only onnx; onnxmltools does it too."""
import json
import os

import numpy as np
import onnx
import pandas as pd
import xgboost as xgb
from onnx import TensorProto, helper


def say(**message):
    print("::lifecycle", json.dumps(message), flush=True)


def load(variable):
    file = os.environ[variable]  # Parquet, or CSV with LIFECYCLE_FORMAT: csv
    table = pd.read_csv(file) if file.endswith(".csv") else pd.read_parquet(file)
    labels = table.pop("__label").to_numpy().astype(int)
    return xgb.DMatrix(table.to_numpy(dtype=np.float32), label=labels)


class Report(xgb.callback.TrainingCallback):
    """Tells each round as it ends."""

    def after_iteration(self, model, epoch, evals_log):
        for data, prefix in (("train", ""), ("validation", "validation/")):
            for name, values in evals_log[data].items():
                name = "loss" if name == "logloss" else name
                say(metric=f"{prefix}{name}", value=float(values[-1]), step=epoch + 1)
        say(progress=(epoch + 1) / ROUNDS)
        return False


def to_onnx(booster, features):
    """The trees as one ensemble; a row goes to the left where its value is below the threshold, or missing and XGBoost learnt so."""
    nodes = {key: [] for key in ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids", "missing_value_tracks_true")}
    leaves = {"treeids": [], "nodeids": [], "ids": [], "weights": []}

    def visit(tree, node):
        leaf = "leaf" in node
        row = (
            tree,
            node["nodeid"],
            0 if leaf else int(node["split"][1:]),
            0.0 if leaf else node["split_condition"],
            "LEAF" if leaf else "BRANCH_LT",
            0 if leaf else node["yes"],
            0 if leaf else node["no"],
            0 if leaf else int(node["missing"] == node["yes"]),
        )
        for key, value in zip(nodes, row):
            nodes[key].append(value)
        if leaf:
            for key, value in zip(leaves, (tree, node["nodeid"], 0, node["leaf"])):
                leaves[key].append(value)
        for child in node.get("children", ()):
            visit(tree, child)

    for tree, text in enumerate(booster.get_dump(dump_format="json")):
        visit(tree, json.loads(text))
    base = float(json.loads(booster.save_config())["learner"]["learner_model_param"]["base_score"])
    ensemble = helper.make_node(
        "TreeEnsembleRegressor",
        ["features"],
        ["score"],
        domain="ai.onnx.ml",
        n_targets=1,
        base_values=[float(np.log(base / (1 - base)))],
        **{f"nodes_{key}": value for key, value in nodes.items()},
        **{f"target_{key}": value for key, value in leaves.items()},
    )
    graph = helper.make_graph(
        [ensemble, helper.make_node("Sigmoid", ["score"], ["probability"])],
        "trees",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", features])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["N", 1])],
    )
    opsets = [helper.make_opsetid("", 15), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


ROUNDS = 200
train, validation = load("LIFECYCLE_FEATURES_TRAIN"), load("LIFECYCLE_FEATURES_VALIDATION")
booster = xgb.train(
    {
        "objective": "binary:logistic",
        "eval_metric": ["logloss", "auc"],
        "tree_method": "hist",
        "eta": 0.05,
        "max_depth": 4,
        "subsample": 0.8,
        "seed": int(os.environ["LIFECYCLE_SEED"]) % 2**31,
        "nthread": int(os.environ.get("LIFECYCLE_THREADS", "1")),
    },
    train,
    num_boost_round=ROUNDS,
    evals=[(train, "train"), (validation, "validation")],
    early_stopping_rounds=20,
    verbose_eval=False,
    callbacks=[Report()],
)
best = booster[: booster.best_iteration + 1]
say(metric="auc", value=float(booster.best_score), step=booster.best_iteration + 1)
onnx.save(to_onnx(best, train.num_col()), os.path.join(os.environ["LIFECYCLE_OUTPUT"], "model.onnx"))
