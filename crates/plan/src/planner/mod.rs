//! The planner: what to try next.

mod asked;
mod chain;
mod forecast;
mod lesson;
mod opening;
mod partial;
mod remaining;
mod replicate;
mod situation;
mod suggestion;

use std::sync::{Arc, OnceLock};

use matdock_learn::{Options, Rows};
use matdock_message::{Message, say};

use crate::{
    belief::Belief,
    chain::{Elsewhere, Stages},
    cost::{Charged, Costs},
    encode::Encoding,
    goal::Goal,
    history::{Measured, Observation},
    knowledge::{self, DriftWanted, Explanations, Guessed, Knowledge, Refused},
    model::Model,
    search::{Appraisal, Listed, Preference, Ranking, Search},
    space::{Point, Space, key},
};

pub use forecast::{Forecast, SoFar};
pub use lesson::Lesson;
pub use partial::{Begun, Next, Partial, Weighed};
pub use remaining::Remaining;
use replicate::Chosen;
pub use replicate::{Replicate, ReplicatesWanted};
use situation::Situation;
pub use suggestion::{Prediction, Purpose, Settings, Suggestion};

/// Above this share of exploration a suggestion explores, below the other it exploits.
const EXPLORES: f64 = 0.85;
const EXPLOITS: f64 = 0.6;
/// Best observations the search begins from.
const GOOD: usize = 8;
/// Experiments from which on equal readings say that nothing is better than anything.
const FEWEST_FLAT: usize = 3;
/// Points a model is looked at for explanations.
const BACKGROUND: usize = 256;

/// Proposes experiments; checked once, then only used.
#[derive(Debug, Clone)]
pub struct Planner {
    space: Space,
    goal: Goal,
    settings: Settings,
    encoding: Encoding,
    stages: Option<Stages>,
    listed: Option<Listed>,
    knowledge: Knowledge,
    explanations: Arc<OnceLock<Explanations>>,
    /// Never proposed again.
    refused: Vec<Point>,
    costs: Option<Costs>,
    /// Stages after which an experiment may be ended.
    partials: Vec<Partial>,
}

impl Planner {
    /// A planner for `goal` in `space`.
    ///
    /// Errors: a goal that cannot be followed.
    pub fn new(space: Space, goal: Goal, settings: Settings) -> Result<Self, Message> {
        goal.check()?;
        let encoding = Encoding::new(&space);
        let stages = Stages::new(&goal, space.parameters(), &encoding)?;
        let listed = Listed::new(&space, &encoding)?;
        Ok(Self {
            space,
            goal,
            settings,
            encoding,
            stages,
            listed,
            knowledge: Knowledge::default(),
            explanations: Arc::default(),
            refused: Vec::new(),
            costs: None,
            partials: Vec::new(),
        })
    }

    /// The planner with what people know beforehand; it has to speak of the same space.
    pub fn with_knowledge(self, knowledge: Knowledge) -> Self {
        Self { knowledge, explanations: Arc::default(), ..self }
    }

    /// The planner that does not propose `points` again; in ranges nothing very near to them either.
    pub fn refusing(self, points: Vec<Point>) -> Self {
        Self { refused: points, ..self }
    }

    /// The planner that looks for improvement per cost; changes are compared with the last experiment that is under
    /// way or else observed.
    pub fn with_costs(self, costs: Costs) -> Self {
        Self { costs: Some(costs).filter(Costs::matter), ..self }
    }

    /// Where it searches.
    pub fn space(&self) -> &Space {
        &self.space
    }

    /// What it searches for.
    pub fn goal(&self) -> &Goal {
        &self.goal
    }

    /// How it works.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Up to `count` experiments to try next; fewer when a pool or a small discrete space runs out.
    ///
    /// `pending` are experiments under way. The same arguments give the same suggestions on any machine
    /// load and number of threads.
    ///
    /// Errors: an observation or pending point that does not fit the space, nothing left to try.
    pub fn suggest(
        &self,
        observed: &[Observation],
        pending: &[Point],
        count: usize,
        seed: u64,
    ) -> Result<Vec<Suggestion>, Message> {
        self.suggest_from(&Lesson::new(observed.to_vec()), pending, count, seed)
    }

