"""Writes seeded nets for the bench of dynamic quantization: a transformer encoder, and an LSTM over words."""
import argparse
import os

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save

OPSET = 17


class Net:
    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.nodes, self.weights, self.count = [], [], 0

    def constant(self, values, dtype=np.float32):
        self.count += 1
        name = f"w{self.count}"
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def normal(self, *shape, scale):
        return self.constant(self.random.normal(size=shape) * scale)

    def node(self, op, inputs, **attributes):
        self.count += 1
        name = f"{op.lower()}{self.count}"
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def dense(self, x, inputs, outputs):
        product = self.node("MatMul", [x, self.normal(inputs, outputs, scale=inputs**-0.5)])
        return self.node("Add", [product, self.normal(outputs, scale=0.05)])

    def norm(self, x, width):
        scale = self.constant(1 + self.random.normal(size=width) * 0.2)
        return self.node("LayerNormalization", [x, scale, self.normal(width, scale=0.1)])

    def write(self, path, output, length):
        graph = helper.make_graph(
            self.nodes,
            "net",
            [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, length])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            self.weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        save(model, path)


def encoder(path, width=256, layers=4, heads=4, length=128, words=4000):
    net = Net(1)
    x = net.node("Gather", [net.normal(words, width, scale=1), "ids"])
    x = net.node("Add", [x, net.normal(length, width, scale=0.3)])
    split = net.constant([1, length, heads, width // heads], np.int64)
    joined = net.constant([1, length, width], np.int64)
    for _ in range(layers):
        h = net.norm(x, width)
        q, k, v = (net.node("Reshape", [net.dense(h, width, width), split]) for _ in range(3))
        q, v = (net.node("Transpose", [t], perm=[0, 2, 1, 3]) for t in (q, v))
        k = net.node("Transpose", [k], perm=[0, 2, 3, 1])
        scores = net.node("Mul", [net.node("MatMul", [q, k]), net.constant((width // heads) ** -0.5)])
        mixed = net.node("MatMul", [net.node("Softmax", [scores], axis=-1), v])
        mixed = net.node("Reshape", [net.node("Transpose", [mixed], perm=[0, 2, 1, 3]), joined])
        x = net.node("Add", [x, net.dense(mixed, width, width)])
        h = net.dense(net.norm(x, width), width, 4 * width)
        h = net.node("Mul", [h, net.node("Sigmoid", [h])])
        x = net.node("Add", [x, net.dense(h, 4 * width, width)])
    pooled = net.node("ReduceMean", [net.norm(x, width)], axes=[1], keepdims=0)
    net.write(path, net.dense(pooled, width, 64), length)


def text_lstm(path, width=128, hidden=128, length=64, words=8000):
    net = Net(2)
    x = net.node("Gather", [net.normal(words, width, scale=1), "ids"])
    x = net.node("Transpose", [x], perm=[1, 0, 2])
    for inputs in (width, 2 * hidden):
        weights = [
            net.normal(2, 4 * hidden, inputs, scale=inputs**-0.5),
            net.normal(2, 4 * hidden, hidden, scale=hidden**-0.5),
            net.normal(2, 8 * hidden, scale=0.1),
        ]
        y = net.node("LSTM", [x, *weights], hidden_size=hidden, direction="bidirectional")
        y = net.node("Transpose", [y], perm=[0, 2, 1, 3])
        x = net.node("Reshape", [y, net.constant([length, 1, 2 * hidden], np.int64)])
    last = net.node("ReduceMax", [x], axes=[0], keepdims=0)
    net.write(path, net.dense(last, 2 * hidden, 2), length)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    folder = parser.parse_args().folder
    encoder(os.path.join(folder, "encoder.onnx"))
    text_lstm(os.path.join(folder, "text-lstm.onnx"))


if __name__ == "__main__":
    main()
