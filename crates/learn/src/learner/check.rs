//! Whether a learner that was read from a file can be used.

use super::{Fitted, Kind, Model, Task};

impl Fitted {
    /// Whether its parts fit together: a file that was changed or forged may hold anything. Predictions of a sound learner
    /// end and do not panic.
    pub fn is_sound(&self) -> bool {
        let (task, width) = (self.task, self.width);
        let classes = task != Task::Number;
        let scaled = self.scale.mean.is_finite() && self.scale.scale.is_finite();
        let suits = match &self.model {
            Model::Constant(values) => values.len() == task.outputs() && values.iter().all(|x| x.is_finite()),
            Model::Linear(model) => model.is_sound(task, width),
            Model::Forest(model) => model.is_sound(task, width),
            Model::Boosting(model) => model.is_sound(task, width),
            Model::Neighbours(model) => model.is_sound(task, width),
            Model::SupportVectors(model) => model.is_sound(task, width),
            Model::Network(model) => model.is_sound(task, width),
            Model::Gaussian(model) => !classes && model.is_sound(width),
            Model::Stack(model) => self.kind == Kind::Stack && model.is_sound(task, width),
        };
        scaled && task.outputs() > 0 && suits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::learner::{Features, tests::friedman};

    fn table(task: Task) -> (Features, Vec<f64>) {
        let (features, targets) = friedman(30, 6, 4);
        let count = task.outputs() as f64;
        let class = |y: &f64| ((y / 30.0).clamp(0.0, 0.999) * count).floor();
        let targets = if task == Task::Number { targets } else { targets.iter().map(class).collect() };
        (features, targets)
    }

    fn fitted(kind: Kind, task: Task) -> Option<Fitted> {
        let (features, targets) = table(task);
        Fitted::fit(kind, task, &features, &targets, 1).ok()
    }

    const TASKS: [Task; 3] = [Task::Number, Task::Class { count: 2 }, Task::Class { count: 3 }];

    #[test]
    fn every_kind_comes_back_from_its_file_with_the_same_predictions() {
        for kind in Kind::ALL {
            for task in TASKS {
                let Some(own) = fitted(*kind, task) else { continue };
                assert!(own.is_sound(), "{kind} {task:?}");
                let text = serde_json::to_string(&own).unwrap();
                let read: Fitted = serde_json::from_str(&text).unwrap();
                let features = table(task).0;
                let bits = |fitted: &Fitted| -> Vec<u64> {
                    fitted.predict(&features).iter().map(|value| value.to_bits()).collect()
                };
                assert_eq!(bits(&own), bits(&read), "{kind} {task:?}");
            }
        }
    }

    #[test]
    fn missing_cells_and_other_widths_are_borne() {
        for kind in Kind::ALL {
            for task in TASKS {
                let Some(own) = fitted(*kind, task) else { continue };
                let odd = Features::from_columns(vec![vec![f64::NAN, 1e90, 0.5]; 3]).unwrap();
                let predicted = own.predict(&odd);
                assert_eq!(predicted.len(), 3 * task.outputs());
                assert!(predicted.iter().all(|value| !value.is_nan()), "{kind} {task:?} {predicted:?}");
            }
        }
    }

    #[test]
    fn trees_that_go_in_circles_or_nowhere_are_no_learners() {
        let own = serde_json::to_value(fitted(Kind::RandomForest, Task::Number).unwrap()).unwrap();
        let with = |place: &str, value: Value| {
            let mut forged = own.clone();
            forged.pointer_mut(place).map(|cell| *cell = value).unwrap();
            serde_json::from_value::<Fitted>(forged).is_ok_and(|fitted| fitted.is_sound())
        };
        assert!(with("/model/forest/trees/0/cuts/0", 0.25.into()));
        assert!(!with("/model/forest/trees/0/above/0", 0.into()), "a circle");
        assert!(!with("/model/forest/trees/0/above/0", 4_000_000_000_u32.into()), "nowhere");
        assert!(!with("/model/forest/trees/0/columns/0", 77.into()), "no such column");
        assert!(!with("/model/forest/trees/0/values", Value::Array(Vec::new())), "no values");

        assert!(!with("/width", 3.into()));
        assert!(!with("/task", serde_json::json!({ "class": { "count": 2 } })));
    }

    /// Every number and list of a document, to be changed.
    fn places(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                fields.iter().for_each(|(name, field)| places(field, &format!("{path}/{name}"), found));
            }
            Value::Array(list) => {
                found.push(path.to_owned());
                list.iter().take(3).enumerate().for_each(|(n, one)| places(one, &format!("{path}/{n}"), found));
            }
            Value::Number(_) => found.push(path.to_owned()),
            _ => {}
        }
    }

    fn changes() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::from(0)),
            Just(Value::from(-1)),
            Just(Value::from(2)),
            Just(Value::from(u32::MAX)),
            Just(Value::from(u64::MAX)),
            Just(Value::from(1e300)),
            Just(Value::Null),
            Just(Value::Array(Vec::new())),
            Just(serde_json::json!([1, 2])),
            Just(serde_json::json!([[0.5]])),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn changed_files_are_refused_or_borne(place in any::<prop::sample::Index>(), change in changes()) {
            thread_local! {
                static OWN: Vec<Value> = Kind::ALL.iter().flat_map(|kind| TASKS.map(|task| (*kind, task)))
                    .filter_map(|(kind, task)| serde_json::to_value(fitted(kind, task)?).ok()).collect();
            }
            let features = table(Task::Number).0;
            OWN.with(|all| {
                for own in all {
                    let mut found = Vec::new();
                    places(own, "", &mut found);
                    let mut forged = own.clone();
                    if let Some(cell) = forged.pointer_mut(place.get(&found[..]).as_str()) {
                        *cell = change.clone();
                    }
                    if let Ok(read) = serde_json::from_value::<Fitted>(forged) && read.is_sound() {
                        let predicted = read.predict(&features);
                        assert_eq!(predicted.len(), 30 * read.task().outputs());
                    }
                }
            });
        }
    }
}
