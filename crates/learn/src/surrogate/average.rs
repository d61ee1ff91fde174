//! A few Gaussian processes, averaged by how well they explain the data.

use std::sync::Arc;

use super::{Component, Explained, Explanation, Lookahead, Options, Slope, Surrogate, at_position, mixed};
use crate::{
    gp::{Data, Ended, Fit, FitError, Gp, Hyperparameters, MANY, Moments, Prior, Structure},
    kernel::{Kernel, Rows},
    optimise::Status,
};

/// A Gaussian process and its share in the average.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its share, 0 to 1.
    pub share: f64,
    /// The process, on bent and standardised outcomes.
    pub gp: Gp,
    /// How the search for its hyperparameters ended.
    pub status: Status,
    /// How its hyperparameters were found; none of those found otherwise.
    origin: Option<Arc<Origin>>,
}

/// How the hyperparameters of a process were found.
#[derive(Debug)]
struct Origin {
    prior: Prior,
    ended: Ended,
    /// Log posterior, and log odds of its explanation.
    log_posterior: f64,
    odds: f64,
    /// Number of its explanation; none for the process without any.
    explanation: Option<usize>,
}

impl Member {
    /// A process found otherwise than by the most probable hyperparameters.
    pub(super) fn new(share: f64, gp: Gp, status: Status) -> Self {
        Self { share, gp, status, origin: None }
    }

    /// A fitted process, which has yet no share.
    fn found(fit: Fit, prior: Prior, odds: f64, explanation: Option<usize>) -> Self {
        let Fit { gp, log_posterior, status, ended, .. } = fit;
        let origin = Origin { prior, ended, log_posterior, odds, explanation };
        Self { share: 0.0, gp, status, origin: Some(Arc::new(origin)) }
    }

    /// The member with another process that has the same hyperparameters.
    fn with(&self, gp: Gp) -> Self {
        Self { gp, ..self.clone() }
    }
}

/// What the searches of a fit found, for those of the next to the same readings.
#[derive(Debug, Default)]
pub(super) struct Searches {
    /// Where each ended; none for one that was given up.
    ends: Vec<Option<Ended>>,
    /// Added to log posteriors before they are compared with those of readings bent otherwise.
    pub(super) log_slopes: f64,
    /// Log posterior of the first model.
    pub(super) first: f64,
    /// The same and [`Searches::log_slopes`] when the readings are bent otherwise.
    pub(super) rival: Option<(f64, f64)>,
}

impl Searches {
    /// Minus the log posterior above which the first model is far behind its rival.
    fn give_up(&self, size: usize) -> f64 {
        let (Some((_, log_slopes)), Some(ended)) = (self.rival, self.ends.first().and_then(Option::as_ref)) else {
            return f64::INFINITY;
        };
        if size < MANY {
            return f64::INFINITY;
        }
        ended.value + FAR_BEHIND + (self.log_slopes - log_slopes) * ended.rows as f64 / size as f64
    }
}

/// The average, weighted by the posterior of each process's hyperparameters.
#[derive(Debug, Clone)]
pub struct GpAverage {
    members: Vec<Member>,
}

/// How much shorter the rough model expects lengthscales (difference of logarithms), and the median and
/// standard deviation of its log noise.
const ROUGHER: f64 = 3.0;
const ROUGH_NOISE: (f64, f64) = (-6.0, 1.5);
/// What is left of the noise of a reading where the response is taken for known, so that equal inputs do no harm.
const SETTLED_NOISE: f64 = 1e-6;
/// The exact model: median and standard deviation of its log noise, its least noise, and the standard deviation of
/// its log signal variance, wide because a piece of a large smooth response looks like a polynomial.
const EXACT_NOISE: (f64, f64) = (-20.0, 1.0);
const EXACT_FLOOR: f64 = 1e-12;
const EXACT_SIGNAL: f64 = 1.5;
/// How far lengthscales may be from those a like response had: standard deviation of the logarithms, of what they have in
/// common and of each.
const EXPECTED_SCALE: f64 = 0.5;
/// Observations, and observations per column, below which inputs are not bent, and by how much the log posterior has
/// to rise for it.
const FEWEST_BENT: usize = 20;
const FEWEST_PER_COLUMN: usize = 4;
const BEND_EVIDENCE: f64 = 5.0;
/// Members below this share are dropped.
const SMALLEST_SHARE: f64 = 0.02;
/// Difference of log posteriors by which one bend of many readings is clearly worse than another. The differences of the
/// models are alike within a few.
const FAR_BEHIND: f64 = 20.0;