    /// [`Planner::suggest`] from a lesson, so that a model already fitted serves here too.
    ///
    /// Errors: as [`Planner::suggest`].
    pub fn suggest_from(
        &self,
        lesson: &Lesson,
        pending: &[Point],
        count: usize,
        seed: u64,
    ) -> Result<Vec<Suggestion>, Message> {
        let observed = lesson.observed();
        let mut situation = self.situation(observed, pending, seed)?;
        let begun = observed.len() + pending.len();
        let mut suggestions = self.asked(&mut situation, count);
        let wanted = self.settings.initial.saturating_sub(begun + suggestions.len());
        suggestions.extend(self.initial(&mut situation, wanted.min(count - suggestions.len())));
        let begun = begun + suggestions.len();
        if suggestions.len() < count && begun >= self.settings.initial {
            let remaining = count - suggestions.len();
            let belief = self.learn(lesson, &situation);
            if belief.has_model() && !self.is_flat(&situation) {
                self.informed(&mut situation, belief, remaining, &mut suggestions);
            } else {
                suggestions.extend(self.uninformed(&mut situation, belief, remaining));
            }
        }
        if suggestions.is_empty() && count > 0 {
            return Err(say!("plan-nothing-left"));
        }
        if let Some(costs) = &self.costs {
            suggestions = costs.ordered(suggestions, |suggestion| &suggestion.point, situation.before);
        }
        Ok(suggestions)
    }

    /// Whether over ranges every reading of every objective is the same and nothing else is known, so that no setting is
    /// better than another: then the next experiments cover the space. (Rows of a pool are credited with their
    /// uncertainty, which does the same.)
    fn is_flat(&self, situation: &Situation<'_>) -> bool {
        let known = self.knowledge != Knowledge::default() || !self.goal.bounds.is_empty();
        !known && !matches!(self.space, Space::Pool(_)) && self.all_equal(situation)
    }

    /// Whether there are some readings, and every reading of every objective is the same.
    fn all_equal(&self, situation: &Situation<'_>) -> bool {
        let same = |outcome: usize| {
            let readings = situation.observed.iter().filter_map(|observation| observation.outcomes.get(outcome));
            let mut readings = readings.filter(|measured| **measured != Measured::Missing).map(|m| m.value());
            let first = readings.next();
            first.is_some_and(|first| first.is_some() && readings.all(|value| value == first))
        };
        let mut objectives = self.goal.objectives.iter();
        situation.observed.len() >= FEWEST_FLAT
            && objectives.all(|objective| self.goal.position(&objective.outcome).is_some_and(same))
    }

    /// The model behind the suggestions, for reports.
    ///
    /// Errors: an observation that does not fit the space, or nothing measured to learn from.
    pub fn model(&self, observed: &[Observation], seed: u64) -> Result<Model, Message> {
        self.model_from(&Lesson::new(observed.to_vec()), seed)
    }

    /// [`Planner::model`] from a lesson, so that a model already fitted serves here too.
    ///
    /// Errors: as [`Planner::model`].
    pub fn model_from(&self, lesson: &Lesson, seed: u64) -> Result<Model, Message> {
        let observed = lesson.observed();
        let situation = self.situation(observed, &[], seed)?;
        let belief = self.learn(lesson, &situation).clone();
        if !belief.has_model() {
            return Err(say!("plan-model-empty"));
        }
        let background = self.anywhere(BACKGROUND, seed);
        let names = self.goal.outcomes().into_iter().enumerate();
        let weights = names.flat_map(|(outcome, name)| {
            if self.stages.is_some() && belief.is_through_chain(name) {
                return knowledge::chained(&self.knowledge, belief.through(), (outcome, name));
            }
            let model = belief.outcome(outcome);
            let explained = model.map(|model| model.explained()).unwrap_or_default();
            let outputs = model.map(|model| model.outputs()).unwrap_or_default();
            let read = observed.iter().map(|o| o.outcomes.get(outcome).is_some_and(|m| *m != Measured::Missing));
            let read = situation.inputs.iter().zip(read).filter(|(_, read)| *read).map(|(row, _)| row);
            let inputs = Rows::collect(self.encoding.width(), read);
            self.explanations().weights(&self.knowledge, (outcome, name), explained, (&inputs, outputs))
        });
        let weights = weights.collect();
        let model_inputs = situation.inputs.clone();
        let model =
            Model::new(self.space.clone(), self.encoding.clone(), belief, situation.inputs, observed, background);
        let drifts = knowledge::drifts(&self.goal, &model_inputs, self.encoding.groups(), observed);
        Ok(model.knowing(weights, drifts).with_stages(self.stages.clone(), self.elsewhere()))
    }

