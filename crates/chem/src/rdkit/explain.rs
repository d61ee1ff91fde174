//! What RDKit's descriptors are, in words.

use matdock_message::{Message, say};

use crate::Mordred;

pub(super) fn explain(name: &str) -> Option<Message> {
    single(name).or_else(|| numbered(name)).or_else(|| burden(name)).or_else(|| Mordred::explain(name))
}

pub(super) fn unit(name: &str) -> &'static str {
    match name {
        "MolWt" | "HeavyAtomMolWt" | "ExactMolWt" => "u",
        "TPSA" | "LabuteASA" => "Ao2",
        "MolMR" => "cm3/mol",
        "MaxPartialCharge" | "MinPartialCharge" | "MaxAbsPartialCharge" | "MinAbsPartialCharge" => "[e]",
        name if ["PEOE_VSA", "SMR_VSA", "SlogP_VSA", "EState_VSA"].iter().any(|kind| name.starts_with(kind)) => "Ao2",
        _ => "1",
    }
}

/// `Chi3v`, `Kappa2`, `FpDensityMorgan1`.
fn numbered(name: &str) -> Option<Message> {
    let digit = |rest: &str| rest.get(..1).filter(|digit| digit.bytes().all(|c| c.is_ascii_digit())).map(str::to_owned);
    if let Some(rest) = name.strip_prefix("Chi") {
        let order = digit(rest)?;
        return match &rest[1..] {
            "" => Some(say!("chem-rdkit-chi-simple", order = order)),
            "n" => Some(say!("chem-rdkit-chi-n", order = order)),
            "v" => Some(say!("chem-rdkit-chi-v", order = order)),
            _ => None,
        };
    }
    if let Some(rest) = name.strip_prefix("Kappa") {
        return Some(say!("chem-rdkit-kappa", order = digit(rest)?));
    }
    let radius = digit(name.strip_prefix("FpDensityMorgan")?)?;
    Some(say!("chem-rdkit-fingerprint-density", radius = radius))
}

