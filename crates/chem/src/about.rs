//! What kind of numbers descriptors are, and who defined them.

/// What values a descriptor takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// Whole numbers from 0: how many there are of something, or a length in bonds.
    Whole,
    /// Any number.
    Real,
    /// 1 for yes, 0 for no.
    YesNo,
}

/// What values a descriptor of Mordred or RDKit takes.
pub(crate) fn kind(name: &str) -> ValueKind {
    const WHOLE: [&str; 12] = [
        "DetourIndex",
        "Diameter",
        "ECIndex",
        "HeavyAtomCount",
        "NHOHCount",
        "NOCount",
        "Radius",
        "RingCount",
        "TMPC10",
        "WPath",
        "WPol",
        "NumAmideBonds",
    ];
    if matches!(name, "Lipinski" | "GhoseFilter") {
        return ValueKind::YesNo;
    }
    let behind =
        |prefix: &str, wanted: fn(char) -> bool| name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(wanted));
    let carbon = name.starts_with('C') && name.contains("SP") && name.len() == 5;
    // `NaaCH` counts atoms of a type, `nC` and `n6Ring` count.
    let counts = name.starts_with('n')
        || behind("N", |c| matches!(c, 's' | 'd' | 't' | 'a'))
        || behind("MPC", |c| c.is_ascii_digit())
        || ["fr_", "Num"].iter().any(|prefix| name.starts_with(prefix));
    if carbon || counts || WHOLE.contains(&name) { ValueKind::Whole } else { ValueKind::Real }
}