    /// How outcomes are learnt.
    fn options(&self, bend_evidence: f64) -> Options {
        // Measured on published pools and on test functions: a pool's rows are told apart best by the smooth
        // model alone; over ranges the optimum is a point between points, where a rougher one has to be heard, and one
        // that takes readings for exact, should they come from a computation.
        let (wanted, robust) = (self.settings.surrogate, self.settings.robust);
        let ranges = matches!(self.space, Space::Ranges(_));
        // Names too: of a pool's rows those with one name are a matter of their own as often as not.
        Options {
            rough: ranges,
            exact: ranges,
            names_apart: ranges,
            wanted,
            robust,
            bend_evidence,
            ..Options::default()
        }
    }

    /// With the outcome bent when that raises its log likelihood by more than `bend_evidence`.
    fn learn_bending(&self, situation: &Situation<'_>, bend_evidence: f64) -> Belief {
        let options = self.options(bend_evidence);
        let explanations = self.explanations().of_outcomes();
        let groups = self.encoding.groups();
        let inputs = &situation.inputs;
        let elsewhere = self.elsewhere();
        let learn = |observed: &[Observation]| {
            let stages = self.stages.as_ref().map(|stages| (stages, &elsewhere));
            Belief::learn_chain(&self.goal, stages, groups, inputs, observed, &options, &explanations)
        };
        if self.settings.drift == DriftWanted::Ignore {
            return learn(situation.observed);
        }
        let drifts = knowledge::drifts(&self.goal, inputs, groups, situation.observed);
        learn(&knowledge::corrected(&self.goal, &drifts, situation.observed, self.settings.drift))
    }

    /// For a process chain what was measured in earlier campaigns.
    fn elsewhere(&self) -> Elsewhere {
        match self.stages {
            Some(_) => Elsewhere::new(&self.knowledge.sources, self.goal.outcomes().len(), &self.encoding),
            None => Elsewhere::none(self.encoding.width()),
        }
    }

    /// What is known of the outcomes; made once, so that it can be told which part of a model stands for what.
    fn explanations(&self) -> &Explanations {
        self.explanations.get_or_init(|| Explanations::new(&self.knowledge, &self.goal, &self.encoding))
    }

    /// Experiments with the best scores, each chosen as if the ones before had given what is expected.
    fn informed(
        &self,
        situation: &mut Situation<'_>,
        belief: &Belief,
        count: usize,
        suggestions: &mut Vec<Suggestion>,
    ) {
        let mut fantasy = belief.clone();
        for columns in &situation.pending {
            fantasy = fantasy.believing(columns);
        }
        let mut ranking = Ranking::default();
        for number in 0..count {
            let seed = situation.seed.wrapping_add(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(number as u64 + 1));
            let Some(((point, score, replicate), region)) = self.best(situation, &fantasy, &mut ranking, seed) else {
                break;
            };
            let Ok(columns) = self.encoding.encode(&point) else { break };
            let exploration = fantasy.exploration(&columns).clamp(0.0, 1.0);
            let purpose = match exploration {
                _ if region.is_some() => Purpose::Look,
                _ if replicate.is_some() => Purpose::Replicate,
                share if share >= EXPLORES => Purpose::Explore,
                share if share <= EXPLOITS => Purpose::Exploit,
                _ => Purpose::Balance,
            };
            let rows = Rows::collect(columns.len(), [columns.as_slice()]);
            let predicted = belief.predictions(&rows).pop().unwrap_or_default();
            let success = belief.success(&columns);
            let suggestion = self.plain(situation, point, purpose, success);
            suggestions.push(Suggestion {
                predicted,
                exploration,
                score,
                region,
                replicate,
                search: ranking.ended,
                ..suggestion
            });
            if number + 1 < count {
                fantasy = fantasy.believing(&columns);
            }
        }
    }

