use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

fn at(shares: &[f64; 14]) -> Conditions {
    Conditions(std::array::from_fn(|k| {
        let (_, _, low, high, log) = RANGES[k];
        let share = shares[k].clamp(0.0, 1.0);
        if log { low * (high / low).powf(share) } else { low + (high - low) * share }
    }))
}

fn value(shares: &[f64; 14]) -> f64 {
    let film = at(shares).film([0.0; 4]);
    if film.failure(1.0).is_some() { f64::INFINITY } else { film.resistance() }
}

fn random(seed: u64, count: usize) -> Vec<([f64; 14], Film)> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut one = || std::array::from_fn(|_| random.random());
    (0..count)
        .map(|_| {
            let shares = one();
            (shares, at(&shares).film([0.0; 4]))
        })
        .collect()
}

#[test]
fn nothing_beats_the_stated_optimum() {
    let (conditions, best) = optimum();
    assert!((best - 0.556_060).abs() < 1e-5 && conditions.film([0.0; 4]).failure(1.0).is_none(), "{best}");
    let mut tried: Vec<(f64, [f64; 14])> =
        random(3, 20_000).into_iter().map(|(shares, _)| (value(&shares), shares)).collect();
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut lowest = f64::INFINITY;
    for (mut now, mut shares) in tried.into_iter().take(6) {
        let mut width = 0.2;
        while width > 1e-5 {
            let mut improved = false;
            for _ in 0..100 {
                let mut trial = shares;
                for share in &mut trial {
                    if random.random::<f64>() < 0.4 {
                        *share = (*share + width * (random.random::<f64>() - 0.5)).clamp(0.0, 1.0);
                    }
                }
                let resistance = value(&trial);
                if resistance < now {
                    (now, shares, improved) = (resistance, trial, true);
                }
            }
            width *= if improved { 1.0 } else { 0.7 };
        }
        lowest = lowest.min(now);
    }
    assert!(lowest > best * 0.9999, "{lowest} beats {best}");
    assert!(lowest < best * 1.01, "the search is too weak to prove anything: {lowest}");
}

#[test]
fn typical_conditions_are_five_times_worse_and_some_fail() {
    let films = random(4, 20_000);
    let share = |kind: Failure| films.iter().filter(|f| f.1.failure(1.0) == Some(kind)).count() as f64 / 20_000.0;
    let shares = [Failure::Overload, Failure::Stiff, Failure::Jam, Failure::Crack].map(share);
    let mut sound: Vec<f64> = films.iter().filter(|f| f.1.failure(1.0).is_none()).map(|f| f.1.resistance()).collect();
    sound.sort_by(f64::total_cmp);
    let quantile = |q: f64| sound[(q * sound.len() as f64) as usize] / optimum().1;
    println!("failed {shares:.3?}; multiples of the optimum at 0, 1, 5, 25, 50, 75, 95 %:");
    println!("{:.2?}", [0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95].map(quantile));
    assert!((4.0..6.0).contains(&quantile(0.5)), "{}", quantile(0.5));
    assert!(shares[3] > 0.15 && shares[2] > 0.05 && shares.iter().sum::<f64>() < 0.35, "{shares:?}");
}

#[test]
fn every_setting_matters() {
    let films = random(6, 300);
    for (setting, (name, ..)) in RANGES.iter().enumerate() {
        let change = |(shares, film): &([f64; 14], Film)| {
            let mut other = *shares;
            other[setting] = if shares[setting] < 0.5 { shares[setting] + 0.5 } else { shares[setting] - 0.5 };
            (at(&other).film([0.0; 4]).resistance() / film.resistance()).ln().abs()
        };
        let mean = films.iter().map(change).sum::<f64>() / 300.0;
        println!("{name:22} changes ln R by {mean:.3}");
        assert!(mean > 0.02, "{name} {mean}");
    }
}

#[test]
fn finer_powder_wants_more_dispersant() {
    let best_dispersant = |time: f64| {
        let resistance = |dispersant: f64| {
            let mut conditions = optimum().0;
            (conditions.0[2], conditions.0[4]) = (dispersant, time);
            conditions.film([0.0; 4]).resistance()
        };
        let shares = (1..25).map(|share| 0.1 * f64::from(share));
        shares.min_by(|a, b| resistance(*a).total_cmp(&resistance(*b))).unwrap()
    };
    assert!(best_dispersant(110.0) > 1.5 * best_dispersant(10.0));
}

#[test]
fn settings_far_outside_give_numbers_all_the_same() {
    for extreme in [1e-6, 1e6] {
        for setting in 0..14 {
            let mut conditions = optimum().0;
            conditions.0[setting] = extreme;
            let film = conditions.film([0.0; 4]);
            assert!(!film.resistance().is_nan(), "{setting} {extreme}: {film:?}");
        }
    }
}
