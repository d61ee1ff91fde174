//! Constraints, mixtures, conditions: every suggestion keeps them, and what is impossible is said.

use matdock_plan::{
    Condition, Mixture, Observation, Parameter, ParameterKind, Planner, Point, Rule, Rules, Scale, Settings, Space,
    Value,
};
use proptest::prelude::*;

use crate::{continuous, minimise, numbers, observation};

fn levels(name: &str, levels: &[&str]) -> Parameter {
    let levels = levels.iter().map(|level| (*level).to_owned()).collect();
    Parameter { name: name.into(), unit: String::new(), kind: ParameterKind::Categorical { levels } }
}

fn stepped(name: &str, low: f64, high: f64, step: f64) -> Parameter {
    let kind = ParameterKind::Continuous { low, high, scale: Scale::Linear, step: Some(step) };
    Parameter { name: name.into(), unit: String::new(), kind }
}

fn keep(text: &str, parameters: &[Parameter]) -> Rule {
    Rule::keep(Condition::parse(text, parameters).unwrap())
}

fn ruled(parameters: Vec<Parameter>, texts: &[&str]) -> Space {
    let rules = texts.iter().map(|text| keep(text, &parameters)).collect();
    Space::with_rules(parameters, Rules { rules, ..Rules::default() }).unwrap()
}

/// Runs a campaign of `count` experiments on `function`; every suggestion is in the space.
fn campaign(space: &Space, count: usize, function: impl Fn(&[Value]) -> f64) -> Vec<Observation> {
    let planner = Planner::new(space.clone(), minimise(), Settings::default()).unwrap();
    let mut observed: Vec<Observation> = Vec::new();
    while observed.len() < count {
        let suggested = planner.suggest(&observed, &[], 1, observed.len() as u64).unwrap();
        for suggestion in suggested {
            assert!(space.contains(&suggestion.point), "{:?}", suggestion.point);
            assert!(space.contains(&space.readable(&suggestion.point)), "{:?}", suggestion.point);
            observed.push(observation(suggestion.point.clone(), function(&suggestion.point)));
        }
    }
    observed
}

fn best(observed: &[Observation], function: impl Fn(&[Value]) -> f64) -> (f64, Point) {
    let values = observed.iter().map(|o| (function(&o.point), o.point.clone()));
    values.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap()
}

#[test]
fn the_optimum_on_the_border_of_a_constraint_is_found() {
    let space = ruled(vec![continuous("x", 0.0, 10.0), continuous("y", 0.0, 10.0)], &["x * y <= 12", "x + y >= 2"]);
    // Free optimum (6, 5); on the border x y = 12 the nearest point is where the gradient is normal to it.
    let function = |p: &[Value]| {
        let x = numbers(p);
        (x[0] - 6.0).powi(2) + (x[1] - 5.0).powi(2)
    };
    let observed = campaign(&space, 25, function);
    let reference = (1..10_000).map(|k| 1.2 + f64::from(k) * 1e-3).filter(|x| *x <= 10.0);
    let reference = reference.map(|x| (x - 6.0).powi(2) + (12.0 / x - 5.0).powi(2)).fold(f64::INFINITY, f64::min);
    let (found, point) = best(&observed, function);
    assert!(found < reference + 0.02, "{found} {reference} {point:?}");
}

#[test]
fn a_millionth_of_the_volume_is_enough() {
    let names = ["a", "b", "c", "d"];
    let parameters = names.map(|name| continuous(name, 0.0, 1.0)).to_vec();
    // A corner of 0.07^4 / 24 = 1e-6, and a thin shell between two spheres.
    for text in
        ["a + b + c + d <= 0.07", "1 <= a^2 + b^2 + c^2 + d^2 <= 1.000002", "abs(a - b) < 1e-3 and abs(c - d) < 1e-3"]
    {
        let space = ruled(parameters.clone(), &[text]);
        let observed = campaign(&space, 8, |p| numbers(p).iter().map(|x| (x - 0.01).powi(2)).sum());
        let points: std::collections::HashSet<String> = observed.iter().map(|o| format!("{:?}", o.point)).collect();
        assert_eq!(points.len(), 8, "{text}");
    }
}

