//! What is expected at the end of a chain: paths through the graph, the same for every point.

use std::sync::{Arc, OnceLock};

use rand::seq::SliceRandom;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

use super::{Chain, SPREAD};
use crate::{
    gp::Moments,
    kernel::Rows,
    normal,
    surrogate::{Component, Slope, Surrogate, at_position},
};

/// Paths through the graph. The last quantity is integrated over exactly, so that few are enough.
const PATHS: usize = 16;
/// Paths by which many points are sifted.
const FEW: usize = 4;
/// The same paths at every point and in every round: what is compared differs only in its settings.
const SEED: u64 = 0x0063_6861_696e;
/// Experiments at which scatter is looked at.
const LOOKED_AT: usize = 32;
/// Experiments are left out in so many folds.
pub(super) const FOLDS: usize = 10;

/// For every node and path: how many standard deviations from its mean the quantity is, and which part of its model's
/// mixture is followed (a position from 0 to 1 along the shares).
#[derive(Debug, Clone)]
pub(super) struct Draws {
    deviations: Vec<Vec<f64>>,
    positions: Vec<Vec<f64>>,
}

impl Draws {
    /// Every quantity in equally likely slices, in an order of its own (Latin hypercube).
    ///
    /// Source: McKay, Beckman & Conover, Technometrics 21, 239 (1979).
    fn new(nodes: usize, paths: usize) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let middles: Vec<f64> = (0..paths).map(|path| (path as f64 + 0.5) / paths as f64).collect();
        let normals: Vec<f64> = middles.iter().map(|&p| normal::quantile(p)).collect();
        let spread = (normals.iter().map(|z| z * z).sum::<f64>() / paths as f64).sqrt();
        let mut shuffled = |values: &[f64]| {
            let mut values = values.to_vec();
            values.shuffle(&mut random);
            values
        };
        let scaled: Vec<f64> = normals.iter().map(|z| z / spread.max(f64::MIN_POSITIVE)).collect();
        Self {
            deviations: (0..nodes).map(|_| shuffled(&scaled)).collect(),
            positions: (0..nodes).map(|_| shuffled(&middles)).collect(),
        }
    }
}

/// The model of one quantity of a chain given the settings.
#[derive(Debug, Clone)]
pub(super) struct Paths {
    chain: Arc<Chain>,
    node: usize,
    /// The nodes it depends on and itself, in order.
    order: Vec<usize>,
    /// For every node its value where that is known, bent and standardised.
    read: Vec<Option<f64>>,
    draws: Draws,
    /// Whether quantities on the way scatter as their readings do: for a prediction of readings, not of the response.
    scattering: bool,
    /// What the scatter of the quantities on the way adds to that of the last one's readings; found when asked for.
    scatter: OnceLock<f64>,
}

impl Paths {
    pub(super) fn new(chain: Arc<Chain>, node: usize) -> Self {
        let nothing = vec![None; chain.graph().nodes().len()];
        Self::from_read(chain, node, nothing)
    }

    /// Paths of an experiment in which the given nodes had these values, bent and standardised.
    pub(super) fn from_read(chain: Arc<Chain>, node: usize, mut read: Vec<Option<f64>>) -> Self {
        read.resize(chain.graph().nodes().len(), None);
        read[node] = None;
        let order: Vec<usize> =
            (0..=node).filter(|&other| other == node || chain.graph().depends_on(node, other)).collect();
        let open = order.iter().any(|&other| other != node && read[other].is_none());
        let draws = Draws::new(chain.graph().nodes().len(), if open { PATHS } else { 1 });
        Self { chain, node, order, read, draws, scattering: false, scatter: OnceLock::new() }
    }

    /// The same paths with quantities on the way that scatter as their readings do.
    ///
    /// What follows was learnt from such readings, so it follows from them whether it is the process that scatters or the
    /// sensor.
    pub(super) fn scattering(self) -> Self {
        Self { scattering: true, ..self }
    }

    /// Fewer of such paths, by which many points are sifted.
    pub(super) fn few(self) -> Self {
        let paths = self.paths().min(FEW);
        Self { draws: Draws::new(self.chain.graph().nodes().len(), paths), ..self }
    }

    /// Standard deviation by which a path may stray from the mean of `node`.
    fn stray(&self, node: usize, variance: f64) -> f64 {
        let scatter = if self.scattering { self.surrogate(node).map_or(0.0, Surrogate::noise) } else { 0.0 };
        (variance + scatter).sqrt()
    }

