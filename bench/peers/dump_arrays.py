"""Writes the arrays both sides are calibrated and judged with: OUT/<model>/{calibration,eval,labels}.npy.

Images are float32 NCHW. resnet20 and resnet8: calibration is 100 of the 50,000 training images, eval the first 1,000 test
images. mobilenet has one set of 700: calibration is 100 of them; for cross-fitting, calibration-a and calibration-b are
100 of its even and of its odd rows (halves A and B).
"""
import argparse
import csv
import gzip
import json
import os
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
ASSETS = Path(os.environ.get("PARE_ASSETS", HERE / "../../../shared/assets"))
CACHE = HERE / "../../.cache"
SEED = 1
SAMPLES = 100
IMAGENET_MEAN = np.float32([0.485, 0.456, 0.406]).reshape(3, 1, 1)
IMAGENET_STD = np.float32([0.229, 0.224, 0.225]).reshape(3, 1, 1)


def cifar_records(data):
    """Records of one label byte and 3,072 bytes CHW."""
    rows = np.frombuffer(data, np.uint8).reshape(-1, 3073)
    return rows[:, 1:].reshape(-1, 3, 32, 32), rows[:, 0]


def cifar_train():
    folder = CACHE / "cifar10"
    if not folder.exists():
        subprocess.run(["node", ASSETS / "cifar10/unpack.mjs", folder], check=True)
    return cifar_records(b"".join((folder / f"data_batch_{i}.bin").read_bytes() for i in range(1, 6)))


def normalise_resnet20(pixels):
    return (pixels.astype(np.float32) / np.float32(255) - IMAGENET_MEAN) / IMAGENET_STD


def normalise_resnet8(pixels):
    return pixels.astype(np.float32)


def imagenet_pixels(path):
    """The centre crop of 224, CHW; the short side is 256 already."""
    image = np.asarray(Image.open(path).convert("RGB"))
    top, left = (image.shape[0] - 224) // 2, (image.shape[1] - 224) // 2
    return image[top : top + 224, left : left + 224].transpose(2, 0, 1)


def sample(rows):
    """SAMPLES of the row numbers given, seeded, ascending."""
    return np.sort(np.random.default_rng(SEED).choice(rows, SAMPLES, replace=False))


def save(folder, arrays):
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in arrays.items():
        np.save(folder / f"{name}.npy", values)
    print(json.dumps({"folder": folder.name, **{name: list(values.shape) for name, values in arrays.items()}}))


def dump_cifar(out):
    train, _ = cifar_train()
    test, labels = cifar_records(gzip.decompress((ASSETS / "cifar10/test_batch_first1000.bin.gz").read_bytes()))
    chosen = train[sample(len(train))]
    for name, normalise in (("resnet20", normalise_resnet20), ("resnet8", normalise_resnet8)):
        arrays = {"calibration": normalise(chosen), "eval": normalise(test), "labels": labels.astype(np.int32)}
        save(out / name, arrays)


def dump_imagenet(out):
    with open(ASSETS / "imagenet-sample/labels.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    pixels = np.stack([imagenet_pixels(ASSETS / "imagenet-sample/images" / row["file"]) for row in rows])
    images = pixels.astype(np.float32) / np.float32(127.5) - np.float32(1)
    numbers = np.arange(len(rows))
    arrays = {
        "calibration": images[sample(numbers)],
        "calibration-a": images[sample(numbers[0::2])],
        "calibration-b": images[sample(numbers[1::2])],
        "eval": images,
        "labels": np.int32([int(row["index"]) for row in rows]),
    }
    save(out / "mobilenet", arrays)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    dump_cifar(options.out)
    dump_imagenet(options.out)


if __name__ == "__main__":
    main()