#[test]
fn levels_and_numbers_can_exclude_one_another() {
    let parameters = vec![levels("solvent", &["ether", "thf", "dmso"]), continuous("pressure", 0.0, 10.0)];
    let forbidden = Rule::forbid(
        Condition::parse("pressure > 5 and solvent = 'ether'", &parameters).unwrap(),
        Some("it boils".to_owned()),
    );
    let rules = Rules { rules: vec![forbidden], ..Rules::default() };
    let space = Space::with_rules(parameters, rules).unwrap();
    let function = |p: &[Value]| {
        let ether = p[0] == Value::Level("ether".into());
        (numbers(p)[0] - 8.0).abs() + if ether { 0.0 } else { 2.0 }
    };
    let observed = campaign(&space, 16, function);
    assert!(best(&observed, function).0 < 2.4, "{:?}", best(&observed, function));
}

#[test]
fn contradictory_rules_are_named() {
    let parameters = vec![continuous("x", 0.0, 1.0), continuous("y", 0.0, 1.0)];
    let texts = ["x + y > 1.5", "x < 0.9", "x + y < 0.5"];
    let rules = Rules { rules: texts.iter().map(|text| keep(text, &parameters)).collect(), ..Rules::default() };
    let error = Space::with_rules(parameters.clone(), rules).unwrap_err().to_string();
    assert!(error.contains(texts[0]) && error.contains(texts[2]) && !error.contains(texts[1]), "{error}");
    let rules = Rules { rules: vec![keep("x > 2", &parameters)], ..Rules::default() };
    assert!(Space::with_rules(parameters, rules).unwrap_err().to_string().contains("x > 2"));
}

#[test]
fn an_equality_between_continuous_parameters_can_be_kept() {
    let space = ruled(
        vec![continuous("x", 0.0, 1.0), continuous("y", 0.0, 1.0), continuous("z", 0.0, 1.0)],
        &["x + 2 * y = 1"],
    );
    let observed = campaign(&space, 9, |p| (numbers(p)[0] - 0.3).abs());
    assert!(observed.iter().all(|o| (numbers(&o.point)[0] + 2.0 * numbers(&o.point)[1] - 1.0).abs() < 1e-6));
}

fn mixture(parameters: &[Parameter], at_most: Option<usize>) -> Rules {
    let components = (0..parameters.len()).collect();
    let mixture = Mixture { name: "solvent".into(), components, total: 1.0, at_most, optional: false };
    Rules { mixtures: vec![mixture], ..Rules::default() }
}

#[test]
fn a_mixture_adds_up_and_its_optimum_is_found() {
    let parameters: Vec<Parameter> = ["w", "e", "d", "t"].map(|name| continuous(name, 0.0, 0.9)).to_vec();
    let space = Space::with_rules(parameters.clone(), mixture(&parameters, None)).unwrap();
    let function =
        |p: &[Value]| numbers(p).iter().zip([0.1, 0.6, 0.25, 0.05]).map(|(x, best)| (x - best).powi(2)).sum::<f64>();
    let observed = campaign(&space, 20, function);
    assert!(observed.iter().all(|o| (numbers(&o.point).iter().sum::<f64>() - 1.0).abs() < 1e-9));
    assert!(best(&observed, function).0 < 1e-3, "{:?}", best(&observed, function));
}

