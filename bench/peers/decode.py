"""Samples decoded from the original files one by one, as a user's calibration reader does: [1, C, H, W] float32.

Only one sample is held at a time; Pillow is imported where JPEGs are read.
"""
import csv
from pathlib import Path

import numpy as np

IMAGENET_MEAN = np.float32([0.485, 0.456, 0.406]).reshape(3, 1, 1)
IMAGENET_STD = np.float32([0.229, 0.224, 0.225]).reshape(3, 1, 1)
CIFAR_RECORD = 3073  # one label byte, then 3,072 bytes CHW


def normalise_resnet20(pixels):
    return (pixels.astype(np.float32) / np.float32(255) - IMAGENET_MEAN) / IMAGENET_STD


def normalise_resnet8(pixels):
    return pixels.astype(np.float32)


def cifar_samples(folder, choose, normalise):
    """CIFAR-10 training images: the folder holds `data_batch_*.bin`."""
    files = sorted(Path(folder).glob("data_batch_*.bin"))
    batches = [np.memmap(file, np.uint8, mode="r").reshape(-1, CIFAR_RECORD) for file in files]
    for place in choose(sum(map(len, batches))):
        batch, row = divmod(place, len(batches[0]))
        yield normalise(batches[batch][row, 1:].reshape(1, 3, 32, 32))


def imagenet_samples(folder, choose):
    """The centre crop of 224 of JPEGs of short side 256: the folder holds `labels.csv` and `images/`."""
    from PIL import Image

    with open(Path(folder) / "labels.csv", newline="") as file:
        names = [row["file"] for row in csv.DictReader(file)]
    for place in choose(len(names)):
        image = np.asarray(Image.open(Path(folder) / "images" / names[place]).convert("RGB"))
        top, left = (image.shape[0] - 224) // 2, (image.shape[1] - 224) // 2
        crop = image[top : top + 224, left : left + 224].transpose(2, 0, 1)[None]
        yield crop.astype(np.float32) / np.float32(127.5) - np.float32(1)


DECODERS = {
    "resnet20": lambda folder, choose: cifar_samples(folder, choose, normalise_resnet20),
    "resnet8": lambda folder, choose: cifar_samples(folder, choose, normalise_resnet8),
    "mobilenet": imagenet_samples,
}


def decode(kind, folder, samples, seed):
    """A seeded sample of the whole set, lazily."""
    return DECODERS[kind](folder, lambda length: np.random.default_rng(seed).choice(length, samples, replace=False))
