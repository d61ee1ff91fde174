"""Writes `synthesis_fragments.bin`, the fragment contributions of the synthetic-accessibility score.

python make_synthesis.py OUT SMALL [LARGEST]

The source is `fpscores.pkl.gz` of RDKit's Contrib/SA_Score (Novartis Institutes for BioMedical Research, BSD 3-Clause,
named in NOTICE): contributions of 705,292 circular fragments of radius 2, counted in a million structures of PubChem.
Taken are those in structures of at most 12 heavy atoms of SMALL (one SMILES per line; AqSolDB, CC0), of which one rare fragment
may be a third, and then as many of the most frequent as LARGEST bytes hold; all others count as not known, as in the score.

Contributions are grouped to tenths, each group with its mean. The file has, all integers little-endian: the number of
groups (u16); of each group its mean in thousandths (i16), the number of fragments (u32) and a width w (u8); then of each
group, beginning at a whole byte, the steps between its ascending fragment codes in Rice's code: as many ones as the step
divided by 2^w has in whole, a zero, and the rest in w bits, the highest bit first.
"""

import gzip
import math
import os
import pickle
import struct
import sys

from rdkit import Chem, RDConfig, RDLogger
from rdkit.Chem import rdFingerprintGenerator

SMALL = 12


def rice(codes, width):
    bits = []
    last = 0
    for code in codes:
        step = code - last
        last = code
        bits.append("1" * (step >> width) + "0" + format(step & ((1 << width) - 1), f"0{width}b"))
    text = "".join(bits)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def packed(scores):
    groups = {}
    for code, score in scores:
        groups.setdefault(round(10 * score), []).append((code, score))
    head = struct.pack("<H", len(groups))
    body = b""
    for _, members in sorted(groups.items()):
        codes = sorted(code for code, _ in members)
        mean = sum(score for _, score in members) / len(members)
        width = max(0, math.floor(math.log2(codes[-1] / len(codes) * math.log(2))))
        width = min((width, width + 1), key=lambda w: len(rice(codes, w)))
        head += struct.pack("<hIB", round(1000 * mean), len(codes), width)
        body += rice(codes, width)
    return head + body


def of_small(path):
    RDLogger.DisableLog("rdApp.*")
    morgan = rdFingerprintGenerator.GetMorganGenerator(radius=2)
    codes = set()
    with open(path, encoding="utf-8") as lines:
        for molecule in map(Chem.MolFromSmiles, map(str.strip, lines)):
            if molecule is not None and 0 < molecule.GetNumHeavyAtoms() <= SMALL:
                codes.update(morgan.GetSparseCountFingerprint(molecule).GetNonzeroElements())
    return codes


def main():
    out, small, largest = sys.argv[1], of_small(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 299_000
    with gzip.open(os.path.join(RDConfig.RDContribDir, "SA_Score", "fpscores.pkl.gz")) as source:
        rows = pickle.load(source)
    scores = sorted(((code, row[0]) for row in rows for code in row[1:]), key=lambda item: (item[0] not in small, -item[1], item[0]))
    few, many = 0, len(scores)
    while many - few > 100:
        middle = (few + many) // 2
        few, many = (middle, many) if len(packed(scores[:middle])) <= largest else (few, middle)
    with open(out, "wb") as file:
        file.write(packed(scores[:few]))
    print(f"{few} of {len(scores)} fragments, contributions down to {scores[few - 1][1]:.3f}")


if __name__ == "__main__":
    main()
