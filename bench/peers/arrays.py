"""Float32 arrays on disk: `X.npy`, or a folder with `shape.json` ({"shape": [...]}) and little-endian `data.f32`."""
import json
from pathlib import Path

import numpy as np


def load_array(path):
    path = Path(path)
    if path.is_dir():
        shape = json.loads((path / "shape.json").read_text())["shape"]
        return np.memmap(path / "data.f32", dtype="<f4", mode="r", shape=tuple(shape))
    return np.load(path, mmap_mode="r")


def find_array(folder, name):
    """The array called `name` in `folder`, in either form."""
    raw = Path(folder) / name
    return raw if raw.is_dir() else Path(folder) / f"{name}.npy"


def load_labels(path):
    """Class indices: `.npy`, or a JSON list."""
    path = Path(path)
    return np.load(path) if path.suffix == ".npy" else np.asarray(json.loads(path.read_text()))


def find_labels(folder):
    path = Path(folder) / "labels.json"
    return path if path.exists() else Path(folder) / "labels.npy"
