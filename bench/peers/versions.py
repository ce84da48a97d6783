"""Prints the versions of Python and of the peer's packages as JSON."""
import importlib.metadata
import json
import platform

PACKAGES = ("onnxruntime", "onnx", "numpy", "pillow")
print(json.dumps({"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in PACKAGES}}))
