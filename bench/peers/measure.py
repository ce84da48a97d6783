"""Runs commands interleaved and prints what each cost as a whole process, start included.

stdin: {"runs": N, "commands": {name: [argument, ...]}}; stdout: {name: {"wallSeconds": [...], "cpuSeconds": [...], "peakBytes": ...}}. Every round
runs each command once, in a new seeded order. cpuSeconds: user and system time of all threads, which other load on the machine
disturbs less. peakBytes: the largest resident memory of a process over the runs.
"""
import json
import os
import random
import subprocess
import sys
import time


def measure(command):
    """(seconds, processor seconds, peak bytes) of one run; the end of the program with its message where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    message = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"{command} failed: {message}")
    return round(seconds, 3), round(usage.ru_utime + usage.ru_stime, 3), usage.ru_maxrss * 1024


def main():
    request = json.load(sys.stdin)
    costs = {name: [] for name in request["commands"]}
    rng = random.Random(1)
    for _ in range(request["runs"]):
        for name in rng.sample(sorted(costs), len(costs)):
            costs[name].append(measure(request["commands"][name]))
    report = {}
    for name, runs in costs.items():
        wall, cpu, peaks = zip(*runs)
        report[name] = {"wallSeconds": wall, "cpuSeconds": cpu, "peakBytes": max(peaks)}
    print(json.dumps(report))


if __name__ == "__main__":
    main()