    /// Mean variance that the scatter of the quantities on the way adds, over the experiments.
    fn added_scatter(&self) -> f64 {
        if self.scattering || self.paths() == 1 {
            return 0.0;
        }
        let rows = self.chain.rows(self.node);
        let rows: Vec<usize> = rows.iter().step_by(rows.len().div_ceil(LOOKED_AT).max(1)).copied().collect();
        let points = self.chain.settings.select(&rows);
        let (own, all) = (self.predict(&points), self.clone().scattering().predict(&points));
        let added = all.iter().zip(&own).map(|(all, own)| all.variance - own.variance).sum::<f64>();
        (added / rows.len().max(1) as f64).max(0.0)
    }

    fn paths(&self) -> usize {
        self.draws.deviations.first().map_or(0, Vec::len)
    }

    /// Whether a node depends on settings alone: then its prediction is the same on all paths.
    fn is_first(&self, node: usize) -> bool {
        self.chain.graph().nodes()[node].upstream.is_empty()
    }

    fn surrogate(&self, node: usize) -> Option<&dyn Surrogate> {
        self.chain.model(node).map(|model| model.surrogate())
    }

    /// The rows of `points` once for every path.
    fn on_every_path(&self, points: &Rows) -> Rows {
        Rows::collect(points.width(), (0..self.paths()).flat_map(|_| points.iter()))
    }

    /// Positions along the mixture of the model of `node`, for `count` points on every path.
    fn positions(&self, node: usize, count: usize) -> Vec<f64> {
        self.draws.positions[node].iter().flat_map(|position| std::iter::repeat_n(*position, count)).collect()
    }

    /// Moments of `node` at each row of `points`, path by path, from the values of the nodes before it at the same points
    /// `everywhere` (on every path).
    fn moments(&self, node: usize, points: &Rows, everywhere: &Rows, values: &[Vec<f64>]) -> Vec<Moments> {
        let unknown = Moments { mean: 0.0, variance: 1.0 };
        let Some(surrogate) = self.surrogate(node) else { return vec![unknown; everywhere.len()] };
        if !self.is_first(node) {
            let inputs = self.chain.inputs(node, everywhere, values);
            return surrogate.parts(&self.positions(node, points.len()), &inputs);
        }
        let parts = surrogate.components(&self.chain.inputs(node, points, &[]));
        let shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
        let on_path = |position: &f64| parts.get(at_position(&shares, *position));
        let moments =
            self.draws.positions[node].iter().filter_map(on_path).flat_map(|part| part.moments.iter().copied());
        moments.collect()
    }

    /// Slopes of `node` by its inputs, as [`Paths::moments`].
    fn slopes_by_input(
        &self,
        node: usize,
        points: &Rows,
        everywhere: &Rows,
        values: &[Vec<f64>],
    ) -> Option<Vec<Slope>> {
        let surrogate = self.surrogate(node)?;
        if !self.is_first(node) {
            let inputs = self.chain.inputs(node, everywhere, values);
            return surrogate.part_slopes(&self.positions(node, points.len()), &inputs);
        }
        let each = surrogate.slopes_of(&self.chain.inputs(node, points, &[]))?;
        let part = |position: &f64, parts: &Vec<Slope>| {
            let shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
            parts.get(at_position(&shares, *position)).cloned()
        };
        let positions = self.draws.positions[node].iter();
        positions.flat_map(|position| each.iter().map(move |parts| part(position, parts))).collect()
    }

    /// The slope of `node` by the settings, from that by its inputs and the gradients of the nodes before it (of one
    /// point on one path).
    fn by_settings<'g>(
        &self,
        node: usize,
        slope: Slope,
        width: usize,
        gradient: impl Fn(usize) -> Option<&'g Vec<f64>>,
    ) -> Slope {
        let graph = &self.chain.graph().nodes()[node];
        let through = |by_input: &[f64]| {
            let mut sums = vec![0.0; width];
            for (&column, by) in graph.columns.iter().zip(by_input) {
                sums[column] += by;
            }
            for (&other, by) in graph.upstream.iter().zip(&by_input[graph.columns.len()..]) {
                let own = gradient(other).into_iter().flatten();
                sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += by * SPREAD * own);
            }
            sums
        };
        Slope { mean: through(&slope.mean), variance: through(&slope.variance), ..slope }
    }
}