#[test]
fn a_mixture_of_few_components_finds_which() {
    let parameters: Vec<Parameter> = ["a", "b", "c", "d", "e"].map(|name| continuous(name, 0.1, 0.9)).to_vec();
    let space = Space::with_rules(parameters.clone(), mixture(&parameters, Some(2))).unwrap();
    let function = |p: &[Value]| {
        let x = numbers(p);
        (x[1] - 0.7).abs() + (x[3] - 0.3).abs()
    };
    let observed = campaign(&space, 22, function);
    for o in &observed {
        let x = numbers(&o.point);
        assert!(x.iter().filter(|x| **x != 0.0).count() <= 2 && x.iter().all(|x| *x == 0.0 || *x >= 0.1));
    }
    assert!(best(&observed, function).0 < 0.1, "{:?}", best(&observed, function));
}

#[test]
fn a_mixture_on_steps_adds_up_exactly() {
    let parameters: Vec<Parameter> = ["a", "b", "c"].map(|name| stepped(name, 0.0, 1.0, 0.05)).to_vec();
    let space = Space::with_rules(parameters.clone(), mixture(&parameters, None)).unwrap();
    campaign(&space, 12, |p| (numbers(p)[0] - 0.35).abs() + (numbers(p)[1] - 0.15).abs());
}

#[test]
fn a_conditional_parameter_is_there_when_its_condition_holds() {
    let parameters =
        vec![levels("stirred", &["yes", "no"]), continuous("speed", 10.0, 1000.0), continuous("ramp", 0.0, 1.0)];
    let when = vec![
        (1, Condition::parse("stirred = 'yes'", &parameters).unwrap()),
        (2, Condition::parse("speed > 500", &parameters).unwrap()),
    ];
    let space = Space::with_rules(parameters, Rules { when, ..Rules::default() }).unwrap();
    let function = |p: &[Value]| match (p[1].number(), p[2].number()) {
        (Some(speed), Some(ramp)) => (speed / 1000.0 - 0.8).abs() + (ramp - 0.2).abs(),
        (Some(_), None) => 1.0,
        _ => 0.9,
    };
    let observed = campaign(&space, 25, function);
    for o in &observed {
        let stirred = o.point[0] == Value::Level("yes".into());
        assert_eq!(o.point[1] != Value::Absent, stirred);
        assert_eq!(o.point[2] != Value::Absent, o.point[1].number().is_some_and(|speed| speed > 500.0));
    }
    assert!(best(&observed, function).0 < 0.1, "{:?}", best(&observed, function));
}

#[test]
fn conditions_in_a_circle_are_refused() {
    let parameters = vec![continuous("a", 0.0, 1.0), continuous("b", 0.0, 1.0)];
    let when = vec![
        (0, Condition::parse("b > 0.5", &parameters).unwrap()),
        (1, Condition::parse("a > 0.5", &parameters).unwrap()),
    ];
    let error = Space::with_rules(parameters, Rules { when, ..Rules::default() }).unwrap_err().to_string();
    assert!(error.contains("a, b"), "{error}");
}

#[test]
fn ten_thousand_levels_work() {
    let names: Vec<String> = (0..10_000).map(|k| format!("catalyst {k}")).collect();
    let many =
        Parameter { name: "catalyst".into(), unit: String::new(), kind: ParameterKind::Categorical { levels: names } };
    let space = Space::ranges(vec![many, continuous("x", 0.0, 1.0)]).unwrap();
    campaign(&space, 12, |p| (numbers(p)[0] - 0.3).abs());
}