impl GpAverage {
    /// Fits every process of `options` to `data` (n x d); `groups` as in [`Structure::groups`].
    ///
    /// Errors: see [`FitError`].
    pub fn fit(data: &Data<'_>, groups: &[usize], options: &Options) -> Result<Self, FitError> {
        Self::fit_with_posterior(data, groups, options, &mut Searches::default()).map(|(average, _)| average)
    }

    /// [`GpAverage::fit`], and the log of the sum of the members' posteriors. `searches` has
    /// what an earlier fit to much the same data found, if there was one, and then what this one did.
    pub(super) fn fit_with_posterior(
        data: &Data<'_>,
        groups: &[usize],
        options: &Options,
        searches: &mut Searches,
    ) -> Result<(Self, f64), FitError> {
        fit_members(data, groups, options, searches).map(|(members, log_posterior)| (Self { members }, log_posterior))
    }

    /// Processes given from elsewhere; their shares add up to 1.
    pub(super) fn of(members: Vec<Member>) -> Self {
        Self { members }
    }

    /// The same processes with inputs bent where that makes the data clearly more probable, averaged with those
    /// that are not bent; `None` where it is not so, or where there are too few data to say.
    ///
    /// `data` and `groups` are those it was learnt from.
    pub(super) fn bent(&self, data: &Data<'_>, groups: &[usize]) -> Option<Self> {
        let columns = Structure::bendable(groups, data.inputs);
        if columns.is_empty() || data.len() < FEWEST_BENT.max(FEWEST_PER_COLUMN * groups.len()) {
            return None;
        }
        let own = |member: &Member| {
            Some((member.origin.as_ref()?.log_posterior + member.origin.as_ref()?.odds, member.clone()))
        };
        let straight: Vec<(f64, Member)> = self.members.iter().filter_map(own).collect();
        let best = straight.iter().map(|(score, _)| *score).fold(f64::NEG_INFINITY, f64::max);
        let bend = |(score, member): &(f64, Member)| {
            let origin = member.origin.as_ref()?;
            let structure = Structure { warped: columns.clone(), ..member.gp.structure().clone() };
            let promise = Fit::promise(&structure, &origin.prior, data, &origin.ended);
            if score + promise < best + BEND_EVIDENCE {
                return None;
            }
            let fit = Fit::near(&structure, &origin.prior, data, Some(&origin.ended), f64::INFINITY).ok()?;
            let score = fit.log_posterior + origin.odds;
            (score > best + BEND_EVIDENCE)
                .then(|| (score, Member::found(fit, origin.prior.clone(), origin.odds, origin.explanation)))
        };
        let bent: Vec<(f64, Member)> = straight.iter().filter_map(bend).collect();
        (!bent.is_empty()).then(|| Self { members: shared(straight.into_iter().chain(bent).collect()).0 })
    }

    /// The processes with their shares.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What the data say of explanation number `explanation`.
    pub fn explained(&self, explanation: usize) -> Explained {
        let own = |member: &&Member| member.origin.as_ref().is_some_and(|o| o.explanation == Some(explanation));
        let share: f64 = self.members.iter().filter(own).map(|member| member.share).sum();
        let mut coefficients = Vec::new();
        for member in self.members.iter().filter(own) {
            let (means, _) = member.gp.coefficients();
            coefficients.resize(means.len(), 0.0);
            coefficients.iter_mut().zip(means).for_each(|(sum, mean)| *sum += member.share / share * mean);
        }
        Explained { share, coefficients }
    }

    /// The same processes with other outputs at the same inputs.
    pub fn with_outputs(&self, outputs: &[f64]) -> Self {
        let member = |member: &Member| member.with(member.gp.with_outputs(outputs));
        Self { members: self.members.iter().map(member).collect() }
    }

