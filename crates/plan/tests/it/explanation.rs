//! What the model says about itself.

use matdock_plan::{Planner, Settings, Value};

use crate::{minimise, observation, plane};

fn learnt(response: impl Fn(f64, f64) -> f64) -> matdock_plan::Model {
    let planner = Planner::new(plane(), minimise(), Settings::default()).unwrap();
    let observed: Vec<_> = (0..25)
        .map(|i| {
            let (a, b) = (f64::from(i % 5) / 4.0, f64::from(i / 5) / 4.0);
            observation(vec![Value::Number(a), Value::Number(b)], response(a, b))
        })
        .collect();
    planner.model(&observed, 1).unwrap()
}

#[test]
fn importance_is_the_share_of_variance() {
    // Variances of 3 a and b are 9 to 1.
    let importance = learnt(|a, b| 3.0 * a + b).importance(0, 1).unwrap();
    assert_eq!(importance[0].parameter, "a");
    assert!((importance[0].share - 0.9).abs() < 0.08, "{importance:?}");
    assert!((importance[1].share - 0.1).abs() < 0.05, "{importance:?}");
}

#[test]
fn effects_and_influences_follow_the_response() {
    let model = learnt(|a, b| 3.0 * a + b);
    let effect = model.effect(0, 0, 5).unwrap();
    let rise = effect.mean.last().unwrap() - effect.mean[0];
    assert!((rise - 3.0).abs() < 0.3, "{effect:?}");
    let influences = model.influences(0, &[Value::Number(1.0), Value::Number(0.5)]).unwrap();
    assert_eq!(influences[0].parameter, "a");
    assert!((influences[0].effect - 1.5).abs() < 0.2, "{influences:?}");
    let surface = model.surface(0, &[Value::Number(0.5), Value::Number(0.5)], [0, 1], 4).unwrap();
    assert!((surface.mean[3][3] - surface.mean[0][0] - 4.0).abs() < 0.4);
}

#[test]
fn a_model_of_pure_chance_is_named_as_such() {
    let told = learnt(|a, b| 3.0 * a + b).calibration(0).unwrap();
    assert!(told.better_than_mean && told.error < 0.2 * told.error_of_mean, "{told:?}");
    // Digits of pi have nothing to do with the settings.
    let digits = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4, 3];
    let chance = learnt(|a, b| f64::from(digits[(4.0 * a + 20.0 * b).round() as usize])).calibration(0).unwrap();
    assert!(!chance.better_than_mean, "{chance:?}");
    assert!(chance.inside_90 > 0.75, "{chance:?}");
}