/// By how names begin; the first that fits is taken.
const MORDRED: [(&str, &str); 56] = [
    ("ABCGG", "Graovac and Ghorbani, Acta Chim. Slov. 57, 609 (2010)"),
    ("ABC", "Estrada et al., Indian J. Chem. A 37, 849 (1998)"),
    ("AATS", "Moreau and Broto, Nouv. J. Chim. 4, 359 (1980)"),
    ("ATS", "Moreau and Broto, Nouv. J. Chim. 4, 359 (1980)"),
    ("MATS", "Moran, Biometrika 37, 17 (1950)"),
    ("GATS", "Geary, Inc. Statist. 5, 115 (1954)"),
    ("BCUT", "Pearlman and Smith, J. Chem. Inf. Comput. Sci. 39, 28 (1999)"),
    ("BalabanJ", "Balaban, Chem. Phys. Lett. 89, 399 (1982)"),
    ("BertzCT", "Bertz, J. Am. Chem. Soc. 103, 3599 (1981)"),
    ("RNCG", "Stanton and Jurs, Anal. Chem. 62, 2323 (1990)"),
    ("RPCG", "Stanton and Jurs, Anal. Chem. 62, 2323 (1990)"),
    ("AETA", "Roy and Ghosh, Internet Electron. J. Mol. Des. 2, 599 (2003)"),
    ("ETA", "Roy and Ghosh, Internet Electron. J. Mol. Des. 2, 599 (2003)"),
    ("AX", "Kier and Hall, Molecular Connectivity in Structure-Activity Analysis (1986)"),
    ("X", "Kier and Hall, Molecular Connectivity in Structure-Activity Analysis (1986)"),
    ("Kier", "Kier, Quant. Struct.-Act. Relat. 4, 109 (1985)"),
    ("ECIndex", "Sharma et al., J. Chem. Inf. Comput. Sci. 37, 273 (1997)"),
    ("fragCpx", "Nilakantan et al., J. Chem. Inf. Model. 46, 1069 (2006)"),
    ("fMF", "Yang et al., J. Med. Chem. 53, 7709 (2010)"),
    ("Lipinski", "Lipinski et al., Adv. Drug Deliv. Rev. 23, 3 (1997)"),
    ("GhoseFilter", "Ghose et al., J. Comb. Chem. 1, 55 (1999)"),
    ("VMcGowan", "Abraham and McGowan, Chromatographia 23, 243 (1987)"),
    ("Vabc", "Zhao et al., J. Org. Chem. 68, 7368 (2003)"),
    ("LabuteASA", "Labute, J. Mol. Graph. Model. 18, 464 (2000)"),
    ("PEOE_VSA", "Labute, J. Mol. Graph. Model. 18, 464 (2000)"),
    ("SMR_VSA", "Labute, J. Mol. Graph. Model. 18, 464 (2000)"),
    ("SlogP_VSA", "Labute, J. Mol. Graph. Model. 18, 464 (2000)"),
    ("EState_VSA", "Labute, J. Mol. Graph. Model. 18, 464 (2000); Hall and Kier (1995)"),
    ("VSA_EState", "Labute, J. Mol. Graph. Model. 18, 464 (2000); Hall and Kier (1995)"),
    ("SLogP", "Wildman and Crippen, J. Chem. Inf. Comput. Sci. 39, 868 (1999)"),
    ("SMR", "Wildman and Crippen, J. Chem. Inf. Comput. Sci. 39, 868 (1999)"),
    ("TopoPSA", "Ertl et al., J. Med. Chem. 43, 3714 (2000)"),
    ("TopoShapeIndex", "Petitjean, J. Chem. Inf. Comput. Sci. 32, 331 (1992)"),
    ("PetitjeanIndex", "Petitjean, J. Chem. Inf. Comput. Sci. 32, 331 (1992)"),
    ("MDE", "Liu et al., J. Chem. Inf. Comput. Sci. 38, 387 (1998)"),
    ("AMID", "Randic, J. Chem. Inf. Comput. Sci. 24, 164 (1984)"),
    ("MID", "Randic, J. Chem. Inf. Comput. Sci. 24, 164 (1984)"),
    ("GGI", "Galvez et al., J. Chem. Inf. Comput. Sci. 34, 520 (1994)"),
    ("JG", "Galvez et al., J. Chem. Inf. Comput. Sci. 34, 520 (1994)"),
    ("WPath", "Wiener, J. Am. Chem. Soc. 69, 17 (1947)"),
    ("WPol", "Wiener, J. Am. Chem. Soc. 69, 17 (1947)"),
    ("Zagreb", "Gutman and Trinajstic, Chem. Phys. Lett. 17, 535 (1972)"),
    ("mZagreb", "Nikolic et al., Croat. Chem. Acta 76, 113 (2003)"),
    ("MWC", "Rucker and Rucker, J. Chem. Inf. Comput. Sci. 33, 683 (1993)"),
    ("TMWC", "Rucker and Rucker, J. Chem. Inf. Comput. Sci. 33, 683 (1993)"),
    ("SRW", "Rucker and Rucker, J. Chem. Inf. Comput. Sci. 33, 683 (1993)"),
    ("TSRW", "Rucker and Rucker, J. Chem. Inf. Comput. Sci. 33, 683 (1993)"),
    ("IC", "Basak, in Devillers and Balaban, Topological Indices (1999)"),
    ("TIC", "Basak, in Devillers and Balaban, Topological Indices (1999)"),
    ("SIC", "Basak, in Devillers and Balaban, Topological Indices (1999)"),
    ("BIC", "Basak, in Devillers and Balaban, Topological Indices (1999)"),
    ("CIC", "Basak, in Devillers and Balaban, Topological Indices (1999)"),
    ("MIC", "Todeschini and Consonni, Molecular Descriptors for Chemoinformatics (2009)"),
    ("ZMIC", "Todeschini and Consonni, Molecular Descriptors for Chemoinformatics (2009)"),
    ("MAX", ESTATE),
    ("MIN", ESTATE),
];
const ESTATE: &str = "Hall and Kier, J. Chem. Inf. Comput. Sci. 35, 1039 (1995)";
const HANDBOOK: &str = "Todeschini and Consonni, Molecular Descriptors for Chemoinformatics (2009)";
const MORDRED_ITSELF: &str = "Moriwaki et al., J. Cheminform. 10, 4 (2018)";
const RDKIT_ITSELF: &str = "RDKit 2026.09";

/// Who defined a descriptor of Mordred; for counts and sums that speak for themselves, Mordred.
pub(crate) fn mordred(name: &str) -> &'static str {
    if let Some((_, matrix)) = name.split_once('_')
        && ["SpAbs", "SpMax", "SpDiam", "SpAD", "SpMAD", "LogEE", "SM1", "VE", "VR"].iter().any(|p| name.starts_with(p))
        && (matches!(matrix, "A" | "D" | "Dt") || matrix.starts_with("Dz"))
    {
        return if matrix.starts_with("Dz") {
            "Barysz et al., in King, Chemical Applications of Topology and Graph Theory, 222 (1983)"
        } else {
            HANDBOOK
        };
    }
    let of_state = |prefix: &str| {
        name.strip_prefix(prefix).is_some_and(|rest| rest.len() > 2 && rest.starts_with(['s', 'd', 't', 'a']))
    };
    // `Sare` is a sum over elements, `SaaCH` of states.
    let elements = ["Sare", "Mare"].contains(&name);
    if !elements && (of_state("S") || of_state("N")) {
        return ESTATE;
    }
    let known = MORDRED.iter().find(|(prefix, _)| name.starts_with(prefix));
    known.map_or(MORDRED_ITSELF, |(_, source)| source)
}