    /// The members with the numbers of the positions from 0 to 1 along the shares that fall on them.
    fn divided_along(&self, positions: &[f64]) -> Vec<(&Member, Vec<usize>)> {
        let shares: Vec<f64> = self.members.iter().map(|member| member.share).collect();
        let mut divided: Vec<(&Member, Vec<usize>)> = self.members.iter().map(|member| (member, Vec::new())).collect();
        for (number, &position) in positions.iter().enumerate() {
            if let Some((_, numbers)) = divided.get_mut(at_position(&shares, position)) {
                numbers.push(number);
            }
        }
        divided.retain(|(_, numbers)| !numbers.is_empty());
        divided
    }

    /// How many of `count` draws each member makes, and from which seed.
    fn divided(&self, count: usize, seed: u64) -> Vec<(&Member, usize, u64)> {
        let (mut reached, mut given) = (0.0, 0);
        let mut parts = Vec::with_capacity(self.members.len());
        for (number, member) in self.members.iter().enumerate() {
            reached += member.share;
            let until =
                if number + 1 == self.members.len() { count } else { (reached * count as f64).round() as usize };
            let wanted = until.saturating_sub(given);
            if wanted > 0 {
                parts.push((member, wanted, seed.wrapping_add(number as u64)));
                given += wanted;
            }
        }
        parts
    }
}

impl Surrogate for GpAverage {
    fn components(&self, points: &Rows) -> Vec<Component> {
        let component = |member: &Member| Component { share: member.share, moments: member.gp.predict(points) };
        self.members.iter().map(component).collect()
    }

    fn slopes(&self, point: &[f64]) -> Option<Vec<Slope>> {
        let slope = |member: &Member| {
            let (moments, mean, variance) = member.gp.predict_with_gradient(point);
            Slope { share: member.share, moments, mean, variance }
        };
        Some(self.members.iter().map(slope).collect())
    }

    fn slopes_of(&self, points: &Rows) -> Option<Vec<Vec<Slope>>> {
        let mut all: Vec<Vec<Slope>> = vec![Vec::with_capacity(self.members.len()); points.len()];
        for member in &self.members {
            let each = member.gp.predict_with_gradients(points);
            for (slopes, (moments, mean, variance)) in all.iter_mut().zip(each) {
                slopes.push(Slope { share: member.share, moments, mean, variance });
            }
        }
        Some(all)
    }

    fn means(&self, points: &Rows) -> Vec<f64> {
        let mut sums = vec![0.0; points.len()];
        for member in &self.members {
            sums.iter_mut().zip(member.gp.means(points)).for_each(|(sum, mean)| *sum += member.share * mean);
        }
        sums
    }

    fn lengthscales(&self) -> Option<Vec<f64>> {
        let count = self.members.first()?.gp.hyperparameters().lengthscales.len();
        let mut sums = vec![0.0; count];
        for member in &self.members {
            let own = &member.gp.hyperparameters().lengthscales;
            sums.iter_mut().zip(own).for_each(|(sum, length)| *sum += member.share * length.ln());
        }
        Some(sums.into_iter().map(f64::exp).collect())
    }

    fn kept(&self) -> Option<usize> {
        self.members.iter().filter_map(|member| member.gp.kept()).min()
    }

    fn status(&self) -> Option<Status> {
        self.members.iter().map(|member| member.status).max()
    }

    /// Each member gives its share of the draws.
    fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<f64>> {
        let mut draws = Vec::with_capacity(count);
        for (member, wanted, seed) in self.divided(count, seed) {
            draws.extend(member.gp.sample(points, wanted, seed));
        }
        draws
    }

    /// Each member gives its share of the models; what is expected is asked of all of them.
    fn settled(&self, points: &Rows, count: usize, seed: u64) -> Option<Vec<Arc<dyn Surrogate>>> {
        let alone = |member: &Member, values: &[f64]| {
            let numbers = Hyperparameters { noise: SETTLED_NOISE, ..member.gp.hyperparameters().clone() };
            Gp::new(member.gp.structure().clone(), numbers, member.gp.mean_variance(), &Data::new(points, values))
        };
        if count == 1 {
            let members = self.members.iter().map(|member| {
                let means: Vec<f64> = member.gp.predict(points).iter().map(|moments| moments.mean).collect();
                Some(member.with(alone(member, &means)?))
            });
            return Some(vec![Arc::new(Self { members: members.collect::<Option<_>>()? })]);
        }
        let mut models: Vec<Arc<dyn Surrogate>> = Vec::with_capacity(count);
        for (member, wanted, seed) in self.divided(count, seed) {
            let draws = member.gp.sample(points, wanted, seed);
            let Some(first) = draws.first() else { continue };
            let settled = alone(member, first)?;
            let model = |draw: &Vec<f64>| -> Arc<dyn Surrogate> {
                Arc::new(Self { members: vec![Member { share: 1.0, ..member.with(settled.with_outputs(draw)) }] })
            };
            models.extend(draws.iter().map(model));
        }
        Some(models)
    }

