"""Makes tables for `matdock chain compare` out of public ones: python3 prepare.py SOURCE TARGET

SOURCE holds one folder per table (concrete_slump, nims_steel_fatigue, ...); what each is and where it comes from stands in
README.md. The tables and the campaign files of this folder are written to TARGET. Only columns are chosen and renamed,
sensor errors emptied, recipes in words turned into numbers.
"""

import csv
import math
import re
import shutil
import statistics
import sys
from pathlib import Path

SOURCE, TARGET = Path(sys.argv[1]), Path(sys.argv[2])


def read(name):
    with open(SOURCE / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(name, rows):
    with open(TARGET / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def numbered(keys):
    """The number of each key among the different ones."""
    known = {}
    return [known.setdefault(key, len(known) + 1) for key in keys]


def steel():
    rows = read("nims_steel_fatigue/data.csv")
    elements = ["C", "Si", "Mn", "P", "S", "Ni", "Cr", "Cu", "Mo"]
    for row, heat in zip(rows, numbered(tuple(row[e] for e in elements) for row in rows)):
        row["heat"] = heat
    write("steel.csv", rows)


def electrode():
    write("electrode.csv", read("electrode_calendering/calendering_experiment.csv"))
    rows = read("electrode_calendering/structures.csv")
    keep = {"Gap": "gap", "AM": "active_material", "porous": "porosity", "z": "thickness",
            "Active_Surface": "active_surface", "CC/AM": "contact", "tliq": "tortuosity"}
    write("electrode-simulated.csv", [{new: row[old] for old, new in keep.items()} for row in rows])


def factory():
    """One row per minute (the time stamps are no finer, and the rows are not in order): medians, errors (about 0) left out."""
    minutes = {}
    for row in read("multistage_factory/data.csv"):
        minutes.setdefault(row["time_stamp"], []).append(row)
    rows = []
    for number, stamp in enumerate(sorted(minutes)):
        members = minutes[stamp]
        new = {"minute": number}
        for column in members[0]:
            if column == "time_stamp" or "Setpoint" in column:
                continue
            sensed = "_Output_Measurement" in column
            values = [float(row[column]) for row in members]
            values = [value for value in values if not sensed or value > 0.1]
            short = column.replace("_Actual", "").replace("_Output_Measurement", "_m")
            short = re.sub("_[UC]$", "", short).replace("FirstStage_CombinerOperation", "Combiner")
            new[short] = f"{statistics.median(values):.6g}" if values else ""
        rows.append(new)
    write("factory.csv", rows)


def glassy():
    rows = []
    for row in read("glassy_ionic_process/measured.csv"):
        rows.append({
            "experiment": row["experiment"],
            "salt": "s" + row["Salt_MW"].split(".")[0],
            "donor": "d" + (row["Donor_MW"].split(".")[0] or "none"),
            "acceptor": "a" + (row["Acceptor_MW"].split(".")[0] or "none"),
            "complex_amount": row["CT_complex_amount_mg"] or "0",
            "salt_amount": row["Salt_amount_mg"],
            "mill_time": row["Total_ball_mill_time_min"],
            "heat_time": row["Total_heat_time_min"],
            "temperature": row["Temperature_of_sigma_ion_C"],
            "thickness": row["Thickness_um"],
            "li_width": row["Li_MAS_FWHM_ppm"],
            "f_width": row["F_MAS_FWHM_ppm"],
            "f_static_width": row["F_Static_FWHM_ppm"],
            "li_static_width": row["Li_Static_FWHM_ppm"],
            "crystallinity": row["DSC_Crystallinity"],
            "log_conductivity": row["Log_ionic_conductivity_S_cm"],
        })
    write("glassy.csv", rows)


def film():
    """Recipes in words: the dispersion, the bake, what was dropped on the film, for how long and how hot, the rinse."""
    rows = []
    for row in read("pedot_pss_process/process.csv"):
        steps = row["process_text"].split(", which ")
        first, rest = row["process_text"].split(" was spincoated", 1)
        shares = {code: float(share) for share, code in re.findall(r"([\d.e-]+) weight percent of (C\d+)", first)}
        others = {code: share for code, share in shares.items() if code not in ("C0001", "C0002")}
        molar = re.search(r"([\d.e-]+) molar concentration of (C\d+)", first)
        additive = max(others, key=others.get) if others else (molar.group(2) if molar else "none")
        dropped = re.search(r"to which (a mixture \(([^)]*)\)|(C\d+)) was dropped", rest)
        before, after = rest.split("to which", 1) if dropped else (rest, "")
        heats = lambda text: [(float(t), float(c)) for t, c in re.findall(r"kept for ([\d.e-]+) minutes at ([\d.e-]+)", text)]
        bake, treat = heats(before) or [(0.0, 25.0)], heats(after) or [(0.0, 25.0)]
        codes = re.findall(r"C\d+", dropped.group(1)) if dropped else []
        agent = next((code for code in codes if code != "C0002"), codes[0] if codes else "none")
        strength = 0.0
        if dropped:
            share = re.search(r"([\d.e-]+) weight percent of " + agent, dropped.group(1))
            strength = float(share.group(1)) if share else (100.0 if dropped.group(3) else 10.0)
        if float(row["conductivity_S_cm"]) <= 0.0:
            continue
        rows.append({
            "paper": row["paper"],
            "polymer": shares.get("C0001", 1.3),
            "additive": additive,
            "additive_share": others.get(additive, 0.0),
            "bake_time": bake[0][0],
            "bake_temperature": bake[0][1],
            "agent": agent,
            "agent_share": strength,
            "treat_time": max(time for time, _ in treat),
            "treat_temperature": max(hot for _, hot in treat),
            "rinsed": "yes" if "rinsed" in rest else "no",
            "steps": len(steps),
            "log_conductivity": f'{math.log10(float(row["conductivity_S_cm"])):.6g}',
        })
    write("film.csv", rows)


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    write("concrete.csv", read("concrete_slump/data.csv"))
    steel()
    electrode()
    factory()
    glassy()
    film()
    for campaign in Path(__file__).parent.glob("*.toml"):
        shutil.copy(campaign, TARGET)
