//! The planner: what to try next.

use std::collections::HashSet;

use matdock_learn::{Options, Rows};
use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

use crate::{
    belief::Belief,
    encode::Encoding,
    goal::Goal,
    history::{Measured, Observation},
    model::Model,
    search::{self, Search},
    space::{CellKey, Parameter, Point, Space, key},
    start,
};

/// How the planner works. The default is sensible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    /// Number of space-filling experiments before the model takes over.
    pub initial: usize,
    /// Choose the initial rows of a pool at random instead of spread.
    pub random_start: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { initial: 5, random_start: false }
    }
}

/// What an outcome is expected to be, with its 90 % interval (unit of the outcome).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Name of the outcome.
    pub outcome: String,
    /// Expected value.
    pub mean: f64,
    /// Lower end of the 90 % interval.
    pub low: f64,
    /// Upper end of the 90 % interval.
    pub high: f64,
}

/// Why an experiment is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// To cover the space before there is a model.
    Initial,
    /// Mostly because little is known there.
    Explore,
    /// Mostly because the model expects a good result.
    Exploit,
    /// Both.
    Balance,
}

/// One proposed experiment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The settings, in the order of the parameters.
    pub point: Point,
    /// The row of the pool, when the space is one.
    pub row: Option<usize>,
    /// Expected outcomes, in the order of [`Goal::outcomes`] (those with anything measured); empty while
    /// there is no model.
    pub predicted: Vec<Prediction>,
    /// Probability that the experiment does not fail.
    pub success: f64,
    /// Why it is proposed.
    pub purpose: Purpose,
    /// Share of exploration: the probability that the result is not better than the best so far.
    pub exploration: f64,
    /// The most similar observation: its index, and the distance (0 same, 1 the whole range of one parameter).
    pub nearest: Option<(usize, f64)>,
    /// Score the planner compared candidates by (log expected improvement; higher is better).
    pub score: f64,
}

/// Above this share of exploration a suggestion explores, below the other it exploits.
const EXPLORES: f64 = 0.85;
const EXPLOITS: f64 = 0.6;
/// Ranges with at most this many points are searched one by one.
const LISTED: usize = 4096;
/// Candidates for the initial experiments.
const INITIAL_CANDIDATES: usize = 512;

/// Candidates given one by one, with their columns.
#[derive(Debug, Clone)]
struct Listed {
    points: Vec<Point>,
    columns: Vec<Vec<f64>>,
}

/// Proposes experiments; checked once, then only used.
#[derive(Debug, Clone)]
pub struct Planner {
    space: Space,
    goal: Goal,
    settings: Settings,
    encoding: Encoding,
    listed: Option<Listed>,
}

/// What is known and under way, in columns.
struct Situation<'a> {
    observed: &'a [Observation],
    inputs: Rows,
    pending: Vec<Vec<f64>>,
    taken: HashSet<Vec<CellKey>>,
    seed: u64,
}

impl Planner {
    /// A planner for `goal` in `space`.
    ///
    /// Errors: a goal that cannot be followed.
    pub fn new(space: Space, goal: Goal, settings: Settings) -> Result<Self, Message> {
        goal.check()?;
        let encoding = Encoding::new(&space);
        let points = match &space {
            Space::Pool(pool) => Some(pool.rows().to_vec()),
            Space::Ranges(parameters) => all_points(parameters, &encoding),
        };
        let listed = match points {
            Some(points) => {
                let columns = points.iter().map(|point| encoding.encode(point)).collect::<Result<_, _>>()?;
                Some(Listed { points, columns })
            }
            None => None,
        };
        Ok(Self { space, goal, settings, encoding, listed })
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
        let mut situation = self.situation(observed, pending, seed)?;
        let begun = observed.len() + pending.len();
        let first = self.settings.initial.saturating_sub(begun).min(count);
        let mut suggestions = self.initial(&mut situation, first);
        if suggestions.len() < count && suggestions.len() == first {
            let remaining = count - first;
            let belief = self.learn(&situation);
            if belief.has_model() {
                self.informed(&mut situation, belief, remaining, &mut suggestions);
            } else {
                suggestions.extend(self.uninformed(&mut situation, &belief, remaining));
            }
        }
        if suggestions.is_empty() && count > 0 {
            return Err(say!("plan-nothing-left"));
        }
        Ok(suggestions)
    }

