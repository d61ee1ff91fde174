//! Experiments people asked for: guesses to try, regions to look at.

use std::collections::HashSet;

use matdock_learn::Rows;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{
    Planner, Situation,
    suggestion::{Purpose, Settings, Suggestion},
};
use crate::{
    belief::Belief,
    encode::Encoding,
    knowledge::{Guessed, Inside, Look, OUTSIDE, Refused},
    search::{Appraisal, Preference, Ranking, Search},
    space::{Point, Space, Value, key},
    start,
};

/// One of so many initial experiments is the best of an earlier campaign, and at least one. More cost experiments where
/// the tasks only look alike.
const PART: usize = 5;
/// Candidates for these, and how far they are apart (1: the whole range of a parameter).
const PROVEN: usize = 4096;
const APART: f64 = 0.1;
/// Rounds of search in a region.
const ROUNDS: u64 = 2;

impl Planner {
    /// What knowledge asks for before the model is asked: guesses nobody has tried yet, and at the very beginning what
    /// did best in earlier campaigns.
    pub(super) fn asked(&self, situation: &mut Situation<'_>, count: usize) -> Vec<Suggestion> {
        let mut suggestions = self.guessed(situation, count);
        let begun = situation.observed.len() + situation.under_way.len();
        let wanted = if self.knowledge.sources.is_empty() { 0 } else { self.settings.initial.max(1).div_ceil(PART) };
        let wanted = wanted.saturating_sub(begun).min(count - suggestions.len());
        suggestions.extend(self.proven(situation, wanted));
        suggestions
    }

    /// Rows of a pool to begin a repetition of a backtest with; no more than `most`.
    pub(crate) fn opening_rows(&self, most: usize, seed: u64) -> Vec<usize> {
        let Ok(mut situation) = self.situation(&[], &[], seed) else { return Vec::new() };
        let initial = Settings { initial: most, ..self.settings.clone() };
        let planner = Self { settings: initial, ..self.clone() };
        planner.asked(&mut situation, most).into_iter().filter_map(|suggestion| suggestion.row).collect()
    }

    /// The best free points by what earlier campaigns teach, one of each campaign in turn, not near one another.
    fn proven(&self, situation: &mut Situation<'_>, count: usize) -> Vec<Suggestion> {
        let mut suggestions = Vec::new();
        let sources = self.knowledge.sources.iter().map(|source| source.taught(&self.goal, &self.encoding));
        let sources: Vec<&Belief> = sources.filter(|taught| taught.opens()).map(|taught| &taught.belief).collect();
        let Some(candidates) = (!sources.is_empty()).then(|| self.anywhere(PROVEN, situation.seed)) else {
            return suggestions;
        };
        let encoded = candidates.into_iter().filter_map(|point| Some((self.encoding.encode(&point).ok()?, point)));
        let encoded: Vec<(Vec<f64>, Point)> = encoded.collect();
        let rows = Rows::collect(self.encoding.width(), encoded.iter().map(|(columns, _)| columns.as_slice()));
        let merits: Vec<Vec<f64>> = sources.iter().map(|belief| belief.promise(&rows)).collect();
        for number in 0..count {
            let merits = &merits[number % merits.len()];
            let open = |index: &usize| {
                let (columns, point) = &encoded[*index];
                let near = |other: &Vec<f64>| Encoding::distance(other, columns) < APART;
                !situation.taken.contains(&key(point)) && !situation.pending.iter().any(near)
            };
            let best = (0..encoded.len()).filter(open).max_by(|&a, &b| merits[a].total_cmp(&merits[b]).then(b.cmp(&a)));
            let Some(best) = best else { break };
            suggestions.push(self.plain(situation, encoded[best].1.clone(), Purpose::Source, 1.0));
        }
        suggestions
    }

    /// The guesses nobody has tried yet.
    fn guessed(&self, situation: &mut Situation<'_>, count: usize) -> Vec<Suggestion> {
        let mut suggestions = Vec::new();
        for guess in &self.knowledge.guesses {
            if suggestions.len() == count {
                break;
            }
            let base = self.base(situation.seed);
            let guessed = Guessed::new(guess, &self.encoding, &base, 1);
            let Some((point, distance)) = self.nearest_to(&guessed, guess.at(), base.clone()) else { continue };
            let tried = situation.inputs.iter().chain(situation.pending.iter().map(Vec::as_slice));
            if !guessed.is_tried(tried, distance) && !situation.taken.contains(&key(&point)) {
                suggestions.push(self.plain(situation, point, Purpose::Guess, 1.0));
            }
        }
        suggestions
    }

