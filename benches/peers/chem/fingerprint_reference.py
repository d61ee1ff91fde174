"""Writes reference values of RDKit's canonical SMILES and fingerprints.

python fingerprint_reference.py STRUCTURES.smi REFERENCE.csv

STRUCTURES has one SMILES per line. For every fingerprint there is a column with the number of bits set and a digest of
their places, and one with a digest of the counts, as in `45:8c3f…`; the digest is FNV-1a, 64 bits, of the places, or
of `place:count`, joined by blanks. Needs `pip install "rdkit==2026.9.*"`.
"""

import csv
import sys

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import rdFingerprintGenerator, rdMolDescriptors

SIZE = 2048


def fnv(text):
    digest = 0xCBF29CE484222325
    for byte in text.encode():
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return f"{digest:016x}"


def cells(bits, counts):
    counts = " ".join(f"{place}:{count}" for place, count in sorted(counts.items()))
    return [f"{len(bits)}:{fnv(' '.join(map(str, bits)))}", fnv(counts)]


def main():
    structures, reference = sys.argv[1:3]
    RDLogger.DisableLog("rdApp.*")
    make = rdFingerprintGenerator
    features = make.GetMorganFeatureAtomInvGen()
    generators = {
        "morgan": make.GetMorganGenerator(radius=2, fpSize=SIZE),
        "fcfp": make.GetMorganGenerator(radius=2, fpSize=SIZE, atomInvariantsGenerator=features),
        "maccs": None,
        "atom-pairs": make.GetAtomPairGenerator(fpSize=SIZE),
        "torsions": make.GetTopologicalTorsionGenerator(fpSize=SIZE),
    }
    print(f"RDKit {rdBase.rdkitVersion}")
    with open(structures) as lines, open(reference, "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["smiles", "canonical", *(name + part for name in generators for part in ("", " counts"))])
        for smiles in map(str.strip, lines):
            molecule = Chem.MolFromSmiles(smiles)
            if molecule is None:
                continue
            row = [smiles, Chem.MolToSmiles(molecule)]
            for generator in generators.values():
                if generator:
                    bits = list(generator.GetFingerprint(molecule).GetOnBits())
                    counts = generator.GetCountFingerprint(molecule).GetNonzeroElements()
                else:
                    bits = list(rdMolDescriptors.GetMACCSKeysFingerprint(molecule).GetOnBits())
                    counts = dict.fromkeys(bits, 1)
                row += cells(bits, counts)
            writer.writerow(row)


if __name__ == "__main__":
    main()
