"""The pools of the comparison: finished tables in which a planner looks for the best row.

Data are read from the folder MATDOCK_DATA. Rows with equal settings are averaged, so that row numbers are the same
for every planner, matdock included.
"""

import csv
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DATA = Path(os.environ.get("MATDOCK_DATA", "data"))
HERE = Path(__file__).parent
REPOSITORY = HERE.parent.parent
WORK = Path(os.environ.get("MATDOCK_PEERS_WORK", HERE / "work"))
INITIAL = 5


@dataclass(frozen=True)
class Source:
    """Where a pool comes from: its table, inputs, outcome and direction."""

    title: str
    table: str
    inputs: tuple[str, ...]
    outcome: str
    maximise: bool
    where: tuple[str, str] | None = None
    formula: bool = False


def source(title, table, inputs, outcome, maximise, where=None, formula=False):
    return Source(title, table, tuple(inputs.split()), outcome, maximise, where, formula)


SOURCES = {
    "p3ht_cnt": source(
        "P3HT/CNT films, conductivity",
        "p3ht_cnt/pool_mean.csv",
        "p3ht_pct d1_pct d2_pct d6_pct d8_pct",
        "conductivity_S_cm_mean",
        True,
    ),
    "agnp": source(
        "silver nanoparticles, spectral loss",
        "agnp/pool_mean.csv",
        "q_agno3_pct q_pva_pct q_tsc_pct q_seed_pct q_tot_uL_min",
        "loss_mean",
        False,
    ),
    "crossed_barrel": source(
        "crossed barrel, toughness",
        "crossed_barrel/pool_mean.csv",
        "n_struts theta_deg r_mm t_mm",
        "toughness_J_mean",
        True,
    ),
    "binary_melting": source(
        "melting points, s/p block",
        "binary_melting/binary_melting.csv",
        "formula",
        "melting_point_K",
        True,
        ("s_p_block", "1"),
        formula=True,
    ),
    "seko_melting": source(
        "melting points, Seko 2014",
        "seko_melting/melting.csv",
        "formula",
        "melting_T_K",
        True,
        ("n_elements", "2"),
        formula=True,
    ),
    "suzuki_i": source(
        "Suzuki coupling I, yield",
        "olympus_suzuki_i/data.csv",
        "ligand res_time temperature catalyst_loading",
        "yield",
        True,
    ),
    "suzuki_ii": source(
        "Suzuki coupling II, yield",
        "olympus_suzuki_ii/data.csv",
        "ligand res_time temperature catalyst_loading",
        "yield",
        True,
    ),
    "suzuki": source(
        "Suzuki reaction, yield", "olympus_suzuki/data.csv", "temperature pd_mol arbpin k3po4", "yield", True
    ),
    "alkox": source(
        "alcohol oxidation by enzymes, conversion",
        "olympus_alkox/data.csv",
        "catalase peroxidase alcohol_oxidase ph",
        "conversion",
        True,
    ),
    "fullerenes": source(
        "fullerene reaction, product fraction",
        "olympus_fullerenes/data.csv",
        "reaction_time sultine temperature",
        "product",
        True,
    ),
    "liquid_dce": source(
        "liquid handling, dichloroethane, error",
        "olympus_liquid_dce/data.csv",
        "src_flow dst_flow airgap post_airgap src_equib dst_equib",
        "error",
        False,
    ),
    "perovskites": source(
        "hybrid perovskites, band gap", "olympus_perovskites/data.csv", "organic cation anion", "hse_gap", False
    ),
    "colors_bob": source(
        "colour mixing, difference to green",
        "olympus_colors_bob/data.csv",
        "red orange yellow blue green",
        "difference_to_green",
        False,
    ),
    "redoxmers": source(
        "redox molecules, distance from a wavelength",
        "olympus_redoxmers/data.csv",
        "r1_label r3_label r4_label r5_label",
        "abs_lam_diff",
        False,
    ),
    "photo_wf3": source(
        "organic solar cell blends, degradation",
        "olympus_photo_wf3/data.csv",
        "mat_1 mat_2 mat_3 mat_4",
        "degradation",
        False,
    ),
    "oer_plate": source(
        "oxygen evolution catalysts, overpotential",
        "olympus_oer_plate_3496/data.csv",
        "ni_load fe_load co_load mn_load ce_load la_load",
        "overpotential",
        False,
    ),
    "edbo_direct_arylation": source(
        "direct arylation, yield",
        "edbo_direct_arylation/experiments.csv",
        "base_smiles ligand_smiles solvent_smiles concentration_M temp_C",
        "yield_pct",
        True,
    ),
}


class Pool:
    """A pool in columns. `merit` is the outcome with the sign that makes higher better."""

    def __init__(self, name):
        self.name, self.source = name, SOURCES[name]
        self.settings, values = self._rows()
        self.outcome = np.array(values)
        self.merit = self.outcome if self.source.maximise else -self.outcome
        self.columns = self._columns()

    def __len__(self):
        return len(self.settings)

    def _rows(self):
        source, groups = self.source, {}
        with open(DATA / source.table, newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if source.where is None or row[source.where[0]] == source.where[1]:
                    key = tuple(row[column] for column in source.inputs)
                    groups.setdefault(key, []).append(float(row[source.outcome]))
        return list(groups), [float(np.mean(values)) for values in groups.values()]

    def _columns(self):
        """Named columns: lists of numbers, or of words for a category."""
        if self.source.formula:
            return element_features([row[0] for row in self.settings])
        columns = {}
        for index, name in enumerate(self.source.inputs):
            cells = [row[index] for row in self.settings]
            try:
                columns[name] = [float(cell) for cell in cells]
            except ValueError:
                columns[name] = cells
        return {name: cells for name, cells in columns.items() if len(set(cells)) > 1}

    def features(self):
        """Numbers for peers that know only numbers: scaled to 0..1, categories one-hot."""
        parts = []
        for cells in self.columns.values():
            if isinstance(cells[0], str):
                parts += [np.array([float(cell == level) for cell in cells]) for level in sorted(set(cells))]
            else:
                numbers = np.array(cells)
                parts.append((numbers - numbers.min()) / np.ptp(numbers))
        return np.column_stack(parts)

    def best(self):
        return self.merit == self.merit.max()

    def top(self, percent=5.0):
        wanted = max(1, int(np.ceil(len(self) * percent / 100)))
        return self.merit >= np.sort(self.merit)[::-1][wanted - 1]

    def initial(self, seed):
        """The first experiments of repetition `seed`, the same for every planner."""
        return np.random.default_rng(seed).choice(len(self), INITIAL, replace=False).tolist()

    def write(self, path):
        """The pool as a table, one row per candidate."""
        with open(path, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow([*self.source.inputs, self.source.outcome])
            writer.writerows([*row, repr(float(value))] for row, value in zip(self.settings, self.outcome))


def element_features(formulas):
    """The columns matdock computes from formulas, without those that are constant or unknown for some formula."""
    command = ["cargo", "run", "--quiet", "--release", "-p", "matdock-chem", "--example", "features", "--", "melting"]
    cache = WORK / f"features-{len(formulas)}.csv"
    if not cache.exists():
        text = subprocess.run(
            command, cwd=REPOSITORY, input="\n".join(formulas), text=True, check=True, capture_output=True
        ).stdout
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(text, encoding="utf-8")
    with open(cache, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    columns = {name: [row[name] for row in rows] for name in rows[0] if name != "formula"}
    return {
        name: [float(cell) for cell in cells] for name, cells in columns.items() if all(cells) and len(set(cells)) > 1
    }
