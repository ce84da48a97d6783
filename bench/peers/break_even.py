"""Speed of integer layers on activations quantized as they come, against float ones, alone in a model: where it pays.

Prints float time / integer time (medians of interleaved runs, one thread; some 5 µs of every run are the call itself)
for MatMul + Add by rows, depth and columns, for stacks of matrices, and for LSTM by steps, batch and hidden size.
The facts `dynamic` of src/targets/ort-cpu.ts are read off these tables.
"""
import time

import numpy as np
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper

SECONDS = 0.12
random = np.random.default_rng(0)


def normal(*shape, scale=1.0):
    return (random.normal(size=shape) * scale).astype(np.float32)


def coded(weight, axis):
    """int8 codes and scales, one a slice along `axis`."""
    scales = np.abs(weight).max(axis=axis, keepdims=True) / 127
    return np.rint(weight / scales).astype(np.int8), scales.astype(np.float32)


def session(nodes, shape, constants):
    graph = helper.make_graph(
        nodes,
        "layer",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(values, name) for name, values in constants.items()],
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("com.microsoft", 1)]
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def products(rows, depth, columns, stack=()):
    weight, bias = normal(*stack, depth, columns), normal(columns)
    codes, scales = coded(weight, axis=-2)
    shape = [*stack, rows, depth]
    node = helper.make_node
    in_float = [node("MatMul", ["x", "w"], ["p"]), node("Add", ["p", "b"], ["y"])]
    in_integers = [
        node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        node("MatMulInteger", ["q", "w", "z"], ["sums"]),
        node("Cast", ["sums"], ["float"], to=TensorProto.FLOAT),
        node("Mul", ["s", "scales"], ["scale"]),
        node("Mul", ["float", "scale"], ["p"]),
        node("Add", ["p", "b"], ["y"]),
    ]
    scales = scales if stack else scales[0]
    pair = [
        session(in_float, shape, {"w": weight, "b": bias}),
        session(in_integers, shape, {"w": codes, "scales": scales, "b": bias}),
    ]
    return speedup(pair, normal(*shape))


def lstms(steps, batch, hidden):
    w, r = (normal(1, 4 * hidden, hidden, scale=hidden**-0.5) for _ in range(2))
    shape = [steps, batch, hidden]
    (wq, ws), (rq, rs) = (coded(weight, axis=2) for weight in (w, r))
    in_float = helper.make_node("LSTM", ["x", "w", "r"], ["y"], hidden_size=hidden)
    inputs = ["x", "w", "r", "", "", "", "", "", "ws", "z", "rs", "z"]
    in_integers = helper.make_node("DynamicQuantizeLSTM", inputs, ["y"], domain="com.microsoft", hidden_size=hidden)
    turned = {"w": wq.transpose(0, 2, 1).copy(), "r": rq.transpose(0, 2, 1).copy()}
    scales = {"ws": ws[..., 0], "rs": rs[..., 0], "z": np.zeros((1, 4 * hidden), np.int8)}
    pair = [session([in_float], shape, {"w": w, "r": r}), session([in_integers], shape, turned | scales)]
    return speedup(pair, normal(*shape))


def speedup(pair, x):
    times = [[], []]
    started = time.perf_counter()
    while time.perf_counter() - started < SECONDS or len(times[0]) < 15:
        for one, its_times in zip(pair, times):
            before = time.perf_counter()
            one.run(None, {"x": x})
            its_times.append(time.perf_counter() - before)
    return np.median(times[0]) / np.median(times[1])


def main():
    columns = (4, 16, 64, 256, 1024)
    print("MatMul           columns:", *columns)
    for rows in (1, 8, 64, 256):
        for depth in (16, 64, 128, 256, 512, 1024):
            row = (products(rows, depth, n) for n in columns)
            print(f"rows {rows:4} depth {depth:5}       ", *(f"{x:.2f}" for x in row), flush=True)
    for rows, depth in ((1, 256), (16, 64), (64, 64), (128, 256)):
        print(f"stack of 4, rows {rows}, {depth} x {depth}: {products(rows, depth, depth, (4,)):.2f}")
    sizes = (16, 32, 64, 128, 256)
    print("LSTM              hidden:", *sizes)
    for steps in (1, 16, 100):
        for batch in (1, 8):
            row = (lstms(steps, batch, hidden) for hidden in sizes)
            print(f"steps {steps:3} batch {batch}         ", *(f"{x:.2f}" for x in row), flush=True)


if __name__ == "__main__":
    main()
