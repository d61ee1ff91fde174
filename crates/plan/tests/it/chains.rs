//! Process chains: intermediates between settings and outcomes.

use matdock_plan::{
    Direction, Domain, Goal, Knowledge, Measured, Model, Observation, Planner, Settings, Source, Stage, Value, Way,
    folds_at_random,
};

use crate::{numbers, plane};

fn stage(outcome: &str, from: Option<&[&str]>) -> Stage {
    Stage {
        outcome: outcome.into(),
        from: from.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
        formula: None,
        computed: false,
    }
}

/// The torque rises with a, is read with noise, and decides the resistance together with b; the gloss says nothing.
fn goal() -> Goal {
    let stages = vec![
        stage("torque", Some(&["a"])),
        stage("gloss", Some(&["b"])),
        stage("resistance", Some(&["torque", "gloss", "b"])),
    ];
    Goal { stages, ..Goal::single("resistance", Direction::Minimise) }
}

fn read(x: &[f64]) -> [f64; 3] {
    let torque = (7.0 * x[0]).sin() + 2.0 * x[0];
    let resistance = (3.0 * torque).cos() + (x[1] - 0.3).powi(2);
    [resistance, torque, (41.0 * x[0] * x[1]).sin()]
}

fn observed(count: usize, missing: impl Fn(usize) -> bool) -> Vec<Observation> {
    (0..count)
        .map(|number| {
            let x = [(0.5 + 0.754_877_666 * number as f64).fract(), (0.5 + 0.569_840_296 * number as f64).fract()];
            let [resistance, torque, gloss] = read(&x).map(Measured::Value);
            let torque = if missing(number) { Measured::Missing } else { torque };
            let point = x.map(Value::Number).to_vec();
            Observation { point, row: None, outcomes: vec![resistance, torque, gloss], failed: false }
        })
        .collect()
}

fn model(count: usize) -> Model {
    Planner::new(plane(), goal(), Settings::default()).unwrap().model(&observed(count, |_| false), 1).unwrap()
}

#[test]
fn intermediates_are_outcomes_after_objectives() {
    assert_eq!(goal().outcomes(), ["resistance", "torque", "gloss"]);
    assert!(goal().is_intermediate("torque") && !goal().is_intermediate("resistance"));
}

#[test]
fn the_chain_says_what_explains_what_and_which_sensor_is_useless() {
    let view = model(40).chain().unwrap();
    let quantity = |name: &str| view.quantities.iter().find(|quantity| quantity.name == name).unwrap();
    assert!(quantity("torque").explained.unwrap() > 0.95);
    let link = |name: &str, from: &str| quantity(name).links.iter().find(|link| link.from == from).unwrap().share;
    assert!(link("resistance", "torque").unwrap() > 0.5 && link("resistance", "gloss").unwrap() < 0.05);
    let sensor = |name: &str| view.sensors.iter().find(|sensor| sensor.intermediate == name).unwrap();
    assert!(!sensor("torque").is_useless() && sensor("gloss").is_useless());
    let through = view.through.iter().find(|through| through.outcome == "resistance").unwrap();
    assert!(through.chain && through.comparison.unwrap().gain > 0.0);
}

#[test]
fn a_sample_is_explained_along_the_graph() {
    let model = model(40);
    let causes = model.causes(5, "resistance").unwrap();
    assert_eq!(causes[0].quantity, "resistance");
    if let Some(second) = causes.get(1) {
        assert_eq!((second.quantity.as_str(), second.influences[0].from.as_str()), ("torque", "a"));
    }
    assert!(causes.iter().flat_map(|cause| &cause.influences).all(|one| one.effect.is_finite()));
}

#[test]
fn the_optimum_behind_an_intermediate_is_found_even_where_it_was_not_always_read() {
    let planner = Planner::new(plane(), goal(), Settings::default()).unwrap();
    let mut all = observed(8, |number| number % 4 == 1);
    for number in 0..14 {
        let point = planner.suggest(&all, &[], 1, number).unwrap().remove(0).point;
        let [resistance, torque, gloss] = read(&numbers(&point)).map(Measured::Value);
        all.push(Observation { point, row: None, outcomes: vec![resistance, torque, gloss], failed: false });
    }
    let best = all.iter().filter_map(|o| o.outcomes[0].value()).fold(f64::INFINITY, f64::min);
    assert!(best < -0.999, "{best}");
}

#[test]
fn batches_and_experiments_under_way_work_with_a_chain() {
    let planner = Planner::new(plane(), goal(), Settings::default()).unwrap();
    let pending = vec![vec![Value::Number(0.2), Value::Number(0.9)]];
    let batch = planner.suggest(&observed(12, |_| false), &pending, 4, 3).unwrap();
    assert_eq!(batch.len(), 4);
    assert!(batch.iter().all(|s| s.score.is_finite() && s.predicted.len() == 3));
    assert_eq!(batch, planner.suggest(&observed(12, |_| false), &pending, 4, 3).unwrap());
}

