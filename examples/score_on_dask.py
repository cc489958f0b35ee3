"""Scores digits that lie on many machines as one set: each part is added where it is, and only what was made of it travels.

    python3 examples/score_on_dask.py [IMAGES] [PARTS]

starts two workers here, for a try; with Client("scheduler:8786") it is a cluster's. The order in which the parts are done
and merged changes no bit of the score. Needs dask and distributed (Debian: python3-dask, python3-distributed).
"""

import gzip
import json
import pathlib
import sys
import time

import numpy
from dask.distributed import Client, as_completed, get_worker

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))
from digit_fid import Scorer  # noqa: E402

OPTIONS = {"threads": 1}
BATCH = 2000


def generate(seed: int, count: int) -> numpy.ndarray:
    """Stands for a generator: MNIST's training digits, each moved by up to two pixels."""
    packed = (ROOT / "data/mnist/train-images-idx3-ubyte.gz").read_bytes()
    digits = numpy.frombuffer(gzip.decompress(packed), numpy.uint8, offset=16).reshape(-1, 28, 28)
    random = numpy.random.default_rng(seed)
    chosen = digits[random.integers(len(digits), size=count)]
    moved = numpy.empty_like(chosen)
    for i, shift in enumerate(random.integers(-2, 3, size=(count, 2))):
        moved[i] = numpy.roll(chosen[i], tuple(shift), (0, 1))
    return moved


def add_all(scorer: Scorer, seed: int, count: int) -> None:
    images = generate(seed, count)
    for start in range(0, count, BATCH):
        scorer.update(images[start : start + BATCH])


def score_part(seed: int, count: int) -> bytes:
    """Runs on a worker, which keeps its scorer from part to part."""
    worker = get_worker()
    if not hasattr(worker, "digit_scorer"):
        worker.digit_scorer = Scorer(**OPTIONS)
    worker.digit_scorer.reset()
    add_all(worker.digit_scorer, seed, count)
    return worker.digit_scorer.save()


def main(images: int = 100_000, parts: int = 10, check: bool = False) -> None:
    counts = [images * (part + 1) // parts - images * part // parts for part in range(parts)]
    start = time.monotonic()
    with Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client, Scorer(**OPTIONS) as scorer:
        for _, part in as_completed(client.map(score_part, range(parts), counts, pure=False), with_results=True):
            scorer.merge(part)  # in the order in which they are done
        score = scorer.compute()
        print(json.dumps({**score, "seconds": round(time.monotonic() - start, 1)}))
        if check:
            scorer.reset()
            for seed, count in enumerate(counts):
                add_all(scorer, seed, count)
            print(json.dumps({"equal_to_one_machine": scorer.compute() == score}))


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    main(*numbers, check="--check" in sys.argv)
