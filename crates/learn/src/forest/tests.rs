use super::*;

/// A response that jumps from 0 to 1 at x = 0.55 and does not depend on the other column.
fn jump(size: usize) -> (Rows, Vec<f64>) {
    let mut inputs = Rows::new(2);
    let mut outputs = Vec::new();
    for i in 0..size {
        let x = [i as f64 / (size - 1) as f64, (i * 7 % size) as f64 / size as f64];
        inputs.push(&x);
        outputs.push(if x[0] > 0.55 { 1.0 } else { -1.0 });
    }
    (inputs, outputs)
}

fn fit(inputs: &Rows, outputs: &[f64]) -> Forest {
    let groups: Vec<usize> = (0..inputs.width()).collect();
    Forest::fit(inputs, &groups, outputs, &vec![1.0; outputs.len()], 1).unwrap()
}

#[test]
fn a_jump_is_learnt_without_ringing() {
    let (inputs, outputs) = jump(40);
    let forest = fit(&inputs, &outputs);
    let at = |x: f64| forest.predict(&Rows::collect(2, [[x, 0.5].as_slice()]))[0];
    assert!((at(0.2).mean + 1.0).abs() < 0.05, "{:?}", at(0.2));
    assert!((at(0.9).mean - 1.0).abs() < 0.05, "{:?}", at(0.9));
    // Where the jump is, is not known.
    assert!(at(0.55).variance > 10.0 * at(0.2).variance);
}

#[test]
fn the_same_seed_gives_the_same_forest() {
    let (inputs, outputs) = jump(20);
    let (one, two) = (fit(&inputs, &outputs), fit(&inputs, &outputs));
    assert_eq!(one.predict(&inputs), two.predict(&inputs));
    assert_eq!(one.leave_one_out(), two.leave_one_out());
}

#[test]
fn draws_have_the_predicted_moments_and_neighbours_move_together() {
    let (inputs, outputs) = jump(30);
    let forest = fit(&inputs, &outputs);
    let points = Rows::collect(2, [[0.56, 0.5].as_slice(), [0.561, 0.5].as_slice()]);
    let draws = forest.sample(&points, 4000, 3);
    assert_eq!(draws, forest.sample(&points, 4000, 3));
    let expected = forest.predict(&points)[0];
    let mean = draws.iter().map(|d| d[0]).sum::<f64>() / 4000.0;
    let variance = draws.iter().map(|d| (d[0] - mean).powi(2)).sum::<f64>() / 4000.0;
    assert!((mean - expected.mean).abs() < 5.0 * (expected.variance / 4000.0).sqrt());
    assert!((variance / expected.variance - 1.0).abs() < 0.15, "{variance} {}", expected.variance);
    let together = draws.iter().map(|d| (d[0] - mean) * (d[1] - mean)).sum::<f64>() / 4000.0;
    assert!(together > 0.7 * variance, "{together} {variance}");
}

#[test]
fn categories_are_told_apart_by_their_levels() {
    // Three levels one-hot; the middle one gives more.
    let mut inputs = Rows::new(4);
    let mut outputs = Vec::new();
    for i in 0..30 {
        let level = i % 3;
        let mut row = [0.0; 4];
        row[level] = std::f64::consts::FRAC_1_SQRT_2;
        row[3] = i as f64 / 29.0;
        inputs.push(&row);
        outputs.push(if level == 1 { 1.4 } else { -0.7 });
    }
    let forest = Forest::fit(&inputs, &[0, 0, 0, 1], &outputs, &[1.0; 30], 1).unwrap();
    let half = std::f64::consts::FRAC_1_SQRT_2;
    let points = Rows::collect(4, [[0.0, half, 0.0, 0.5].as_slice(), [0.0, 0.0, half, 0.5].as_slice()]);
    let moments = forest.predict(&points);
    assert!(moments[0].mean > 1.0 && moments[1].mean < -0.4, "{moments:?}");
}

#[test]
fn readings_left_out_are_predicted_as_well_as_said() {
    // A line with noise of standard deviation 0.3, from a small generator.
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut inputs = Rows::new(1);
    let mut outputs = Vec::new();
    for i in 0..80 {
        let x = i as f64 / 79.0;
        let z: f64 = StandardNormal.sample(&mut random);
        inputs.push(&[x]);
        outputs.push(3.0 * (x - 0.5) + 0.3 * z);
    }
    let forest = fit(&inputs, &outputs);
    let squares: f64 =
        forest.leave_one_out().iter().zip(&outputs).map(|(m, y)| (m.mean - y).powi(2) / m.variance).sum();
    assert!((0.6..1.5).contains(&(squares / 80.0)), "{}", squares / 80.0);
    assert!(forest.noise() > 0.0);
}

#[test]
fn believing_a_result_lowers_the_uncertainty_there() {
    let (inputs, outputs) = jump(12);
    let forest = fit(&inputs, &outputs);
    let point = [0.56, 0.45];
    let rows = Rows::collect(2, [point.as_slice()]);
    let believing = forest.believing(&point);
    assert!(believing.predict(&rows)[0].variance < forest.predict(&rows)[0].variance);
}

#[test]
fn few_repeated_or_constant_data_are_safe_and_bad_ones_refused() {
    for outputs in [vec![0.0], vec![0.0, 0.0], vec![-1.0, 1.0, 0.0], vec![1.0; 9]] {
        let inputs = Rows::collect(2, outputs.iter().map(|_| [0.5, 0.5].as_slice()));
        let forest = fit(&inputs, &outputs);
        let m = forest.predict(&Rows::collect(2, [[0.1, 0.2].as_slice()]))[0];
        assert!(m.mean.is_finite() && m.variance > 0.0);
    }
    let inputs = Rows::collect(1, [[f64::NAN].as_slice()]);
    assert_eq!(Forest::fit(&inputs, &[0], &[1.0], &[1.0], 1).err(), Some(FitError::Data));
    assert_eq!(Forest::fit(&Rows::new(1), &[0], &[], &[], 1).err(), Some(FitError::Empty));
}