    fn without(&self, left_out: &[usize]) -> Option<Arc<dyn Surrogate>> {
        let members = self
            .members
            .iter()
            .map(|member| Some(Member { gp: member.gp.without_observations(left_out)?, ..member.clone() }));
        Some(Arc::new(Self { members: members.collect::<Option<_>>()? }))
    }

    fn parts(&self, positions: &[f64], points: &Rows) -> Vec<Moments> {
        let mut all = vec![Moments { mean: 0.0, variance: 1.0 }; points.len()];
        for (member, rows) in self.divided_along(positions) {
            let moments = member.gp.predict(&points.select(&rows));
            rows.into_iter().zip(moments).for_each(|(row, moments)| all[row] = moments);
        }
        all
    }

    fn part_slopes(&self, positions: &[f64], points: &Rows) -> Option<Vec<Slope>> {
        let mut all = vec![None; points.len()];
        for (member, rows) in self.divided_along(positions) {
            let each = member.gp.predict_with_gradients(&points.select(&rows));
            for (row, (moments, mean, variance)) in rows.into_iter().zip(each) {
                all[row] = Some(Slope { share: member.share, moments, mean, variance });
            }
        }
        all.into_iter().collect()
    }

    fn lookahead(&self, points: &Rows, places: &Rows) -> Option<Vec<Lookahead>> {
        let look = |member: &Member| {
            let (expected, noise) = (member.gp.predict(places), member.gp.hyperparameters().noise);
            let readings: Vec<Moments> =
                expected.iter().map(|own| Moments { variance: own.variance + noise, ..*own }).collect();
            let mut changes = member.gp.covariances(points, places);
            for (changes, reading) in changes.iter_mut().zip(&readings) {
                changes.iter_mut().for_each(|change| *change /= reading.variance.sqrt());
            }
            let own = expected.iter().zip(&readings).map(|(own, reading)| own.variance / reading.variance.sqrt());
            let own = own.collect();
            Lookahead { share: member.share, means: member.gp.means(points), readings, changes, own }
        };
        Some(self.members.iter().map(look).collect())
    }

    fn leave_one_out(&self) -> Vec<Moments> {
        let each: Vec<Vec<Moments>> = self.members.iter().map(|member| member.gp.leave_one_out()).collect();
        let size = each.first().map_or(0, Vec::len);
        (0..size)
            .map(|index| mixed(self.members.iter().zip(&each).map(|(m, moments)| (m.share, moments[index]))))
            .collect()
    }

    fn noise(&self) -> f64 {
        self.members.iter().map(|member| member.share * member.gp.hyperparameters().noise).sum()
    }

    fn believing(&self, input: &[f64]) -> Arc<dyn Surrogate> {
        let point = Rows::collect(input.len(), [input]);
        let members = self.members.iter().map(|member| {
            let expected = member.gp.predict(&point).first().map_or(0.0, |moments| moments.mean);
            member.with(member.gp.with_observation(input, expected))
        });
        Arc::new(Self { members: members.collect() })
    }
}

impl Explanation {
    /// What it makes of the prior of a kind of process.
    fn prior(&self, prior: &Prior) -> Prior {
        let mut own = Prior { signal: prior.signal * self.signal, ..prior.clone() };
        if !self.lengthscales.is_empty() {
            let all = self.lengthscales.iter().map(|length| length.ln() - prior.lengthscale_location);
            own.lengthscale_offsets = all.collect();
            own.names_apart = false;
            (own.lengthscale_shared_scale, own.lengthscale_scale) = (EXPECTED_SCALE, EXPECTED_SCALE);
        }
        own
    }
}

