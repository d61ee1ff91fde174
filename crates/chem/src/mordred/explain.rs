//! What each descriptor is, from its name: the names are made by rules, and so are the explanations.

use matdock_message::{Message, say};

use super::atomic::Weight;

/// In a few words; every name of [`super::Mordred::names`] has its explanation (a test makes sure).
pub(crate) fn explain(name: &str) -> Option<Message> {
    single(name)
        .or_else(|| autocorrelation(name))
        .or_else(|| spectrum(name))
        .or_else(|| connectivity(name))
        .or_else(|| surface(name))
        .or_else(|| ring(name))
        .or_else(|| numbered(name))
        .or_else(|| extended(name))
        .or_else(|| state(name))
}

/// UCUM code of the unit; `1` where it has none.
pub(crate) fn unit(name: &str) -> &'static str {
    match name {
        "MW" | "AMW" => "u",
        "LabuteASA" | "TopoPSA" | "TopoPSA(NO)" => "Ao2",
        "Vabc" => "Ao3",
        _ if name.contains("_VSA") => "Ao2",
        _ => "1",
    }
}

fn weight(suffix: &str) -> Option<Message> {
    let weight = Weight::ALL.into_iter().find(|weight| weight.suffix() == suffix)?;
    Some(match weight {
        Weight::Charge => say!("chem-weight-charge"),
        Weight::ValenceElectrons => say!("chem-weight-valence-electrons"),
        Weight::SigmaElectrons => say!("chem-weight-sigma-electrons"),
        Weight::IntrinsicState => say!("chem-weight-intrinsic-state"),
        Weight::AtomicNumber => say!("chem-weight-atomic-number"),
        Weight::Mass => say!("chem-weight-mass"),
        Weight::Volume => say!("chem-weight-volume"),
        Weight::Sanderson => say!("chem-weight-sanderson"),
        Weight::Pauling => say!("chem-weight-pauling"),
        Weight::AllredRochow => say!("chem-weight-allred-rochow"),
        Weight::Polarizability => say!("chem-weight-polarisability"),
        Weight::Ionization => say!("chem-weight-ionisation"),
    })
}

/// `AATSC3dv`: kind, distance, weight.
fn autocorrelation(name: &str) -> Option<Message> {
    let kinds = ["AATSC", "AATS", "ATSC", "ATS", "MATS", "GATS"];
    let (kind, rest) = kinds.iter().find_map(|kind| name.strip_prefix(kind).map(|rest| (*kind, rest)))?;
    let lag = rest.get(..1)?.parse::<u8>().ok()?;
    let weight = weight(rest.get(1..)?)?;
    Some(match kind {
        "ATS" => say!("chem-mordred-ats", lag = lag, weight = weight),
        "AATS" => say!("chem-mordred-aats", lag = lag, weight = weight),
        "ATSC" => say!("chem-mordred-atsc", lag = lag, weight = weight),
        "AATSC" => say!("chem-mordred-aatsc", lag = lag, weight = weight),
        "MATS" => say!("chem-mordred-mats", lag = lag, weight = weight),
        _ => say!("chem-mordred-gats", lag = lag, weight = weight),
    })
}

/// `SpMax_Dzpe`: what is taken from the eigenvalues, and of which matrix; `BCUTdv-1h`.
fn spectrum(name: &str) -> Option<Message> {
    if let Some((suffix, end)) = name.strip_prefix("BCUT").and_then(|rest| rest.split_once('-')) {
        let weight = weight(suffix)?;
        return match end {
            "1h" => Some(say!("chem-mordred-bcut-high", weight = weight)),
            _ => Some(say!("chem-mordred-bcut-low", weight = weight)),
        };
    }
    let (what, matrix) = name.split_once('_')?;
    let matrix = match matrix {
        "A" => say!("chem-matrix-adjacency"),
        "D" => say!("chem-matrix-distance"),
        "Dt" => say!("chem-matrix-detour"),
        _ => say!("chem-matrix-barysz", weight = weight(matrix.strip_prefix("Dz")?)?),
    };
    Some(match what {
        "SpAbs" => say!("chem-spectrum-energy", matrix = matrix),
        "SpMax" => say!("chem-spectrum-largest", matrix = matrix),
        "SpDiam" => say!("chem-spectrum-diameter", matrix = matrix),
        "SpAD" => say!("chem-spectrum-deviation", matrix = matrix),
        "SpMAD" => say!("chem-spectrum-mean-deviation", matrix = matrix),
        "LogEE" => say!("chem-spectrum-estrada", matrix = matrix),
        "SM1" => say!("chem-spectrum-moment", matrix = matrix),
        "VE1" => say!("chem-spectrum-coefficients", matrix = matrix),
        "VE2" => say!("chem-spectrum-coefficients-mean", matrix = matrix),
        "VE3" => say!("chem-spectrum-coefficients-log", matrix = matrix),
        "VR1" => say!("chem-spectrum-randic", matrix = matrix),
        "VR2" => say!("chem-spectrum-randic-mean", matrix = matrix),
        "VR3" => say!("chem-spectrum-randic-log", matrix = matrix),
        _ => return None,
    })
}

