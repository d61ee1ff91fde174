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

    /// Moments of `node` on every path at each row of `points`, from the values of the nodes before it.
    fn moments(&self, node: usize, points: &Rows, values: &[Vec<Vec<f64>>]) -> Vec<Vec<Moments>> {
        let unknown = Moments { mean: 0.0, variance: 1.0 };
        let Some(surrogate) = self.surrogate(node) else { return vec![vec![unknown; points.len()]; self.paths()] };
        if self.is_first(node) {
            let parts = surrogate.components(&self.chain.inputs(node, points, &[]));
            let shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
            return self.draws.positions[node]
                .iter()
                .map(|&p| parts[at_position(&shares, p)].moments.clone())
                .collect();
        }
        let path = |path: usize| {
            let inputs = self.chain.inputs(node, points, &values[path]);
            surrogate.part(self.draws.positions[node][path], &inputs)
        };
        (0..self.paths()).map(path).collect()
    }

    /// Slopes of `node` by its inputs on every path.
    fn slopes_by_input(&self, node: usize, point: &Rows, values: &[Vec<f64>]) -> Option<Vec<Slope>> {
        let surrogate = self.surrogate(node)?;
        let positions = &self.draws.positions[node];
        if self.is_first(node) {
            let parts = surrogate.slopes(self.chain.inputs(node, point, &[]).row(0))?;
            let shares: Vec<f64> = parts.iter().map(|part| part.share).collect();
            return Some(positions.iter().map(|&p| parts[at_position(&shares, p)].clone()).collect());
        }
        let path = |(values, position): (&Vec<f64>, &f64)| {
            let own: Vec<Vec<f64>> = values.iter().map(|value| vec![*value]).collect();
            surrogate.part_slope(*position, self.chain.inputs(node, point, &own).row(0))
        };
        values.iter().zip(positions).map(path).collect()
    }

    /// The slope of `node` by the settings, from that by its inputs and the gradients of the nodes before it.
    fn by_settings(&self, node: usize, slope: &Slope, width: usize, gradients: &[Vec<f64>]) -> Slope {
        let graph = &self.chain.graph().nodes()[node];
        let through = |by_input: &[f64]| {
            let mut gradient = vec![0.0; width];
            for (&column, by) in graph.columns.iter().zip(by_input) {
                gradient[column] += by;
            }
            for (&other, by) in graph.upstream.iter().zip(&by_input[graph.columns.len()..]) {
                gradient.iter_mut().zip(&gradients[other]).for_each(|(sum, own)| *sum += by * SPREAD * own);
            }
            gradient
        };
        Slope { mean: through(&slope.mean), variance: through(&slope.variance), ..slope.clone() }
    }
}

impl Surrogate for Paths {
    fn components(&self, points: &Rows) -> Vec<Component> {
        let mut values = vec![vec![Vec::new(); self.chain.graph().nodes().len()]; self.paths()];
        for &node in &self.order {
            if let Some(read) = self.read[node] {
                values.iter_mut().for_each(|path| path[node] = vec![read; points.len()]);
                continue;
            }
            if node == self.node && self.paths() == 1 {
                // Nothing upstream is open: the whole mixture is followed.
                let inputs = self.chain.inputs(node, points, &values[0]);
                return self.surrogate(node).map_or(Vec::new(), |surrogate| surrogate.components(&inputs));
            }
            let moments = self.moments(node, points, &values);
            if node == self.node {
                let share = 1.0 / self.paths() as f64;
                return moments.into_iter().map(|moments| Component { share, moments }).collect();
            }
            for (path, moments) in moments.into_iter().enumerate() {
                let deviation = self.draws.deviations[node][path];
                values[path][node] =
                    moments.iter().map(|m| m.mean + deviation * self.stray(node, m.variance)).collect();
            }
        }
        Vec::new()
    }

    fn slopes(&self, point: &[f64]) -> Option<Vec<Slope>> {
        let (nodes, paths, width) = (self.chain.graph().nodes().len(), self.paths(), point.len());
        let row = Rows::collect(width, [point]);
        let mut values = vec![vec![0.0; nodes]; paths];
        let mut gradients = vec![vec![Vec::new(); nodes]; paths];
        for &node in &self.order {
            if let Some(read) = self.read[node] {
                values.iter_mut().for_each(|path| path[node] = read);
                gradients.iter_mut().for_each(|path| path[node] = vec![0.0; width]);
                continue;
            }
            if node == self.node && paths == 1 {
                let own: Vec<Vec<f64>> = values[0].iter().map(|value| vec![*value]).collect();
                let parts = self.surrogate(node)?.slopes(self.chain.inputs(node, &row, &own).row(0))?;
                return Some(parts.iter().map(|part| self.by_settings(node, part, width, &gradients[0])).collect());
            }
            let slopes = self.slopes_by_input(node, &row, &values)?;
            let slopes = slopes.iter().zip(&gradients).map(|(slope, own)| self.by_settings(node, slope, width, own));
            let slopes: Vec<Slope> = slopes.collect();
            if node == self.node {
                return Some(slopes.into_iter().map(|slope| Slope { share: 1.0 / paths as f64, ..slope }).collect());
            }
            for (path, slope) in slopes.iter().enumerate() {
                let (deviation, spread) = (self.draws.deviations[node][path], self.stray(node, slope.moments.variance));
                let by_variance = if spread > 0.0 { 0.5 * deviation / spread } else { 0.0 };
                values[path][node] = slope.moments.mean + deviation * spread;
                gradients[path][node] =
                    slope.mean.iter().zip(&slope.variance).map(|(m, v)| m + by_variance * v).collect();
            }
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
        Arc::new(Self { scattering: self.scattering, scatter: self.scatter.clone(), ..next })
    }

    fn kept(&self) -> Option<usize> {
        self.order.iter().filter_map(|&node| self.surrogate(node)?.kept()).min()
    }
}
