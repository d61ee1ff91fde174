"""Is the advice right? Real tables, the same with shuffled targets, with a planted leak, with planted duplicates.

    cargo build --release -p matdock
    MATDOCK_DATA=... python run.py [--program PATH] [--only NAME ...]

Right is: a signal in the real table, none in the shuffled one (the planted column named, the planted rows counted in the
others). Real tables in which nothing may be there are not judged by that. Prints one line per case and the share that is
right. Needs nothing but Python.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import tempfile
from pathlib import Path

DATA = Path(os.environ.get("MATDOCK_DATA", "data"))
# Table, target, columns that are not learnt from.
TABLES = [
    ("agnp/pool_mean.csv", "loss_mean", "loss_sd,n_replicates"),
    ("agnp/raw.csv", "loss", ""),
    ("aqsoldb/data.csv", "Solubility", "ID,Name,InChI,SD,Occurrences,Group"),
    ("bigsmiles_homopolymers/bicerano.csv", "Tg_K_exp", "polymer,bigsmiles"),
    ("bigsmiles_homopolymers/jcim.csv", "Tg_C", "bigsmiles"),
    ("binary_melting/binary_melting.csv", "melting_point_K", "cas,name"),
    ("concrete_slump/data.csv", "strength_28d_MPa", "no,slump_cm,flow_cm"),
    ("concrete_slump/data.csv", "slump_cm", "no,flow_cm,strength_28d_MPa"),
    ("concrete_slump/data.csv", "flow_cm", "no,slump_cm,strength_28d_MPa"),
    ("crossed_barrel/pool_mean.csv", "toughness_J_mean", "toughness_J_sd,n_replicates"),
    ("crossed_barrel/raw.csv", "toughness_J", ""),
    ("cuzns_tcf_run1/data.csv", "sheet_resistance_ohm_sq", "group,set,repeat,avt_380_780,fom_S,fom_uS"),
    ("cuzns_tcf_run1/data.csv", "avt_380_780", "group,set,repeat,sheet_resistance_ohm_sq,fom_S,fom_uS"),
    ("edbo_direct_arylation/experiments.csv", "yield_pct", "entry"),
    ("electrode_calendering/structures.csv", "tliq", "x,y,z,res,tsol,CC/AM,CC/CBD,Active_Surface"),
    ("electrode_calendering/structures.csv", "Active_Surface", "x,y,z,res,tliq,tsol,CC/AM,CC/CBD"),
    ("matbench_expt_gap/data.csv", "gap_eV", "mb_id,fold"),
    ("matbench_steels/data.csv", "yield_strength_MPa", "mb_id,fold"),
    ("moleculenet_small/esol.csv", "logS_mol_L", ""),
    ("moleculenet_small/freesolv.csv", "hydration_dG_kcal_mol", ""),
    ("moleculenet_small/lipophilicity.csv", "logD_7_4", ""),
    ("nims_steel_fatigue/data.csv", "fatigue_strength_MPa", "tensile_strength_MPa,fracture_strength_MPa,hardness_HV"),
    ("nims_steel_fatigue/data.csv", "hardness_HV", "fatigue_strength_MPa,tensile_strength_MPa,fracture_strength_MPa"),
    ("olympus_alkox/data.csv", "conversion", ""),
    ("olympus_colors_bob/data.csv", "difference_to_green", ""),
    ("olympus_fullerenes/data.csv", "product", ""),
    ("olympus_hplc/data.csv", "peak_area", ""),
    ("olympus_liquid_dce/data.csv", "error", ""),
    ("olympus_liquid_toluene/data.csv", "error", "stdev"),
    ("olympus_liquid_water/data.csv", "error", ""),
    ("olympus_lnp3/data.csv", "drug_loading", "encap_efficiency,particle_diameter"),
    ("olympus_lnp3/data.csv", "particle_diameter", "drug_loading,encap_efficiency"),
    ("olympus_oer_plate_3496/data.csv", "overpotential", ""),
    ("olympus_oer_plate_3851/data.csv", "overpotential", ""),
    ("olympus_perovskites/data.csv", "hse_gap", ""),
    ("olympus_photo_wf3/data.csv", "degradation", ""),
    ("olympus_redoxmers/data.csv", "ered", "abs_lam_diff,gsol"),
    ("olympus_redoxmers/data.csv", "gsol", "abs_lam_diff,ered"),
    ("olympus_snar/data.csv", "impurity", ""),
    ("olympus_suzuki/data.csv", "yield", ""),
    ("olympus_suzuki_i/data.csv", "yield", "turnover"),
    ("olympus_suzuki_ii/data.csv", "yield", "turnover"),
    ("open_polymer_2025/train.csv", "density_g_cm3", "id,FFV,Tc_W_mK,Rg_A"),
    ("p3ht_cnt/pool_mean.csv", "conductivity_S_cm_mean", "conductivity_S_cm_sd,n_replicates"),
    ("p3ht_cnt/raw.csv", "conductivity_S_cm", ""),
    ("polymer_electrolyte_chemarr/data.csv", "log10_conductivity_S_cm", ""),
    ("polymer_tg/train.csv", "Tg_C", ""),
    ("seko_melting/melting.csv", "melting_T_K", "n_elements"),
    ("spin_coated_ps/thickness.csv", "thickness_nm", ""),
    ("steel_strength/data.csv", "yield_strength", "tensile_strength,elongation"),
    ("steel_strength/data.csv", "elongation", "yield_strength,tensile_strength"),
]
MOST_ROWS = 1500
SIGNAL = {"suited", "more-rows", "search"}


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def read(table, target, ignored):
    """Header and rows with a target, at most MOST_ROWS; columns not learnt from are dropped."""
    with open(DATA / table, newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    keep = [place for place, name in enumerate(header) if name not in ignored.split(",")]
    place = header.index(target)
    rows = [row for row in rows if len(row) == len(header) and number(row[place]) is not None]
    random.Random(1).shuffle(rows)
    rows = rows[:MOST_ROWS]
    return [header[k] for k in keep], [[row[k] for k in keep] for row in rows]


def advise(program, header, rows, target):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([header, *rows])
        command = [program, "advise", str(path), "--target", target, "--json", "--dock", str(Path(folder) / "dock")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{target}: {done.stderr}{done.stdout}")
        return json.loads(done.stdout)


def cases(header, rows, target):
    """Name of the case, its rows, and whether an answer is right."""
    place = header.index(target)
    chance = random.Random(2)
    yield "real", header, rows, lambda a: a["verdict"] in SIGNAL
    mixed = [row[place] for row in rows]
    chance.shuffle(mixed)
    shuffled = [[*row[:place], value, *row[place + 1 :]] for row, value in zip(rows, mixed)]
    yield "shuffled", header, shuffled, lambda a: a["verdict"] == "no-signal"
    leaking = [[*row, repr(3.7 * number(row[place]) + 11)] for row in rows]
    yield "leak", [*header, "planted"], leaking, lambda a: "planted" in a["leaks"]
    copies = [list(chance.choice(rows)) for _ in range(max(5, len(rows) // 5))]
    yield "duplicates", header, rows + copies, lambda a, n=len(copies): a["duplicates"] >= n


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(__file__).resolve().parent
    parser.add_argument("--program", default=str(here.parent.parent / "target/release/matdock"))
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    right, wrong = 0, []
    for table, target, ignored in TABLES:
        if arguments.only and not any(name in table for name in arguments.only):
            continue
        header, rows = read(table, target, ignored)
        for name, head, body, judge in cases(header, rows, target):
            advice = advise(arguments.program, head, body, target)
            good = judge(advice)
            right += good
            if not good:
                wrong.append((table, target, name))
            figures = [advice["r2"], advice["r2_by_chance"], advice["above_chance"]]
            shown = " ".join("-" if figure is None else f"{figure:.2f}" for figure in figures)
            print("right" if good else "WRONG", table, target, name, advice["verdict"], shown, flush=True)
    print(f"{right} of {right + len(wrong)} right; wrong: {wrong}")


if __name__ == "__main__":
    main()
