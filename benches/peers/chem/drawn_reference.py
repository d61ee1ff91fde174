"""Writes an SDF file of drawn handedness and arrangements with RDKit's canonical SMILES of each record.

python drawn_reference.py REFERENCE.sdf [STRUCTURES.smi COUNT]

Without STRUCTURES the drawings below, one or more for each rule. With it COUNT of its structures with handedness or
arranged double bonds (one SMILES per line), each drawn on paper as V2000 and V3000, every fifth with all hydrogens; and
every seventh also in space. Needs `pip install "rdkit==2026.9.*"`.
"""

import sys

from rdkit import Chem, RDLogger
from rdkit.Chem import AllChem

UP, DOWN, EITHER, CROSSED = 1, 6, 4, 3
TETRAHEDRON = [(0, 0), (1, 0.5), (-1, 0.5), (0, -1)]
CROSS = [(0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)]
TEE = [(0, 0), (-1, 0), (1, 0), (0, 1)]
NARROW = [(0, 0), (0.5, 1), (0, 1), (-0.5, 1)]
ZIGZAG = [(0, 0), (1, 0), (-0.5, 0.9), (1.5, 0.9)]
TRIGONAL = ["C", "F", "Cl", "Br"]
STAR = ["C", "F", "Cl", "Br", "I"]
ETHENE = ["C", "C", "F", "Cl"]


def star(marks, symbols=TRIGONAL, places=TETRAHEDRON):
    """Bonds from the first atom to all others, drawn with these marks."""
    return symbols, places, [(1, at + 2, 1, mark) for at, mark in enumerate(marks)]


def ethene(places, mark=0, beside=0):
    return ETHENE, places, [(1, 2, 2, mark), (1, 3, 1, beside), (2, 4, 1, 0)]


DRAWINGS = {
    "wedge up": star([UP, 0, 0]),
    "wedge down": star([DOWN, 0, 0]),
    "wedge of the last bond": star([0, 0, UP]),
    "wedge that begins at the neighbour": (TRIGONAL, TETRAHEDRON, [(2, 1, 1, UP), (1, 3, 1, 0), (1, 4, 1, 0)]),
    "wavy bond": star([EITHER, 0, 0]),
    "wavy bond beside a wedge": star([UP, EITHER, 0]),
    "three wedges alike": star([UP, UP, UP]),
    "two wedges alike": star([UP, UP, 0]),
    "two wedges against one another": star([UP, DOWN, 0]),
    "three bonds on one side": star([UP, 0, 0], places=NARROW),
    "three bonds on one side, wedge in the middle": star([0, UP, 0], places=NARROW),
    "plain bond between opposite wedges": star([UP, 0, DOWN], places=NARROW),
    "wedge on the line between two others": star([0, 0, UP], places=TEE),
    "wedge in line with another": star([UP, 0, 0], places=TEE),
    "four bonds": star([UP, 0, 0, 0], STAR, CROSS),
    "four bonds, second wedge": star([0, DOWN, 0, 0], STAR, CROSS),
    "four bonds, opposite wedges alike": star([UP, 0, UP, 0], STAR, CROSS),
    "four bonds, opposite wedges against one another": star([UP, 0, DOWN, 0], STAR, CROSS),
    "four bonds, wedges side by side against one another": star([UP, DOWN, 0, 0], STAR, CROSS),
    "four bonds on one side": star([UP, 0, 0, 0], STAR, [(0, 0), (1, 0.2), (0.5, 1), (-0.5, 1), (-1, 0.2)]),
    "four bonds, two in line": star([UP, 0, 0, 0], STAR, [(0, 0), (0.5, 1), (1, 0), (-1, 0), (-0.5, 1)]),
    "drawn hydrogen": star([0, 0, 0, UP], ["C", "F", "Cl", "Br", "H"], CROSS),
    "bond without length": star([UP, 0, 0], places=[(0, 0), (1, 0.5), (0, 0), (0, -1)]),
    "neighbours on one another": star([UP, 0, 0], places=[(0, 0), (1, 0.5), (0, -1), (0, -1)]),
    "large drawing": star([UP, 0, 0], places=[(80 * x, 80 * y) for x, y in TETRAHEDRON]),
    "sulfoxide": (["S", "O", "F", "Cl"], TETRAHEDRON, [(1, 2, 2, 0), (1, 3, 1, UP), (1, 4, 1, 0)]),
    "carbon with a double bond": (["C", "O", "F", "Cl"], TETRAHEDRON, [(1, 2, 2, 0), (1, 3, 1, UP), (1, 4, 1, 0)]),
    "two neighbours alike": star([UP, 0, 0], ["C", "F", "F", "Cl"]),
    "double bond, same side": ethene([(0, 0), (1, 0), (-0.5, 0.9), (1.5, 0.9)]),
    "double bond, different sides": ethene([(0, 0), (1, 0), (-0.5, 0.9), (1.5, -0.9)]),
    "crossed double bond": ethene(ZIGZAG, mark=CROSSED),
    "double bond beside a wavy bond": ethene(ZIGZAG, beside=EITHER),
    "double bond beside a wedge": ethene(ZIGZAG, beside=UP),
    "neighbour in line with the double bond": ethene([(0, 0), (1, 0), (-1, 0), (1.5, 0.9)]),
    "hydrogen in line with the double bond": (
        ETHENE + ["H", "H"],
        [(0, 0), (1, 0), (-0.5, 0.9), (2, 0), (-0.5, -0.9), (1.5, -0.9)],
        [(1, 2, 2, 0), (1, 5, 1, 0), (1, 3, 1, 0), (2, 4, 1, 0), (2, 6, 1, 0)],
    ),
    "centre in space": star([0, 0, 0], places=[(0, 0, 0.4), (1, 0.6, 0), (-1, 0.6, 0), (0, -1.2, 0)]),
    "centre in space, wedge against it": star(
        [DOWN, 0, 0], places=[(0, 0, 0.4), (1, 0.6, 0), (-1, 0.6, 0), (0, -1.2, 0)]
    ),
    "flat centre in space": star([0, 0, 0], places=[(0, 0, 0.01), (1, 0.6, 0), (-1, 0.6, 0), (0, -1.2, 0)]),
    "centre in space, three neighbours in its plane": star(
        [0, 0, 0, 0], STAR, [(0, 0, 0), (1, 0.6, 0), (-1, 0.6, 0), (0, -1.2, 0), (0, 0.1, 1)]
    ),
    "wavy bond in space": star([EITHER, 0, 0], places=[(0, 0, 0.4), (1, 0.6, 0), (-1, 0.6, 0), (0, -1.2, 0)]),
    "sulfoxide in space": (
        ["S", "O", "F", "Cl"],
        [(0, 0, 0.4), (1, 0.6, 0), (-1, 0.6, 0), (0, -1.2, 0)],
        [(1, 2, 2, 0), (1, 3, 1, 0), (1, 4, 1, 0)],
    ),
}
ON_PAPER = [
    "C[C@H](N)C(=O)O",
    "C/C=C/C=C\\C(/C)=C/Cl",
    "C1CCC/C=C/CC1",
    "C/C=N/O",
    "C[C@H]1CC[C@@H](O)CC1",
    "OC[C@H]1O[C@@H](O)[C@H](O)[C@@H](O)[C@@H]1O",
    "C[S@](=O)c1ccccc1",
    "[2H][C@](C)(O)/C=C/[N+](=O)[O-]",
]
IN_SPACE = ["C[C@H](N)C(=O)O", "C/C=C/C=C\\Cl", "C[C@]12CC[C@H](CC1)O2", "C[S@](=O)CC"]


