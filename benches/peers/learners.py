"""Learners of scikit-learn and LightGBM on the tables and folds that the example `learners` of matdock-learn reads.

    python learners.py prepare FOLDER [TABLE ...]    # tables and folds, from the data sets in MATDOCK_DATA (rdkit, matminer)
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python learners.py TABLE.csv FOLDS [KIND ...]
    python learners.py report FOLDER     # what both found, once both have run

Targets are standardised on the rows a learner sees. Prints R2, mean absolute error (means over folds) and seconds of CPU for
fitting and predicting, all folds together. Kinds that end in `-tuned` choose their settings with as much effort as
matdock's: see `Tuned...` below.
scikit-learn 1.9.1, LightGBM 4.7.0, RDKit 2026.9.1, matminer 0.10.1.
"""

import json
import os
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

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


def few_folds(rows, parts, tested):
    """Parts of random rows of which only the first are tested."""
    part = np.random.default_rng(0).permutation(rows) % parts
    return np.where(part < tested, part, -1)


def describe(structures):
    from rdkit import Chem
    from rdkit.Chem import Descriptors

    known = {s: Descriptors.CalcMolDescriptors(Chem.MolFromSmiles(s)) for s in structures.dropna().unique()}
    return pd.DataFrame([known.get(s, {}) for s in structures])


def magpie(formulas, fractions=False):
    from matminer.featurizers.composition import ElementProperty
    from pymatgen.core import Composition

    preset = ElementProperty.from_preset("magpie", impute_nan=True)
    compositions = [Composition(formula) for formula in formulas]
    columns = [pd.DataFrame([preset.featurize(c) for c in compositions])]
    if fractions:
        elements = sorted({e for c in compositions for e in c.get_el_amt_dict()})
        columns.append(pd.DataFrame([[c.get_atomic_fraction(e) for e in elements] for c in compositions]))
    return pd.concat(columns, axis=1)


def wide():
    """3,500 rows to learn from (and 700 to test) of 1,600 columns like those of descriptor programs: mixtures of 40 factors
    with noise of their own, every fourth a count that is mostly zero; the target is a sum of 30 columns, bends and products
    of factors, and a tenth of noise."""
    random = np.random.default_rng(0)
    rows, width = 4200, 1600
    factors = random.normal(size=(rows, 40))
    mixing = random.normal(size=(40, width)) * (random.random((40, width)) < 0.1)
    columns = factors @ mixing + 0.5 * random.normal(size=(rows, width))
    columns[:, ::4] = random.poisson(np.exp(np.clip(columns[:, ::4] - 1.0, -5.0, 3.0)))
    scaled = (columns - columns.mean(0)) / columns.std(0)
    chosen = random.choice(width, 30, replace=False)
    y = scaled[:, chosen] @ random.normal(size=30)
    y += 3.0 * np.sin(factors[:, 0]) + 2.0 * factors[:, 1] * factors[:, 2] + 2.0 * np.abs(factors[:, 3])
    y += 0.1 * y.std() * random.normal(size=rows)
    folds = np.where(np.arange(rows) < 3500, -1, 0)
    return pd.DataFrame(columns), y, folds


