"""Runs the peer on every model and writes bench/results/peers-baseline.json.

Each quantization is a process of its own (wallSeconds: the whole process, Python start included; the quickest of three). All variants of one
model are timed interleaved. mobilenet is also cross-fitted: calibrated on half A and scored on half B, and the reverse;
`correct` and `agree` are the sums over both.
"""
import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from arrays import find_array, find_labels
from dump_arrays import ASSETS, CACHE, HERE

RESULT = HERE / "../results/peers-baseline.json"
MODELS = {"resnet20": "resnet20-cifar10", "resnet8": "resnet8-cifar10", "mobilenet": "mobilenet-v1-0.25-imagenet"}
REPEATS = 3
VARIANTS = {
    "minmax": ["--method", "minmax"],
    "percentile": ["--method", "percentile"],
    "minmax-depthwise-float": ["--method", "minmax", "--exclude-depthwise"],
}


def run(script, *arguments):
    """The JSON a script prints, and the seconds the whole process took."""
    started = time.perf_counter()
    done = subprocess.run([sys.executable, HERE / script, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout), round(time.perf_counter() - started, 3)


def quantize(model, out, calibration, flags, repeats=1):
    """The quickest of `repeats` runs: other load on the machine only ever adds time."""
    runs = [run("quantize_peer.py", model, out, "--arrays", calibration, *flags) for _ in range(repeats)]
    report, wall = min(runs, key=lambda pair: pair[1])
    return report | {"wallSeconds": wall}


def score(models, folder, *flags):
    report, _ = run("score.py", *models, "--arrays", find_array(folder, "eval"), "--labels", find_labels(folder), *flags)
    return report["models"]


def cross_fit(model, folder, out, flags):
    sums = {"correct": 0, "agree": 0, "samples": 0}
    for calibrated, scored in (("a", "b"), ("b", "a")):
        quantize(model, out, find_array(folder, f"calibration-{calibrated}"), flags)
        judged = score([model, out], folder, "--half", scored, "--rounds", 0)[1]
        sums = {key: sums[key] + judged[key] for key in sums}
    return sums


def measure(name, arrays, scratch):
    model, folder = ASSETS / f"onnx/{MODELS[name]}.onnx", arrays / name
    variants = {key: flags for key, flags in VARIANTS.items() if name == "mobilenet" or "float" not in key}
    outs = {key: scratch / f"{name}.{key}.onnx" for key in variants}
    made = {key: quantize(model, outs[key], find_array(folder, "calibration"), flags, REPEATS) for key, flags in variants.items()}
    original, *judged = score([model, *outs.values()], folder)
    report = {"fp32": original}
    for key, entry in zip(variants, judged):
        report[key] = {**entry, "quantize": made[key]}
        if name == "mobilenet":
            report[key]["crossFitted"] = cross_fit(model, folder, scratch / "half.onnx", variants[key])
    return report


def machine():
    facts = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        facts.setdefault(key.strip(), value.strip())
    return {
        "cpu": f"{facts['model name']}, family {facts['cpu family']} model {facts['model']}",
        "avx512Vnni": "avx512_vnni" in facts["flags"].split(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{package: importlib.metadata.version(package) for package in ("onnxruntime", "onnx", "numpy")},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arrays-from", type=Path, help="folder of arrays made elsewhere; default: made by dump_arrays.py")
    options = parser.parse_args()
    arrays = options.arrays_from or CACHE / "peer-arrays"
    if not arrays.exists():
        subprocess.run([sys.executable, HERE / "dump_arrays.py", arrays], check=True)
    with tempfile.TemporaryDirectory() as scratch:
        results = {name: measure(name, arrays, Path(scratch)) for name in MODELS}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps({"machine": machine(), "models": results}, indent=2) + "\n")


if __name__ == "__main__":
    main()