def molblock(name, symbols, places, bonds, v3000):
    places = [(*place, 0)[:3] for place in places]
    if v3000:
        code = {UP: 1, DOWN: 3, EITHER: 2, CROSSED: 2}
        lines = ["  0  0  0     0  0            999 V3000", "M  V30 BEGIN CTAB"]
        lines += [f"M  V30 COUNTS {len(symbols)} {len(bonds)} 0 0 0", "M  V30 BEGIN ATOM"]
        atoms = enumerate(zip(symbols, places), 1)
        lines += [f"M  V30 {at} {symbol} {x} {y} {z} 0" for at, (symbol, (x, y, z)) in atoms]
        lines += ["M  V30 END ATOM", "M  V30 BEGIN BOND"]
        for at, (begin, end, kind, mark) in enumerate(bonds, 1):
            lines.append(f"M  V30 {at} {kind} {begin} {end}" + (f" CFG={code[mark]}" if mark else ""))
        lines += ["M  V30 END BOND", "M  V30 END CTAB"]
    else:
        lines = [f"{len(symbols):3}{len(bonds):3}  0  0  0  0  0  0  0  0999 V2000"]
        atoms = zip(symbols, places)
        lines += [f"{x:10.4f}{y:10.4f}{z:10.4f} {symbol:3} 0  0" for symbol, (x, y, z) in atoms]
        lines += [f"{begin:3}{end:3}{kind:3}{mark:3}" for begin, end, kind, mark in bonds]
    return "\n".join([name, "", "", *lines, "M  END", ""])


def blocks_of_drawings():
    for at, (name, drawing) in enumerate(DRAWINGS.items()):
        yield molblock(name, *drawing, v3000=at % 3 == 2)
    for at, smiles in enumerate(ON_PAPER):
        yield on_paper(smiles, at % 2 == 1, v3000=at % 3 == 0)
    for at, smiles in enumerate(IN_SPACE):
        yield in_space(smiles, v3000=at % 2 == 1)


def blocks_of_structures(path, count):
    with open(path) as lines:
        wanted = [line.split()[0] for line in lines if any(mark in line for mark in "@/\\")]
    for at, smiles in enumerate(wanted[:: max(1, len(wanted) // count)][:count]):
        for v3000 in (False, True):
            yield on_paper(smiles, at % 5 == 0, v3000)
        if at % 7 == 0:
            yield in_space(smiles, at % 2 == 0)


def on_paper(smiles, hydrogens, v3000):
    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        return None
    molecule = Chem.AddHs(molecule) if hydrogens else molecule
    AllChem.Compute2DCoords(molecule)
    molecule.SetProp("_Name", smiles)
    return Chem.MolToMolBlock(molecule, forceV3000=v3000)


def in_space(smiles, v3000):
    molecule = Chem.MolFromSmiles(smiles)
    if molecule is None or molecule.GetNumHeavyAtoms() > 40 or any(not a.GetAtomicNum() for a in molecule.GetAtoms()):
        return None
    molecule = Chem.AddHs(molecule)
    try:
        if AllChem.EmbedMolecule(molecule, randomSeed=7, maxAttempts=20) != 0:
            return None
    except RuntimeError:
        return None
    molecule.SetProp("_Name", smiles)
    return Chem.MolToMolBlock(molecule, forceV3000=v3000)


def main():
    RDLogger.DisableLog("rdApp.*")
    blocks = blocks_of_structures(sys.argv[2], int(sys.argv[3])) if len(sys.argv) > 2 else blocks_of_drawings()
    with open(sys.argv[1], "w") as out:
        for block in blocks:
            molecule = block and Chem.MolFromMolBlock(block)
            if molecule:
                out.write(f"{block}> <canonical>\n{Chem.MolToSmiles(molecule)}\n\n$$$$\n")


if __name__ == "__main__":
    main()
