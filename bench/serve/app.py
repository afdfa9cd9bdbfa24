"""The same model behind FastAPI: weights in numpy, the same request and answer. `typed` declares the row for validation, as the manual
of FastAPI teaches; `bare` reads the JSON itself and is the fastest that could be found.

usage: app.py PORT WEIGHTS.json typed|bare h11|httptools
"""
import json
import sys
from typing import List, Optional

import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, create_model

port, weights_file, style = int(sys.argv[1]), sys.argv[2], sys.argv[3]
with open(weights_file) as file:
    spec = json.load(file)
numbers, cities, classes = spec["numbers"], spec["cities"], spec["classes"]
mean, deviation = np.array(spec["mean"], np.float32), np.array(spec["deviation"], np.float32)
layers = [(np.array(w, np.float32).reshape(shape), np.array(b, np.float32)) for w, b, shape in spec["layers"]]


def predict(rows):
    raw = np.array([[row[name] for name in numbers] for row in rows], np.float32)
    city = np.array([[row["city"] == name for name in cities] for row in rows], np.float32)
    x = np.concatenate([(raw - mean) / deviation, city], axis=1)
    for i, (w, b) in enumerate(layers):
        x = x @ w + b
        if i + 1 < len(layers):
            x = np.maximum(x, 0)
    x = np.exp(x - x.max(axis=1, keepdims=True))
    probabilities = (x / x.sum(axis=1, keepdims=True)).tolist()
    return [{"label": classes[int(p[1] >= 0.5)], "probabilities": dict(zip(classes, p))} for p in probabilities]


app = FastAPI()
if style == "typed":
    Row = create_model("Row", city=(str, ...), **{name: (Optional[float], ...) for name in numbers})

    class Rows(BaseModel):
        rows: List[Row]

    @app.post("/predict")
    def typed(body: Rows):
        return {"predictions": predict([row.dict() for row in body.rows])}

else:

    @app.post("/predict")
    async def bare(request: Request):
        return JSONResponse({"predictions": predict((await request.json())["rows"])})


@app.get("/ready")
def ready():
    return {}


fast = sys.argv[4] == "httptools"
uvicorn.run(
    app,
    host="127.0.0.1",
    port=port,
    log_level="warning",
    access_log=False,
    http="httptools" if fast else "h11",
    loop="uvloop" if fast else "asyncio",
)