    /// The allowed point nearest to a guess, and its distance.
    fn nearest_to(&self, guessed: &Guessed<'_>, at: &[(usize, Value)], base: Point) -> Option<(Point, f64)> {
        match &self.listed {
            Some(listed) => {
                let refused: HashSet<_> = self.refused.iter().map(|point| key(point)).collect();
                let allowed = (0..listed.points.len()).filter(|&row| !refused.contains(&key(&listed.points[row])));
                let each = allowed.map(|row| (row, guessed.distance(listed.columns.row(row))));
                let (row, distance) = each.min_by(|a, b| a.1.total_cmp(&b.1))?;
                Some((listed.points[row].clone(), distance))
            }
            None => {
                let ranges = self.encoding.ranges()?;
                let mut point = base;
                for (parameter, value) in at {
                    // As the instrument can set it.
                    let left_out = *value == Value::Number(0.0) && ranges.is_optional(*parameter);
                    let number = value.number().filter(|_| !left_out);
                    let value = number.map_or(value.clone(), |n| ranges.parameters()[*parameter].snapped(n));
                    *point.get_mut(*parameter)? = value;
                }
                let mut random = ChaCha8Rng::seed_from_u64(0);
                let point = if ranges.allows(&point) { point } else { ranges.repair(point, &mut random)? };
                let columns = self.encoding.encode(&point).ok()?;
                let near = Refused::new(&self.refused, &self.encoding).log_with_gradient(&columns).0;
                (near > -1.0).then(|| (point, guessed.distance(&columns)))
            }
        }
    }

    /// A point of the space, for parameters nobody speaks of.
    pub(super) fn base(&self, seed: u64) -> Point {
        match (&self.listed, &self.space) {
            (Some(listed), _) => listed.points.first().cloned().unwrap_or_default(),
            (None, Space::Ranges(_)) => start::spread(&self.encoding, 1, seed).pop().unwrap_or_default(),
            (None, Space::Pool(pool)) => pool.rows().first().cloned().unwrap_or_default(),
        }
    }

    /// The first region that lacks experiments.
    pub(super) fn look(&self, situation: &Situation<'_>) -> Option<&Look> {
        let points = || situation.observed.iter().map(|o| &o.point).chain(&situation.under_way);
        self.knowledge.looks.iter().find(|look| look.missing(points()) > 0)
    }

    /// The best point of a region; `None` where everything in it is taken.
    pub(super) fn best_inside(
        &self,
        look: &Look,
        situation: &Situation<'_>,
        belief: &Belief,
        preferences: &[&dyn Preference],
        ranking: &mut Ranking,
        seed: u64,
    ) -> Option<(Point, f64)> {
        let inside = Inside(look.condition());
        let mut all: Vec<&dyn Preference> = preferences.to_vec();
        all.push(&inside);
        let appraisal = Appraisal { belief, preferences: &all };
        ranking.ended = None;
        if let Some(listed) = &self.listed {
            return listed.best_where(&appraisal, &situation.taken, |point| look.condition().holds(point));
        }
        let encoding = self.encoding.within(look.inside()?.clone());
        let parameters = self.space.parameters();
        let search = Search { parameters, encoding: &encoding, appraisal, taken: &situation.taken };
        let mut best: Option<(Point, f64)> = None;
        for round in 0..ROUNDS {
            // Each round looks closer around what the one before found.
            let good: Vec<Point> = best.iter().map(|(point, _)| point.clone()).collect();
            let mut own = Ranking::default();
            let Some(found) = search.best(&good, &mut own, seed.wrapping_add(round)) else { break };
            if best.as_ref().is_none_or(|(_, score)| found.1 > *score) {
                ranking.ended = own.ended;
                best = Some(found);
            }
        }
        best.filter(|(_, score)| *score > OUTSIDE)
    }
}
