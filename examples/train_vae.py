"""A small conditional VAE for MNIST's digits, with a score after each epoch.

    python3 examples/train_vae.py [--epochs 10] [--images 60000] [--score 2000]

The three lines that score are marked. Needs PyTorch and NumPy.
"""

import argparse
import gzip
import pathlib
import sys
import time

import numpy
import torch
from torch import nn
from torch.nn import functional

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))
from digit_fid import Scorer  # noqa: E402

CODE, BATCH = 16, 128


def mnist(images: int) -> tuple:
    """The first training images, N×784 from 0 to 1, and their labels."""

    def read(name: str, skipped: int) -> numpy.ndarray:
        packed = (ROOT / "data/mnist" / name).read_bytes()
        return numpy.frombuffer(gzip.decompress(packed), numpy.uint8, offset=skipped).copy()

    pixels = read("train-images-idx3-ubyte.gz", 16).reshape(-1, 784)[:images]
    labels = read("train-labels-idx1-ubyte.gz", 8)[:images]
    return torch.from_numpy(pixels).float() / 255, torch.from_numpy(labels).long()


class ConditionalVAE(nn.Module):
    """Kingma & Welling, "Auto-Encoding Variational Bayes", ICLR 2014, given the digit that it is to draw."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(784 + 10, 400), nn.ReLU(), nn.Linear(400, 2 * CODE))
        self.decoder = nn.Sequential(nn.Linear(CODE + 10, 400), nn.ReLU(), nn.Linear(400, 784))

    def loss(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The negative evidence lower bound, per image."""
        digit = functional.one_hot(labels, 10).float()
        mean, log_variance = self.encoder(torch.cat([images, digit], 1)).chunk(2, 1)
        code = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        logits = self.decoder(torch.cat([code, digit], 1))
        reconstruction = functional.binary_cross_entropy_with_logits(logits, images, reduction="sum")
        divergence = (mean**2 + log_variance.exp() - log_variance - 1).sum() / 2
        return (reconstruction + divergence) / len(images)

    @torch.no_grad()
    def draw(self, labels: torch.Tensor) -> torch.Tensor:
        """Digits of these labels, N×784 from 0 to 1."""
        digit = functional.one_hot(labels, 10).float()
        return self.decoder(torch.cat([torch.randn(len(labels), CODE), digit], 1)).sigmoid()


def main(epochs: int, images: int, scored: int, threads: int) -> None:
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    digits, labels = mnist(images)
    model = ConditionalVAE()
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    asked = torch.arange(scored) % 10
    with Scorer(range="unit") as scorer:  # starts beside the first epoch
        for epoch in range(1, epochs + 1):
            total = 0.0
            for batch in torch.randperm(len(digits)).split(BATCH):
                loss = model.loss(digits[batch], labels[batch])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            drawn = model.draw(asked)
            start = time.monotonic()
            scorer.reset()
            scorer.update(drawn, asked)  # as often as there are batches
            score = scorer.compute()
            seconds = time.monotonic() - start
            print(
                f"epoch {epoch}: loss {total / len(digits):.1f}, digit distance {score.digit_distance:.2f}, "
                f"FID {score.fid:.1f}, precision {score.precision:.2f}, recall {score.recall:.2f} "
                f"(scored in {seconds:.2f} s)",
                flush=True,
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--images", type=int, default=60_000, help="training images")
    parser.add_argument("--score", type=int, default=2000, dest="scored", help="generated images a score")
    parser.add_argument("--threads", type=int, default=2, help="threads of PyTorch")
    main(**vars(parser.parse_args()))
