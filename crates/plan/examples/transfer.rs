//! What earlier campaigns are worth: experiments a pool needs with the experiments of related tasks as a source, with the
//! same source after its outcomes were shuffled or turned upside down, and without any.
//!
//! `cargo run --release -p matdock-plan --example transfer -- FOLDER SEEDS [PAIRS [KIND ...]]`
//! (FOLDER holds the Olympus tables, each as `olympus_NAME/data.csv`; PAIRS is part of a line's name, such as `suzuki`;
//! kinds: source shuffled mirrored several few; default source shuffled.)

mod tables;

use std::process::ExitCode;

use matdock_plan::{
    Direction, Goal, Knowledge, Settings, Source,
    backtest::{self, Options, Table},
};
use rand::seq::{SliceRandom, index};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use tables::Read;

/// Tasks that have parameters and an outcome in common.
struct Family {
    tasks: &'static [&'static str],
    inputs: &'static [&'static str],
    outcome: &'static str,
    direction: Direction,
}

const FAMILIES: [Family; 4] = [
    Family {
        tasks: &["liquid_dce", "liquid_toluene", "liquid_water"],
        inputs: &["src_flow", "dst_flow", "airgap", "post_airgap", "src_equib", "dst_equib"],
        outcome: "error",
        direction: Direction::Minimise,
    },
    Family {
        tasks: &["suzuki_i", "suzuki_ii"],
        inputs: &["ligand", "res_time", "temperature", "catalyst_loading"],
        outcome: "yield",
        direction: Direction::Maximise,
    },
    Family {
        tasks: &["suzuki_i", "suzuki_ii"],
        inputs: &["ligand", "res_time", "temperature", "catalyst_loading"],
        outcome: "turnover",
        direction: Direction::Maximise,
    },
    Family {
        tasks: &["oer_plate_3496", "oer_plate_3851"],
        inputs: &["ni_load", "fe_load", "co_load", "mn_load", "ce_load", "la_load", "ta_load", "cu_load"],
        outcome: "overpotential",
        direction: Direction::Minimise,
    },
];

/// Most experiments of a repetition.
const BUDGET: usize = 100;
/// Experiments of a campaign that was short.
const FEW: usize = 30;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match measure(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("{text}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &[String]) -> Result<(), String> {
    let [folder, seeds, rest @ ..] = arguments else {
        return Err("usage: transfer FOLDER SEEDS [PAIRS [KIND ...]]".to_owned());
    };
    let seeds: u64 = seeds.parse().map_err(|error| format!("{seeds}: {error}"))?;
    let (pairs, kinds) = rest.split_first().map_or(("", &[][..]), |(pairs, kinds)| (pairs.as_str(), kinds));
    let usual = ["source", "shuffled"].map(str::to_owned);
    let kinds = if kinds.is_empty() { &usual[..] } else { kinds };
    let mut ratios: Vec<Vec<[Ratio; 2]>> = vec![Vec::new(); kinds.len()];
    for family in &FAMILIES {
        let path = |task: &&str| format!("{folder}/olympus_{task}/data.csv");
        let read = |task: &&str| tables::read(&path(task), family.inputs, family.outcome);
        let read: Vec<Read> = family.tasks.iter().map(read).collect::<Result<_, _>>()?;
        let all: Vec<&Read> = read.iter().collect();
        for (target, name) in family.tasks.iter().enumerate() {
            let table = tables::table(&read[target], family.inputs, &all)?;
            let mut without = None;
            for (source, from) in family.tasks.iter().enumerate().filter(|(source, _)| *source != target) {
                let pair = format!("{name} {} from {from}", family.outcome);
                if !pair.contains(pairs) {
                    continue;
                }
                if without.is_none() {
                    without = Some(replayed(&table, family, seeds, |_| Ok(Vec::new()))?);
                    shown(&format!("{name} {}", family.outcome), without.as_ref(), None);
                }
                let Some(without) = &without else { continue };
                for (kind, ratios) in kinds.iter().zip(&mut ratios) {
                    let known = |seed: u64| sources(kind, &read, target, source, seed);
                    let with = replayed(&table, family, seeds, known)?;
                    let ratio = [0, 1].map(|figure| Ratio::new(&with[figure], &without[figure]));
                    shown(&format!("{pair}, {kind}"), Some(&with), Some(ratio));
                    ratios.push(ratio);
                }
            }
        }
    }
    for (kind, ratios) in kinds.iter().zip(&ratios) {
        let [best, top] = [0, 1].map(|figure| Ratio::together(ratios.iter().map(|pair| pair[figure])));
        println!("all {} pairs, {kind}: best x {best}, top 5 % x {top}", ratios.len());
    }
    Ok(())
}

fn shown(name: &str, figures: Option<&[Vec<f64>; 2]>, ratio: Option<[Ratio; 2]>) {
    let Some([best, top]) = figures.map(|figures| figures.each_ref().map(|values| Mean::of(values))) else { return };
    let ratio = ratio.map_or(String::new(), |[best, top]| format!(" (x {best}, x {top})"));
    println!("{name}: best {:.1} +- {:.1}, top 5 % {:.1} +- {:.1}{ratio}", best.mean, best.error, top.mean, top.error);
}

/// What is known beforehand in the repetition with this seed.
fn sources(kind: &str, read: &[Read], target: usize, source: usize, seed: u64) -> Result<Vec<Source>, String> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut means = read[source].means();
    match kind {
        "source" => {}
        "shuffled" => means.shuffle(&mut random),
        "mirrored" => means.iter_mut().for_each(|value| *value = -*value),
        // All other tasks, this one among them as it is.
        "several" => {
            let others = read.iter().enumerate().filter(|(task, _)| *task != target);
            let known = |(task, read): (usize, &Read)| Source::new(task.to_string(), read.observations(&read.means()));
            return Ok(others.map(known).collect());
        }
        "few" => {
            let observed = read[source].observations(&means);
            let chosen = index::sample(&mut random, observed.len(), FEW.min(observed.len())).into_iter();
            return Ok(vec![Source::new("few", chosen.map(|row| observed[row].clone()).collect())]);
        }
        other => return Err(format!("no kind {other}")),
    }
    Ok(vec![Source::new("source", read[source].observations(&means))])
}