/// By how names begin; the first that fits is taken.
const RDKIT: [(&str, &str); 11] = [
    ("qed", "Bickerton et al., Nat. Chem. 4, 90 (2012)"),
    ("SPS", "Krzyzanowski et al., J. Med. Chem. 66, 12739 (2023)"),
    ("BCUT2D", "Pearlman and Smith, J. Chem. Inf. Comput. Sci. 39, 28 (1999)"),
    ("AvgIpc", "Bonchev and Trinajstic, J. Chem. Phys. 67, 4517 (1977)"),
    ("Ipc", "Bonchev and Trinajstic, J. Chem. Phys. 67, 4517 (1977)"),
    ("Chi", "Hall and Kier, Rev. Comput. Chem. 2, 367 (1991)"),
    ("Kappa", "Hall and Kier, Rev. Comput. Chem. 2, 367 (1991)"),
    ("HallKierAlpha", "Hall and Kier, Rev. Comput. Chem. 2, 367 (1991)"),
    ("Phi", "Kier, Quant. Struct.-Act. Relat. 8, 221 (1989)"),
    ("TPSA", "Ertl et al., J. Med. Chem. 43, 3714 (2000)"),
    ("FractionCSP3", "Lovering et al., J. Med. Chem. 52, 6752 (2009)"),
];

/// Who defined a descriptor of RDKit; for counts that speak for themselves, RDKit.
pub(crate) fn rdkit(name: &str) -> &'static str {
    if let Some((_, source)) = RDKIT.iter().find(|(prefix, _)| name.starts_with(prefix)) {
        return source;
    }
    match name {
        "MolLogP" | "MolMR" => "Wildman and Crippen, J. Chem. Inf. Comput. Sci. 39, 868 (1999)",
        "BalabanJ" | "BertzCT" | "LabuteASA" => mordred(name),
        _ if name.contains("PartialCharge") => "Gasteiger and Marsili, Tetrahedron 36, 3219 (1980)",
        _ if name.ends_with("EStateIndex") => ESTATE,
        _ if name.contains("_VSA") || name.starts_with("VSA_") => mordred(name),
        _ => RDKIT_ITSELF,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Molecule, Mordred, Rdkit};

    #[test]
    fn what_is_said_to_be_whole_is_whole() {
        for smiles in ["CC(=O)Nc1ccc(O)cc1", "C1CC2CC1CC2N", "O=S(=O)(O)c1ccc2ccccc2c1Cl", "[O-][N+](=O)C=CC#N"] {
            let molecule = Molecule::from_smiles(smiles).unwrap();
            let pairs = Mordred::names().iter().zip(Mordred::describe(&molecule));
            let pairs = pairs.chain(Rdkit::names().iter().zip(Rdkit::describe(&molecule)));
            for (name, value) in pairs {
                let Ok(value) = value else { continue };
                match kind(name) {
                    ValueKind::Whole => assert!(value >= 0.0 && value.fract() == 0.0, "{name} is {value}"),
                    ValueKind::YesNo => assert!(value == 0.0 || value == 1.0, "{name} is {value}"),
                    ValueKind::Real => {}
                }
            }
        }
    }

    /// As many as `mordredcommunity` 2.0.7 says are of type `int` and `bool`.
    #[test]
    fn kinds_are_those_of_mordred() {
        let count = |wanted| Mordred::names().iter().filter(|name| kind(name) == wanted).count();
        assert_eq!((count(ValueKind::Whole), count(ValueKind::YesNo)), (275, 2));
    }

    #[test]
    fn sources_are_those_of_the_family() {
        assert!(mordred("SpMax_DzZ").contains("Barysz"));
        assert!(mordred("SaaCH").contains("Hall and Kier"));
        assert_eq!(mordred("Sare"), MORDRED_ITSELF);
        assert!(mordred("SMR_VSA1").contains("Labute"));
        assert!(mordred("SMR").contains("Crippen"));
        assert!(rdkit("Chi3v").contains("Kier"));
        assert_eq!(rdkit("fr_urea"), RDKIT_ITSELF);
    }
}
