#!/bin/sh
# Makes the Python environment of the peer (onnxruntime.quantization) in .cache/peers-venv of the project.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
venv="$root/.cache/peers-venv"
python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$root/bench/peers/requirements.txt"
echo "$venv/bin/python"
