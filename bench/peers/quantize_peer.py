"""Quantizes one model the way a user of onnxruntime.quantization does: quant_pre_process, then quantize_static."""
import argparse
import contextlib
import json
import os
import resource
import sys
import tempfile
import time

started = time.perf_counter()

import onnx
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from arrays import load_array
from decode import DECODERS, decode

METHODS = {"minmax": CalibrationMethod.MinMax, "percentile": CalibrationMethod.Percentile, "entropy": CalibrationMethod.Entropy}


class BatchOneReader(CalibrationDataReader):
    def __init__(self, name, samples):
        self.feeds = ({name: sample} for sample in samples)

    def get_next(self):
        return next(self.feeds, None)


def preprocess(source, target):
    """Returns the note to print where symbolic shape inference failed and the pass was run without it."""
    try:
        quant_pre_process(source, target)
        return None
    except Exception as error:  # the tool raises bare Exception
        quant_pre_process(source, target, skip_symbolic_shape=True)
        return f"symbolic shape inference failed, skipped: {error}"


def depthwise_nodes(model):
    shapes = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    return [
        node.name
        for node in model.graph.node
        if node.op_type == "Conv" and shapes[node.input[1]][1] == 1 and shapes[node.input[1]][0] > 1
    ]


def batches_of_one(options):
    if options.arrays:
        samples = load_array(options.arrays)
        return (samples[i : i + 1] for i in range(len(samples)))
    return decode(options.decode, options.data, options.samples, options.seed)


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("out")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--arrays", help="folder of calibration samples: shape.json, data.f32")
    source.add_argument("--decode", choices=DECODERS, help="decode samples of --data in this process, as this model takes them")
    parser.add_argument("--data", help="folder of the original files, for --decode")
    parser.add_argument("--samples", type=int, default=100, help="how many, for --decode")
    parser.add_argument("--seed", type=int, default=0, help="which, for --decode")
    parser.add_argument("--method", choices=METHODS, default="minmax")
    parser.add_argument("--exclude-depthwise", action="store_true")
    parser.add_argument("--per-tensor", action="store_true", help="one scale a weight, not one a channel")
    return parser.parse_args()


def main():
    options = parse_options()
    # The histogram calibrators print progress to stdout, which is kept for the report.
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        prepared = os.path.join(folder, "prepared.onnx")
        note = preprocess(options.model, prepared)
        model = onnx.load(prepared)
        quantize_static(
            prepared,
            options.out,
            BatchOneReader(model.graph.input[0].name, batches_of_one(options)),
            quant_format=QuantFormat.QDQ,
            per_channel=not options.per_tensor,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=METHODS[options.method],
            nodes_to_exclude=depthwise_nodes(model) if options.exclude_depthwise else None,
        )

    report = {
        "seconds": round(time.perf_counter() - started, 3),
        "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        "bytes": os.path.getsize(options.out),
    }
    print(json.dumps(report | ({"note": note} if note else {})))


if __name__ == "__main__":
    main()