    /// The model behind the suggestions, for reports.
    ///
    /// Errors: an observation that does not fit the space, or nothing measured to learn from.
    pub fn model(&self, observed: &[Observation], seed: u64) -> Result<Model, Message> {
        let situation = self.situation(observed, &[], seed)?;
        let belief = self.learn(&situation);
        if !belief.has_model() {
            return Err(say!("plan-model-empty"));
        }
        Ok(Model::new(self.space.clone(), self.encoding.clone(), belief, situation.inputs, observed))
    }

    fn learn(&self, situation: &Situation<'_>) -> Belief {
        // Measured on published pools and on test functions: a pool's rows are told apart best by the smooth
        // model alone; over ranges the optimum is a point between points, where a rougher one has to be heard.
        let options = match &self.space {
            Space::Pool(_) => Options::default(),
            Space::Ranges(_) => Options { rough: true, ..Options::default() },
        };
        Belief::learn(&self.goal, self.encoding.groups(), &situation.inputs, situation.observed, &options)
    }

    fn situation<'a>(
        &self,
        observed: &'a [Observation],
        pending: &[Point],
        seed: u64,
    ) -> Result<Situation<'a>, Message> {
        let mut inputs = Rows::new(self.encoding.width());
        let mut taken = HashSet::new();
        for (index, observation) in observed.iter().enumerate() {
            let columns =
                self.check(observation).map_err(|what| say!("plan-observation", number = index + 1, what = what))?;
            inputs.push(&columns);
            taken.insert(key(&observation.point));
            if let (Some(row), Space::Pool(pool)) = (observation.row, &self.space) {
                taken.insert(key(&pool.rows()[row]));
            }
        }
        let mut under_way = Vec::with_capacity(pending.len());
        for (index, point) in pending.iter().enumerate() {
            let columns = self.encoding.encode(point).map_err(|_| say!("plan-pending", number = index + 1))?;
            under_way.push(columns);
            taken.insert(key(point));
        }
        Ok(Situation { observed, inputs, pending: under_way, taken, seed })
    }

    /// Columns of an observation that fits space and goal.
    fn check(&self, observation: &Observation) -> Result<Vec<f64>, Message> {
        let needed = self.goal.outcomes().len();
        if observation.outcomes.len() != needed {
            return Err(say!("plan-outcome-count", given = observation.outcomes.len(), needed = needed));
        }
        let finite = |measured: &Measured| match measured {
            Measured::Value(value) | Measured::Below(value) | Measured::Above(value) => value.is_finite(),
            Measured::Missing => true,
        };
        if !observation.outcomes.iter().all(finite) {
            return Err(say!("plan-outcome-number"));
        }
        if let (Some(row), Space::Pool(pool)) = (observation.row, &self.space)
            && row >= pool.rows().len()
        {
            return Err(say!("plan-row", row = row + 1));
        }
        self.encoding.encode(&observation.point)
    }

    /// Candidates of a listed space that are still free.
    fn free(&self, listed: &Listed, situation: &Situation<'_>) -> Vec<usize> {
        (0..listed.points.len()).filter(|&index| !situation.taken.contains(&key(&listed.points[index]))).collect()
    }

    /// Space-filling experiments.
    fn initial(&self, situation: &mut Situation<'_>, count: usize) -> Vec<Suggestion> {
        if count == 0 {
            return Vec::new();
        }
        let known: Vec<Vec<f64>> =
            situation.inputs.iter().map(<[f64]>::to_vec).chain(situation.pending.iter().cloned()).collect();
        let chosen: Vec<Point> = match &self.listed {
            Some(listed) => {
                let free = self.free(listed, situation);
                let rows = if self.settings.random_start {
                    start::any(&free, count, situation.seed)
                } else {
                    start::representatives(&listed.columns, &free, &known, count, situation.seed)
                };
                rows.into_iter().map(|row| listed.points[row].clone()).collect()
            }
            None => self.spread(situation, known, count),
        };
        chosen.into_iter().map(|point| self.plain(situation, point, Purpose::Initial, 1.0)).collect()
    }

    /// Points of a Sobol sequence; once there are experiments, those that are furthest from them.
    fn spread(&self, situation: &Situation<'_>, mut known: Vec<Vec<f64>>, count: usize) -> Vec<Point> {
        let parameters = self.space.parameters().len();
        if known.is_empty() {
            let points = start::sobol(&self.encoding, parameters, count, situation.seed);
            let mut seen = HashSet::new();
            return points.into_iter().filter(|point| seen.insert(key(point))).collect();
        }
        let mut candidates =
            start::sobol(&self.encoding, parameters, INITIAL_CANDIDATES.max(2 * count), situation.seed);
        candidates.retain(|point| !situation.taken.contains(&key(point)));
        let mut columns: Vec<Vec<f64>> =
            candidates.iter().map(|point| self.encoding.encode(point).unwrap_or_default()).collect();
        let mut chosen = Vec::new();
        while chosen.len() < count {
            let Some(next) = start::furthest(&columns, &known) else { break };
            known.push(columns.swap_remove(next));
            let point = candidates.swap_remove(next);
            let same = key(&point);
            chosen.push(point);
            // The same settings may come up again where steps are coarse.
            let again: Vec<bool> = candidates.iter().map(|other| key(other) == same).collect();
            retain_unless(&mut candidates, &again);
            retain_unless(&mut columns, &again);
        }
        chosen
    }

    /// Without any measured outcome: far from what was tried, where success is likely.
    fn uninformed(&self, situation: &mut Situation<'_>, belief: &Belief, count: usize) -> Vec<Suggestion> {
        let mut suggestions = Vec::new();
        let mut known: Vec<Vec<f64>> =
            situation.inputs.iter().map(<[f64]>::to_vec).chain(situation.pending.iter().cloned()).collect();
        for _ in 0..count {
            let points: Vec<Point> = match &self.listed {
                Some(listed) => {
                    self.free(listed, situation).into_iter().map(|row| listed.points[row].clone()).collect()
                }
                None => {
                    let parameters = self.space.parameters().len();
                    start::sobol(&self.encoding, parameters, INITIAL_CANDIDATES, situation.seed)
                        .into_iter()
                        .filter(|point| !situation.taken.contains(&key(point)))
                        .collect()
                }
            };
            let scored = points.into_iter().filter_map(|point| {
                let columns = self.encoding.encode(&point).ok()?;
                let room = known.iter().map(|k| Encoding::distance(k, &columns)).fold(1e3, f64::min);
                let score = (room.max(1e-9) * belief.success(&columns)).ln();
                Some((point, columns, score))
            });
            let Some((point, columns, score)) = scored.max_by(|a, b| a.2.total_cmp(&b.2)) else { break };
            known.push(columns.clone());
            let success = belief.success(&columns);
            let suggestion = self.plain(situation, point, Purpose::Explore, success);
            suggestions.push(Suggestion { score, ..suggestion });
        }
        suggestions
    }

    /// Experiments with the best scores, each chosen as if the ones before had given what is expected.
    fn informed(&self, situation: &mut Situation<'_>, belief: Belief, count: usize, suggestions: &mut Vec<Suggestion>) {
        let mut fantasy = belief.clone();
        for columns in &situation.pending {
            fantasy = fantasy.believing(columns);
        }
        for number in 0..count {
            let seed = situation.seed.wrapping_add(0x9e37_79b9_7f4a_7c15u64.wrapping_mul(number as u64 + 1));
            let Some((point, score)) = self.best(situation, &fantasy, seed) else { break };
            let Ok(columns) = self.encoding.encode(&point) else { break };
            let exploration = fantasy.exploration(&columns).clamp(0.0, 1.0);
            let purpose = match exploration {
                share if share >= EXPLORES => Purpose::Explore,
                share if share <= EXPLOITS => Purpose::Exploit,
                _ => Purpose::Balance,
            };
            let rows = Rows::collect(columns.len(), [columns.as_slice()]);
            let predicted = belief.predictions(&rows).pop().unwrap_or_default();
            let success = belief.success(&columns);
            let suggestion = self.plain(situation, point, purpose, success);
            suggestions.push(Suggestion { predicted, exploration, score, ..suggestion });
            if number + 1 < count {
                fantasy = fantasy.believing(&columns);
            }
        }
    }

    fn best(&self, situation: &Situation<'_>, belief: &Belief, seed: u64) -> Option<(Point, f64)> {
        if let Some(listed) = &self.listed {
            let free = self.free(listed, situation);
            let rows = Rows::collect(self.encoding.width(), free.iter().map(|&row| listed.columns[row].as_slice()));
            let scores = belief.scores(&rows);
            let best = free.into_iter().zip(scores).filter(|(_, s)| !s.is_nan()).max_by(|a, b| a.1.total_cmp(&b.1));
            return best.map(|(row, score)| (listed.points[row].clone(), score));
        }
        let merits = belief.expected_merit(&situation.inputs);
        let mut order: Vec<usize> = (0..merits.len()).collect();
        order.sort_by(|a, b| merits[*b].total_cmp(&merits[*a]));
        let good: Vec<Point> = order.iter().take(8).map(|&index| situation.observed[index].point.clone()).collect();
        let parameters = self.space.parameters();
        Search { parameters, encoding: &self.encoding, belief, taken: &situation.taken }.best(&good, seed)
    }

    /// A suggestion without prediction; from now on it counts as under way.
    fn plain(&self, situation: &mut Situation<'_>, point: Point, purpose: Purpose, success: f64) -> Suggestion {
        let columns = self.encoding.encode(&point).unwrap_or_default();
        let distances = situation.inputs.iter().map(|other| Encoding::distance(other, &columns)).enumerate();
        let nearest = distances.min_by(|a, b| a.1.total_cmp(&b.1));
        situation.taken.insert(key(&point));
        situation.pending.push(columns);
        let row = match &self.space {
            Space::Pool(pool) => pool.rows().iter().position(|row| *row == point),
            Space::Ranges(_) => None,
        };
        Suggestion { point, row, predicted: Vec::new(), success, purpose, exploration: 1.0, nearest, score: 0.0 }
    }
}

fn retain_unless<T>(items: &mut Vec<T>, drop: &[bool]) {
    let mut flags = drop.iter();
    items.retain(|_| !flags.next().copied().unwrap_or(false));
}

/// Every point of ranges that have only a few.
fn all_points(parameters: &[Parameter], encoding: &Encoding) -> Option<Vec<Point>> {
    let counts: Vec<usize> = parameters.iter().map(search::setting_count).collect();
    counts.iter().try_fold(1usize, |total, count| total.checked_mul(*count).filter(|total| *total <= LISTED))?;
    let mut points: Vec<Point> = vec![Vec::new()];
    for (index, parameter) in parameters.iter().enumerate() {
        let settings = search::settings(parameter, encoding, index, counts[index]);
        points = points
            .into_iter()
            .flat_map(|point| settings.iter().map(move |value| point.iter().cloned().chain([value.clone()]).collect()))
            .collect();
    }
    Some(points)
}
