#!/bin/sh
# Makes a Python environment with the peers, in the folder given (default: .venv beside this file).
set -eu
here=$(dirname "$0")
environment=${1:-$here/.venv}
python3 -m venv "$environment"
"$environment/bin/pip" install --requirement "$here/requirements.txt"
