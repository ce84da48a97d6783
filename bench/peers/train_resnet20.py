"""Trains ResNet-20 on CIFAR-10 with PyTorch as `node bench/training.mjs resnet-20` does with pare: same net, recipe and epochs.

    train_resnet20.py CIFAR_FOLDER TEST_FILE [--epochs N] [--channels-last] [--seed N] [--threads N] [--checkpoint FILE] [--samples N]

CIFAR_FOLDER holds data_batch_1.bin … data_batch_5.bin (`node bench/data/prepare.mjs`), TEST_FILE test images in the same format,
perhaps gzipped. Prints a line of JSON an epoch, and at the end accuracy on the test images and seconds of training. A run with a checkpoint
goes on behind the last epoch it has. Needs torch (CPU) and numpy.
"""
import argparse
import gzip
import json
import pathlib
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

BATCH, RATE, MOMENTUM, DECAY, PAD = 64, 0.1, 0.9, 5e-4, 4


class Block(nn.Module):
    def __init__(self, before, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        is_same = before == width and stride == 1
        shortcut = nn.Sequential(nn.Conv2d(before, width, 1, stride, bias=False), nn.BatchNorm2d(width))
        self.shortcut = nn.Identity() if is_same else shortcut

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


def resnet20():
    layers, before = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for stage, width in enumerate((16, 32, 64)):
        for index in range(3):
            layers.append(Block(before, width, 2 if stage > 0 and index == 0 else 1))
            before = width
    net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    for module in net.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    return net


def read(path):
    data = pathlib.Path(path).read_bytes()
    rows = numpy.frombuffer(gzip.decompress(data) if str(path).endswith(".gz") else data, numpy.uint8).reshape(-1, 3073)
    images = torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()).float()
    return images, torch.from_numpy(rows[:, 0].astype(numpy.int64))


def augmented(images):
    """Flips and cuts of an image with a border, drawn for each image."""
    count = len(images)
    flips = torch.rand(count) < 0.5
    images = torch.where(flips[:, None, None, None], images.flip(3), images)
    padded = F.pad(images, (PAD,) * 4)
    rows = torch.randint(2 * PAD + 1, (count, 1)) + torch.arange(32)
    columns = torch.randint(2 * PAD + 1, (count, 1)) + torch.arange(32)
    at = torch.arange(count)[:, None, None]
    return padded.permute(0, 2, 3, 1)[at, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2).contiguous()


def save(path, parts, epoch, seconds):
    state = {name: part.state_dict() for name, part in parts.items()}
    part_file = path.with_suffix(".part")
    torch.save({**state, "random": torch.get_rng_state(), "epoch": epoch, "seconds": seconds}, part_file)
    part_file.replace(path)


def restored(path, parts):
    """Epochs done and seconds they took, after the parts have taken their states."""
    if path is None or not path.exists():
        return 0, 0.0
    state = torch.load(path)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    torch.set_rng_state(state["random"])
    return state["epoch"], state["seconds"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("test")
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--checkpoint", type=pathlib.Path)
    # As many samples as pare trains on, which keeps 2 % aside.
    parser.add_argument("--samples", type=int, default=49000)
    arguments = parser.parse_args()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    layout = torch.channels_last if arguments.channels_last else torch.contiguous_format
    files = [read(path) for path in sorted(pathlib.Path(arguments.folder).glob("data_batch_*.bin"))]
    images, labels = torch.cat([x for x, _ in files]), torch.cat([y for _, y in files])
    images, labels = images[: arguments.samples], labels[: arguments.samples]
    mean, deviation = images.mean((0, 2, 3), keepdim=True), images.std((0, 2, 3), keepdim=True)
    images = (images - mean) / deviation
    net = resnet20().to(memory_format=layout)
    matrices = [p for p in net.parameters() if p.dim() > 1]
    vectors = [p for p in net.parameters() if p.dim() <= 1]
    groups = [{"params": matrices, "weight_decay": DECAY}, {"params": vectors, "weight_decay": 0}]
    optimizer = torch.optim.SGD(groups, RATE, momentum=MOMENTUM, nesterov=True)
    per_epoch = len(images) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, arguments.epochs * per_epoch, pct_start=0.3, anneal_strategy="cos", cycle_momentum=False
    )
    parts = {"net": net, "optimizer": optimizer, "schedule": schedule}
    done, before = restored(arguments.checkpoint, parts)
    started = time.perf_counter() - before
    for epoch in range(done + 1, arguments.epochs + 1):
        net.train()
        total = 0.0
        order = torch.randperm(len(images))
        for i in range(per_epoch):
            chosen = order[i * BATCH : (i + 1) * BATCH]
            x = augmented(images[chosen]).contiguous(memory_format=layout)
            optimizer.zero_grad()
            loss = F.cross_entropy(net(x), labels[chosen])
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        line = {"epoch": epoch, "loss": total / per_epoch, "seconds": time.perf_counter() - started}
        print(json.dumps(line), flush=True)
        if arguments.checkpoint:
            save(arguments.checkpoint, parts, epoch, time.perf_counter() - started)
    seconds = time.perf_counter() - started
    net.eval()
    tested, truth = read(arguments.test)
    with torch.no_grad():
        right = (net((tested - mean) / deviation).argmax(1) == truth).float().mean().item()
    print(json.dumps({"top1": right, "seconds": seconds, "epochs": arguments.epochs}), flush=True)


if __name__ == "__main__":
    main()