/// `BCUT2D_MWHI`.
fn burden(name: &str) -> Option<Message> {
    let rest = name.strip_prefix("BCUT2D_")?;
    let (weight, high) = match rest {
        "MWHI" | "MWLOW" => (say!("chem-rdkit-weight-mass"), rest == "MWHI"),
        "CHGHI" | "CHGLO" => (say!("chem-rdkit-weight-charge"), rest == "CHGHI"),
        "LOGPHI" | "LOGPLOW" => (say!("chem-rdkit-weight-logp"), rest == "LOGPHI"),
        "MRHI" | "MRLOW" => (say!("chem-rdkit-weight-refractivity"), rest == "MRHI"),
        _ => return None,
    };
    Some(match high {
        true => say!("chem-rdkit-bcut-high", weight = weight),
        false => say!("chem-rdkit-bcut-low", weight = weight),
    })
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
    "MaxAbsEStateIndex" "chem-rdkit-estate-largest-size",
    "MaxEStateIndex" "chem-rdkit-estate-most",
    "MinAbsEStateIndex" "chem-rdkit-estate-least-size",
    "MinEStateIndex" "chem-rdkit-estate-least",
    "qed" "chem-rdkit-qed",
    "SPS" "chem-rdkit-sps",
    "MolWt" "chem-rdkit-mass",
    "HeavyAtomMolWt" "chem-rdkit-heavy-mass",
    "ExactMolWt" "chem-mordred-mw",
    "NumValenceElectrons" "chem-rdkit-valence-electrons",
    "NumRadicalElectrons" "chem-rdkit-radical-electrons",
    "MaxPartialCharge" "chem-rdkit-charge-most",
    "MinPartialCharge" "chem-rdkit-charge-least",
    "MaxAbsPartialCharge" "chem-rdkit-charge-most-size",
    "MinAbsPartialCharge" "chem-rdkit-charge-least-size",
    "AvgIpc" "chem-rdkit-ipc-mean",
    "Ipc" "chem-rdkit-ipc",
    "BalabanJ" "chem-mordred-balaban",
    "BertzCT" "chem-mordred-bertz",
    "HallKierAlpha" "chem-rdkit-alpha",
    "LabuteASA" "chem-mordred-labute",
    "TPSA" "chem-mordred-tpsa-no",
    "FractionCSP3" "chem-mordred-sp3-share",
    "HeavyAtomCount" "chem-mordred-heavy-atoms",
    "NHOHCount" "chem-rdkit-nhoh",
    "NOCount" "chem-rdkit-no",
    "NumAliphaticCarbocycles" "chem-rdkit-aliphatic-carbocycles",
    "NumAliphaticHeterocycles" "chem-rdkit-aliphatic-heterocycles",
    "NumAliphaticRings" "chem-rdkit-aliphatic-rings",
    "NumAmideBonds" "chem-rdkit-amide-bonds",
    "NumAromaticCarbocycles" "chem-rdkit-aromatic-carbocycles",
    "NumAromaticHeterocycles" "chem-rdkit-aromatic-heterocycles",
    "NumAromaticRings" "chem-rdkit-aromatic-rings",
    "NumAtomStereoCenters" "chem-rdkit-stereocentres",
    "NumUnspecifiedAtomStereoCenters" "chem-rdkit-stereocentres-open",
    "NumBridgeheadAtoms" "chem-mordred-bridgehead",
    "NumHAcceptors" "chem-mordred-acceptors",
    "NumHDonors" "chem-mordred-donors",
    "NumHeteroatoms" "chem-mordred-heteroatoms",
    "NumHeterocycles" "chem-rdkit-heterocycles",
    "NumRotatableBonds" "chem-mordred-rotatable",
    "NumSaturatedCarbocycles" "chem-rdkit-saturated-carbocycles",
    "NumSaturatedHeterocycles" "chem-rdkit-saturated-heterocycles",
    "NumSaturatedRings" "chem-rdkit-saturated-rings",
    "NumSpiroAtoms" "chem-mordred-spiro",
    "Phi" "chem-rdkit-flexibility",
    "RingCount" "chem-rdkit-rings",
    "MolLogP" "chem-mordred-slogp",
    "MolMR" "chem-mordred-smr",
    "fr_Al_COO" "chem-rdkit-group-al-coo",
    "fr_Al_OH" "chem-rdkit-group-al-oh",
    "fr_Al_OH_noTert" "chem-rdkit-group-al-oh-notert",
    "fr_ArN" "chem-rdkit-group-arn",
    "fr_Ar_COO" "chem-rdkit-group-ar-coo",
    "fr_Ar_N" "chem-rdkit-group-ar-n",
    "fr_Ar_NH" "chem-rdkit-group-ar-nh",
    "fr_Ar_OH" "chem-rdkit-group-ar-oh",
    "fr_COO" "chem-rdkit-group-coo",
    "fr_COO2" "chem-rdkit-group-coo2",
    "fr_C_O" "chem-rdkit-group-c-o",
    "fr_C_O_noCOO" "chem-rdkit-group-c-o-nocoo",
    "fr_C_S" "chem-rdkit-group-c-s",
    "fr_HOCCN" "chem-rdkit-group-hoccn",
    "fr_Imine" "chem-rdkit-group-imine",
    "fr_NH0" "chem-rdkit-group-nh0",
    "fr_NH1" "chem-rdkit-group-nh1",
    "fr_NH2" "chem-rdkit-group-nh2",
    "fr_N_O" "chem-rdkit-group-n-o",
    "fr_Ndealkylation1" "chem-rdkit-group-ndealkylation1",
    "fr_Ndealkylation2" "chem-rdkit-group-ndealkylation2",
    "fr_Nhpyrrole" "chem-rdkit-group-nhpyrrole",
    "fr_SH" "chem-rdkit-group-sh",
    "fr_aldehyde" "chem-rdkit-group-aldehyde",
    "fr_alkyl_carbamate" "chem-rdkit-group-alkyl-carbamate",
    "fr_alkyl_halide" "chem-rdkit-group-alkyl-halide",
    "fr_allylic_oxid" "chem-rdkit-group-allylic-oxid",
    "fr_amide" "chem-rdkit-group-amide",
    "fr_amidine" "chem-rdkit-group-amidine",
    "fr_aniline" "chem-rdkit-group-aniline",
    "fr_aryl_methyl" "chem-rdkit-group-aryl-methyl",
    "fr_azide" "chem-rdkit-group-azide",
    "fr_azo" "chem-rdkit-group-azo",
    "fr_barbitur" "chem-rdkit-group-barbitur",
    "fr_benzene" "chem-rdkit-group-benzene",
    "fr_benzodiazepine" "chem-rdkit-group-benzodiazepine",
    "fr_bicyclic" "chem-rdkit-group-bicyclic",
    "fr_diazo" "chem-rdkit-group-diazo",
    "fr_dihydropyridine" "chem-rdkit-group-dihydropyridine",
    "fr_epoxide" "chem-rdkit-group-epoxide",
    "fr_ester" "chem-rdkit-group-ester",
    "fr_ether" "chem-rdkit-group-ether",
    "fr_furan" "chem-rdkit-group-furan",
    "fr_guanido" "chem-rdkit-group-guanido",
    "fr_halogen" "chem-rdkit-group-halogen",
    "fr_hdrzine" "chem-rdkit-group-hdrzine",
    "fr_hdrzone" "chem-rdkit-group-hdrzone",
    "fr_imidazole" "chem-rdkit-group-imidazole",
    "fr_imide" "chem-rdkit-group-imide",
    "fr_isocyan" "chem-rdkit-group-isocyan",
    "fr_isothiocyan" "chem-rdkit-group-isothiocyan",
    "fr_ketone" "chem-rdkit-group-ketone",
    "fr_ketone_Topliss" "chem-rdkit-group-ketone-topliss",
    "fr_lactam" "chem-rdkit-group-lactam",
    "fr_lactone" "chem-rdkit-group-lactone",
    "fr_methoxy" "chem-rdkit-group-methoxy",
    "fr_morpholine" "chem-rdkit-group-morpholine",
    "fr_nitrile" "chem-rdkit-group-nitrile",
    "fr_nitro" "chem-rdkit-group-nitro",
    "fr_nitro_arom" "chem-rdkit-group-nitro-arom",
    "fr_nitro_arom_nonortho" "chem-rdkit-group-nitro-arom-nonortho",
    "fr_nitroso" "chem-rdkit-group-nitroso",
    "fr_oxazole" "chem-rdkit-group-oxazole",
    "fr_oxime" "chem-rdkit-group-oxime",
    "fr_para_hydroxylation" "chem-rdkit-group-para-hydroxylation",
    "fr_phenol" "chem-rdkit-group-phenol",
    "fr_phenol_noOrthoHbond" "chem-rdkit-group-phenol-noorthohbond",
    "fr_phos_acid" "chem-rdkit-group-phos-acid",
    "fr_phos_ester" "chem-rdkit-group-phos-ester",
    "fr_piperdine" "chem-rdkit-group-piperdine",
    "fr_piperzine" "chem-rdkit-group-piperzine",
    "fr_priamide" "chem-rdkit-group-priamide",
    "fr_prisulfonamd" "chem-rdkit-group-prisulfonamd",
    "fr_pyridine" "chem-rdkit-group-pyridine",
    "fr_quatN" "chem-rdkit-group-quatn",
    "fr_sulfide" "chem-rdkit-group-sulfide",
    "fr_sulfonamd" "chem-rdkit-group-sulfonamd",
    "fr_sulfone" "chem-rdkit-group-sulfone",
    "fr_term_acetylene" "chem-rdkit-group-term-acetylene",
    "fr_tetrazole" "chem-rdkit-group-tetrazole",
    "fr_thiazole" "chem-rdkit-group-thiazole",
    "fr_thiocyan" "chem-rdkit-group-thiocyan",
    "fr_thiophene" "chem-rdkit-group-thiophene",
    "fr_unbrch_alkane" "chem-rdkit-group-unbrch-alkane",
    "fr_urea" "chem-rdkit-group-urea",
}

#[cfg(test)]
mod tests {
    use matdock_message::Language;

    use super::*;
    use crate::Rdkit;

    #[test]
    fn every_descriptor_is_explained_in_both_languages() {
        for name in Rdkit::names() {
            let message = explain(name);
            assert!(message.is_some(), "{name}");
            for language in [Language::English, Language::Japanese] {
                let text = message.as_ref().map(|message| message.text(language)).unwrap_or_default();
                assert!(!text.contains("chem-") && text.chars().count() > 2, "{name}: {text}");
            }
        }
    }
}
