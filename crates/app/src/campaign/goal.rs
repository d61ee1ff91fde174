//! The goal of a campaign file: objectives and bounds.

use matdock_message::{Message, say};
use matdock_plan::{Bound, Combine, Direction, Goal, Objective, Stage};
use matdock_record::Unit;
use toml::Spanned;

use crate::trial_files::FileFeature;

use super::{
    Outcome, Reader,
    file::{BoundPart, CampaignFile, CombineWord, DirectionWord, GoalPart, IntermediatePart, ObjectivePart},
};

impl Reader<'_> {
    #[expect(clippy::type_complexity, reason = "three lists made in one pass over the same parts")]
    pub(super) fn goal(
        &self,
        part: &GoalPart,
        objectives: &[Spanned<ObjectivePart>],
        bounds: &[Spanned<BoundPart>],
        intermediates: &[Spanned<IntermediatePart>],
    ) -> Result<(Goal, Vec<Outcome>, Vec<Option<f64>>), Message> {
        let mut goal =
            Goal { objectives: Vec::new(), combine: part.combine.into(), bounds: Vec::new(), stages: Vec::new() };
        let mut units: Vec<Outcome> = Vec::new();
        let mut stop_at = Vec::new();
        for part in objectives {
            let objective = part.get_ref();
            self.outcome(part, &objective.outcome, &objective.unit, &mut units)?;
            let direction = self.direction(part)?;
            if [objective.stop_at, objective.good].into_iter().flatten().any(|value| !value.is_finite()) {
                return Err(self.at(part, say!("app-stop-at", outcome = objective.outcome)));
            }
            stop_at.push(objective.stop_at);
            goal.objectives.push(Objective {
                outcome: objective.outcome.clone(),
                direction,
                weight: objective.weight.unwrap_or(1.0),
                scale: objective.scale,
                reference: objective.reference,
            });
            goal.check().map_err(|what| self.at(part, what))?;
        }
        for part in bounds {
            let bound = part.get_ref();
            self.outcome(part, &bound.outcome, &bound.unit, &mut units)?;
            goal.bounds.push(Bound { outcome: bound.outcome.clone(), low: bound.min, high: bound.max });
        }
        for part in intermediates {
            let intermediate = part.get_ref();
            if units.iter().any(|outcome| outcome.name == intermediate.name) {
                return Err(self.at(part, say!("app-intermediate-twice", name = intermediate.name)));
            }
            self.outcome(part, &intermediate.name, &intermediate.unit, &mut units)?;
            goal.stages.push(Stage {
                outcome: intermediate.name.clone(),
                from: intermediate.from.clone(),
                formula: intermediate.formula.clone(),
                computed: intermediate.computed,
            });
            if intermediate.computed && intermediate.formula.is_none() {
                return Err(self.at(part, say!("plan-stage-computed", outcome = intermediate.name)));
            }
        }
        let ends = objectives.iter().map(|part| part.get_ref()).map(|part| (&part.outcome, &part.from, &part.formula));
        let bounded = bounds.iter().map(|part| part.get_ref()).map(|part| (&part.outcome, &part.from, &part.formula));
        for (outcome, from, formula) in ends.chain(bounded) {
            if (from.is_some() || formula.is_some()) && goal.stages.iter().all(|stage| &stage.outcome != outcome) {
                let (outcome, from, formula) = (outcome.clone(), from.clone(), formula.clone());
                goal.stages.push(Stage { outcome, from, formula, computed: false });
            }
        }
        goal.check()
            .map_err(|what| bounds.last().map_or_else(|| self.whole(what.clone()), |b| self.at(b, what.clone())))?;
        Ok((goal, units, stop_at))
    }

    /// What is taken from files of a trial.
    pub(super) fn file_features(&self, parsed: &CampaignFile) -> Result<Vec<FileFeature>, Message> {
        let mut features: Vec<FileFeature> = Vec::new();
        for part in &parsed.objectives {
            let objective = part.get_ref();
            features.extend(self.file_feature(part, &objective.outcome, objective.feature.as_deref(), None)?);
        }
        for part in &parsed.intermediates {
            let one = part.get_ref();
            features.extend(self.file_feature(part, &one.name, one.feature.as_deref(), one.pixel.as_deref())?);
        }
        match (features.first(), &parsed.lab) {
            (Some(first), Some(lab)) => Err(self.at(lab, say!("app-feature-in-lab", name = first.feature.name))),
            _ => Ok(features),
        }
    }

    fn file_feature<T>(
        &self,
        part: &Spanned<T>,
        name: &str,
        text: Option<&str>,
        pixel: Option<&str>,
    ) -> Result<Option<FileFeature>, Message> {
        let Some(text) = text else {
            return match pixel {
                Some(_) => Err(self.at(part, say!("app-pixel-alone", name = name))),
                None => Ok(None),
            };
        };
        let feature = matdock_lab::feature::of_file(name, text).map_err(|what| self.at(part, what))?;
        let pixel = pixel.map(matdock_lab::feature::pixel_size).transpose();
        Ok(Some(FileFeature { feature, pixel: pixel.map_err(|what| self.at(part, what))? }))
    }

    fn outcome<T>(&self, part: &Spanned<T>, name: &str, unit: &str, known: &mut Vec<Outcome>) -> Result<(), Message> {
        let unit: Unit = unit.parse().map_err(|what| self.at(part, what))?;
        if name.trim().is_empty() {
            return Err(self.at(part, say!("app-outcome-name")));
        }
        match known.iter().find(|outcome| outcome.name == name) {
            Some(other) if other.unit != unit => {
                Err(self.at(part, say!("app-outcome-unit-twice", outcome = name, first = other.unit, second = unit)))
            }
            Some(_) => Ok(()),
            None => {
                known.push(Outcome { name: name.to_owned(), unit });
                Ok(())
            }
        }
    }

    fn direction(&self, part: &Spanned<ObjectivePart>) -> Result<Direction, Message> {
        let o = part.get_ref();
        match (o.direction, o.target, o.low, o.high) {
            (DirectionWord::Target, Some(target), None, None) => Ok(Direction::Target(target)),
            (DirectionWord::Target, None, Some(low), Some(high)) => Ok(Direction::Window { low, high }),
            (DirectionWord::Target, ..) => Err(self.at(part, say!("app-target-missing", outcome = o.outcome))),
            (DirectionWord::Minimise, None, None, None) => Ok(Direction::Minimise),
            (DirectionWord::Maximise, None, None, None) => Ok(Direction::Maximise),
            _ => Err(self.at(part, say!("app-target-surplus", outcome = o.outcome))),
        }
    }
}

impl From<CombineWord> for Combine {
    fn from(word: CombineWord) -> Self {
        match word {
            CombineWord::Sum => Self::Sum,
            CombineWord::Pareto => Self::Pareto,
        }
    }
}
