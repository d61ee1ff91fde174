//! Processes with noise known per reading and with trends, against computations that share no code.

use std::sync::Arc;

use faer::{Mat, linalg::solvers::Solve};
use proptest::prelude::*;

use super::*;
use crate::optimise::Status;

/// A straight line along the first input, `1 + 2 x`.
#[derive(Debug)]
pub(super) struct Line;

impl Basis for Line {
    fn values(&self, points: &Rows) -> Vec<f64> {
        points.iter().map(|point| 1.0 + 2.0 * point[0]).collect()
    }

    fn value_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        (1.0 + 2.0 * point[0], (0..point.len()).map(|c| if c == 0 { 2.0 } else { 0.0 }).collect())
    }
}

/// A wave along the second input.
#[derive(Debug)]
struct Wave;

impl Basis for Wave {
    fn values(&self, points: &Rows) -> Vec<f64> {
        points.iter().map(|point| (5.0 * point[1]).sin()).collect()
    }

    fn value_with_gradient(&self, point: &[f64]) -> (f64, Vec<f64>) {
        ((5.0 * point[1]).sin(), vec![0.0, 5.0 * (5.0 * point[1]).cos()])
    }
}

struct Example {
    inputs: Rows,
    outputs: Vec<f64>,
    extra_noise: Vec<f64>,
}

const MEAN_VARIANCE: f64 = 0.7;

impl Example {
    fn new() -> Self {
        let mut inputs = Rows::new(2);
        let mut outputs = Vec::new();
        for i in 0..12 {
            let x = [i as f64 / 11.0, (i * 5 % 12) as f64 / 11.0];
            inputs.push(&x);
            outputs.push(2.0 * x[0] + (4.0 * x[1]).sin() + 0.1 * (i % 3) as f64);
        }
        let extra_noise = (0..12).map(|i| 0.2 * (i % 4) as f64).collect();
        Self { inputs, outputs, extra_noise }
    }

    fn data(&self) -> Data<'_> {
        Data { inputs: &self.inputs, outputs: &self.outputs, extra_noise: &self.extra_noise }
    }

    /// Without observation number `left_out`.
    fn without(&self, left_out: usize) -> Self {
        let kept: Vec<usize> = (0..self.outputs.len()).filter(|&i| i != left_out).collect();
        Self {
            inputs: self.inputs.select(&kept),
            outputs: kept.iter().map(|&i| self.outputs[i]).collect(),
            extra_noise: kept.iter().map(|&i| self.extra_noise[i]).collect(),
        }
    }

    fn process(&self) -> Gp {
        Gp::new(structure(), numbers(), MEAN_VARIANCE, &self.data()).unwrap()
    }
}

fn structure() -> Structure {
    let trends = vec![
        Trend { basis: Arc::new(Line), mean: 0.8, variance: 0.5 },
        Trend { basis: Arc::new(Wave), mean: -0.2, variance: 3.0 },
    ];
    Structure { trends, ..Structure::new(Kernel::Matern52, &[0, 1]) }
}

fn numbers() -> Hyperparameters {
    Hyperparameters { lengthscales: vec![0.6, 0.3], signal: 0.4, noise: 0.02, warps: Vec::new() }
}

fn single(point: &[f64]) -> Rows {
    Rows::collect(point.len(), [point])
}

#[test]
fn leaving_one_out_agrees_with_doing_it() {
    let example = Example::new();
    let left_out = example.process().leave_one_out();
    for (index, found) in left_out.iter().enumerate() {
        let direct = example.without(index).process();
        let expected = direct.predict(&single(example.inputs.row(index)))[0];
        let noise = numbers().noise + example.extra_noise[index];
        assert!((found.mean - expected.mean).abs() < 1e-9, "{index}");
        assert!((found.variance - expected.variance - noise).abs() < 1e-9, "{index}");
    }
}

#[test]
fn one_more_observation_agrees_with_a_new_process() {
    let example = Example::new();
    let last = example.outputs.len() - 1;
    let grown = example.without(last).process().with_noisy_observation(
        example.inputs.row(last),
        example.outputs[last],
        example.extra_noise[last],
    );
    let direct = example.process();
    let point = single(&[0.15, 0.83]);
    let (found, expected) = (grown.predict(&point)[0], direct.predict(&point)[0]);
    assert!((found.mean - expected.mean).abs() < 1e-9 && (found.variance - expected.variance).abs() < 1e-9);
    assert!((grown.log_evidence() - direct.log_evidence()).abs() < 1e-9);
    let (found, expected) = (grown.leave_one_out()[last], direct.leave_one_out()[last]);
    assert!((found.mean - expected.mean).abs() < 1e-9 && (found.variance - expected.variance).abs() < 1e-9);
}

