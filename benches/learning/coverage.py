"""Do intervals of 90 % hold 90 % of the values? `matdock train` on ten public tables, rows and groups left out.

    cargo build --release -p matdock
    MATDOCK_DATA=... python coverage.py [--program PATH]

Prints table, way of leaving out, learner, R2 and the share of values inside their interval. Needs nothing but Python.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

DATA = Path(os.environ.get("MATDOCK_DATA", "data"))
# Table, target, columns that are not learnt from, groups.
TABLES = [
    ("concrete_slump/data.csv", "strength_28d_MPa", "no,slump_cm,flow_cm", None),
    ("steel_strength/data.csv", "yield_strength", "tensile_strength,elongation", None),
    ("nims_steel_fatigue/data.csv", "fatigue_strength_MPa", "tensile_strength_MPa,fracture_strength_MPa,hardness_HV", None),
    ("moleculenet_small/freesolv.csv", "hydration_dG_kcal_mol", "", None),
    ("moleculenet_small/esol.csv", "logS_mol_L", "", None),
    ("crossed_barrel/raw.csv", "toughness_J", "", None),
    ("agnp/raw.csv", "loss", "", None),
    ("p3ht_cnt/raw.csv", "conductivity_S_cm", "", None),
    ("obelix/train.csv", "Ionic conductivity (S cm-1)", "ID,Cif ID,Cif ref_1,Cif ref_2,note,Checked,Ref,close match,"
     "close match DOI,ICSD ID,Laskowski ID,Liion ID,IC (Total),IC (Bulk),Reduced Composition", "DOI"),
    ("bigsmiles_homopolymers/bicerano.csv", "Tg_K_exp", "polymer,bigsmiles", None),
    ("polymer_electrolyte_chemarr/data.csv", "log10_conductivity_S_cm", "", "polymer_smiles"),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    here = Path(__file__).resolve().parent
    parser.add_argument("--program", default=str(here.parent.parent / "target/release/matdock"))
    parser.add_argument("--only", nargs="*")
    arguments = parser.parse_args()
    for table, target, ignored, group in TABLES:
        if arguments.only and not any(name in table for name in arguments.only):
            continue
        with tempfile.TemporaryDirectory() as folder:
            command = [arguments.program, "train", str(DATA / table), "--target", target, "--json"]
            command += ["--learner", "extra-trees", "--dock", str(Path(folder) / "dock")]
            command += ["--ignore", ignored] if ignored else []
            command += ["--split", f"group:{group}"] if group else []
            command += ["--split", "random"]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(table, "failed:", done.stderr.strip(), flush=True)
                continue
            for split in json.loads(done.stdout)["splits"]:
                held = split["coverage_90"]
                print(
                    f"{table} {split['kind']} rows {split['rows']} R2 {split['r2']['mean']:.2f} inside "
                    f"{100 * held['mean']:.1f} % ({100 * held['low']:.0f} to {100 * held['high']:.0f})",
                    flush=True,
                )


if __name__ == "__main__":
    main()