/// `AXp-3dv`: chi indices of chains, clusters, path clusters and paths.
fn connectivity(name: &str) -> Option<Message> {
    let (average, rest) = match name.strip_prefix("AX") {
        Some(rest) => (true, rest),
        None => (false, name.strip_prefix('X')?),
    };
    let (kind, rest) = rest.split_once('-')?;
    let (size, delta) = rest.split_at(rest.find('d')?);
    let delta = weight(delta)?;
    Some(match (kind, average) {
        ("ch", _) => say!("chem-mordred-chi-chain", size = size, weight = delta),
        ("c", _) => say!("chem-mordred-chi-cluster", size = size, weight = delta),
        ("pc", _) => say!("chem-mordred-chi-path-cluster", size = size, weight = delta),
        (_, false) => say!("chem-mordred-chi-path", size = size, weight = delta),
        (_, true) => say!("chem-mordred-chi-path-mean", size = size, weight = delta),
    })
}

/// `SlogP_VSA4`: surface of the atoms whose property lies in a bin.
fn surface(name: &str) -> Option<Message> {
    let kinds = ["PEOE_VSA", "SMR_VSA", "SlogP_VSA", "EState_VSA", "VSA_EState"];
    let (kind, bin) = kinds.iter().find_map(|kind| name.strip_prefix(kind).map(|bin| (*kind, bin)))?;
    Some(match kind {
        "PEOE_VSA" => say!("chem-mordred-vsa-charge", bin = bin),
        "SMR_VSA" => say!("chem-mordred-vsa-refractivity", bin = bin),
        "SlogP_VSA" => say!("chem-mordred-vsa-logp", bin = bin),
        "EState_VSA" => say!("chem-mordred-vsa-estate", bin = bin),
        _ => say!("chem-mordred-estate-vsa", bin = bin),
    })
}

/// `n6FaHRing`: size, fused, aromatic or aliphatic, with a heteroatom.
fn ring(name: &str) -> Option<Message> {
    let middle = name.strip_prefix('n')?.strip_suffix("Ring")?;
    let (size, rest) = match middle.strip_prefix("G12") {
        Some(rest) => (say!("chem-ring-larger"), rest),
        None => {
            let (digits, rest) = middle.split_at(middle.find(|c: char| !c.is_ascii_digit()).unwrap_or(middle.len()));
            let size = if digits.is_empty() { say!("chem-ring-any") } else { say!("chem-ring-size", size = digits) };
            (size, rest)
        }
    };
    let (fused, rest) = rest.strip_prefix('F').map_or((false, rest), |rest| (true, rest));
    let kind = match rest {
        "" => say!("chem-ring-all"),
        "H" => say!("chem-ring-hetero"),
        "a" => say!("chem-ring-aromatic"),
        "aH" => say!("chem-ring-aromatic-hetero"),
        "A" => say!("chem-ring-aliphatic"),
        "AH" => say!("chem-ring-aliphatic-hetero"),
        _ => return None,
    };
    Some(match fused {
        false => say!("chem-mordred-rings", size = size, kind = kind),
        true => say!("chem-mordred-fused-rings", size = size, kind = kind),
    })
}