/// Rules of several kinds over four numbers and two levels; some contradict one another.
fn random_rules() -> impl Strategy<Value = Vec<String>> {
    let comparison = prop_oneof![Just("<="), Just(">="), Just("<"), Just(">")];
    let number = prop_oneof![Just("a"), Just("b"), Just("n"), Just("s")];
    let simple =
        (number.clone(), comparison.clone(), 0.0..2.0f64).prop_map(|(x, sign, y)| format!("{x} {sign} {y:.3}"));
    let product = (number.clone(), number.clone(), comparison.clone(), 0.0..3.0f64)
        .prop_map(|(x, y, sign, z)| format!("{x} * {y} {sign} {z:.3}"));
    let sum = (number.clone(), number, comparison, 0.0..3.0f64)
        .prop_map(|(x, y, sign, z)| format!("{x} - 2 * {y} + sqrt({x}) {sign} {z:.3}"));
    let level = prop_oneof![Just("c = 'u'"), Just("c != 'v'"), Just("not c in ('u', 'v')")].prop_map(str::to_owned);
    let leaf = prop_oneof![3 => simple, 2 => product, 2 => sum, 2 => level];
    let rule = leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x}) and ({y})")),
            (inner.clone(), inner.clone()).prop_map(|(x, y)| format!("({x}) or ({y})")),
            inner.prop_map(|x| format!("not ({x})")),
        ]
    });
    prop::collection::vec(rule, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn suggestions_keep_random_rules_or_the_rules_are_refused(
        texts in random_rules(),
        (forbidden, conditional, mixed) in (any::<bool>(), any::<bool>(), 0..3usize),
        outcomes in prop::collection::vec(-1e3..1e3f64, 3..7),
    ) {
        let mut parameters = vec![
            continuous("a", 0.0, 1.0),
            continuous("b", 0.5, 2.0),
            Parameter { name: "n".into(), unit: String::new(), kind: ParameterKind::Integer { low: 0, high: 4 } },
            stepped("s", 0.0, 1.0, 0.25),
            levels("c", &["u", "v", "w"]),
        ];
        let mut rules = Rules::default();
        for text in &texts {
            let condition = Condition::parse(text, &parameters).unwrap();
            rules.rules.push(if forbidden { Rule::forbid(condition, None) } else { Rule::keep(condition) });
        }
        if conditional {
            rules.when.push((1, Condition::parse("c = 'u' or a > 0.5", &parameters).unwrap()));
            rules.when.push((3, Condition::parse("b > 1", &parameters).unwrap()));
        }
        if mixed > 0 {
            let first = parameters.len();
            parameters.extend(["x", "y", "z"].map(|name| continuous(name, 0.05, 0.7)));
            let mixture = Mixture {
                name: "m".into(), components: (first..first + 3).collect(), total: 1.0,
                at_most: (mixed == 2).then_some(2), optional: false,
            };
            rules.mixtures.push(mixture);
        }
        let plain = (mixed == 0 && !conditional).then(|| (parameters.clone(), rules.rules.clone()));
        let Ok(space) = Space::with_rules(parameters, rules) else {
            // Refused: then points at random do not keep the rules either.
            let Some((parameters, rules)) = plain else { return Ok(()) };
            for k in 1..2000u32 {
                let unit = |salt: f64| (f64::from(k) * salt).fract();
                let point = vec![
                    Value::Number(unit(0.754877666)),
                    Value::Number(0.5 + 1.5 * unit(0.569840296)),
                    Value::Number(f64::from(k % 5)),
                    Value::Number(f64::from(k / 5 % 5) / 4.0),
                    Value::Level(["u", "v", "w"][(k / 25 % 3) as usize].into()),
                ];
                prop_assert!(parameters.iter().zip(&point).all(|(p, value)| p.allows(value)));
                prop_assert!(!rules.iter().all(|rule| rule.allows(&point)), "{texts:?} {point:?}");
            }
            return Ok(());
        };
        let planner = Planner::new(space.clone(), minimise(), Settings { initial: 2, ..Settings::default() }).unwrap();
        let mut observed: Vec<Observation> = Vec::new();
        for (number, outcome) in outcomes.iter().enumerate() {
            let Ok(suggested) = planner.suggest(&observed, &[], 1, number as u64) else { break };
            for suggestion in suggested {
                prop_assert!(space.contains(&suggestion.point), "{texts:?} {:?}", suggestion.point);
                prop_assert!(space.contains(&space.readable(&suggestion.point)), "{texts:?} {:?}", suggestion.point);
                prop_assert!(suggestion.score.is_finite());
                observed.push(observation(suggestion.point, *outcome));
            }
        }
        prop_assert!(!observed.is_empty());
    }
}
