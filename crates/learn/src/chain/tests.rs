use std::sync::Arc;

use super::*;
use crate::surrogate::mixed;

/// Alpine2 with two settings: y1 = sqrt(z1) sin(z1), y2 = sqrt(z2) sin(z2) y1, z = 10 x (Astudillo & Frazier 2021).
fn alpine(x: &[f64]) -> [f64; 2] {
    let wave = |x: f64| (10.0 * x).sqrt() * (10.0 * x).sin();
    [wave(x[0]), wave(x[1]) * wave(x[0])]
}

fn graph() -> Graph {
    let nodes = vec![Node { columns: vec![0], upstream: vec![] }, Node { columns: vec![1], upstream: vec![0] }];
    Graph::new(nodes, &[0, 1]).unwrap()
}

/// Points that fill the square evenly.
fn square(count: usize) -> Rows {
    let mut rows = Rows::new(2);
    for i in 0..count {
        rows.push(&[(0.5 + 0.754_877_666 * i as f64).fract(), (0.5 + 0.569_840_296 * i as f64).fract()]);
    }
    rows
}

fn sensed(values: impl Iterator<Item = Option<f64>>) -> Sensed {
    Sensed { readings: values.map(|value| value.map(Reading::Value)).collect(), uncertainties: Vec::new() }
}

fn options() -> Options {
    Options { rough: true, exact: true, robust: false, ..Options::default() }
}

fn learnt(count: usize, missing: impl Fn(usize) -> bool) -> (Rows, Arc<Chain>) {
    let settings = square(count);
    let first = sensed(settings.iter().enumerate().map(|(i, x)| (!missing(i)).then(|| alpine(x)[0])));
    let last = sensed(settings.iter().map(|x| Some(alpine(x)[1])));
    let chain = Chain::learn(graph(), &settings, &[first, last], &[], 0, &options());
    (settings, Arc::new(chain))
}

fn error_of(model: &OutcomeModel) -> f64 {
    let mut fresh = Rows::new(2);
    square(180).iter().skip(100).for_each(|x| fresh.push(x));
    let predicted = model.surrogate().predict(&fresh);
    let squares = fresh.iter().zip(predicted).map(|(x, m)| (model.warp().backward(m.mean) - alpine(x)[1]).powi(2));
    (squares.sum::<f64>() / fresh.len() as f64).sqrt()
}

#[test]
fn through_the_chain_the_end_is_predicted_better_than_directly() {
    let (settings, chain) = learnt(30, |_| false);
    let readings: Vec<Reading> = settings.iter().map(|x| Reading::Value(alpine(x)[1])).collect();
    let direct = OutcomeModel::fit(&settings, &[0, 1], &readings, &options()).unwrap();
    let through = chain.outcome(1).unwrap();
    assert!(error_of(&through) < 0.5 * error_of(&direct), "{} {}", error_of(&through), error_of(&direct));
}

#[test]
fn an_experiment_whose_intermediate_was_not_read_counts_all_the_same() {
    let (_, all) = learnt(40, |_| false);
    let (settings, some) = learnt(40, |i| i % 4 == 1);
    assert_eq!((some.rows(0).len(), some.rows(1).len()), (30, settings.len()));
    let mut dropped = Rows::new(2);
    settings.iter().enumerate().filter(|(i, _)| i % 4 != 1).for_each(|(_, x)| dropped.push(x));
    let read = |node: usize| sensed(dropped.iter().map(|x| Some(alpine(x)[node])));
    let without = Arc::new(Chain::learn(graph(), &dropped, &[read(0), read(1)], &[], 0, &options()));
    let error = |chain: &Arc<Chain>| error_of(&chain.outcome(1).unwrap());
    assert!(
        error(&some) < error(&without) && error(&all) <= error(&some),
        "{} {} {}",
        error(&all),
        error(&some),
        error(&without)
    );
}

#[test]
fn gradients_agree_with_differences() {
    let (_, chain) = learnt(25, |_| false);
    let model = chain.outcome(1).unwrap();
    let mean = |x: &[f64]| {
        let m = model.surrogate().predict(&Rows::collect(2, [x]))[0];
        (m.mean, m.variance)
    };
    for at in [[0.21, 0.43], [0.7, 0.55]] {
        let slopes = model.surrogate().slopes(&at).unwrap();
        let all = mixed(slopes.iter().map(|s| (s.share, s.moments)));
        for column in 0..2 {
            let h = 1e-5;
            let (mut up, mut down) = (at, at);
            up[column] += h;
            down[column] -= h;
            let by_mean: f64 = slopes.iter().map(|s| s.share * s.mean[column]).sum();
            let difference = (mean(&up).0 - mean(&down).0) / (2.0 * h);
            assert!((by_mean - difference).abs() < 1e-4 * (1.0 + difference.abs()), "{by_mean} {difference}");
        }
        assert!((all.mean - mean(&at).0).abs() < 1e-12 && (all.variance - mean(&at).1).abs() < 1e-12);
    }
}