impl Surrogate for Paths {
    fn components(&self, points: &Rows) -> Vec<Component> {
        let (everywhere, count) = (self.on_every_path(points), points.len().max(1));
        let mut values = vec![Vec::new(); self.chain.graph().nodes().len()];
        for &node in &self.order {
            if let Some(read) = self.read[node] {
                values[node] = vec![read; everywhere.len()];
                continue;
            }
            if node == self.node && self.paths() == 1 {
                // Nothing upstream is open: the whole mixture is followed.
                let inputs = self.chain.inputs(node, points, &values);
                return self.surrogate(node).map_or(Vec::new(), |surrogate| surrogate.components(&inputs));
            }
            let moments = self.moments(node, points, &everywhere, &values);
            if node == self.node {
                let share = 1.0 / self.paths() as f64;
                return moments.chunks(count).map(|path| Component { share, moments: path.to_vec() }).collect();
            }
            let deviations = &self.draws.deviations[node];
            let value = |(row, m): (usize, &Moments)| m.mean + deviations[row / count] * self.stray(node, m.variance);
            values[node] = moments.iter().enumerate().map(value).collect();
        }
        Vec::new()
    }

    fn slopes(&self, point: &[f64]) -> Option<Vec<Slope>> {
        self.slopes_of(&Rows::collect(point.len(), [point]))?.pop()
    }

    fn slopes_of(&self, points: &Rows) -> Option<Vec<Vec<Slope>>> {
        let (nodes, paths, count) = (self.chain.graph().nodes().len(), self.paths(), points.len().max(1));
        let (everywhere, width) = (self.on_every_path(points), points.width());
        let (mut values, mut gradients) = (vec![Vec::new(); nodes], vec![Vec::<Vec<f64>>::new(); nodes]);
        for &node in &self.order {
            if let Some(read) = self.read[node] {
                // Without gradients: nothing moves it.
                values[node] = vec![read; everywhere.len()];
                continue;
            }
            let by_settings = |row: usize, slope: Slope| {
                self.by_settings(node, slope, width, |other: usize| gradients[other].get(row))
            };
            if node == self.node && paths == 1 {
                let each = self.surrogate(node)?.slopes_of(&self.chain.inputs(node, points, &values))?;
                let of_row =
                    |(row, parts): (usize, Vec<Slope>)| parts.into_iter().map(|part| by_settings(row, part)).collect();
                return Some(each.into_iter().enumerate().map(of_row).collect());
            }
            let slopes = self.slopes_by_input(node, points, &everywhere, &values)?.into_iter().enumerate();
            let slopes = slopes.map(|(row, slope)| by_settings(row, slope));
            if node == self.node {
                let mut all: Vec<Vec<Slope>> = vec![Vec::with_capacity(paths); points.len()];
                for (row, slope) in slopes.enumerate() {
                    all[row % count].push(Slope { share: 1.0 / paths as f64, ..slope });
                }
                return Some(all);
            }
            let (mut own_values, mut own_gradients) = (Vec::new(), Vec::new());
            for (row, slope) in slopes.enumerate() {
                let deviation = self.draws.deviations[node][row / count];
                let spread = self.stray(node, slope.moments.variance);
                let by_variance = if spread > 0.0 { 0.5 * deviation / spread } else { 0.0 };
                own_values.push(slope.moments.mean + deviation * spread);
                let both = slope.mean.iter().zip(&slope.variance);
                own_gradients.push(both.map(|(m, v)| m + by_variance * v).collect());
            }
            (values[node], gradients[node]) = (own_values, own_gradients);
        }
        None
    }

    fn sample(&self, points: &Rows, count: usize, seed: u64) -> Vec<Vec<f64>> {
        self.chain.sample(points, count, seed).into_iter().map(|mut draw| draw.swap_remove(self.node)).collect()
    }

    /// Left out in ten folds, with everything that was read in the same experiment.
    fn leave_one_out(&self) -> Vec<Moments> {
        self.chain.cross_validated(self.node, FOLDS).unwrap_or_default()
    }

    fn noise(&self) -> f64 {
        let own = self.surrogate(self.node).map_or(0.0, Surrogate::noise);
        own + *self.scatter.get_or_init(|| self.added_scatter())
    }

    fn believing(&self, input: &[f64]) -> Arc<dyn Surrogate> {
        let next = Self::from_read(Arc::new(self.chain.believing(input)), self.node, self.read.clone());
        let next = if self.paths() < next.paths() { next.few() } else { next };
        Arc::new(Self { scattering: self.scattering, scatter: self.scatter.clone(), ..next })
    }

    fn kept(&self) -> Option<usize> {
        self.order.iter().filter_map(|&node| self.surrogate(node)?.kept()).min()
    }
}
