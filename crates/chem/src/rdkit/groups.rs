//! Counts of functional groups, and how patterns are counted.
//!
//! Source of the names and patterns: the table of fragments of RDKit 2026.09 (BSD-3-Clause).

use std::sync::OnceLock;

use crate::{Molecule, Pattern, mordred::Values};

/// Name behind `fr_`, pattern.
#[rustfmt::skip]
pub(super) const FRAGMENTS: [(&str, &str); 85] = [
    ("Al_COO", "C-C(=O)[O;H1,-]"),
    ("Al_OH", "[C!$(C=O)]-[OH]"),
    ("Al_OH_noTert", "[$(C-[OX2H]);!$([CX3](-[OX2H])=[OX1]);!$([CD4]-[OX2H])]"),
    ("ArN", "[$(a-[NX3H2]),$(a-[NH1][NH2]),$(a-C(=[OX1])[NH1][NH2]),$(a-C(=[NH])[NH2])]"),
    ("Ar_COO", "c-C(=O)[O;H1,-]"),
    ("Ar_N", "n"),
    ("Ar_NH", "[nH]"),
    ("Ar_OH", "c[OH1]"),
    ("COO", "[#6]C(=O)[O;H,-1]"),
    ("COO2", "[CX3](=O)[OX1H0-,OX2H1]"),
    ("C_O", "[CX3]=[OX1]"),
    ("C_O_noCOO", "[C!$(C-[OH])]=O"),
    ("C_S", "C=[SX1]"),
    ("HOCCN", "[$([OX2H1][CX4][CX4H2][NX3&R1]),$([OH1][CX4][CX4H2][NX3][CX4](C)(C)C)]"),
    ("Imine", "[Nv3](=C)-[#6]"),
    ("NH0", "[NH0,nH0]"),
    ("NH1", "[NH1,nH1]"),
    ("NH2", "[NH2,nH2]"),
    ("N_O", "[N!$(N=O)](-O)-C"),
    ("Ndealkylation1", "[$(N(-[CH3])-C-[$(C~O),$(C-a),$(C-N),$(C=C)]),$(N(-[CH2][CH3])-C-[$(C~O),$(C-a),$(C-N),$(C=C)])]"),
    ("Ndealkylation2", "[$([N&R1]1(-C)CCC1),$([N&R1]1(-C)CCCC1),$([N&R1]1(-C)CCCCC1),$([N&R1]1(-C)CCCCCC1),$([N&R1]1(-C)CCCCCCC1)]"),
    ("Nhpyrrole", "[nH]"),
    ("SH", "[SH]"),
    ("aldehyde", "[CX3H1](=O)[#6]"),
    ("alkyl_carbamate", "C[NH1]C(=O)OC"),
    ("alkyl_halide", "[CX4]-[Cl,Br,I,F]"),
    ("allylic_oxid", "[$(C=C-C);!$(C=C-C-[N,O,S]);!$(C=C-C-C-[N,O]);!$(C12=CC(=O)CCC1C3C(C4C(CCC4)CC3)CC2)]"),
    ("amide", "C(=O)-N"),
    ("amidine", "C(=N)(-N)-[!#7]"),
    ("aniline", "c-[NX3;!$(N=*)]"),
    ("aryl_methyl", "[$(a-[CH3]),$(a-[CH2]-[CH3]),$(a-[CH2]-[CH2]~[!N;!O]);!$(a(:a!:*):a!:*)]"),
    ("azide", "[$(*-[NX2-]-[NX2+]#[NX1]),$(*-[NX2]=[NX2+]=[NX1-])]"),
    ("azo", "[#6]-N=N-[#6]"),
    ("barbitur", "C1C(=O)NC(=O)NC1=O"),
    ("benzene", "c1ccccc1"),
    ("benzodiazepine", "[c&R2]12[c&R1][c&R1][c&R1][c&R1][c&R2]1[N&R1][C&R1][C&R1][N&R1]=[C&R1]2"),
    ("bicyclic", "[R2][R2]"),
    ("diazo", "[N+]#N"),
    ("dihydropyridine", "[$([NX3H1]1-C=C-C-C=C1),$([Nv3]1=C-C-C=C-C1),$([Nv3]1=C-C=C-C-C1),$([NX3H1]1-C-C=C-C=C1)]"),
    ("epoxide", "O1CC1"),
    ("ester", "[#6][CX3](=O)[OX2H0][#6]"),
    ("ether", "[OD2]([#6])[#6]"),
    ("furan", "o1cccc1"),
    ("guanido", "C(=N)(N)N"),
    ("halogen", "[#9,#17,#35,#53]"),
    ("hdrzine", "[NX3]-[NX3]"),
    ("hdrzone", "C=N-[NX3]"),
    ("imidazole", "n1cncc1"),
    ("imide", "N(-C(=O))-C=O"),
    ("isocyan", "N=C=O"),
    ("isothiocyan", "N=C=S"),
    ("ketone", "[#6][CX3](=O)[#6]"),
    ("ketone_Topliss", "[$([CX3](=[OX1])(C)([c,C]));!$([CX3](=[OX1])([CH1]=C)[c,C])]"),
    ("lactam", "N1C(=O)CC1"),
    ("lactone", "[C&R1](=O)[O&R1][C&R1]"),
    ("methoxy", "[OX2](-[#6])-[CH3]"),
    ("morpholine", "O1CCNCC1"),
    ("nitrile", "[NX1]#[CX2]"),
    ("nitro", "[$([NX3](=O)=O),$([NX3+](=O)[O-])][!#8]"),
    ("nitro_arom", "[$(c1(-[$([NX3](=O)=O),$([NX3+](=O)[O-])])ccccc1)]"),
    ("nitro_arom_nonortho", "[$(c1(-[$([NX3](=O)=O),$([NX3+](=O)[O-])])ccccc1);!$(cc-!:*)]"),
    ("nitroso", "[N!$(N-O)]=O"),
    ("oxazole", "c1ocnc1"),
    ("oxime", "[CX3]=[NX2]-[OX2]"),
    ("para_hydroxylation", "[$([cH]1[cH]cc(c[cH]1)~[$([#8,$([#8]~[H,c,C])])]),$([cH]1[cH]cc(c[cH]1)~[$([#7X3,$([#7](~[H,c,C])~[H,c,C])])]),$([cH]1[cH]cc(c[cH]1)-!:[$([NX3H,$(NC(=O)[H,c,C])])])]"),
    ("phenol", "[OX2H]-c1ccccc1"),
    ("phenol_noOrthoHbond", "[$(c1(-[OX2H])ccccc1);!$(cc-!:[CH2]-[OX2H]);!$(cc-!:C(=O)[O;H1,-]);!$(cc-!:C(=O)-[NH2])]"),
    ("phos_acid", "[$(P(=[OX1])([$([OX2H]),$([OX1-]),$([OX2]P)])([$([OX2H]),$([OX1-]),$([OX2]P)])[$([OX2H]),$([OX1-]),$([OX2]P)]),$([P+]([OX1-])([$([OX2H]),$([OX1-]),$([OX2]P)])([$([OX2H]),$([OX1-]),$([OX2]P)])[$([OX2H]),$([OX1-]),$([OX2]P)])]"),
    ("phos_ester", "[$(P(=[OX1])([OX2][#6])([$([OX2H]),$([OX1-]),$([OX2][#6])])[$([OX2H]),$([OX1-]),$([OX2][#6]),$([OX2]P)]),$([P+]([OX1-])([OX2][#6])([$([OX2H]),$([OX1-]),$([OX2][#6])])[$([OX2H]),$([OX1-]),$([OX2][#6]),$([OX2]P)])]"),
    ("piperdine", "N1CCCCC1"),
    ("piperzine", "N1CCNCC1"),
    ("priamide", "C(=O)-[NH2]"),
    ("prisulfonamd", "[NH2]-S(=,-[OX1;+0,-1])(=,-[OX1;+0,-1])-[#6]"),
    ("pyridine", "n1ccccc1"),
    ("quatN", "[$([NX4+]),$([NX4]=*)]"),
    ("sulfide", "[SX2](-[#6])-C"),
    ("sulfonamd", "N-S(=,-[OX1;+0,-1])(=,-[OX1;+0,-1])-[#6]"),
    ("sulfone", "S(=,-[OX1;+0,-1])(=,-[OX1;+0,-1])(-[#6])-[#6]"),
    ("term_acetylene", "C#[CH]"),
    ("tetrazole", "c1nnnn1"),
    ("thiazole", "c1scnc1"),
    ("thiocyan", "S-C#N"),
    ("thiophene", "s1cccc1"),
    ("unbrch_alkane", "[CR0;D2,D1][CR0;D2][CR0;D2][CR0;D2,D1]"),
    ("urea", "C(=O)(-N)-N"),
];

