"""Float32 arrays on disk: a folder with `shape.json` ({"shape": [...]}), little-endian `data.f32`, and maybe `labels.json`."""
import json
from pathlib import Path

import numpy as np


def load_array(folder):
    shape = json.loads((Path(folder) / "shape.json").read_text())["shape"]
    return np.memmap(Path(folder) / "data.f32", dtype="<f4", mode="r", shape=tuple(shape))


def load_labels(folder):
    """Class indices, one a sample."""
    return np.asarray(json.loads((Path(folder) / "labels.json").read_text()))
