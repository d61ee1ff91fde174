"""Writes an SDF file with RDKit's canonical SMILES of each record.

python molblock_reference.py STRUCTURES.smi REFERENCE.sdf COUNT

Takes COUNT structures without handedness or arranged double bonds, evenly spread over STRUCTURES (one SMILES per line);
every other one is written as V3000. Needs `pip install "rdkit==2026.9.*"`.
"""

import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem


def main():
    structures, reference, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    RDLogger.DisableLog("rdApp.*")
    with open(structures) as lines:
        molecules = [Chem.MolFromSmiles(line.strip()) for line in lines]
    plain = [m for m in molecules if m is not None and not any(mark in Chem.MolToSmiles(m) for mark in "@/\\")]
    chosen = plain[:: max(1, len(plain) // count)][:count]
    with open(reference, "w") as out:
        for at, molecule in enumerate(chosen):
            AllChem.Compute2DCoords(molecule)
            block = Chem.MolToMolBlock(molecule, forceV3000=at % 2 == 1)
            canonical = Chem.MolToSmiles(Chem.MolFromMolBlock(block), isomericSmiles=True)
            out.write(f"{block}> <canonical>\n{canonical}\n\n$$$$\n")


if __name__ == "__main__":
    main()