const AMIDE: &str = "C(=[O;!R])N";

/// Patterns of this folder are constants; a test reads them all.
pub(super) fn patterns<'a>(
    cell: &'static OnceLock<Vec<Pattern>>,
    smarts: impl Iterator<Item = &'a str>,
) -> &'static [Pattern] {
    cell.get_or_init(|| smarts.filter_map(|smarts| Pattern::parse(smarts).ok()).collect())
}

/// How often each group occurs.
pub(super) fn fragments(molecule: &Molecule, values: &mut Values) {
    static CELL: OnceLock<Vec<Pattern>> = OnceLock::new();
    let patterns = patterns(&CELL, FRAGMENTS.iter().map(|(_, smarts)| *smarts));
    values.extend(patterns.iter().map(|pattern| Ok(pattern.count(molecule) as f64)));
}

/// Number of amide bonds.
pub(super) fn amides(molecule: &Molecule) -> f64 {
    static CELL: OnceLock<Vec<Pattern>> = OnceLock::new();
    patterns(&CELL, std::iter::once(AMIDE)).iter().map(|pattern| pattern.count(molecule)).sum::<usize>() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_can_be_read() {
        for (name, smarts) in FRAGMENTS.iter().copied().chain([("amide", AMIDE)]) {
            assert!(Pattern::parse(smarts).is_ok(), "{name}: {smarts}");
        }
    }
}
