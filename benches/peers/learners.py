"""Learners of scikit-learn and LightGBM on the tables and folds that the example `learners` of matdock-learn reads.

    python learners.py prepare FOLDER    # tables and folds, from the data sets in MATDOCK_DATA (rdkit, matminer)
    python learners.py TABLE.csv FOLDS [KIND ...]

Targets are standardised on the rows a learner sees. Prints R2, mean absolute error (means over folds) and seconds of CPU.
scikit-learn 1.9.1, LightGBM 4.7.0, RDKit 2026.9.1, matminer 0.10.1.
"""

import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")


def save(folder, name, columns, target, folds):
    table = columns.select_dtypes("number").astype(float)
    table = table.where(np.isfinite(table) & (table.abs() < 1e30))
    table.columns = [str(number) for number in range(table.shape[1])]
    table["target"] = np.asarray(target, float)
    table.to_csv(folder / f"{name}.csv", index=False)
    (folder / f"{name}.folds").write_text("".join(f"{fold}\n" for fold in folds))
    print(name, table.shape)


def random_folds(rows):
    from sklearn.model_selection import KFold

    folds = np.zeros(rows, int)
    for number, (_, test) in enumerate(KFold(5, shuffle=True, random_state=0).split(folds)):
        folds[test] = number
    return folds


def prepare(folder):
    from matminer.featurizers.composition import ElementProperty
    from pymatgen.core import Composition
    from rdkit import Chem
    from rdkit.Chem import Descriptors

    data = Path(os.environ["MATDOCK_DATA"])
    folder.mkdir(parents=True, exist_ok=True)

    def describe(structures):
        return pd.DataFrame([Descriptors.CalcMolDescriptors(Chem.MolFromSmiles(s)) for s in structures])

    esol = pd.read_csv(data / "moleculenet_small/esol.csv")
    save(folder, "esol", describe(esol.smiles), esol.logS_mol_L, random_folds(len(esol)))
    concrete = pd.read_csv(data / "concrete_slump/data.csv")
    save(folder, "concrete", concrete.iloc[:, 1:8], concrete.strength_28d_MPa, random_folds(len(concrete)))
    pi = pd.read_csv(data / "radonpy_pi1070/data.csv").dropna(subset="thermal_conductivity")
    save(folder, "radonpy", describe(pi.smiles), pi.thermal_conductivity, random_folds(len(pi)))
    steels = pd.read_csv(data / "matbench_steels/data.csv")
    magpie = ElementProperty.from_preset("magpie", impute_nan=True)
    compositions = [Composition(formula) for formula in steels.formula]
    elements = sorted({e for c in compositions for e in c.get_el_amt_dict()})
    columns = pd.concat(
        [
            pd.DataFrame([magpie.featurize(c) for c in compositions]),
            pd.DataFrame([[c.get_atomic_fraction(e) for e in elements] for c in compositions], columns=elements),
        ],
        axis=1,
    )
    save(folder, "steels", columns, steels.yield_strength_MPa, steels.fold)


def learners(seed):
    from lightgbm import LGBMRegressor
    from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor, RandomForestRegressor
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import ElasticNetCV, LassoCV, RidgeCV
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVR

    def standard(learner):
        return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), learner)

    return {
        "ridge": standard(RidgeCV(np.logspace(-4, 6, 30))),
        "lasso": standard(LassoCV(cv=5, max_iter=2000)),
        "elastic-net": standard(ElasticNetCV(l1_ratio=[0.1, 0.5, 0.9], cv=5, max_iter=2000)),
        "random-forest": RandomForestRegressor(100, random_state=seed),
        "extra-trees": make_pipeline(SimpleImputer(strategy="median"), ExtraTreesRegressor(100, random_state=seed)),
        "lightgbm": LGBMRegressor(
            n_estimators=500,
            learning_rate=0.05,
            subsample=0.8,
            subsample_freq=1,
            colsample_bytree=0.5,
            verbose=-1,
            random_state=seed,
            n_jobs=1,
        ),
        "hist-boosting": HistGradientBoostingRegressor(random_state=seed),
        "support-vector": standard(SVR(C=10)),
        "network": standard(
            MLPRegressor(hidden_layer_sizes=(128, 64), early_stopping=True, max_iter=500, random_state=seed)
        ),
        "neighbours": standard(KNeighborsRegressor(5, weights="distance")),
    }


def compare(table, folds, kinds):
    data = pd.read_csv(table)
    folds = np.loadtxt(folds, dtype=int)
    inputs, targets = data.iloc[:, :-1].values, data.iloc[:, -1].values
    for kind in kinds or learners(0):
        r2, mae, started = [], [], time.process_time()
        for fold in range(folds.max() + 1):
            train, test = folds != fold, folds == fold
            mean, scale = targets[train].mean(), targets[train].std()
            learner = learners(fold)[kind].fit(inputs[train], (targets[train] - mean) / scale)
            error = learner.predict(inputs[test]) * scale + mean - targets[test]
            r2.append(1 - (error**2).sum() / ((targets[test] - targets[test].mean()) ** 2).sum())
            mae.append(np.abs(error).mean())
        seconds = time.process_time() - started
        print(f"{kind:18} R2 {np.mean(r2):.4f} MAE {np.mean(mae):.5f} {seconds:.1f} s", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]))
    else:
        compare(sys.argv[1], sys.argv[2], sys.argv[3:])
