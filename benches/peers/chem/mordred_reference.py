"""Writes reference values of Mordred's two-dimensional descriptors.

python mordred_reference.py STRUCTURES.smi REFERENCE.csv [DIGITS]

STRUCTURES has one SMILES per line. A cell is empty where Mordred gives no finite number. Needs
`pip install "rdkit==2026.9.*" "mordredcommunity==2.0.7"`. Compare with
`cargo run --release -p matdock-chem --example parity -- REFERENCE.csv`.
"""

import csv
import math
import sys
import warnings

from mordred import Calculator, descriptors
from rdkit import Chem, RDLogger


def cell(value, digits):
    """A finite number as text, or nothing."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return ""
    if not math.isfinite(number):
        return ""
    return f"{number:.{digits}g}" if digits else repr(number)


def main():
    structures, reference = sys.argv[1:3]
    digits = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    RDLogger.DisableLog("rdApp.*")
    warnings.filterwarnings("ignore")
    calculator = Calculator(descriptors, ignore_3D=True)
    with open(structures) as lines, open(reference, "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["smiles", *map(str, calculator.descriptors)])
        for smiles in map(str.strip, lines):
            molecule = Chem.MolFromSmiles(smiles)
            if molecule is not None:
                writer.writerow([smiles, *(cell(value, digits) for value in calculator(molecule))])


if __name__ == "__main__":
    main()