#[test]
fn joint_draws_agree_with_what_is_expected() {
    let (_, chain) = learnt(12, |_| false);
    let points = square(40);
    let draws = chain.sample(&points, 400, 3);
    let expected = chain.outcome(1).unwrap().surrogate().predict(&points);
    let mean = |row: usize| draws.iter().map(|draw| draw[1][row]).sum::<f64>() / draws.len() as f64;
    let far = (0..points.len())
        .map(|row| (mean(row) - expected[row].mean).abs() / expected[row].variance.sqrt().max(0.05))
        .fold(0.0, f64::max);
    assert!(far < 0.5, "{far}");
    assert_eq!(draws, chain.sample(&points, 400, 3));
}

#[test]
fn believing_an_experiment_makes_its_end_certain() {
    let (_, chain) = learnt(15, |_| false);
    let at = [0.33, 0.81];
    let variance = |chain: &Arc<Chain>| {
        chain.outcome(1).unwrap().surrogate().predict(&Rows::collect(2, [at.as_slice()]))[0].variance
    };
    let believing = Arc::new(chain.believing(&at));
    assert!(variance(&believing) < 0.2 * variance(&chain), "{} {}", variance(&believing), variance(&chain));
}

#[test]
fn a_quantity_that_was_hardly_read_has_no_model_and_what_lies_behind_it_neither() {
    let (_, chain) = learnt(20, |i| i > 1);
    assert!(chain.outcome(0).is_none() && chain.outcome(1).is_none());
}

/// On the other machine the same settings give another intermediate.
fn elsewhere(x: &[f64]) -> [f64; 2] {
    let wave = |x: f64| (10.0 * x).sqrt() * (10.0 * x).sin();
    let first = wave((0.6 * x[0] + 0.3).min(1.0));
    [first, wave(x[1]) * first]
}

#[test]
fn what_follows_from_the_intermediate_is_carried_over_from_another_machine() {
    let (other, own) = (square(60), square(12));
    let mut settings = Rows::new(2);
    other.iter().chain(own.iter()).for_each(|x| settings.push(x));
    let read = |node: usize| {
        sensed(other.iter().map(|x| Some(elsewhere(x)[node])).chain(own.iter().map(|x| Some(alpine(x)[node]))))
    };
    let alone = |node: usize| sensed(own.iter().map(|x| Some(alpine(x)[node])));
    let carried = Arc::new(Chain::learn(graph(), &settings, &[read(0), read(1)], &[], other.len(), &options()));
    let alone = Arc::new(Chain::learn(graph(), &own, &[alone(0), alone(1)], &[], 0, &options()));
    assert_eq!((carried.rows(0).len(), carried.rows(1).len()), (own.len(), own.len()));
    let error = |chain: &Arc<Chain>| error_of(&chain.outcome(1).unwrap());
    assert!(error(&carried) < 0.6 * error(&alone), "{} {}", error(&carried), error(&alone));
    let comparison = carried.compared_with(1, &alone, &read(1)).unwrap();
    assert_eq!(comparison.experiments, own.len());
    assert!(comparison.gain > 0.0);
}

/// Room humidity: nobody sets it, and it says much.
#[test]
fn what_depends_on_nothing_counts_for_what_depends_on_it() {
    let humidity = |i: usize| (0.3 + 0.618_033_988_749_895 * i as f64).fract();
    let nodes = vec![Node { columns: vec![], upstream: vec![] }, Node { columns: vec![0], upstream: vec![0] }];
    let settings = square(30);
    let first = sensed((0..30).map(|i| Some(40.0 + 10.0 * humidity(i))));
    let last = sensed(settings.iter().enumerate().map(|(i, x)| Some((3.0 * x[0]).sin() + 2.0 * humidity(i))));
    let chain = Chain::learn(Graph::new(nodes, &[0, 1]).unwrap(), &settings, &[first, last], &[], 0, &options());
    assert_eq!(chain.rows(0).len(), 30);
    assert!(chain.explained(0).unwrap() < 0.1, "nothing tells the humidity beforehand: {:?}", chain.explained(0));
    assert!(chain.explained(1).unwrap() > 0.95, "read, it tells the outcome: {:?}", chain.explained(1));
    let drawn = chain.sample(&square(1), 200, 1);
    assert!(drawn.iter().flatten().flatten().all(|value| value.is_finite()));
}