fn fit_members(
    data: &Data<'_>,
    groups: &[usize],
    options: &Options,
    searches: &mut Searches,
) -> Result<(Vec<Member>, f64), FitError> {
    let separate = groups.iter().max().map_or(0, |most| most + 1);
    // However many explanations there are, together they are as likely beforehand as one of them.
    let count = options.explanations.len().max(1) as f64;
    let odds = |explanation: &Explanation| (explanation.odds / count).max(f64::MIN_POSITIVE).ln();
    let none = Explanation::new(Vec::new(), 1.0);
    let explained = options.explanations.iter().enumerate();
    let explained = explained.map(|(number, explanation)| (Some(number), explanation, odds(explanation)));
    let explanations: Vec<(Option<usize>, &Explanation, f64)> =
        std::iter::once((None, &none, 0.0)).chain(explained).collect();
    let prior = Prior { names_apart: options.names_apart, ..Prior::scaled_to(separate) };
    let mut priors = vec![prior.clone()];
    if options.rough {
        // Both held closer to their medians, so that they stay two different explanations.
        let smooth = Prior { lengthscale_shared_scale: 0.0, ..prior.clone() };
        let lengthscale_location = smooth.lengthscale_location - ROUGHER;
        let rough =
            Prior { lengthscale_location, noise_location: ROUGH_NOISE.0, noise_scale: ROUGH_NOISE.1, ..smooth.clone() };
        priors = vec![smooth, rough];
    }
    let mut kinds: Vec<(Kernel, Prior)> =
        options.kernels.iter().flat_map(|kernel| priors.iter().map(|prior| (*kernel, prior.clone()))).collect();
    if options.exact {
        let (noise_location, noise_scale) = EXACT_NOISE;
        let exact =
            Prior { noise_location, noise_scale, noise_floor: EXACT_FLOOR, signal_scale: EXACT_SIGNAL, ..prior };
        kinds.push((Kernel::Rbf, exact));
    }
    let mut failure = FitError::Empty;
    let mut scored = Vec::new();
    let mut new_ends: Vec<Option<Ended>> = Vec::new();
    let mut best = f64::INFINITY;
    for ((kernel, prior), (number, explanation, odds)) in
        kinds.iter().flat_map(|kind| explanations.iter().map(move |e| (kind, e)))
    {
        let structure = Structure { trends: explanation.trends.clone(), ..Structure::new(*kernel, groups) };
        let own = explanation.prior(prior);
        // A closer prior counts as no better an explanation where the data say nothing.
        let odds = if explanation.lengthscales.is_empty() {
            *odds
        } else {
            odds + prior.peak(&structure) - own.peak(&structure)
        };
        let prior = own;
        // Where the same model was before, else one of the same shape, else any.
        let shape = separate + 1 + usize::from(prior.signal_scale > 0.0);
        let found = || new_ends.iter().rev().flatten();
        let alike = || found().find(|ended| ended.shape() == shape).or_else(|| found().next());
        let near = searches.ends.get(new_ends.len()).and_then(Option::as_ref).or_else(alike);
        let give_up = match new_ends.len() {
            0 => searches.give_up(data.len()),
            _ if data.len() < MANY => f64::INFINITY,
            _ => best + odds + FAR_BEHIND,
        };
        match Fit::near(&structure, &prior, data, near, give_up) {
            Ok(fit) => {
                new_ends.push(Some(fit.ended.clone()));
                best = best.min(fit.ended.value - odds);
                if new_ends.len() == 1 {
                    searches.first = fit.log_posterior + searches.log_slopes;
                }
                scored.push((fit.log_posterior + odds, Member::found(fit, prior, odds, *number)));
            }
            Err(error) => {
                failure = error;
                if new_ends.is_empty() && give_up.is_finite() {
                    searches.first = f64::NEG_INFINITY;
                }
                new_ends.push(None);
            }
        }
        // A change of the outputs moves all models alike: where the first is far behind, none of the others has to be heard.
        if data.len() >= MANY && searches.rival.is_some_and(|(rival, _)| searches.first < rival - FAR_BEHIND) {
            break;
        }
    }
    searches.ends = new_ends;
    let (members, log_posterior) = shared(scored);
    if members.is_empty() { Err(failure) } else { Ok((members, log_posterior)) }
}

