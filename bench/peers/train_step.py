"""Makes training steps of PyTorch as lines on stdin ask for them; bench/training/pare-steps.ts does the same with pare.

    train_step.py FOLDER [--channels-last | --double]

FOLDER holds request.json, and what pare wrote: parameters.json, parameters.f32, data.f32, labels.json. The nets are pare's
zoo nets, written with torch.nn.functional over parameters of pare's names. Each line on stdin, a number of steps, is answered by
one JSON line: milliseconds and loss of each. With --double everything is float64: what both sides' losses are judged by. Needs torch (CPU) and numpy.
"""
import json
import pathlib
import sys
import time

import numpy
import torch
import torch.nn.functional as F


class Parameters:
    """Parameters by pare's names, and running statistics made where a layer first needs them."""

    def __init__(self, folder, channels_last):
        flat = numpy.fromfile(folder / "parameters.f32", dtype=numpy.float32)
        self.values = {}
        for entry in json.loads((folder / "parameters.json").read_text()):
            part = flat[entry["offset"] : entry["offset"] + entry["length"]].reshape(entry["shape"])
            value = torch.from_numpy(part.copy()).to(torch.get_default_dtype())
            if channels_last and value.dim() == 4:
                value = value.contiguous(memory_format=torch.channels_last)
            self.values[entry["name"]] = torch.nn.Parameter(value)
        self.running = {}

    def __getitem__(self, name):
        return self.values[name]

    def conv(self, name, x, stride=1, padding=None, groups=1):
        weight = self[f"{name}.weight"]
        pad = tuple(n // 2 for n in weight.shape[2:]) if padding is None else padding
        return F.conv2d(x, weight, self.values.get(f"{name}.bias"), stride=stride, padding=pad, groups=groups)

    def norm(self, name, x):
        if name not in self.running:
            self.running[name] = (torch.zeros(x.shape[1]), torch.ones(x.shape[1]))
        mean, var = self.running[name]
        return F.batch_norm(x, mean, var, self[f"{name}.weight"], self[f"{name}.bias"], training=True, momentum=0.1)

    def linear(self, name, x):
        return F.linear(x, self[f"{name}.weight"], self[f"{name}.bias"])


def mlp(p, x, request):
    return p.linear("fc2", F.relu(p.linear("fc1", x.flatten(1))))


def lenet(p, x, request):
    x = F.max_pool2d(p.conv("conv1", x, padding=0), 2)
    x = F.max_pool2d(p.conv("conv2", x, padding=0), 2)
    return p.linear("fc2", F.relu(p.linear("fc1", x.flatten(1))))


def resnet(p, x, request):
    x = F.relu(p.norm("bn1", p.conv("conv1", x)))
    for stage in range(3):
        for index in range(3):
            name = f"layer{stage + 1}.{index}"
            stride = 2 if stage > 0 and index == 0 else 1
            y = F.relu(p.norm(f"{name}.bn1", p.conv(f"{name}.conv1", x, stride)))
            y = p.norm(f"{name}.bn2", p.conv(f"{name}.conv2", y))
            if stride == 2:
                x = p.norm(f"{name}.shortcut.bn", p.conv(f"{name}.shortcut", x, stride, 0))
            x = F.relu(y + x)
    return p.linear("fc", x.mean((2, 3)))


def ds_cnn(p, x, request):
    x = F.relu(p.norm("conv1.bn", p.conv("conv1", x, 2, (4, 1))))
    for i in range(1, 5):
        x = F.relu(p.norm(f"dw{i}.bn", p.conv(f"dw{i}", x, groups=x.shape[1])))
        x = F.relu(p.norm(f"pw{i}.bn", p.conv(f"pw{i}", x)))
    return p.linear("fc", x.mean((2, 3)))


def mobilenet(p, x, request):
    x = F.relu6(p.norm("conv1.bn", p.conv("conv1", x, 2)))
    for i, stride in enumerate([1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1], 1):
        x = F.relu6(p.norm(f"dw{i}.bn", p.conv(f"dw{i}", x, stride, groups=x.shape[1])))
        x = F.relu6(p.norm(f"pw{i}.bn", p.conv(f"pw{i}", x)))
    return p.linear("fc", x.mean((2, 3)))


class Lstm:
    """torch.nn.LSTM holding pare's parameters: gates in torch's order (i, f, g, o) instead of ONNX's (i, o, f, c)."""

    def __init__(self, p):
        hidden = p["lstm.recurrence"].shape[2]
        order = torch.cat([torch.arange(g * hidden, (g + 1) * hidden) for g in (0, 2, 3, 1)])
        self.layer = torch.nn.LSTM(p["lstm.weight"].shape[2], hidden)
        with torch.no_grad():
            self.layer.weight_ih_l0.copy_(p["lstm.weight"][0][order])
            self.layer.weight_hh_l0.copy_(p["lstm.recurrence"][0][order])
            first, second = p["lstm.bias"][0].chunk(2)
            self.layer.bias_ih_l0.copy_(first[order])
            self.layer.bias_hh_l0.copy_(second[order])
        for name in ("lstm.weight", "lstm.recurrence", "lstm.bias"):
            del p.values[name]
        for name, value in self.layer.named_parameters():
            p.values[name] = value

    def __call__(self, p, x, request):
        _, (last, _) = self.layer(x.transpose(0, 1))
        return p.linear("fc", last[0])


NETS = {
    "mlp-784-128-10": mlp,
    "lenet-5-caffe": lenet,
    "resnet-20": resnet,
    "ds-cnn": ds_cnn,
    "mobilenet-v1": mobilenet,
}


def main():
    folder = pathlib.Path(sys.argv[1])
    channels_last = "--channels-last" in sys.argv
    request = json.loads((folder / "request.json").read_text())
    torch.set_num_threads(request["threads"])
    if "--double" in sys.argv:
        torch.set_default_dtype(torch.float64)
    parameters = Parameters(folder, channels_last)
    net = Lstm(parameters) if request["zoo"] == "lstm" else NETS[request["zoo"]]
    optimizer = torch.optim.SGD(list(parameters.values.values()), request["rate"], momentum=request["momentum"])
    shape = (request["batches"], request["batch"], *request["shape"])
    data = torch.from_numpy(numpy.fromfile(folder / "data.f32", dtype=numpy.float32).reshape(shape))
    data = data.to(torch.get_default_dtype())
    labels = torch.tensor(json.loads((folder / "labels.json").read_text())).reshape(shape[:2])
    clock = time.process_time if request["countsProcessor"] else time.perf_counter
    made = 0

    def step():
        nonlocal made
        at = made % request["batches"]
        made += 1
        started = clock()
        x = data[at]
        if channels_last and x.dim() == 4:
            x = x.contiguous(memory_format=torch.channels_last)
        optimizer.zero_grad()
        loss = F.cross_entropy(net(parameters, x, request), labels[at])
        loss.backward()
        optimizer.step()
        value = loss.item()
        return (clock() - started) * 1000, value

    print("ready", flush=True)
    for line in sys.stdin:
        steps = [step() for _ in range(int(line))]
        print(json.dumps({"ms": [ms for ms, _ in steps], "losses": [loss for _, loss in steps]}), flush=True)


if __name__ == "__main__":
    main()
