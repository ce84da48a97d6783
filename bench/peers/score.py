"""Judges several models on the same arrays in one process; the first model is the float original.

Prints JSON: for each model top-1 correct, agreement (same argmax as the original), bytes and latency. Latency: sessions
of 1 thread, batch 1; in each round every model runs in a new seeded order, one untimed run (to refill the caches) and
REPEATS timed ones whose median counts; `speedup` is the median over rounds of original / model, with a seeded 95 %
bootstrap interval; `versusPeer` is that of model / the model --peer names (below 1: faster than it).
"""
import argparse
import json
import os
import time

import numpy as np
import onnxruntime as ort

from arrays import load_array, load_labels

BOOTSTRAPS = 2000


def open_session(path):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    return ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def predict(session, samples):
    name = session.get_inputs()[0].name
    return np.array([session.run(None, {name: samples[i : i + 1]})[0].argmax() for i in range(len(samples))])


def timed_run(session, feed):
    started = time.perf_counter_ns()
    session.run(None, feed)
    return (time.perf_counter_ns() - started) / 1e6


def measure(sessions, sample, rounds, repeats):
    """Milliseconds, [round, model]."""
    rng = np.random.default_rng(1)
    feeds = [{session.get_inputs()[0].name: sample} for session in sessions]
    times = np.empty((rounds, len(sessions)))
    for row in times:
        for k in rng.permutation(len(sessions)):
            sessions[k].run(None, feeds[k])
            row[k] = np.median([timed_run(sessions[k], feeds[k]) for _ in range(repeats)])
    return times


def median_interval(values):
    picks = np.random.default_rng(1).integers(0, len(values), (BOOTSTRAPS, len(values)))
    low, high = np.percentile(np.median(values[picks], axis=1), [2.5, 97.5])
    return {"median": round(float(np.median(values)), 4), "low": round(float(low), 4), "high": round(float(high), 4)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="+")
    parser.add_argument("--arrays", required=True, help="folder: shape.json, data.f32, labels.json")
    parser.add_argument("--peer", type=int, help="place among the models of the one to compare latencies with")
    parser.add_argument("--rounds", type=int, default=100, help="0: no latency")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()

    samples, labels = load_array(options.arrays), load_labels(options.arrays)
    sessions = [open_session(path) for path in options.models]
    predictions = [predict(session, samples) for session in sessions]
    times = measure(sessions, np.array(samples[:1]), options.rounds, options.repeats) if options.rounds else None

    report = []
    for k, path in enumerate(options.models):
        entry = {
            "model": os.path.basename(path),
            "bytes": os.path.getsize(path),
            "samples": len(labels),
            "correct": int((predictions[k] == labels).sum()),
            "agree": int((predictions[k] == predictions[0]).sum()),
        }
        if times is not None:
            entry["latencyMs"] = round(float(np.median(times[:, k])), 4)
            entry["speedup"] = median_interval(times[:, 0] / times[:, k])
            if options.peer is not None:
                entry["versusPeer"] = median_interval(times[:, k] / times[:, options.peer])
        report.append(entry)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
