#!/bin/sh
# Compares descriptors with the programs they come from, from nothing: makes a Python environment with them, computes
# reference values, and compares.
#
#   parity.sh STRUCTURES.smi [FORMULAS.csv COLUMN]
#
# STRUCTURES has one SMILES per line. Everything is written to `parity-out` (or $OUT). Mordred takes some 0.3 s a structure.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
structures=$1
out=${OUT:-parity-out}
mkdir -p "$out"
if [ ! -x "$out/venv/bin/python" ]; then
    python3 -m venv "$out/venv"
    "$out/venv/bin/pip" install --quiet "rdkit==2026.9.*" "mordredcommunity==2.0.7" "matminer==0.10.*"
fi
python="$out/venv/bin/python"
"$python" "$here/mordred_reference.py" "$structures" "$out/mordred.csv"
"$python" "$here/rdkit_reference.py" "$structures" "$out/rdkit.csv"
cargo run --release -p matdock-chem --example parity -- "$out/mordred.csv" mordred
cargo run --release -p matdock-chem --example parity -- "$out/rdkit.csv" rdkit
if [ $# -ge 3 ]; then
    cargo run --release -- describe "$2" -o "$out/magpie.csv" --set magpie --column "$3"
    "$python" "$here/../magpie.py" "$2" "$3" "$out/magpie.csv"
fi
