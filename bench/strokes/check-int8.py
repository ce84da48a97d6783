"""What int8 is worth on a model, by ONNX Runtime's own quantizer: python check-int8.py MODEL.onnx TRAIN TEST"""

import os
import sys
import time

import numpy as np
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process


class Samples(CalibrationDataReader):
    def __init__(self, pixels):
        self.batches = iter([{"pixels": pixels[at : at + 50]} for at in range(0, len(pixels), 50)])

    def get_next(self):
        return next(self.batches, None)


def open_session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def load(prefix):
    pixels = np.fromfile(f"{prefix}.pixels", np.uint8).reshape(-1, 1, 28, 28)
    return pixels.astype(np.float32) / 255, np.fromfile(f"{prefix}.labels", np.uint8)


def latencies(sessions, pixels, rounds=40, runs=25):
    """Seconds a run at batch 1, one row a round; the sessions take turns so that a busy machine hurts both alike."""
    times = np.zeros((rounds, len(sessions)))
    for row in times:
        for column, session in enumerate(sessions):
            started = time.perf_counter()
            for run in range(runs):
                session.run(None, {"pixels": pixels[run : run + 1]})
            row[column] = (time.perf_counter() - started) / runs
    return times


def main():
    model, train, test = sys.argv[1:4]
    prepared, quantized = "/tmp/strokes-prepared.onnx", "/tmp/strokes-int8.onnx"
    quant_pre_process(model, prepared)
    quantize_static(
        prepared, quantized, Samples(load(train)[0][:200]), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
    )
    sessions = [open_session(model), open_session(quantized)]
    pixels, labels = load(test)
    times = 1000 * latencies(sessions, pixels)
    for name, path, session, column in zip(["float32", "int8"], [model, quantized], sessions, times.T):
        right = [session.run(None, {"pixels": pixels[at : at + 500]})[0].argmax(1) for at in range(0, len(pixels), 500)]
        top1 = (np.concatenate(right) == labels).mean()
        print(f"{name}: {os.path.getsize(path)} B, median {np.median(column):.3f} ms, "
              f"best {column.min():.3f} ms, accuracy {top1:.4f}")
    print(f"speed-up: median {np.median(times[:, 0] / times[:, 1]):.2f}")


main()
