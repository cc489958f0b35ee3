"""The classifier and its training in PyTorch, on the CPU: what our own kernels are measured against.

Usage: torch_mnist.py DATA mlp|linear IMAGES BATCH_SIZE EPOCHS
Prints one JSON object: median time and mean processor time of an epoch, PyTorch's version and its threads.
"""

import gzip
import json
import os
import statistics
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

HEADS = {"mlp": [128, 64, 32, 10], "linear": [128, 10]}


def read_idx(folder, name, header):
    """The bytes of an IDX file, gzipped or not, after its header."""
    path = folder / name
    data = path.read_bytes() if path.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    return torch.frombuffer(bytearray(data[header:]), dtype=torch.uint8)


def load(folder, count):
    """The first images in [0, 1] with a zero border of 2, and their labels, ready in memory."""
    pixels = read_idx(folder, "train-images-idx3-ubyte", 16).view(-1, 1, 28, 28)[:count]
    labels = read_idx(folder, "train-labels-idx1-ubyte", 8)[:count]
    return F.pad(pixels.float() / 255, (2, 2, 2, 2)), labels.long()


def network(arch):
    layers = []
    for inputs, outputs, pool in [(1, 8, nn.MaxPool2d(2)), (8, 16, nn.MaxPool2d(2)), (16, 32, nn.AvgPool2d(4))]:
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), pool]
    layers += [nn.Flatten(), nn.Dropout(0.5)]
    widths = HEADS[arch]
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def train_epoch(model, optimizer, images, labels, batch_size):
    """One pass over the images in a new order; returns the mean loss, read once at the end."""
    total = torch.zeros(())
    for batch in torch.randperm(len(images)).split(batch_size):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images[batch]), labels[batch])
        loss.backward()
        optimizer.step()
        total += loss.detach() * len(batch)
    return total.item() / len(images)


def main(data, arch, count, batch_size, epochs):
    torch.manual_seed(0)
    torch.set_num_threads(os.cpu_count())
    images, labels = load(Path(data), count)
    model = network(arch)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    train_epoch(model, optimizer, images[:batch_size], labels[:batch_size], batch_size)  # warms up
    seconds = []
    cpu_began = time.process_time()
    for _ in range(epochs):
        began = time.perf_counter()
        train_epoch(model, optimizer, images, labels, batch_size)
        seconds.append(time.perf_counter() - began)
    result = {
        "seconds": statistics.median(seconds),
        "cpuSeconds": (time.process_time() - cpu_began) / epochs,
        "version": torch.__version__,
        "threads": torch.get_num_threads(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    data, arch, *numbers = sys.argv[1:]
    main(data, arch, *map(int, numbers))