#[test]
fn without_an_intermediate_that_nobody_reads_the_rest_of_the_chain_goes_on() {
    let planner = Planner::new(plane(), goal(), Settings::default()).unwrap();
    let view = planner.model(&observed(12, |_| true), 1).unwrap().chain().unwrap();
    let quantity = |name: &str| view.quantities.iter().find(|quantity| quantity.name == name).unwrap();
    assert_eq!((quantity("torque").readings, quantity("torque").explained), (0, None));
    let from: Vec<&str> = quantity("resistance").links.iter().map(|link| link.from.as_str()).collect();
    assert_eq!(from, ["a", "b", "gloss"], "what the torque depends on takes its place");
    assert!(planner.suggest(&observed(12, |_| true), &[], 1, 1).is_ok());
}

/// The dose is nobody's reading but the product of both settings, and decides the yield.
fn dosed() -> Goal {
    let dose = Stage { formula: Some("a * b".into()), computed: true, ..stage("dose", Some(&["a", "b"])) };
    Goal { stages: vec![dose, stage("yield", Some(&["dose"]))], ..Goal::single("yield", Direction::Maximise) }
}

#[test]
fn what_is_computed_by_a_formula_is_a_step_of_the_chain_without_being_read() {
    let yielded = |x: &[f64]| (9.0 * x[0] * x[1]).sin();
    let seen = |o: Observation| {
        let value = yielded(&numbers(&o.point));
        Observation { outcomes: vec![Measured::Value(value), Measured::Missing], ..o }
    };
    let all: Vec<Observation> = observed(60, |_| false).into_iter().map(seen).collect();
    let error = |goal: Goal| {
        let planner = Planner::new(plane(), goal, Settings::default()).unwrap();
        let width = planner.goal().outcomes().len();
        let known = all[..12].iter().map(|o| Observation { outcomes: o.outcomes[..width].to_vec(), ..o.clone() });
        let model = planner.model(&known.collect::<Vec<_>>(), 1).unwrap();
        let square = |o: &Observation| (model.predict(&o.point).unwrap()[0].mean - yielded(&numbers(&o.point))).powi(2);
        (all[12..].iter().map(square).sum::<f64>() / 48.0).sqrt()
    };
    let (computed, direct) = (error(dosed()), error(Goal::single("yield", Direction::Maximise)));
    assert!(computed < 0.5 * direct, "{computed} {direct}");
    let planner = Planner::new(plane(), dosed(), Settings::default()).unwrap();
    let view = planner.model(&all[..12], 1).unwrap().chain().unwrap();
    let dose = view.quantities.iter().find(|quantity| quantity.name == "dose").unwrap();
    assert!(dose.computed && dose.readings == 12 && view.sensors.is_empty());
    assert!(planner.suggest(&all[..12], &[], 2, 1).unwrap().iter().all(|s| s.score.is_finite()));
}

#[test]
fn a_quantity_is_computed_only_by_a_formula_and_never_wanted() {
    let refused = |goal: Goal| Planner::new(plane(), goal, Settings::default()).unwrap_err().to_string();
    let mut goal = dosed();
    goal.stages[0].formula = None;
    assert!(refused(goal).contains("no formula"));
    let mut goal = dosed();
    goal.stages[1] = Stage { formula: Some("2 * dose".into()), computed: true, ..goal.stages[1].clone() };
    assert!(refused(goal).contains("has to be measured"));
}

#[test]
fn a_quantity_is_told_from_what_was_read_before_it() {
    let mut all = observed(30, |number| number == 4);
    all.push(Observation { point: vec![Value::Number(3.0), Value::Number(0.5)], ..all[0].clone() });
    let planner = Planner::new(plane(), goal(), Settings::default()).unwrap();
    let model = planner.model(&all, 1).unwrap();
    let told = |number: usize| model.soft_readings(number, Some("resistance")).remove(0);
    let (seen, partly, far) = (told(3), told(4), told(30));
    assert_eq!((seen.domain, seen.from.clone()), (Domain::Inside, vec!["torque".to_owned(), "gloss".to_owned()]));
    assert!((seen.predicted.mean - seen.measured.unwrap()).abs() < 0.1, "{seen:?}");
    assert_eq!(partly.missing, ["torque"]);
    assert!(seen.quality.unwrap().explained > 0.9);
    let torque = model.soft_readings(30, Some("torque")).remove(0);
    assert_eq!((torque.domain, torque.beyond), (Domain::Outside, Some(("a".to_owned(), true))));
    assert!(far.nearest.is_some());
}

