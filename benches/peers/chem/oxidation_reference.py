"""Features from oxidation states beside SMACT, matminer and pymatgen.

python oxidation_reference.py TABLE COLUMN DESCRIBED STATES

DESCRIBED is made by `matdock describe TABLE -o DESCRIBED --set oxidation,full --column COLUMN`, STATES is
`crates/chem/data/oxidation_states.csv`. Needs `pip install smact matminer`. SMACT gets the same states, so that every
assignment can be compared; pymatgen guesses with its own and mixes valences atom by atom.
"""

import csv
import itertools
import math
import sys
import warnings
from fractions import Fraction
from functools import reduce

warnings.filterwarnings("ignore")

MOST = 200_000


def read_states(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.strip().split(",") for line in file if not line.startswith("#")][1:]
    return {symbol: [int(state) for state in states.replace(";", " ").split()] for symbol, states in rows}


def smact_counts(composition, states):
    """Neutral assignments, and whether one of them passes Pauling's test."""
    from smact import Element, neutral_ratios
    from smact.screening import pauling_test

    symbols = [str(element) for element in composition]
    exact = [Fraction(composition[symbol]).limit_denominator(10_000) for symbol in symbols]
    scale = reduce(math.lcm, (amount.denominator for amount in exact))
    counts = [int(amount * scale) for amount in exact]
    counts = [count // reduce(math.gcd, counts) for count in counts]
    choices = [states.get(symbol, []) for symbol in symbols]
    if math.prod(map(len, choices)) > MOST:
        return None
    electronegativities = [Element(symbol).pauling_eneg for symbol in symbols]
    neutral = [
        chosen
        for chosen in itertools.product(*choices)
        if neutral_ratios(chosen, stoichs=[(count,) for count in counts], threshold=max(counts))
    ]
    return len(neutral), any(pauling_test(chosen, electronegativities) for chosen in neutral)


def same(found, expected):
    return found != "" and abs(float(found) - expected) <= 1e-8 * max(abs(expected), 1e-4)


def main():
    from matminer.featurizers.composition import IonProperty, Stoichiometry, ValenceOrbital
    from pymatgen.core import Composition

    table, column, described, path = sys.argv[1:5]
    states = read_states(path)
    norms, orbitals = Stoichiometry(p_list=(2, 3, 5, 7)), ValenceOrbital(props=["frac"])
    ions = IonProperty(fast=True)
    rows = compared = count = pauling = guessed = agree = 0
    cells = {"norms": [0, 0], "orbitals": [0, 0], "ionic": [0, 0]}
    with open(table, encoding="utf-8") as ours, open(described, encoding="utf-8") as theirs:
        for row, found in zip(csv.DictReader(ours), csv.DictReader(theirs), strict=True):
            composition = Composition(row[column])
            rows += 1
            pairs = [
                ("norms", [f"stoichiometry.norm{p}" for p in (2, 3, 5, 7)], norms.featurize(composition)),
                ("orbitals", [f"{o}_valence.fraction" for o in "spdf"], orbitals.featurize(composition)),
                ("ionic", ["ionic_character.max", "ionic_character.mean"], ions.featurize(composition)[1:]),
            ]
            for kind, names, values in pairs:
                for name, value in zip(names, values, strict=True):
                    cells[kind][0] += 1
                    if not same(found[name], value):
                        cells[kind][1] += 1
                        if cells[kind][1] <= 3:
                            print(row[column], name, found[name], value)
            if len(composition) < 2 or found["oxidation.neutral"] == "":
                continue
            expected = smact_counts(composition, states)
            if expected is not None:
                compared += 1
                if float(found["oxidation.assignments"]) != expected[0]:
                    count += 1
                    print(row[column], "assignments", found["oxidation.assignments"], expected[0])
                # Of mixed valence SMACT knows nothing here.
                single = expected[0] > 0 and found["oxidation.pauling"] != ""
                if single and float(found["oxidation.pauling"]) != float(expected[1]):
                    pauling += 1
                    print(row[column], "pauling", found["oxidation.pauling"], expected[1])
            if all(amount == int(amount) for amount in composition.values()) and composition.num_atoms <= 40:
                guessed += 1
                guess = bool(composition.oxi_state_guesses())
                agree += guess == (found["oxidation.neutral_mixed"] == "1")
    print(f"{rows} formulas; matminer (cells, differing): {cells}")
    print(f"SMACT: {compared} formulas, assignments differ in {count}, Pauling's test in {pauling}")
    print(f"pymatgen: {guessed} formulas, {agree} alike on whether there is a guess")


if __name__ == "__main__":
    main()