/// The members that count, by their scores, with their shares; and the log of the sum of the posteriors.
fn shared(mut scored: Vec<(f64, Member)>) -> (Vec<Member>, f64) {
    let best = scored.iter().map(|(score, _)| *score).fold(f64::NEG_INFINITY, f64::max);
    let weigh = |score: f64| (score - best).exp();
    let total: f64 = scored.iter().map(|(score, _)| weigh(*score)).sum();
    scored.retain(|(score, _)| weigh(*score) >= SMALLEST_SHARE * total);
    let total: f64 = scored.iter().map(|(score, _)| weigh(*score)).sum();
    let members = scored.into_iter().map(|(score, member)| Member { share: weigh(score) / total, ..member });
    (members.collect(), best + total.ln())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Family, OutcomeModel, Reading, Wanted};

    fn places(count: usize) -> Rows {
        let of = |i: usize| [(i as f64 * 0.618).fract(), (i as f64 * 0.755).fract()];
        let rows: Vec<[f64; 2]> = (1..=count).map(of).collect();
        Rows::collect(2, rows.iter().map(|row| row.as_slice()))
    }

    fn learnt(response: fn(&[f64]) -> f64, wanted: Wanted) -> OutcomeModel {
        let inputs = places(40);
        let readings: Vec<Reading> = inputs.iter().map(|x| Reading::Value(response(x))).collect();
        OutcomeModel::fit(&inputs, &[0, 1], &readings, &Options { wanted, ..Options::default() }).unwrap()
    }

    /// Root mean square error at fresh places.
    fn error(model: &OutcomeModel, response: fn(&[f64]) -> f64) -> f64 {
        let points = Rows::collect(2, places(500).iter().skip(100));
        let means = model.surrogate().means(&points);
        let squares = points.iter().zip(means).map(|(x, z)| (model.warp().backward(z) - response(x)).powi(2));
        (squares.sum::<f64>() / points.len() as f64).sqrt()
    }

    #[test]
    fn a_response_that_changes_faster_at_one_end_is_predicted_better_with_bent_inputs() {
        let wave = |x: &[f64]| (2.0 * std::f64::consts::PI * x[0].powi(4)).sin() + 0.3 * x[1];
        let saturating = |x: &[f64]| (5.0 * (1.0 - (-8.0 * x[0]).exp())).sin() + 0.3 * x[1];
        for response in [wave as fn(&[f64]) -> f64, saturating] {
            let (bent, straight) = (learnt(response, Wanted::Auto), learnt(response, Wanted::GaussianProcess));
            assert_eq!(bent.choice().unwrap().chosen, Family::WarpedGaussianProcess, "{:?}", bent.choice());
            assert!(error(&bent, response) < 0.5 * error(&straight, response), "{}", error(&bent, response));
        }
    }

    #[test]
    fn an_even_response_is_not_bent() {
        let hills = |x: &[f64]| (6.0 * x[0]).sin() + (4.0 * x[1]).cos();
        let model = learnt(hills, Wanted::WarpedGaussianProcess);
        assert_eq!(model.choice().unwrap().chosen, Family::GaussianProcess);
        assert_eq!(model.choice().unwrap().candidates.len(), 1);
    }

    #[test]
    fn lengthscales_of_a_like_response_tell_which_column_matters() {
        let slope = |x: &[f64]| (4.0 * x[0]).sin();
        let inputs = places(6);
        let readings: Vec<Reading> = inputs.iter().map(|x| Reading::Value(slope(x))).collect();
        let learn = |explanations: Vec<Explanation>| {
            let options = Options { explanations, ..Options::default() };
            OutcomeModel::fit(&inputs, &[0, 1], &readings, &options).unwrap()
        };
        let alike = Explanation { lengthscales: vec![0.7, 30.0], ..Explanation::new(Vec::new(), 1.0) };
        let (without, with) = (learn(Vec::new()), learn(vec![alike]));
        assert!(error(&with, slope) < error(&without, slope));
        assert!(with.explained()[0].share > 0.4, "{:?}", with.explained());
    }
}
