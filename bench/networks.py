"""The peers of bench/training.ts and bench/prediction.ts: networks from generated code, trained or run by Keras or PyTorch.

usage: networks.py keras|pytorch
stdin: a line of JSON each, answered by a line of JSON
  {"do": "load", "code", "input": [height, width, channels], "classes", "images", "batch"}
  {"do": "train"}: one epoch in a new order with Adam, moving statistics, loss and accuracy
  {"do": "predict"}: every batch once, to probabilities in this process' own memory
Answers hold "seconds" and "cpu_seconds" (of all threads); "train" also the epoch's "loss" and "accuracy".
"""

import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
LEARNING_RATE = 0.001


def module_of(code):
    names = {"__name__": "generated"}
    exec(code, names)
    return names


class Keras:
    """`fit` on arrays in memory, as its guides have it; prediction in a tf.function."""

    def load(self, code, input, classes, images, batch):
        import keras
        import numpy
        import tensorflow as tf

        keras.backend.clear_session()
        random = numpy.random.default_rng(1)
        # In float32, so that nothing is left to be cast at each step.
        self.pixels = random.integers(0, 256, (images, *input)).astype("float32")
        self.labels = random.integers(0, classes, images)
        self.batch = batch
        self.model = module_of(code)["build_model"](classes)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(optimizer=keras.optimizers.Adam(LEARNING_RATE), loss=loss, metrics=["accuracy"])
        self.predicted = tf.function(lambda pixels: tf.nn.softmax(self.model(pixels, training=False)))

    def train(self):
        history = self.model.fit(self.pixels, self.labels, batch_size=self.batch, epochs=1, verbose=0).history
        return {"loss": history["loss"][0], "accuracy": history["accuracy"][0]}

    def predict(self):
        for start in range(0, len(self.pixels), self.batch):
            self.predicted(self.pixels[start : start + self.batch]).numpy()


class PyTorch:
    """channels_last, Adam as one fused kernel; batches taken by index, nothing read back before the epoch's end."""

    def load(self, code, input, classes, images, batch):
        import torch

        self.torch = torch
        torch.manual_seed(1)
        height, width, channels = input
        pixels = torch.randint(0, 256, (images, channels, height, width), dtype=torch.uint8)
        self.pixels = pixels.contiguous(memory_format=torch.channels_last)
        self.labels = torch.randint(0, classes, (images,))
        self.batch = batch
        self.model = module_of(code)["Network"]().to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=LEARNING_RATE, fused=True)

    def floats(self, pixels):
        return pixels.to(self.torch.float32, memory_format=self.torch.channels_last)

    def train(self):
        torch = self.torch
        self.model.train()
        images = len(self.labels)
        order = torch.randperm(images)
        losses, correct = torch.zeros(()), torch.zeros(())
        for start in range(0, images, self.batch):
            rows = order[start : start + self.batch]
            pixels, labels = self.floats(self.pixels[rows]), self.labels[rows]
            self.optimizer.zero_grad(set_to_none=True)
            logits = self.model(pixels)
            loss = torch.nn.functional.cross_entropy(logits, labels)
            loss.backward()
            self.optimizer.step()
            losses += loss.detach() * len(rows)
            correct += (logits.detach().argmax(1) == labels).sum()
        return {"loss": losses.item() / images, "accuracy": correct.item() / images}

    def predict(self):
        self.model.eval()
        with self.torch.inference_mode():
            for start in range(0, len(self.labels), self.batch):
                self.model(self.floats(self.pixels[start : start + self.batch])).softmax(1)


def main():
    peer = {"keras": Keras, "pytorch": PyTorch}[sys.argv[1]]()
    for line in sys.stdin:
        request = json.loads(line)
        start, used = time.perf_counter(), time.process_time()
        answer = getattr(peer, request.pop("do"))(**request) or {}
        spent = {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - used}
        print(json.dumps({**spent, **answer}), flush=True)


main()
