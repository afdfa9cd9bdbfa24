"""A train stage in PyTorch. The stage's data comes as files named by environment variables; see command.pipeline.yaml."""
import json
import os

import pandas as pd
import torch

torch.manual_seed(int(os.environ["LIFECYCLE_SEED"]))
torch.set_num_threads(int(os.environ["LIFECYCLE_THREADS"]))


def say(**message):
    """One line of JSON after ::lifecycle is an event; every other line is output."""
    print("::lifecycle", json.dumps(message), flush=True)


def load(variable):
    """Prepared features and `__label` (a class index). LIFECYCLE_TRAIN and LIFECYCLE_VALIDATION have the raw rows instead."""
    file = os.environ[variable]  # Parquet, or CSV with LIFECYCLE_FORMAT: csv
    table = pd.read_csv(file) if file.endswith(".csv") else pd.read_parquet(file)
    labels = torch.tensor(table.pop("__label").to_numpy(), dtype=torch.long)
    return torch.tensor(table.to_numpy(dtype="float32")).nan_to_num(), labels


x, y = load("LIFECYCLE_FEATURES_TRAIN")
xv, yv = load("LIFECYCLE_FEATURES_VALIDATION")
with open(os.environ["LIFECYCLE_DATASET"]) as file:
    classes = json.load(file)["target"]["classes"]

model = torch.nn.Sequential(
    torch.nn.Linear(x.shape[1], 64), torch.nn.ReLU(), torch.nn.Dropout(0.2), torch.nn.Linear(64, len(classes))
)
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
measure = torch.nn.CrossEntropyLoss()
EPOCHS = 15
for epoch in range(1, EPOCHS + 1):
    model.train()
    total = 0.0
    for batch in torch.randperm(len(x)).split(256):
        loss = measure(model(x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(batch)
    model.eval()
    with torch.no_grad():
        scores = model(xv)
    say(metric="loss", value=total / len(x), step=epoch)
    say(metric="validation/loss", value=measure(scores, yv).item(), step=epoch)
    say(metric="validation/accuracy", value=(scores.argmax(1) == yv).float().mean().item(), step=epoch)
    say(progress=epoch / EPOCHS)

# One input for the prepared features: the preprocessing is put before it, so that the served model takes raw rows.
torch.onnx.export(
    model,
    x[:1],
    os.path.join(os.environ["LIFECYCLE_OUTPUT"], "model.onnx"),
    input_names=["features"],
    output_names=["logits"],
    dynamic_axes={"features": {0: "N"}, "logits": {0: "N"}},
)