#[test]
fn on_experiments_left_out_the_chain_is_compared_with_the_direct_way() {
    let all = observed(40, |number| number % 5 == 2);
    let planner = Planner::new(plane(), goal(), Settings::default()).unwrap();
    let compared = planner.compare_chain(&all, &folds_at_random(40, 5, 1), &|| {}).unwrap();
    let [resistance] = compared.as_slice() else { panic!("{compared:?}") };
    assert_eq!((resistance.outcome.as_str(), resistance.readings, resistance.folds), ("resistance", 40, 5));
    assert!(resistance.chain_gain.log_density > 0.0 && resistance.read_gain.verdict() == 1, "{resistance:?}");
    let explained = |wanted: Way| resistance.scores.iter().find(|(way, _)| *way == wanted).unwrap().1.explained;
    assert!(explained(Way::Chain) > explained(Way::Direct) && explained(Way::Read) > 0.9);
}

#[test]
fn what_cannot_be_a_chain_is_refused_by_name() {
    let refused = |stages: Vec<Stage>| {
        let goal = Goal { stages, ..Goal::single("resistance", Direction::Minimise) };
        Planner::new(plane(), goal, Settings::default()).unwrap_err().to_string()
    };
    let circle = refused(vec![stage("torque", Some(&["gloss"])), stage("gloss", Some(&["torque"]))]);
    assert!(circle.contains("circle") && circle.contains("torque, gloss"), "{circle}");
    assert!(refused(vec![stage("torque", Some(&["speeed"]))]).contains("speeed"));
    assert!(refused(vec![stage("torque", None), stage("torque", None)]).contains("twice"));
}

#[test]
fn a_formula_helps_where_it_holds_and_does_no_harm_where_it_does_not() {
    let error = |formula: Option<&str>| {
        let mut goal = goal();
        goal.stages[2].formula = formula.map(str::to_owned);
        let planner = Planner::new(plane(), goal, Settings::default()).unwrap();
        let model = planner.model(&observed(14, |_| false), 1).unwrap();
        let fresh = observed(60, |_| false).split_off(20);
        let squares = fresh.iter().map(|o| {
            let predicted = model.predict(&o.point).unwrap()[0].mean;
            (predicted - o.outcomes[0].value().unwrap()).powi(2)
        });
        (squares.sum::<f64>() / fresh.len() as f64).sqrt()
    };
    let (right, wrong, none) = (error(Some("cos(3 * torque)")), error(Some("exp(b)")), error(None));
    assert!(right < 0.7 * none, "{right} {none}");
    assert!(wrong < 1.3 * none, "{wrong} {none}");
}

#[test]
fn a_formula_may_only_speak_of_what_the_quantity_depends_on() {
    let mut goal = goal();
    goal.stages[0].formula = Some("2 * gloss".into());
    let refused = Planner::new(plane(), goal, Settings::default()).unwrap_err().to_string();
    assert!(refused.contains("torque") && refused.contains("gloss"), "{refused}");
}

#[test]
fn on_another_machine_what_follows_from_the_intermediate_is_kept() {
    // There the same a gives another torque; the resistance follows from the torque as here.
    let elsewhere: Vec<Observation> = observed(60, |_| false)
        .into_iter()
        .map(|o| {
            let x = numbers(&o.point);
            let [resistance, torque, gloss] = read(&[0.3 + 0.6 * x[0], x[1]]).map(Measured::Value);
            Observation { outcomes: vec![resistance, torque, gloss], ..o }
        })
        .collect();
    let error = |planner: Planner| {
        let model = planner.model(&observed(8, |_| false), 1).unwrap();
        let fresh = observed(60, |_| false).split_off(20);
        let square =
            |o: &Observation| (model.predict(&o.point).unwrap()[0].mean - o.outcomes[0].value().unwrap()).powi(2);
        (fresh.iter().map(square).sum::<f64>() / fresh.len() as f64).sqrt()
    };
    let planner = || Planner::new(plane(), goal(), Settings::default()).unwrap();
    let knowledge = Knowledge { sources: vec![Source::new("old mixer", elsewhere)], ..Knowledge::default() };
    let with_source = planner().with_knowledge(knowledge);
    let model = with_source.model(&observed(8, |_| false), 1).unwrap();
    let said: Vec<_> = model.weights().iter().map(|w| (w.outcome.as_str(), w.source.as_deref(), w.chain)).collect();
    assert_eq!(said, [("resistance", Some("old mixer"), Some(true))], "the torque is learnt anew");
    let (carried, alone) = (error(with_source), error(planner()));
    assert!(carried < 0.8 * alone, "{carried} {alone}");
}
