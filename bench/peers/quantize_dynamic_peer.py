"""Quantizes one model the way a user of onnxruntime.quantization does without data: quantize_dynamic, int8 weights."""
import argparse
import json
import os
import time

started = time.perf_counter()

from onnxruntime.quantization import QuantType, quantize_dynamic


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("out")
    parser.add_argument("--per-channel", action="store_true", help="one scale a channel; its default is one a weight")
    options = parser.parse_args()
    quantize_dynamic(options.model, options.out, per_channel=options.per_channel, weight_type=QuantType.QInt8)
    print(json.dumps({"seconds": round(time.perf_counter() - started, 3), "bytes": os.path.getsize(options.out)}))


if __name__ == "__main__":
    main()
