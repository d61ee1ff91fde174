"""Writes reference values of RDKit's two-dimensional descriptors.

python rdkit_reference.py STRUCTURES.smi REFERENCE.csv [DIGITS]

STRUCTURES has one SMILES per line. A cell is empty where RDKit gives no finite number. Needs
`pip install "rdkit==2026.9.*"`. Compare with
`cargo run --release -p matdock-chem --example parity -- REFERENCE.csv rdkit`.
"""

import csv
import math
import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import Descriptors


def cell(molecule, function, digits):
    """A finite number as text, or nothing."""
    try:
        number = float(function(molecule))
    except (ValueError, ZeroDivisionError, RuntimeError):
        return ""
    if not math.isfinite(number):
        return ""
    return f"{number:.{digits}g}" if digits else repr(number)


def main():
    structures, reference = sys.argv[1:3]
    digits = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    RDLogger.DisableLog("rdApp.*")
    with open(structures) as lines, open(reference, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["smiles", *(name for name, _ in Descriptors.descList)])
        for smiles in map(str.strip, lines):
            molecule = Chem.MolFromSmiles(smiles)
            if molecule is not None:
                writer.writerow([smiles, *(cell(molecule, function, digits) for _, function in Descriptors.descList)])


if __name__ == "__main__":
    main()
