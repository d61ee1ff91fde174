"""Writes the tables of this folder. Everything in them is made up, except the melting points, which are those of
`examples/melting`. Needs nothing but Python: `python3 made_up.py`.
"""

import csv
import math
import random
from pathlib import Path

HERE = Path(__file__).resolve().parent


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


# Repeat units, and salts with how easily they dissociate.
UNITS = """*CCO* *CCCO* *CCCCO* *CC(C)O* *COCCO* *CCOCCCO* *CCOC(=O)O* *CCCOC(=O)O* *CCOC(=O)CCCCC(=O)O*
*OCCOC(=O)c1ccc(cc1)C(=O)* *CC(OCCOC)* *CC(OCCOCCOC)* *CC(C)(C(=O)OCCOC)* *CC(C)(C(=O)OCCOCCOC)* *CC(C(=O)OCCOCCOCCOC)*
*CC(C#N)* *CC(F)(F)* *CC(c1ccccc1)* *CC(C)(C(=O)OC)* *CCNCC* *CC(=O)N* *C[Si](C)(C)O* *C[Si](C)(CCOCCOC)O* *CC(O)*
*COC(=O)CCO* *CCCCCOC(=O)* *CCOP(=O)(OC)O* *CCS* *CC(Cl)* *CCCCNC(=O)O*""".split()
SALTS = {
    "[Li+].F[P-](F)(F)(F)(F)F": 0.0,
    "[Li+].[O-]Cl(=O)(=O)=O": -0.1,
    "[Li+].O=S(=O)([N-]S(=O)(=O)C(F)(F)F)C(F)(F)F": 0.35,
    "[Li+].[O-]S(=O)(=O)C(F)(F)F": -0.25,
}
GAS = 8.314


def conductivity(unit, salt, molality, celsius):
    """log10 of S/cm: ions hop where the chain moves (Vogel, Fulcher, Tammann) and where oxygen holds them."""
    atoms = sum(character in "CcNOSPF" for character in unit)
    ether = (unit.count("O") - 2 * unit.count("=O")) / atoms
    rigid = unit.count("c") / 6 + 0.6 * unit.count("C#N") + 0.3 * unit.count("=O") + 0.5 * unit.count("N")
    branch = min(unit.count("COC"), 3)
    glass = 200 + 45 * rigid - 8 * branch + 14 * molality
    kelvin = celsius + 273.15
    carriers = math.log10(molality) - 0.35 * molality + SALTS[salt]
    return -1.9 + carriers + 1.8 * ether - 1400 / math.log(10) / max(kelvin - glass + 55, 40)


def polymers():
    chance = random.Random(7)
    header = "sample,reference,repeat_unit,salt,salt_molality [mol/kg],molar_mass [g/mol],conductivity_temperature [Cel]"
    header = [*header.split(","), "conductivity_method", "ionic_conductivity [S/cm]"]
    rows = []
    for number, unit in enumerate(UNITS, 1):
        # What the repeat unit does not tell: tacticity, water, ends.
        own = chance.gauss(0, 0.25)
        for _ in range(chance.choice([1, 2, 3])):
            salt = chance.choice(list(SALTS))
            molality = round(chance.uniform(0.3, 3.0), 2)
            mass = round(10 ** chance.uniform(3.5, 6), -2)
            for celsius in chance.sample([20, 30, 40, 50, 60, 70, 80, 90], 4):
                value = 10 ** (conductivity(unit, salt, molality, celsius) + own + chance.gauss(0, 0.08))
                text = "<1e-10" if value < 1e-10 else f"{value:.3g}"
                paper = f"paper {1 + (number * 7) % 11}"
                rows.append([f"P{number:02}", paper, unit, salt, molality, f"{mass:.0f}", celsius, "impedance", text])
    write("polymers.csv", header, rows)


def few_rows():
    """Sixty samples, twenty-four settings and readings, of which three matter."""
    chance = random.Random(3)
    names = "binder carbon solids speed time gap torque viscosity humidity room operator_age drying_rate".split()
    names += [f"sensor_{k:02}" for k in range(1, 13)]
    rows = []
    for _ in range(60):
        x = [chance.gauss(0, 1) for _ in names]
        x[7] = 0.9 * x[2] + 0.44 * x[7]  # the viscosity follows the solids
        y = 42 - 6.0 * x[0] + 4.5 * x[6] + 2.5 * x[11] + chance.gauss(0, 2.5)
        rows.append([*(f"{value:.3f}" for value in x), f"{y:.2f}"])
    write("electrodes.csv", [*names, "resistance [Ohm.cm2]"], rows)


def hopeless():
    with open(HERE.parent / "melting" / "binary_melting.csv", newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    target = header.index("melting_point_K")
    chance = random.Random(5)
    mixed = [row[target] for row in rows]
    chance.shuffle(mixed)
    write("shuffled.csv", header, [[*r[:target], y, *r[target + 1 :]] for r, y in zip(rows, mixed)])
    write("twelve.csv", header, chance.sample(rows, 12))
    leak = [[*row, f"{1.8 * float(row[target]) - 459.67:.2f}"] for row in rows]
    write("leak.csv", [*header, "liquidus_F"], leak)


polymers()
few_rows()
hopeless()