/// Experiments to the best and to a top 5 % row, for each repetition.
fn replayed(
    table: &Table,
    family: &Family,
    seeds: u64,
    known: impl Fn(u64) -> Result<Vec<Source>, String>,
) -> Result<[Vec<f64>; 2], String> {
    let goal = Goal::single(family.outcome, family.direction);
    let mut all = [Vec::new(), Vec::new()];
    let mut before: Vec<Source> = Vec::new();
    for seed in 0..seeds {
        let mut sources = known(seed)?;
        if sources == before {
            // Those of the repetition before were learnt already.
            sources = before;
        }
        before = sources.clone();
        let knowledge = Knowledge { sources, ..Knowledge::default() };
        let budget = Some(BUDGET);
        let options = Options { seeds: 1, first_seed: seed, knowledge, budget, ..Options::default() };
        let result = backtest::run(table, &goal, &Settings::default(), &options, &|| ()).map_err(|m| m.to_string())?;
        let figures = result.best.ok_or("the goal is a front")?;
        all[0].push(figures.experiments_to_best.mean);
        all[1].push(figures.experiments_to_top.spread.mean);
    }
    Ok(all)
}

/// A mean with its standard error.
struct Mean {
    mean: f64,
    error: f64,
}

impl Mean {
    fn of(values: &[f64]) -> Self {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
        Self { mean, error: (variance / count).sqrt() }
    }
}

/// Logarithm of a ratio of means, with its standard error.
#[derive(Debug, Clone, Copy)]
struct Ratio {
    log: f64,
    error: f64,
}

impl Ratio {
    /// Of repetitions with the same seeds.
    fn new(with: &[f64], without: &[f64]) -> Self {
        let (top, bottom) = (Mean::of(with).mean, Mean::of(without).mean);
        let each: Vec<f64> = with.iter().zip(without).map(|(a, b)| a / top - b / bottom).collect();
        Self { log: (top / bottom).ln(), error: Mean::of(&each).error }
    }

    /// Geometric mean.
    fn together(ratios: impl Iterator<Item = Self>) -> Self {
        let (mut count, mut log, mut variance) = (0.0, 0.0, 0.0);
        for ratio in ratios {
            count += 1.0;
            log += ratio.log;
            variance += ratio.error * ratio.error;
        }
        Self { log: log / count, error: variance.sqrt() / count }
    }
}

impl std::fmt::Display for Ratio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ratio = self.log.exp();
        write!(f, "{ratio:.2} +- {:.2}", ratio * self.error)
    }
}