def prepare(folder, names):
    data = Path(os.environ["MATDOCK_DATA"])
    folder.mkdir(parents=True, exist_ok=True)

    def esol():
        table = pd.read_csv(data / "moleculenet_small/esol.csv")
        return describe(table.smiles), table.logS_mol_L, random_folds(len(table))

    def concrete():
        table = pd.read_csv(data / "concrete_slump/data.csv")
        return table.iloc[:, 1:8], table.strength_28d_MPa, random_folds(len(table))

    def radonpy():
        table = pd.read_csv(data / "radonpy_pi1070/data.csv").dropna(subset="thermal_conductivity")
        return describe(table.smiles), table.thermal_conductivity, random_folds(len(table))

    def steels():
        table = pd.read_csv(data / "matbench_steels/data.csv")
        return magpie(table.formula, fractions=True), table.yield_strength_MPa, table.fold

    def gaps():
        table = pd.read_csv(data / "matbench_expt_gap/data.csv")
        return magpie(table.formula), table.gap_eV, table.fold

    def polymers():
        table = pd.read_csv(data / "polymer_electrolyte_chemarr/data.csv")
        conditions = pd.DataFrame(
            {
                "inverse": 1000.0 / (table.temperature_C + 273.15),
                "molality": table.salt_molality_mol_kg,
                "mass": np.log10(table.mw_g_mol),
            }
        )
        columns = pd.concat([describe(table.polymer_smiles), describe(table.salt_smiles), conditions], axis=1)
        columns = columns.loc[:, (columns.nunique() > 1).values]
        return columns, table.log10_conductivity_S_cm, few_folds(len(table), 10, 2)

    tables = [esol, concrete, radonpy, steels, gaps, polymers, wide]
    for table in tables:
        if not names or table.__name__ in names:
            save(folder, table.__name__, *table())


class TunedBoosting(BaseEstimator):
    """LightGBM with the number of rounds chosen on rows left out, in five parts (one from 2,000 rows)."""

    def __init__(self, seed):
        self.seed = seed

    def settings(self, rounds):
        from lightgbm import LGBMRegressor

        return LGBMRegressor(
            n_estimators=rounds,
            learning_rate=0.05,
            subsample=0.8,
            subsample_freq=1,
            colsample_bytree=0.5,
            verbose=-1,
            random_state=self.seed,
            n_jobs=1,
        )

    def fit(self, inputs, targets):
        from lightgbm import early_stopping
        from sklearn.model_selection import KFold

        curves = []
        for train, test in KFold(5, shuffle=True, random_state=self.seed).split(inputs):
            trial = self.settings(2500)
            known = [(inputs[test], targets[test])]
            trial.fit(inputs[train], targets[train], eval_set=known, callbacks=[early_stopping(60, verbose=False)])
            curves.append(trial.evals_result_["valid_0"]["l2"])
            if len(inputs) >= 2000:
                break
        shortest = min(map(len, curves))
        mean = np.mean([curve[:shortest] for curve in curves], axis=0)
        self.learner_ = self.settings(1 + int(mean.argmin())).fit(inputs, targets)
        return self

    def predict(self, inputs):
        return self.learner_.predict(inputs)


class TunedSupportVectors(BaseEstimator):
    """The best of 32 settings in three parts of at most 1,000 rows, then on all."""

    def __init__(self, seed):
        self.seed = seed

    def fit(self, inputs, targets):
        from sklearn.model_selection import GridSearchCV, KFold
        from sklearn.svm import SVR

        rows = np.random.default_rng(self.seed).permutation(len(inputs))[:1000]
        gammas = np.array([0.1, 0.3, 1.0, 3.0]) / (inputs.shape[1] * inputs.var())
        grid = {"gamma": gammas, "C": [1.0, 5.0, 25.0, 125.0], "epsilon": [0.02, 0.1]}
        parts = KFold(3, shuffle=True, random_state=self.seed)
        search = GridSearchCV(SVR(), grid, scoring="neg_mean_squared_error", cv=parts, refit=False)
        self.learner_ = SVR(**search.fit(inputs[rows], targets[rows]).best_params_).fit(inputs, targets)
        return self

    def predict(self, inputs):
        return self.learner_.predict(inputs)


class TunedNetworks(BaseEstimator):
    """The best of three penalties for the first network, the mean of five; each stops by a sixth of the rows."""

    def __init__(self, seed):
        self.seed = seed

    def one(self, number, penalty):
        from sklearn.neural_network import MLPRegressor

        return MLPRegressor(
            hidden_layer_sizes=(128, 64),
            alpha=penalty,
            early_stopping=True,
            validation_fraction=1 / 6,
            n_iter_no_change=25,
            max_iter=400,
            random_state=10 * self.seed + number,
        )

    def fit(self, inputs, targets):
        first = [self.one(0, penalty).fit(inputs, targets) for penalty in (1e-4, 1e-2, 1e-1)]
        best = max(first, key=lambda network: network.best_validation_score_)
        self.networks_ = [best] + [self.one(number, best.alpha).fit(inputs, targets) for number in range(1, 5)]
        return self

    def predict(self, inputs):
        return np.mean([network.predict(inputs) for network in self.networks_], axis=0)


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
        "lightgbm-tuned": TunedBoosting(seed),
        "support-vector-tuned": standard(TunedSupportVectors(seed)),
        "network-tuned": standard(TunedNetworks(seed)),
        "neighbours": standard(KNeighborsRegressor(5, weights="distance")),
    }


