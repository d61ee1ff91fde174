//! Conditions measured again where readings are noisy.

use matdock_plan::{
    Direction, Goal, Observation, Parameter, ParameterKind, Planner, Pool, Purpose, ReplicatesWanted, Settings, Space,
    Suggestion, Value,
};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::{numbers, observation};

const LEVELS: i64 = 9;

fn level() -> Parameter {
    Parameter { name: "x".to_owned(), unit: String::new(), kind: ParameterKind::Integer { low: 1, high: LEVELS } }
}

/// A hill with its top at 5.
fn truth(x: f64) -> f64 {
    -0.2 * (x - 5.0).powi(2)
}

fn planner(space: Space, replicates: ReplicatesWanted) -> Planner {
    let settings = Settings { replicates, initial: 3, ..Settings::default() };
    Planner::new(space, Goal::single("y", Direction::Maximise), settings).unwrap()
}

/// Up to `count` experiments, read with noise.
fn campaign(planner: &Planner, noise: f64, count: usize, seed: u64) -> (Vec<Observation>, Vec<Suggestion>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut observed, mut made) = (Vec::new(), Vec::new());
    while observed.len() < count {
        let Ok(suggestions) = planner.suggest(&observed, &[], 1, seed + observed.len() as u64) else { break };
        let suggestion = suggestions.into_iter().next().unwrap();
        let z: f64 = StandardNormal.sample(&mut random);
        let reading = truth(numbers(&suggestion.point)[0]) + noise * z;
        observed.push(Observation { row: suggestion.row, ..observation(suggestion.point.clone(), reading) });
        made.push(suggestion);
    }
    (observed, made)
}

fn levels() -> Space {
    Space::ranges(vec![level()]).unwrap()
}

fn rows() -> Space {
    let rows = (1..=LEVELS).map(|x| vec![Value::Number(x as f64)]).collect();
    Space::Pool(Pool::new(vec![level()], rows, Vec::new()).unwrap())
}

#[test]
fn noisy_conditions_are_measured_again_and_say_so() {
    let planner = planner(levels(), ReplicatesWanted::Auto);
    let mut repeated = 0;
    for seed in 0..4 {
        let (observed, made) = campaign(&planner, 1.0, 25, 100 * seed);
        for (number, suggestion) in made.iter().enumerate() {
            let earlier = observed[..number].iter().any(|o| o.point == suggestion.point);
            assert_eq!(earlier, suggestion.purpose == Purpose::Replicate);
            assert_eq!(earlier, suggestion.replicate.is_some());
            if let Some(replicate) = suggestion.replicate {
                assert_eq!(observed[replicate.observation].point, suggestion.point);
                assert!((0.0..=1.0).contains(&replicate.new) && suggestion.score.is_finite());
                repeated += 1;
            }
        }
        let (best, _) = planner.model(&observed, 0).unwrap().best_believed().unwrap();
        assert!((numbers(&observed[best].point)[0] - 5.0).abs() <= 2.0);
    }
    assert!(repeated > 10, "{repeated}");
}

#[test]
fn nothing_is_repeated_against_the_wish_of_the_campaign() {
    let (observed, made) = campaign(&planner(levels(), ReplicatesWanted::Never), 1.0, 25, 1);
    assert!(made.iter().all(|suggestion| suggestion.replicate.is_none()));
    assert!(observed.len() <= LEVELS as usize);
}

#[test]
fn rows_of_a_pool_are_repeated_on_request_only() {
    let (mut more, mut repeated) = (0, 0);
    for seed in 0..4 {
        let (once, _) = campaign(&planner(rows(), ReplicatesWanted::Auto), 1.0, 25, 100 * seed);
        assert_eq!(once.len(), LEVELS as usize);
        let (again, made) = campaign(&planner(rows(), ReplicatesWanted::Pool), 1.0, 25, 100 * seed);
        more += usize::from(again.len() > once.len());
        let is_repeated = |s: &&Suggestion| s.purpose == Purpose::Replicate && s.row.is_some();
        repeated += made.iter().filter(is_repeated).count();
    }
    assert!(more >= 1 && repeated >= 4, "{more} {repeated}");
}

#[test]
fn a_batch_repeats_no_condition_that_was_refused() {
    let planner = planner(levels(), ReplicatesWanted::Auto);
    let (observed, _) = campaign(&planner, 1.0, 8, 3);
    let refused: Vec<_> = (4..=6).map(|x| vec![Value::Number(f64::from(x))]).collect();
    let planner = planner.refusing(refused.clone());
    for suggestion in planner.suggest(&observed, &[], 6, 3).unwrap_or_default() {
        assert!(!refused.contains(&suggestion.point));
    }
}