#[test]
fn a_reading_trusted_less_pulls_less() {
    let inputs = Rows::collect(1, [[0.2].as_slice(), [0.5].as_slice(), [0.8].as_slice()]);
    let outputs = [0.0, 3.0, 0.0];
    let at = |extra_noise: &[f64]| {
        let numbers = Hyperparameters { lengthscales: vec![0.5], signal: 1.0, noise: 0.01, warps: Vec::new() };
        let data = Data { inputs: &inputs, outputs: &outputs, extra_noise };
        Gp::new(Structure::new(Kernel::Rbf, &[0]), numbers, 1.0, &data).unwrap().predict(&single(&[0.5]))[0].mean
    };
    assert!(at(&[0.0, 5.0, 0.0]) < 0.5 * at(&[]));
}

/// Generalised least squares with a prior on the coefficients, written out with dense matrices.
///
/// Source: Rasmussen & Williams (2006), eq. 2.41 and 2.42, with the prior mean b.
#[test]
fn trends_agree_with_explicit_linear_regression() {
    let example = Example::new();
    let process = example.process();
    let size = example.outputs.len();
    let correlation = |a: &[f64], b: &[f64]| {
        let square: f64 = a.iter().zip(b).zip(&numbers().lengthscales).map(|((a, b), l)| ((a - b) / l).powi(2)).sum();
        let a = (5.0 * square).sqrt();
        numbers().signal * (1.0 + a + a * a / 3.0) * (-a).exp()
    };
    // The constant is one more coefficient, with mean 0.
    let bases = |x: &[f64]| [1.0 + 2.0 * x[0], (5.0 * x[1]).sin(), 1.0];
    let (prior_mean, prior_variance) = ([0.8, -0.2, 0.0], [0.5, 3.0, MEAN_VARIANCE]);
    let rows: Vec<&[f64]> = example.inputs.iter().collect();
    let noise = |i: usize| numbers().noise + example.extra_noise[i];
    let k = Mat::from_fn(size, size, |i, j| correlation(rows[i], rows[j]) + if i == j { noise(i) } else { 0.0 });
    let h = Mat::from_fn(size, 3, |i, j| bases(rows[i])[j]);
    let y = Mat::from_fn(size, 1, |i, _| example.outputs[i]);
    let inverse = k.partial_piv_lu().solve(Mat::<f64>::identity(size, size));
    let precision =
        h.transpose() * &inverse * &h + Mat::from_fn(3, 3, |i, j| if i == j { 1.0 / prior_variance[i] } else { 0.0 });
    let covariance = precision.partial_piv_lu().solve(Mat::<f64>::identity(3, 3));
    let scaled_mean = Mat::from_fn(3, 1, |i, _| prior_mean[i] / prior_variance[i]);
    let mean = &covariance * (h.transpose() * &inverse * &y + scaled_mean);

    let (coefficients, coefficient_covariance) = process.coefficients();
    for i in 0..2 {
        assert!((coefficients[i] - mean[(i, 0)]).abs() < 1e-9);
        for j in 0..2 {
            assert!((coefficient_covariance[i][j] - covariance[(i, j)]).abs() < 1e-9);
        }
    }
    let predict = |x: &[f64], other: &[f64]| {
        let cross = |x: &[f64]| Mat::from_fn(size, 1, |i, _| correlation(rows[i], x));
        let basis = |x: &[f64]| Mat::from_fn(3, 1, |i, _| bases(x)[i]);
        let rest = |x: &[f64]| basis(x) - h.transpose() * &inverse * cross(x);
        let expected = cross(x).transpose() * &inverse * (&y - &h * &mean) + basis(x).transpose() * &mean;
        let shared = rest(x).transpose() * &covariance * rest(other) - cross(x).transpose() * &inverse * cross(other);
        (expected[(0, 0)], correlation(x, other) + shared[(0, 0)])
    };
    let (a, b) = ([0.37, 0.61], [0.9, 0.1]);
    for x in [a, b] {
        let (expected_mean, expected_variance) = predict(&x, &x);
        let found = process.predict(&single(&x))[0];
        assert!((found.mean - expected_mean).abs() < 1e-9 && (found.variance - expected_variance).abs() < 1e-9);
    }
    // Joint draws have the covariance between points.
    let draws = process.sample(&Rows::collect(2, [a.as_slice(), b.as_slice()]), 20_000, 1);
    let ((mean_a, variance_a), (mean_b, variance_b)) = (predict(&a, &a), predict(&b, &b));
    let found = draws.iter().map(|d| (d[0] - mean_a) * (d[1] - mean_b)).sum::<f64>() / 20_000.0;
    assert!((found - predict(&a, &b).1).abs() < 0.03 * (variance_a * variance_b).sqrt());
}

