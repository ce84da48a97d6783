"""Gradients of pare beside those of PyTorch: same network, weights and batch.

    python gradients.py FOLDER...

FOLDER holds model.onnx, manifest.json and numbered .f32 files, as bench/gradients/export-gradients.ts writes them. The network is
computed node by node in PyTorch, in float64 and in float32; autograd differentiates. Prints a line of JSON for each folder: errors
are against float64.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


def attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def spatial(a, rank):
    pads = a.get("pads", [0] * (2 * rank))
    begins, ends = pads[:rank], pads[rank:]
    padding = [n for pair in zip(reversed(begins), reversed(ends)) for n in pair]
    return padding, a.get("strides", [1] * rank), a.get("dilations", [1] * rank)


def conv(x, w, b=None, **a):
    rank = x.dim() - 2
    padding, strides, dilations = spatial(a, rank)
    function = {1: F.conv1d, 2: F.conv2d}[rank]
    return function(F.pad(x, padding), w, b, strides, 0, dilations, a.get("group", 1))


def max_pool(x, **a):
    padding, strides, dilations = spatial(a, 2)
    return F.max_pool2d(F.pad(x, padding, value=-math.inf), a["kernel_shape"], strides, 0, dilations)


def gemm(x, w, b=None, **a):
    x = x.T if a.get("transA") else x
    w = w.T if a.get("transB") else w
    y = a.get("alpha", 1.0) * (x @ w)
    return y if b is None else y + a.get("beta", 1.0) * b


def blocks(w, order):
    parts = w.chunk(len(order), 0)
    return torch.cat([parts[i] for i in order], 0)


def lstm(x, w, r, b, *_, **a):
    """ONNX orders gates i o f c, PyTorch i f g o."""
    order, hidden = [0, 2, 3, 1], r.shape[2]
    wb, rb = b[0].chunk(2)
    weights = [blocks(t, order) for t in (w[0], r[0], wb, rb)]
    zero = x.new_zeros(1, x.shape[1], hidden)
    y, h, c = torch._VF.lstm(x, (zero, zero), weights, True, 1, 0.0, True, False, False)
    return y.unsqueeze(1), h, c


def gru(x, w, r, b, *_, **a):
    """ONNX orders gates z r h, PyTorch r z n, which resets last."""
    assert a.get("linear_before_reset") == 1
    order, hidden = [1, 0, 2], r.shape[2]
    wb, rb = b[0].chunk(2)
    weights = [blocks(t, order) for t in (w[0], r[0], wb, rb)]
    zero = x.new_zeros(1, x.shape[1], hidden)
    y, h = torch._VF.gru(x, zero, weights, True, 1, 0.0, True, False, False)
    return y.unsqueeze(1), h


def reshape(x, shape, **_):
    lengths = [x.shape[i] if n == 0 else int(n) for i, n in enumerate(shape.tolist())]
    return x.reshape(lengths)


def axes_of(axes):
    return [int(n) for n in axes.tolist()]


def unsqueeze(x, axes, **_):
    for axis in sorted(n if n >= 0 else n + x.dim() + len(axes) for n in axes_of(axes)):
        x = x.unsqueeze(axis)
    return x


OPERATORS = {
    "Conv": conv,
    "BatchNormalization": lambda x, s, b, m, v, **a: F.batch_norm(x, None, None, s, b, True, 0.0, a.get("epsilon", 1e-5)),
    "Relu": lambda x: F.relu(x),
    "Clip": lambda x, low, high: torch.clamp(x, low, high),
    "Add": lambda x, y: x + y,
    "Sub": lambda x, y: x - y,
    "Mul": lambda x, y: x * y,
    "Div": lambda x, y: x / y,
    "Max": torch.maximum,
    "Greater": lambda x, y: x > y,
    "MatMul": torch.matmul,
    "Gemm": gemm,
    "MaxPool": max_pool,
    "GlobalAveragePool": lambda x: x.mean(tuple(range(2, x.dim())), keepdim=True),
    "GlobalMaxPool": lambda x: x.amax(tuple(range(2, x.dim())), keepdim=True),
    "Flatten": lambda x, axis=1: x.reshape(math.prod(x.shape[:axis]), -1),
    "Transpose": lambda x, perm: x.permute(*perm),
    "Squeeze": lambda x, axes: x.squeeze(tuple(axes_of(axes))),
    "Unsqueeze": unsqueeze,
    "Reshape": reshape,
    "Gather": lambda x, i, axis=0: F.embedding(i, x) if axis == 0 and i.dim() > 1 else x.index_select(axis, i.reshape(-1)).squeeze(axis),
    "Concat": lambda *x, axis: torch.cat(x, axis),
    "Softmax": lambda x, axis=-1: F.softmax(x, axis),
    "Gelu": lambda x, approximate=b"none": F.gelu(x, approximate=approximate.decode()),
    "LayerNormalization": lambda x, s, b=None, axis=-1, epsilon=1e-5, **_: F.layer_norm(x, x.shape[axis:], s, b, epsilon),
    "ReduceSum": lambda x, axes, keepdims=1: x.sum(axes_of(axes), keepdim=bool(keepdims)),
    "Dropout": lambda x, *_, **__: x,
    "LSTM": lstm,
    "GRU": gru,
}


def gradients(model, manifest, dtype):
    """The loss and its gradients by parameter."""
    graph = model.graph
    values = {}
    for tensor in graph.initializer:
        value = torch.from_numpy(numpy_helper.to_array(tensor).copy())
        values[tensor.name] = value.to(dtype) if value.is_floating_point() else value
    parameters = [file["name"] for file in manifest["files"][1:]]
    for name in parameters:
        values[name].requires_grad_(True)
    given = {key: tensor_of(data, dtype) for key, data in manifest["data"].items()}
    values[manifest["input"]] = given["input"]
    for node in graph.node:
        inputs = [values[name] if name else None for name in node.input]
        if node.op_type == "Cast":
            results = inputs[0].to(dtype)
        else:
            results = OPERATORS[node.op_type](*inputs, **attributes(node))
        results = results if isinstance(results, tuple) else (results,)
        values.update(zip(node.output, results))
    logits = values[graph.output[0].name]
    loss = F.cross_entropy(logits.reshape(-1, logits.shape[-1]), given["target"].reshape(-1))
    found = torch.autograd.grad(loss, [values[name] for name in parameters])
    return loss.item(), [g.double() for g in found]


def tensor_of(data, dtype):
    kind = torch.int64 if data["dtype"] == "int64" else dtype
    return torch.tensor(data["values"], dtype=kind).reshape(data["shape"])


def errors(found, true):
    """
    The largest error of an element by the largest element of its tensor, and the length of the whole error by that of the whole.
    Some gradients are 0 but for rounding (a bias in front of a normalization): elements count as at least 1e-4 of the largest of all.
    """
    least = 1e-4 * max(t.abs().max().item() for t in true)
    worst = max(((f - t).abs().max() / t.abs().max().clamp_min(least)).item() for f, t in zip(found, true))
    apart = math.sqrt(sum(((f - t) ** 2).sum().item() for f, t in zip(found, true)))
    return {"worst": worst, "whole": apart / math.sqrt(sum((t**2).sum().item() for t in true))}


def compare(folder):
    folder = Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    model = onnx.load(folder / "model.onnx")
    own = []
    for i, file in enumerate(manifest["files"]):
        data = np.fromfile(folder / f"{i}.f32", np.float32).astype(np.float64)
        own.append(torch.from_numpy(data).reshape(file["shape"]))
    loss, true = gradients(model, manifest, torch.float64)
    _, single = gradients(model, manifest, torch.float32)
    return {
        "name": manifest["name"],
        "parameters": len(true),
        "loss": {"pare": own[0].item(), "torch": loss},
        "pare": errors(own[1:], true),
        "torch": errors(single, true),
    }


if __name__ == "__main__":
    torch.manual_seed(0)
    for argument in sys.argv[1:]:
        print(json.dumps(compare(argument)), flush=True)
