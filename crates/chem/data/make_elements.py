#!/usr/bin/env python3
"""Writes elements.csv from the Python package mendeleev 1.3.0 (pip install mendeleev==1.3.0).

Kept so that every number can be traced; not part of the build. The header of elements.csv names the
primary source of each column. Run: python make_elements.py > elements.csv
"""

import re

from mendeleev.fetch import fetch_table

HEADER = """\
# Properties of the chemical elements. An empty field means: not known to the source named. Units are in the column names.
# Collected with the Python package mendeleev 1.3.0 (L. M. Mentel, MIT licence; the numbers are facts) by make_elements.py. Primary sources:
#   mass: standard atomic weight, IUPAC CIAAW, Prohaska et al., Pure Appl. Chem. 94, 573 (2022); radioactive elements: a long-lived isotope
#   group: IUPAC 1-18; the f-block is put in group 3
#   s, p, d, f: valence electrons of the ground state (NIST Atomic Spectra Database); a full d shell counts in groups 3-11 only, a full f shell in the f-block only
#   electronegativity: Pauling scale, CRC Handbook of Chemistry and Physics, 95th ed. (2014)
#   covalent_radius: Cordero et al., Dalton Trans. 2832 (2008); C: sp2; Mn, Fe, Co: mean of low and high spin
#   atomic_radius: Slater, J. Chem. Phys. 41, 3199 (1964), and its later additions
#   melting_point, boiling_point: CRC Handbook, stable form; C, As: triple point (they sublime at 1 atm); P white, S monoclinic, Se grey, Sn white
#   ionisation_energy: first, NIST Atomic Spectra Database
#   electron_affinity: CRC Handbook; T. Andersen, Phys. Rep. 394, 157 (2004); empty where the anion is unbound
#   density: CRC Handbook, near 295 K (gases at 1 atm)
#   atomisation_enthalpy: standard enthalpy of formation of the gaseous atom at 298.15 K, CRC Handbook
#   polarisability: static dipole, Schwerdtfeger and Nagle, Mol. Phys. 117, 1200 (2019)
#   pettifor: Pettifor's chemical scale as a running number, Solid State Commun. 51, 31 (1984)
#   mendeleev: Mendeleev number of Villars et al., J. Alloys Compd. 367, 167 (2004)"""

COLUMNS = (
    "atomic_number,symbol,name,mass [u],period,group,block,s,p,d,f,electronegativity,covalent_radius [pm],"
    "atomic_radius [pm],melting_point [K],boiling_point [K],ionisation_energy [eV],electron_affinity [eV],"
    "density [g/cm3],atomisation_enthalpy [kJ/mol],polarisability [bohr3],pettifor,mendeleev"
)
ALLOTROPES = {"P": "white", "S": "monoclinic", "Se": "gray", "Sn": "white"}


def number(value):
    if value is None or value != value:
        return ""
    return f"{float(value):.10g}"


def valence(configuration, group, block):
    """Electrons outside the noble-gas core, without shells that are full and buried."""
    count = dict.fromkeys("spdf", 0)
    for _, kind, many in re.findall(r"(\d)([spdf])(\d*)", configuration.split("]")[-1]):
        count[kind] += int(many or 1)
    if count["f"] == 14 and block != "f":
        count["f"] = 0
    if count["d"] == 10 and not (block == "d" and group <= 11):
        count["d"] = 0
    return count


def main():
    elements = fetch_table("elements")
    phases = fetch_table("phasetransitions")
    ionisation = fetch_table("ionizationenergies")
    ionisation = ionisation[ionisation.ion_charge == 0].set_index("atomic_number").ionization_energy
    print(HEADER)
    print(COLUMNS)
    for e in elements.sort_values("atomic_number").itertuples():
        if e.electron_affinity <= 0:  # resonance energies of unbound anions, not affinities
            e = e._replace(electron_affinity=None)
        if e.atomic_number > 103:  # predictions, never measured
            e = e._replace(density=None, electron_affinity=None)
        group = 3 if e.group_id != e.group_id else int(e.group_id)
        electrons = valence(e.electronic_configuration, group, e.block)
        phase = phases[phases.atomic_number == e.atomic_number]
        if e.symbol in ALLOTROPES:
            phase = phase[phase.allotrope == ALLOTROPES[e.symbol]]
        melting = boiling = None
        if len(phase):
            row = phase.iloc[0]
            melting, boiling = row.melting_point, row.boiling_point
            if e.symbol == "C":
                melting = row.triple_point_temperature
        fields = [
            str(e.atomic_number), e.symbol, e.name, number(e.atomic_weight), str(e.period), str(group), e.block,
            *(str(electrons[kind]) for kind in "spdf"),
            number(e.en_pauling), number(e.covalent_radius_cordero), number(e.atomic_radius), number(melting),
            number(boiling), number(ionisation.get(e.atomic_number)), number(e.electron_affinity), number(e.density),
            number(e.heat_of_formation), number(e.dipole_polarizability), number(e.pettifor_number),
            number(e.mendeleev_number),
        ]  # fmt: skip
        print(",".join(fields))


main()
