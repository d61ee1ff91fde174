"""The Magpie set of matminer beside that of `matdock describe`: `python magpie.py TABLE COLUMN DESCRIBED`.

DESCRIBED is made by `matdock describe TABLE -o DESCRIBED --set magpie --column COLUMN`. Needs `pip install matminer`.
"""

import csv
import math
import sys
import warnings

warnings.filterwarnings("ignore")

TOLERANCE = 1e-8


def main():
    from matminer.featurizers.composition import ElementProperty
    from pymatgen.core import Composition

    table, column, described = sys.argv[1:4]
    magpie = ElementProperty.from_preset("magpie", impute_nan=False)
    names = magpie.feature_labels()
    cells = differ = 0
    with open(table, encoding="utf-8") as ours, open(described, encoding="utf-8") as theirs:
        for row, found in zip(csv.DictReader(ours), csv.DictReader(theirs), strict=True):
            for name, expected in zip(names, magpie.featurize(Composition(row[column])), strict=True):
                cells += 1
                if not same(found[name], float(expected)):
                    differ += 1
                    print(row[column], name, found[name], expected)
    print(f"{cells} cells, {differ} differ by more than {TOLERANCE}")


def same(found, expected):
    if math.isnan(expected) or not found:
        return math.isnan(expected) and not found
    return abs(float(found) - expected) <= TOLERANCE * max(abs(expected), 1e-4)


if __name__ == "__main__":
    main()