/// Names that end in a number or a kind of atom: `MPC4`, `MDEC-23`, `TIC2`, `C2SP3`, `MID_N`.
fn numbered(name: &str) -> Option<Message> {
    if let Some((symbol, degrees)) = name.strip_prefix("MDE").and_then(|rest| rest.split_once('-')) {
        let (a, b) = (degrees.get(..1)?, degrees.get(1..)?);
        return Some(say!("chem-mordred-distance-edge", element = symbol, a = a, b = b));
    }
    if let Some((carbons, sp)) = name.strip_prefix('C').and_then(|rest| rest.split_once("SP")) {
        return Some(say!("chem-mordred-carbon-type", sp = sp, carbons = carbons));
    }
    if let Some(rest) = name.strip_prefix("AMID").or_else(|| name.strip_prefix("MID")) {
        let atoms = match rest {
            "" => say!("chem-atoms-all"),
            "_h" => say!("chem-atoms-hetero"),
            "_X" => say!("chem-atoms-halogen"),
            _ => say!("chem-atoms-element", element = rest.strip_prefix('_')?),
        };
        return Some(match name.starts_with('A') {
            false => say!("chem-mordred-id", atoms = atoms),
            true => say!("chem-mordred-id-mean", atoms = atoms),
        });
    }
    let letters = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = name.get(letters.len()..)?.trim_start_matches('0');
    let number = if number.is_empty() { "0" } else { number };
    Some(match letters {
        "IC" => say!("chem-mordred-ic", order = number),
        "TIC" => say!("chem-mordred-tic", order = number),
        "SIC" => say!("chem-mordred-sic", order = number),
        "BIC" => say!("chem-mordred-bic", order = number),
        "CIC" => say!("chem-mordred-cic", order = number),
        "MIC" => say!("chem-mordred-mic", order = number),
        "ZMIC" => say!("chem-mordred-zmic", order = number),
        "Kier" => say!("chem-mordred-kappa", order = number),
        "MPC" => say!("chem-mordred-path-count", length = number),
        "TMPC" => say!("chem-mordred-path-count-total", length = number),
        "piPC" => say!("chem-mordred-pi-path-count", length = number),
        "TpiPC" => say!("chem-mordred-pi-path-count-total", length = number),
        "MWC" => say!("chem-mordred-walk-count", length = number),
        "TMWC" => say!("chem-mordred-walk-count-total", length = number),
        "SRW" => say!("chem-mordred-self-walk", length = number),
        "TSRW" => say!("chem-mordred-self-walk-total", length = number),
        "GGI" => say!("chem-mordred-charge-index", order = number),
        "JGI" => say!("chem-mordred-charge-index-mean", order = number),
        "JGT" => say!("chem-mordred-charge-index-total", order = number),
        _ => return None,
    })
}

/// `AETA_beta_ns`: extended topochemical atom indices, per atom where they begin with `A`.
fn extended(name: &str) -> Option<Message> {
    let (average, index) = match name.strip_prefix("AETA_") {
        Some(index) => (true, index),
        None => (false, name.strip_prefix("ETA_")?),
    };
    Some(match average {
        false => say!("chem-mordred-eta", index = index),
        true => say!("chem-mordred-eta-mean", index = index),
    })
}

/// `MAXdssC`: electrotopological states of one type of atom; sums and means of element properties.
fn state(name: &str) -> Option<Message> {
    for prefix in ["S", "M"] {
        if let Some(property) = name.strip_prefix(prefix).and_then(weight) {
            return Some(match prefix {
                "S" => say!("chem-mordred-sum", weight = property),
                _ => say!("chem-mordred-mean", weight = property),
            });
        }
    }
    let is_type = |kind: &&str| kind.starts_with(['s', 'd', 't', 'a']);
    let of = |prefix: &str| name.strip_prefix(prefix).filter(is_type);
    if let Some(kind) = of("MAX") {
        return Some(say!("chem-mordred-estate-most", kind = kind));
    }
    if let Some(kind) = of("MIN") {
        return Some(say!("chem-mordred-estate-least", kind = kind));
    }
    if let Some(kind) = of("N") {
        return Some(say!("chem-mordred-estate-count", kind = kind));
    }
    of("S").map(|kind| say!("chem-mordred-estate-sum", kind = kind))
}

macro_rules! singles {
    ($($name:literal $key:literal,)*) => {
        /// Names that follow no rule.
        fn single(name: &str) -> Option<Message> {
            match name {
                $($name => Some(say!($key)),)*
                _ => None,
            }
        }
    };
}

