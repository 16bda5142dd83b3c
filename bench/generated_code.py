"""Runs generated model code for bench/generated-code.ts.

usage: generated_code.py keras|pytorch
stdin: a JSON list of {"code", "input": [height, width, channels]}
stdout: a JSON list of {"params": trainable numbers, "output": shape of the scores of one black image} or {"error"}
"""

import json
import math
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""


def with_keras(names, height, width, channels):
    import keras
    import numpy

    keras.backend.clear_session()
    model = names["build_model"]()
    scores = model(numpy.zeros((1, height, width, channels), "float32"), training=False)
    return sum(math.prod(v.shape) for v in model.trainable_variables), scores.shape


def with_pytorch(names, height, width, channels):
    import torch

    model = names["Network"]().eval()
    with torch.no_grad():
        scores = model(torch.zeros(1, channels, height, width))
    return sum(p.numel() for p in model.parameters() if p.requires_grad), scores.shape


def run(code, shape, count):
    try:
        names = {"__name__": "generated"}
        exec(code, names)
        params, output = count(names, *shape)
        return {"params": int(params), "output": [int(length) for length in output]}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    count = {"keras": with_keras, "pytorch": with_pytorch}[sys.argv[1]]
    print(json.dumps([run(case["code"], case["input"], count) for case in json.load(sys.stdin)]))