#[test]
fn gradients_with_trends_are_those_of_the_prediction() {
    let process = Example::new().process();
    let point = [0.37, 0.61];
    let (moments, mean, variance) = process.predict_with_gradient(&point);
    let at = |x: [f64; 2]| process.predict(&single(&x))[0];
    assert!((moments.mean - at(point).mean).abs() < 1e-9 && (moments.variance - at(point).variance).abs() < 1e-9);
    for c in 0..2 {
        let (mut up, mut down) = (point, point);
        up[c] += 1e-5;
        down[c] -= 1e-5;
        assert!((mean[c] - (at(up).mean - at(down).mean) / 2e-5).abs() < 1e-6);
        assert!((variance[c] - (at(up).variance - at(down).variance) / 2e-5).abs() < 1e-6);
    }
}

#[test]
fn a_basis_without_sense_does_no_harm() {
    #[derive(Debug)]
    struct Broken;
    impl Basis for Broken {
        fn values(&self, _: &Rows) -> Vec<f64> {
            vec![f64::NAN]
        }
        fn value_with_gradient(&self, _: &[f64]) -> (f64, Vec<f64>) {
            (f64::INFINITY, Vec::new())
        }
    }
    let example = Example::new();
    let trends = vec![Trend { basis: Arc::new(Broken), mean: 1.0, variance: 1.0 }];
    let structure = Structure { trends, ..structure() };
    let process = Gp::new(structure, numbers(), 1.0, &example.data()).unwrap();
    let (moments, mean, variance) = process.predict_with_gradient(&[0.4, 0.4]);
    assert!(moments.mean.is_finite() && moments.variance > 0.0);
    assert!(mean.iter().chain(&variance).all(|slope| slope.is_finite()));
}

#[test]
fn too_many_observations_are_thinned_and_said_to_be() {
    let mut inputs = Rows::new(1);
    let mut outputs = Vec::new();
    for i in 0..EXACT + 40 {
        let x = i as f64 / EXACT as f64;
        inputs.push(&[x]);
        outputs.push((9.0 * x).sin());
    }
    // As many as this take time; the same code with fewer kept is what is tested.
    let data = Data::new(&inputs, &outputs);
    let kept = thin::chosen(&data, 300);
    let some = inputs.select(&kept);
    let some_outputs: Vec<f64> = kept.iter().map(|&i| outputs[i]).collect();
    let numbers = Hyperparameters { lengthscales: vec![0.3], signal: 1.0, noise: 1e-3, warps: Vec::new() };
    let process =
        Gp::exact(Structure::new(Kernel::Matern52, &[0]), numbers, 1.0, &Data::new(&some, &some_outputs)).unwrap();
    assert_eq!(process.kept(), None);
    let thinned = Some(Thinned { kept, inputs: inputs.clone(), extra_noise: vec![0.0; outputs.len()] });
    let process = Gp { thinned, ..process };
    assert_eq!((process.kept(), process.len()), (Some(300), EXACT + 40));
    let left_out = process.leave_one_out();
    assert_eq!(left_out.len(), outputs.len());
    assert!(left_out.iter().zip(&outputs).all(|(m, y)| (m.mean - y).abs() < 0.05 && m.variance > 0.0));
    let grown = process.with_outputs(&outputs).with_observation(&[0.5], (4.5f64).sin());
    assert_eq!((grown.kept(), grown.len(), grown.leave_one_out().len()), (Some(301), EXACT + 41, EXACT + 41));
}

