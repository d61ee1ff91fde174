"""Writes reference values of the synthetic-accessibility score.

python synthesis_reference.py STRUCTURES.smi FRAGMENTS.bin REFERENCE.csv

STRUCTURES has one SMILES per line. Columns: `smiles`, `rdkit` (RDKit's Contrib/SA_Score with all its fragments) and `packed`
(the same with the fragments of FRAGMENTS.bin, which `crates/chem/data/make_synthesis.py` describes). Needs
`pip install "rdkit==2026.9.*"`. Compare with
`cargo run --release -p matdock-chem --example synthesis -- REFERENCE.csv`.
"""

import csv
import os
import struct
import sys

from rdkit import Chem, RDConfig, RDLogger

sys.path.append(os.path.join(RDConfig.RDContribDir, "SA_Score"))
import sascorer


def unpacked(path):
    with open(path, "rb") as file:
        data = file.read()
    (groups,) = struct.unpack_from("<H", data)
    start = 2 + 7 * groups
    scores = {}
    for group in range(groups):
        mean, count, width = struct.unpack_from("<hIB", data, 2 + 7 * group)
        bits = "".join(f"{byte:08b}" for byte in data[start : start + 4 * count + 64])
        at = code = 0
        for _ in range(count):
            zero = bits.index("0", at)
            code += ((zero - at) << width) + int(bits[zero + 1 : zero + 1 + width] or "0", 2)
            at = zero + 1 + width
            scores[code] = mean / 1000
        start += -(-at // 8)
    return scores


def main():
    structures, fragments, reference = sys.argv[1:4]
    RDLogger.DisableLog("rdApp.*")
    sascorer.readFragmentScores()
    tables = [sascorer._fscores, unpacked(fragments)]
    with open(structures, encoding="utf-8") as lines, open(reference, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["smiles", "rdkit", "packed"])
        for smiles in map(str.strip, lines):
            molecule = Chem.MolFromSmiles(smiles)
            if molecule is None or not molecule.GetNumAtoms():
                continue
            scores = []
            for sascorer._fscores in tables:
                scores.append(f"{sascorer.calculateScore(molecule):.9g}")
            writer.writerow([smiles, *scores])


if __name__ == "__main__":
    main()