singles! {
    "ABC" "chem-mordred-abc",
    "ABCGG" "chem-mordred-abcgg",
    "nAcid" "chem-mordred-acids",
    "nBase" "chem-mordred-bases",
    "nAromAtom" "chem-mordred-aromatic-atoms",
    "nAromBond" "chem-mordred-aromatic-bonds",
    "nAtom" "chem-mordred-atoms",
    "nHeavyAtom" "chem-mordred-heavy-atoms",
    "nSpiro" "chem-mordred-spiro",
    "nBridgehead" "chem-mordred-bridgehead",
    "nHetero" "chem-mordred-heteroatoms",
    "nH" "chem-mordred-n-h",
    "nB" "chem-mordred-n-b",
    "nC" "chem-mordred-n-c",
    "nN" "chem-mordred-n-n",
    "nO" "chem-mordred-n-o",
    "nS" "chem-mordred-n-s",
    "nP" "chem-mordred-n-p",
    "nF" "chem-mordred-n-f",
    "nCl" "chem-mordred-n-cl",
    "nBr" "chem-mordred-n-br",
    "nI" "chem-mordred-n-i",
    "nX" "chem-mordred-halogens",
    "BalabanJ" "chem-mordred-balaban",
    "BertzCT" "chem-mordred-bertz",
    "nBonds" "chem-mordred-bonds",
    "nBondsO" "chem-mordred-bonds-heavy",
    "nBondsS" "chem-mordred-bonds-single",
    "nBondsD" "chem-mordred-bonds-double",
    "nBondsT" "chem-mordred-bonds-triple",
    "nBondsA" "chem-mordred-bonds-aromatic",
    "nBondsM" "chem-mordred-bonds-multiple",
    "nBondsKS" "chem-mordred-bonds-kekule-single",
    "nBondsKD" "chem-mordred-bonds-kekule-double",
    "RNCG" "chem-mordred-rncg",
    "RPCG" "chem-mordred-rpcg",
    "HybRatio" "chem-mordred-hybridisation",
    "FCSP3" "chem-mordred-sp3-share",
    "DetourIndex" "chem-mordred-detour",
    "ECIndex" "chem-mordred-eccentric",
    "fragCpx" "chem-mordred-complexity",
    "fMF" "chem-mordred-framework",
    "nHBAcc" "chem-mordred-acceptors",
    "nHBDon" "chem-mordred-donors",
    "Lipinski" "chem-mordred-lipinski",
    "GhoseFilter" "chem-mordred-ghose",
    "FilterItLogS" "chem-mordred-logs",
    "VMcGowan" "chem-mordred-mcgowan",
    "LabuteASA" "chem-mordred-labute",
    "apol" "chem-mordred-apol",
    "bpol" "chem-mordred-bpol",
    "nRot" "chem-mordred-rotatable",
    "RotRatio" "chem-mordred-rotatable-share",
    "SLogP" "chem-mordred-slogp",
    "SMR" "chem-mordred-smr",
    "TopoPSA(NO)" "chem-mordred-tpsa-no",
    "TopoPSA" "chem-mordred-tpsa",
    "Diameter" "chem-mordred-diameter",
    "Radius" "chem-mordred-radius",
    "TopoShapeIndex" "chem-mordred-shape",
    "PetitjeanIndex" "chem-mordred-petitjean",
    "Vabc" "chem-mordred-vabc",
    "VAdjMat" "chem-mordred-adjacency-information",
    "MW" "chem-mordred-mw",
    "AMW" "chem-mordred-amw",
    "WPath" "chem-mordred-wiener",
    "WPol" "chem-mordred-wiener-polarity",
    "Zagreb1" "chem-mordred-zagreb1",
    "Zagreb2" "chem-mordred-zagreb2",
    "mZagreb1" "chem-mordred-mzagreb1",
    "mZagreb2" "chem-mordred-mzagreb2",
}

#[cfg(test)]
mod tests {
    use matdock_message::Language;

    use super::*;
    use crate::Mordred;

    #[test]
    fn every_descriptor_is_explained_in_both_languages() {
        for name in Mordred::names() {
            let message = explain(name);
            assert!(message.is_some(), "{name}");
            for language in [Language::English, Language::Japanese] {
                let text = message.as_ref().map(|message| message.text(language)).unwrap_or_default();
                assert!(!text.contains("chem-") && text.len() > 8, "{name}: {text}");
            }
        }
    }

    #[test]
    fn names_are_read_part_by_part() {
        let english = |name| explain(name).map(|message| message.text(Language::English)).unwrap_or_default();
        assert!(english("GATS8pe").contains("8 bonds apart") && english("GATS8pe").contains("Pauling"));
        assert!(english("n12FaHRing").contains("12"));
        assert_eq!((unit("MW"), unit("SlogP_VSA4"), unit("ABC")), ("u", "Ao2", "1"));
    }
}
