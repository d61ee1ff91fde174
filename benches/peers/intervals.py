"""Intervals of 90 % by MAPIE around scikit-learn's extra trees, on the tables and folds of `learners.py prepare`.

    python intervals.py TABLE.csv FOLDS    # pip install mapie (1.6.0)

Prints the share of values inside and the mean width: of the plain interval (errors of ten parts left out, MAPIE's `base`),
which is matdock's without its measure of difficulty, and of CV+ (`plus`). The example `intervals` of matdock-learn does so
for matdock.
"""

import sys

import numpy as np
import pandas as pd
from mapie.regression import CrossConformalRegressor
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.impute import SimpleImputer
from sklearn.model_selection import KFold

data, folds = pd.read_csv(sys.argv[1]), np.loadtxt(sys.argv[2], dtype=int)
inputs, targets = data.iloc[:, :-1].values, data.iloc[:, -1].values
for method in ("base", "plus"):
    inside, widths = [], []
    for fold in range(folds.max() + 1):
        train, test = folds != fold, folds == fold
        filled = SimpleImputer(strategy="median").fit(inputs[train])
        known, new = filled.transform(inputs[train]), filled.transform(inputs[test])
        trees = ExtraTreesRegressor(100, random_state=fold)
        parts = KFold(10, shuffle=True, random_state=fold)
        intervals = CrossConformalRegressor(trees, confidence_level=0.9, method=method, cv=parts)
        intervals.fit_conformalize(known, targets[train])
        low, high = intervals.predict_interval(new)[1][:, :, 0].T
        inside.extend((low <= targets[test]) & (targets[test] <= high))
        widths.extend(high - low)
    print(f"{method} inside {np.mean(inside):.4f} of {len(inside)} mean width {np.mean(widths):.5f}", flush=True)
