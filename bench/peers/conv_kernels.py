"""Which convolutions ONNX Runtime computes in integers: counts read off the graph it has optimized for this machine.

Prints JSON per model: {"depthwise": {"integer": n, "float": n}, "other": {...}}; depthwise: more than one group.
"""
import argparse
import json
import os
import tempfile

import onnx
import onnxruntime as ort


def optimized(path):
    with tempfile.TemporaryDirectory() as folder:
        options = ort.SessionOptions()
        options.log_severity_level = 3  # the warning that such a file is for this machine only
        options.optimized_model_filepath = os.path.join(folder, "optimized.onnx")
        ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        return onnx.load(options.optimized_model_filepath)


def kernels(path):
    counts = {kind: {"integer": 0, "float": 0} for kind in ("depthwise", "other")}
    for node in optimized(path).graph.node:
        if not node.op_type.endswith("Conv"):  # Conv, FusedConv, QLinearConv
            continue
        groups = next((attribute.i for attribute in node.attribute if attribute.name == "group"), 1)
        arithmetic = "integer" if node.op_type == "QLinearConv" else "float"
        counts["depthwise" if groups > 1 else "other"][arithmetic] += 1
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    print(json.dumps([kernels(path) for path in parser.parse_args().models]))


if __name__ == "__main__":
    main()
