"""Trains the strokes CNN and writes it as ONNX: python train.py TRAIN TEST OUT.onnx [EPOCHS]

TRAIN and TEST are prefixes written by export-strokes.ts.
"""

import sys
import time

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch.nn import functional as F

from network import StrokesCnn, to_onnx

BATCH = 128


def load(prefix):
    pixels = np.fromfile(f"{prefix}.pixels", np.uint8).reshape(-1, 1, 28, 28)
    return pixels.astype(np.float32) / 255, np.fromfile(f"{prefix}.labels", np.uint8).astype(np.int64)


def train(pixels, labels, epochs):
    module = StrokesCnn().to(memory_format=torch.channels_last)
    pixels, labels = torch.from_numpy(pixels), torch.from_numpy(labels)
    steps = epochs * (len(labels) // BATCH)
    optimizer = torch.optim.AdamW(module.parameters(), weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=6e-3, total_steps=steps, pct_start=0.25)
    started = time.time()
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.randperm(len(labels)).split(BATCH)[: len(labels) // BATCH]:
            logits = module(pixels[rows].to(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits, labels[rows], label_smoothing=0.03)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        mean = total / (len(labels) // BATCH)
        print(f"epoch {epoch + 1}/{epochs}: loss {mean:.4f}, {time.time() - started:.0f} s", flush=True)
    return module.eval()


def accuracy(path, pixels, labels):
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    chunks = [session.run(None, {"pixels": pixels[at : at + 500]})[0] for at in range(0, len(pixels), 500)]
    predicted = np.concatenate(chunks).argmax(1)
    for digit in range(10):
        wrong = np.bincount(predicted[(labels == digit) & (predicted != digit)], minlength=10)
        print(f"  {digit} taken for:", " ".join(f"{other}×{n}" for other, n in enumerate(wrong) if n))
    return (predicted == labels).mean()


def main():
    train_prefix, test_prefix, out = sys.argv[1:4]
    epochs = int(sys.argv[4]) if len(sys.argv) > 4 else 5
    torch.manual_seed(1)
    torch.set_num_threads(2)
    module = train(*load(train_prefix), epochs)
    onnx.save(to_onnx(module), out)
    pixels, labels = load(test_prefix)
    print(f"{out}: float32 accuracy {accuracy(out, pixels, labels):.4f} on {len(labels)} test images")


main()