/// Everything a process says is finite, and no variance is zero.
fn assert_safe(fit: &Fit, inputs: &Rows, point: &[f64]) {
    let gp = &fit.gp;
    assert!(fit.log_posterior.is_finite());
    for moments in gp.predict(inputs).into_iter().chain(gp.leave_one_out()) {
        assert!(moments.mean.is_finite() && moments.variance.is_finite() && moments.variance > 0.0, "{moments:?}");
    }
    let (moments, mean, variance) = gp.predict_with_gradient(point);
    assert!(moments.mean.is_finite() && moments.variance > 0.0);
    assert!(mean.iter().chain(&variance).all(|slope| slope.is_finite()));
    assert!(gp.sample(inputs, 2, 1).iter().flatten().all(|value| value.is_finite()));
    let grown = gp.with_observation(point, 0.3);
    assert!(grown.predict(&single(point)).iter().all(|m| m.mean.is_finite() && m.variance > 0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_finite_data_are_safe(
        cells in prop::collection::vec(prop_oneof![Just(0.5), Just(0.0), 0.0..1.0f64], 3..40),
        width in 1..4usize,
        readings in prop::collection::vec(prop_oneof![Just(1.0), -1.0..1.0f64], 40),
        powers in (-12..13i32, -12..13i32),
        extra in prop::collection::vec(prop_oneof![Just(0.0), 0.0..1e6f64], 40),
        rbf in any::<bool>(),
    ) {
        let scale = 10f64.powi(powers.0);
        let inputs = Rows::collect(width, cells.chunks_exact(width));
        let inputs = Rows::collect(width, inputs.iter().map(|row| row.iter().map(|x| x * scale).collect::<Vec<_>>())
            .collect::<Vec<_>>().iter().map(Vec::as_slice));
        let raw: Vec<f64> = readings[..inputs.len()].iter().map(|y| y * 10f64.powi(powers.1)).collect();
        let warp = crate::warp::Warp::fit(&raw, 10.0);
        let outputs: Vec<f64> = raw.iter().map(|y| warp.forward(*y)).collect();
        let kernel = if rbf { Kernel::Rbf } else { Kernel::Matern52 };
        let structure = Structure::new(kernel, &(0..width).collect::<Vec<_>>());
        let data = Data { inputs: &inputs, outputs: &outputs, extra_noise: &extra[..inputs.len()] };
        let fit = Fit::new(&structure, &Prior::scaled_to(width), &data).unwrap();
        prop_assert!(!matches!(fit.status, Status::NotFinite));
        assert_safe(&fit, &inputs, &vec![0.3 * scale; width]);
    }
}

#[test]
fn more_columns_than_rows_are_safe() {
    let (rows, width) = (100, 1600);
    let mut inputs = Rows::new(width);
    let mut outputs = Vec::new();
    for i in 0..rows {
        // A third of the columns never change.
        let row: Vec<f64> =
            (0..width).map(|j| if j % 3 == 0 { 0.5 } else { ((i * 37 + j * j) % 101) as f64 / 100.0 }).collect();
        outputs.push((6.0 * row[1]).sin() + row[2] - 1.0);
        inputs.push(&row);
    }
    for groups in [(0..width).collect::<Vec<_>>(), vec![0; width]] {
        let count = groups.iter().max().unwrap() + 1;
        let structure = Structure::new(Kernel::Matern52, &groups);
        let fit = Fit::new(&structure, &Prior::scaled_to(count), &Data::new(&inputs, &outputs)).unwrap();
        assert_safe(&fit, &inputs, inputs.row(5));
    }
}

#[test]
fn data_without_sense_are_refused() {
    let inputs = Rows::collect(1, [[0.1].as_slice(), [0.2].as_slice()]);
    let structure = Structure::new(Kernel::Rbf, &[0]);
    let fit = |outputs: &[f64], extra_noise: &[f64]| {
        let data = Data { inputs: &inputs, outputs, extra_noise };
        Fit::new(&structure, &Prior::scaled_to(1), &data).map(|_| ())
    };
    assert_eq!(fit(&[], &[]), Err(FitError::Empty));
    assert_eq!(fit(&[1.0], &[]), Err(FitError::Data));
    assert_eq!(fit(&[1.0, f64::NAN], &[]), Err(FitError::Data));
    assert_eq!(fit(&[1.0, 0.0], &[0.1]), Err(FitError::Data));
    assert_eq!(fit(&[1.0, 0.0], &[0.1, -0.1]), Err(FitError::Data));
    assert_eq!(fit(&[1.0, 0.0], &[0.1, 1e12]), Ok(()));
}

#[test]
fn what_was_seen_with_one_name_is_expected_of_one_never_tried() {
    // A narrow valley of one number, tried with one of two names: the other's columns never change.
    let (mut inputs, mut outputs) = (Rows::new(3), Vec::new());
    for i in 0..16 {
        let x = f64::from(i) / 15.0;
        inputs.push(&[x, 0.7, 0.0]);
        outputs.push(1.0 - 3.0 * (-(x - 0.3).powi(2) / 0.005).exp());
    }
    let other = Rows::collect(3, [[0.3, 0.0, 0.7].as_slice()]);
    let expected = |names_apart: bool| {
        let prior = Prior { names_apart, ..Prior::scaled_to(2) };
        let structure = Structure::new(Kernel::Matern52, &[0, 1, 1]);
        let fit = Fit::new(&structure, &prior, &Data::new(&inputs, &outputs)).unwrap();
        fit.gp.predict(&other)[0].mean
    };
    assert!(expected(true) < -1.5 && expected(false) > expected(true) + 0.2, "{} {}", expected(true), expected(false));
}
