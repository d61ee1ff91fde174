//! The general set catch22: 22 features of the z-scored series that tell series of many kinds apart.
//!
//! Source: Lubba et al., Data Min. Knowl. Discov. 33, 1821 (2019); the definitions are those of the paper and of the
//! operations of hctsa it names (Fulcher and Jones, Cell Syst. 5, 527, 2017). Rows count as unit of time.

mod correlation;
mod distribution;
mod fluctuation;
mod forecast;
mod spectrum;
mod symbols;

use matdock_message::{Message, say};

use super::{Series, exceeds, statistics::mean};
use crate::feature::extractor::{Extractor, Needs, UnitRule, of_series};

/// Fewer readings do not fill the bins, lags and windows of the set.
const FEWEST_ROWS: usize = 20;

macro_rules! catch22 {
    ($name:literal, $value:expr) => {
        of_series(
            concat!("catch22 ", $name),
            "lab-feature-about-catch22",
            UnitRule::One,
            Needs::EvenAxis,
            |series, _| series.catch22().map($value),
        )
        .from("Lubba et al., Data Min. Knowl. Discov. 33, 1821 (2019)")
    };
}

pub(super) static EXTRACTORS: [Extractor; 22] = [
    catch22!("DN_HistogramMode_5", |s| distribution::mode(&s.z, 5)),
    catch22!("DN_HistogramMode_10", |s| distribution::mode(&s.z, 10)),
    catch22!("CO_f1ecac", correlation::first_fall_to_1_over_e),
    catch22!("CO_FirstMin_ac", correlation::first_minimum),
    catch22!("CO_HistogramAMI_even_2_5", |s| distribution::mutual_information(&s.z, 2, 5)),
    catch22!("CO_trev_1_num", |s| correlation::time_reversibility(&s.z)),
    catch22!("MD_hrv_classic_pnn40", |s| distribution::large_steps(&s.z)),
    catch22!("SB_BinaryStats_mean_longstretch1", |s| symbols::longest_above_mean(&s.z)),
    catch22!("SB_TransitionMatrix_3ac_sumdiagcov", symbols::transitions),
    catch22!("PD_PeriodicityWang_th0_01", |s| spectrum::periodicity(&s.z)),
    catch22!("CO_Embed2_Dist_tau_d_expfit_meandiff", correlation::embedding_distances),
    catch22!("IN_AutoMutualInfoStats_40_gaussian_fmmi", |s| correlation::first_minimum_of_information(&s.z)),
    catch22!("FC_LocalSimple_mean1_tauresrat", forecast::correlation_length_ratio),
    catch22!("DN_OutlierInclude_p_001_mdrmd", |s| distribution::outliers(&s.z, 1.0)),
    catch22!("DN_OutlierInclude_n_001_mdrmd", |s| distribution::outliers(&s.z, -1.0)),
    catch22!("SP_Summaries_welch_rect_area_5_1", |s| spectrum::low_frequency_share(&s.z)),
    catch22!("SB_BinaryStats_diff_longstretch0", |s| symbols::longest_fall(&s.z)),
    catch22!("SB_MotifThree_quantile_hh", |s| symbols::pair_entropy(&s.z)),
    catch22!("SC_FluctAnal_2_rsrangefit_50_1_logi_prop_r1", |s| fluctuation::rescaled_range(&s.z)),
    catch22!("SC_FluctAnal_2_dfa_50_1_2_logi_prop_r1", |s| fluctuation::detrended(&s.z)),
    catch22!("SP_Summaries_welch_rect_centroid", |s| spectrum::median_frequency(&s.z)),
    catch22!("FC_LocalSimple_mean3_stderr", |s| forecast::error_of_mean_of_three(&s.z)),
];

/// A series in units of its standard deviation, and its autocorrelation.
#[derive(Debug, Clone)]
pub(super) struct Standard {
    z: Vec<f64>,
    /// By lag, from 0.
    correlation: Vec<f64>,
}

impl Standard {
    fn of(series: &Series<'_>) -> Result<Self, Message> {
        series.at_least(FEWEST_ROWS)?;
        let (low, high) = series.changes()?;
        // In units of the range first, so that squares neither overflow nor vanish.
        let scaled: Vec<f64> = series.values.iter().map(|y| (y - low) / (high - low)).collect();
        let (middle, deviation) = (mean(&scaled), deviation(&scaled));
        if !exceeds(deviation, 0.0) {
            return Err(say!("lab-feature-constant"));
        }
        let z: Vec<f64> = scaled.iter().map(|y| (y - middle) / deviation).collect();
        let correlation = correlation::autocorrelation(&z);
        Ok(Self { z, correlation })
    }

    /// First lag at which the autocorrelation is not above zero.
    fn first_zero(&self) -> usize {
        correlation::first_zero(&self.correlation)
    }
}

impl Series<'_> {
    fn catch22(&self) -> Result<&Standard, Message> {
        self.standard.get_or_init(|| Standard::of(self)).as_ref().map_err(Clone::clone)
    }
}

/// Standard deviation over n - 1.
fn deviation(values: &[f64]) -> f64 {
    let middle = mean(values);
    let squares: f64 = values.iter().map(|y| (y - middle) * (y - middle)).sum();
    (squares / (values.len() as f64 - 1.0)).sqrt()
}

/// Lowest and highest.
fn ends(values: &[f64]) -> (f64, f64) {
    values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(*y), high.max(*y)))
}

/// Counts in bins of equal width between two ends; the highest belongs to the last bin.
fn histogram(values: &[f64], (low, high): (f64, f64), bins: usize) -> Vec<usize> {
    let width = (high - low) / bins as f64;
    let mut counts = vec![0; bins];
    for value in values {
        counts[(((value - low) / width) as usize).min(bins - 1)] += 1;
    }
    counts
}

#[cfg(test)]
mod tests;