    /// The best point with its score, and the region it was asked for in.
    fn best(
        &self,
        situation: &Situation<'_>,
        belief: &Belief,
        ranking: &mut Ranking,
        seed: u64,
    ) -> Option<(Chosen, Option<String>)> {
        let base = self.base(seed);
        let guesses = self.knowledge.guesses.iter();
        let guesses: Vec<Guessed<'_>> =
            guesses.map(|guess| Guessed::new(guess, &self.encoding, &base, situation.observed.len())).collect();
        let before = situation.before;
        let charged = self.costs.as_ref().map(|costs| Charged { costs, before });
        let refused = Refused::new(&self.refused, &self.encoding);
        let mut preferences: Vec<&dyn Preference> = guesses.iter().map(|guess| guess as &dyn Preference).collect();
        preferences.extend(charged.iter().map(|charged| charged as &dyn Preference));
        if !self.refused.is_empty() && matches!(self.space, Space::Ranges(_)) {
            preferences.push(&refused);
        }
        if let Some(look) = self.look(situation)
            && let Some((point, score)) = self.best_inside(look, situation, belief, &preferences, ranking, seed)
        {
            return Some(((point, score, None), Some(look.condition().text().to_owned())));
        }
        let appraisal = Appraisal { belief, preferences: &preferences };
        let good = || {
            let merits = belief.promise(&situation.inputs);
            let mut order: Vec<usize> = (0..merits.len()).collect();
            order.sort_by(|a, b| merits[*b].total_cmp(&merits[*a]));
            order.into_iter().take(GOOD)
        };
        if let Some(listed) = &self.listed {
            let good = || good().map(|index| situation.inputs.row(index).to_vec()).collect();
            let best = listed.best(&appraisal, &situation.taken, ranking, good, seed);
            let chosen = self.teaching_most(best, std::iter::empty(), situation, belief, &preferences);
            return chosen.map(|chosen| (chosen, None));
        }
        let good: Vec<Point> = good().map(|index| situation.observed[index].point.clone()).collect();
        let parameters = self.space.parameters();
        let best = Search { parameters, encoding: &self.encoding, appraisal, taken: &situation.taken }
            .best(&good, ranking, seed)
            .map(|found| self.cheaper(found, situation, &appraisal, seed));
        self.teaching_most(best, ranking.top(), situation, belief, &preferences).map(|chosen| (chosen, None))
    }

    /// What was found, or where that scores higher a point that leaves dear settings as they were: no search over
    /// numbers meets exactly those.
    fn cheaper(
        &self,
        found: (Point, f64),
        situation: &Situation<'_>,
        appraisal: &Appraisal<'_>,
        seed: u64,
    ) -> (Point, f64) {
        let (Some(costs), Some(before)) = (&self.costs, situation.before) else { return found };
        let many = self.anywhere(BACKGROUND, seed);
        let around = [&found.0].into_iter().chain(&many);
        let points = around.flat_map(|point| costs.unchanged(point, before));
        let allowed = |point: &Point| !situation.taken.contains(&key(point)) && self.space.contains(point);
        let encoded = points.filter(allowed).filter_map(|point| {
            let columns = self.encoding.encode(&point).ok()?;
            Some((point, columns))
        });
        let candidates: Vec<(Point, Vec<f64>)> = encoded.collect();
        let rows = Rows::collect(self.encoding.width(), candidates.iter().map(|(_, columns)| columns.as_slice()));
        let scores = appraisal.scores(candidates.iter().map(|(point, _)| point.as_slice()), &rows);
        let scored = candidates.into_iter().map(|(point, _)| point).zip(scores).filter(|(_, score)| score.is_finite());
        scored.fold(found, |best, candidate| if candidate.1 > best.1 { candidate } else { best })
    }

    /// A suggestion without prediction; from now on it counts as under way.
    fn plain(&self, situation: &mut Situation<'_>, point: Point, purpose: Purpose, success: f64) -> Suggestion {
        let columns = self.encoding.encode(&point).unwrap_or_default();
        let distances = situation.inputs.iter().map(|other| Encoding::distance(other, &columns)).enumerate();
        let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1));
        situation.taken.insert(key(&point));
        situation.under_way.push(point.clone());
        situation.pending.push(columns);
        let row = match &self.space {
            Space::Pool(pool) => pool.position(&point),
            Space::Ranges(_) => None,
        };
        Suggestion {
            point,
            row,
            predicted: Vec::new(),
            success,
            purpose,
            exploration: 1.0,
            nearest,
            score: 0.0,
            region: None,
            search: None,
            replicate: None,
        }
    }
}
