"""The small CNN for strokes: as a PyTorch module to train, and as an ONNX graph with BatchNormalization kept."""

import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F

WIDE, DEEP, CLASSES = 32, 48, 10
CONVS = [(1, WIDE), *[(WIDE, WIDE)] * 4, (WIDE, DEEP), (DEEP, DEEP)]


class StrokesCnn(nn.Module):
    """Two stages (28 × 28 × 32 and 14 × 14 × 48), three residual sums; average pool; one dense layer."""

    def __init__(self):
        super().__init__()
        for index, (inputs, outputs) in enumerate(CONVS, 1):
            setattr(self, f"conv{index}", nn.Conv2d(inputs, outputs, 3, padding=1, bias=False))
            setattr(self, f"bn{index}", nn.BatchNorm2d(outputs))
        self.dense = nn.Linear(DEEP, CLASSES)

    def block(self, index, x):
        return getattr(self, f"bn{index}")(getattr(self, f"conv{index}")(x))

    def forward(self, x):
        x = F.relu(self.block(1, x))
        x = F.relu(x + self.block(3, F.relu(self.block(2, x))))
        x = F.relu(x + self.block(5, F.relu(self.block(4, x))))
        x = F.max_pool2d(x, 2)
        x = F.relu(self.block(6, x))
        x = F.relu(x + self.block(7, x))
        return self.dense(x.mean((2, 3)))


def to_onnx(module):
    """The trained module as an ONNX model: opset 17, `pixels` [batch,1,28,28] → `logits` [batch,10]."""
    nodes, weights = [], []

    def weight(name, tensor):
        weights.append(numpy_helper.from_array(tensor.detach().contiguous().numpy(), name))
        return name

    def add(op, name, inputs, output=None, **attributes):
        output = output or f"{name}_out"
        nodes.append(helper.make_node(op, inputs, [output], name=name, **attributes))
        return output

    def block(index, x):
        conv, bn = getattr(module, f"conv{index}"), getattr(module, f"bn{index}")
        kernel = weight(f"conv{index}.weight", conv.weight)
        x = add("Conv", f"conv{index}", [x, kernel], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        statistics = ["weight", "bias", "running_mean", "running_var"]
        values = [weight(f"bn{index}.{part}", getattr(bn, part)) for part in statistics]
        return add("BatchNormalization", f"bn{index}", [x, *values], epsilon=bn.eps)

    x = add("Relu", "relu1", [block(1, "pixels")])
    y = add("Relu", "relu2", [block(2, x)])
    x = add("Relu", "relu3", [add("Add", "add3", [x, block(3, y)])])
    y = add("Relu", "relu4", [block(4, x)])
    x = add("Relu", "relu5", [add("Add", "add5", [x, block(5, y)])])
    x = add("MaxPool", "pool5", [x], kernel_shape=[2, 2], strides=[2, 2])
    x = add("Relu", "relu6", [block(6, x)])
    x = add("Relu", "relu7", [add("Add", "add7", [x, block(7, x)])])
    x = add("Flatten", "flatten", [add("GlobalAveragePool", "average", [x])])
    dense = [weight("dense.weight", module.dense.weight), weight("dense.bias", module.dense.bias)]
    add("Gemm", "dense", [x, *dense], output="logits", transB=1)

    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 1, 28, 28])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", CLASSES])
    graph = helper.make_graph(nodes, "strokes-cnn", [pixels], [logits], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="pare bench/strokes")
    model.ir_version = 8
    onnx.checker.check_model(model, full_check=True)
    return model
