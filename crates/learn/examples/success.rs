//! How well shown chances of success agree with how often experiments succeed: `success [REPETITIONS]`.
//!
//! Kinds of failure: by chance alone, in a region, beyond a line with a soft edge. From `n` random experiments the chance
//! is learnt, and compared at random places with what happens there.

use matdock_learn::{Feasibility, Rows};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

const DIRECTIONS: usize = 3;
const PLACES: usize = 200;
const BINS: usize = 5;

/// The true chance of success by the settings.
type Chance = fn(&[f64]) -> f64;

fn main() {
    let repetitions: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20);
    let kinds: [(&str, Chance); 5] = [
        ("chance, 10 % fail", |_| 0.9),
        ("chance, 30 % fail", |_| 0.7),
        ("a corner fails", |x| if x[0] > 0.5 && x[1] > 0.4 { 0.0 } else { 1.0 }),
        ("a soft edge", |x| 1.0 / (1.0 + ((x[0] + x[1] - 1.1) / 0.1).exp())),
        ("only a small region works", |x| if (x[0] - 0.4).abs() < 0.25 && x[1] < 0.6 { 1.0 } else { 0.0 }),
    ];
    println!("kind | n | success | shown | Brier | Brier if known | by shown chance: shown/happened (share)");
    for (name, chance) in kinds {
        for n in [8, 16, 32, 64] {
            let mut bins = [(0.0, 0.0, 0.0); BINS];
            let (mut brier, mut known, mut count) = (0.0, 0.0, 0.0);
            for seed in 0..repetitions {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                let draw =
                    |random: &mut ChaCha8Rng| (0..DIRECTIONS).map(|_| random.random::<f64>()).collect::<Vec<_>>();
                let points: Vec<Vec<f64>> = (0..n).map(|_| draw(&mut random)).collect();
                let failed: Vec<bool> = points.iter().map(|x| random.random::<f64>() >= chance(x)).collect();
                let inputs = Rows::collect(DIRECTIONS, points.iter().map(Vec::as_slice));
                let learnt = Feasibility::fit(&inputs, &[0, 1, 2], &failed);
                if learnt.is_certain() {
                    continue;
                }
                for _ in 0..PLACES {
                    let x = draw(&mut random);
                    let (shown, truth) = (learnt.corrected_probability(&x), chance(&x));
                    brier += truth * (1.0 - shown).powi(2) + (1.0 - truth) * shown.powi(2);
                    known += truth * (1.0 - truth);
                    count += 1.0;
                    let bin = &mut bins[((shown * BINS as f64) as usize).min(BINS - 1)];
                    *bin = (bin.0 + 1.0, bin.1 + shown, bin.2 + truth);
                }
            }
            let total = |of: fn(&(f64, f64, f64)) -> f64| bins.iter().map(of).sum::<f64>() / count;
            let cells: Vec<String> = bins
                .iter()
                .map(|(n, shown, truth)| format!("{:.2}/{:.2} ({:.0} %)", shown / n, truth / n, 100.0 * n / count))
                .collect();
            println!(
                "{name} | {n} | {:.2} | {:.2} | {:.3} | {:.3} | {}",
                total(|bin| bin.2),
                total(|bin| bin.1),
                brier / count,
                known / count,
                cells.join(" ")
            );
        }
    }
}