def compare(table, folds, kinds):
    data = pd.read_csv(table)
    folds = np.loadtxt(folds, dtype=int)
    inputs, targets = data.iloc[:, :-1].values, data.iloc[:, -1].values
    for kind in kinds or learners(0):
        r2, mae, errors, seconds = [], [], [], np.zeros(2)
        for fold in range(folds.max() + 1):
            train, test = folds != fold, folds == fold
            mean, scale = targets[train].mean(), targets[train].std()
            # The histograms of scikit-learn fail where a column has no value.
            some = ~np.isnan(inputs[train]).all(axis=0)
            learner = learners(fold)[kind]
            times = [time.process_time()]
            learner.fit(inputs[train][:, some], (targets[train] - mean) / scale)
            times.append(time.process_time())
            predicted = learner.predict(inputs[test][:, some])
            seconds += np.diff([*times, time.process_time()])
            error = predicted * scale + mean - targets[test]
            r2.append(1 - (error**2).sum() / ((targets[test] - targets[test].mean()) ** 2).sum())
            mae.append(np.abs(error).mean())
            errors.extend(np.abs(error))
        score = f"R2 {np.mean(r2):.4f} MAE {np.mean(mae):.5f}"
        print(f"{kind:20} {score} fit {seconds[0]:.2f} s predict {seconds[1]:.3f} s", flush=True)
        result = {"r2": np.mean(r2), "mae": np.mean(mae), "fit": seconds[0], "predict": seconds[1], "errors": errors}
        Path(f"{table}.{kind}.json").write_text(json.dumps(result))


# Kind of matdock, and the peers it is compared with: tuned with as much effort, and (where there is one) as it comes.
PAIRS = [
    ("random-forest", ["random-forest"]),
    ("extra-trees", ["extra-trees"]),
    ("boosting", ["lightgbm-tuned", "lightgbm", "hist-boosting"]),
    ("support-vector", ["support-vector-tuned", "support-vector"]),
    ("lasso", ["lasso"]),
    ("network", ["network-tuned", "network"]),
]


def report(folder):
    """Tables of what both found, as Markdown; a difference counts when its 95 % interval, row by row, excludes zero."""

    def read(table, name):
        path = folder / f"{table}.csv.{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    for table in sorted(path.stem for path in folder.glob("*.csv")):
        print(f"\n{table}\n\n| learner | peer | R2 | MAE | difference | fit, s | predict, s |\n|---|---|---|---|---|---|---|")
        for kind, peers in PAIRS:
            own = read(table, f"matdock-{kind}")
            for peer in peers:
                other = read(table, peer)
                if own is None or other is None:
                    continue
                each = np.array(own["errors"]) - np.array(other["errors"])
                change, noise = 100 * np.array([each.mean(), 1.96 * each.std() / np.sqrt(len(each))]) / np.mean(other["errors"])
                pair = [f"{own[key]:{form}} / {other[key]:{form}}" for key, form in FORMS.items()]
                print(f"| {kind} | {peer} | {pair[0]} | {pair[1]} | {change:+.1f} ± {noise:.1f} % | {pair[2]} | {pair[3]} |")


FORMS = {"r2": ".3f", "mae": ".4g", "fit": ".3g", "predict": ".2g"}


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        prepare(Path(sys.argv[2]), sys.argv[3:])
    elif sys.argv[1] == "report":
        report(Path(sys.argv[2]))
    else:
        compare(sys.argv[1], sys.argv[2], sys.argv[3:])
