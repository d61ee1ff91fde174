//! What the researcher wants.

use matdock_message::{Message, say};
use serde::{Deserialize, Serialize};

/// Which way an outcome should go.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// The lower the better.
    Minimise,
    /// The higher the better.
    Maximise,
    /// The nearer to this value the better (unit of the outcome).
    Target(f64),
    /// Anywhere from `low` to `high` is equally good, outside the nearer the better (unit of the outcome).
    Window {
        /// Lower end.
        low: f64,
        /// Upper end.
        high: f64,
    },
}

impl Direction {
    /// The window to come into, for a target of no width; `None` for up and down.
    pub fn window(self) -> Option<(f64, f64)> {
        match self {
            Self::Target(target) => Some((target, target)),
            Self::Window { low, high } => Some((low, high)),
            Self::Minimise | Self::Maximise => None,
        }
    }

    /// How good a value is, the higher the better (unit of the outcome).
    pub fn merit(self, value: f64) -> f64 {
        match (self, self.window()) {
            (_, Some((low, high))) => -(low - value).max(value - high).max(0.0),
            (Self::Minimise, None) => -value,
            (_, None) => value,
        }
    }
}

/// How several objectives are brought together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Combine {
    /// Added up by weight, each in units of its scale.
    #[default]
    Sum,
    /// Not at all: every experiment that no other beats in all objectives is wanted (Pareto front).
    Pareto,
}

/// One outcome to make better.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Objective {
    /// Name of the outcome.
    pub outcome: String,
    /// Which way it should go.
    pub direction: Direction,
    /// Importance against the other objectives; positive.
    pub weight: f64,
    /// How much change of the outcome counts as one unit of merit (unit of the outcome); without it, the
    /// standard deviation of what was observed.
    pub scale: Option<f64>,
    /// For a Pareto front the worst value still acceptable (unit of the outcome; for a target or window the largest
    /// distance from it); without it the worst of all experiments (outliers cut off), at least slightly below the
    /// front.
    #[serde(default)]
    pub reference: Option<f64>,
}

/// Limits an outcome has to keep (unit of the outcome).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// Name of the outcome.
    pub outcome: String,
    /// Lowest value allowed.
    pub low: Option<f64>,
    /// Highest value allowed.
    pub high: Option<f64>,
}

/// One link of a process chain: a quantity and what it depends on.
///
/// A quantity that is neither an objective nor bounded is an intermediate: sensed during the process, before the outcomes
/// are known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    /// Name of the quantity.
    pub outcome: String,
    /// Parameters and intermediates it depends on; `None`: all parameters, and every intermediate before it.
    pub from: Option<Vec<String>>,
    /// What is known of it beforehand: a formula of what it depends on, up to a factor and a constant; the data decide how
    /// far it holds.
    #[serde(default)]
    pub formula: Option<String>,
    /// Whether nobody measures it: it is what the formula says.
    #[serde(default)]
    pub computed: bool,
}

/// What to make better, and what must not be violated on the way.
///
/// Several objectives are added up by weight, each in units of its scale, or make a Pareto front; bounds count by the
/// probability that they are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// At least one outcome to make better.
    pub objectives: Vec<Objective>,
    /// How several of them are brought together.
    #[serde(default)]
    pub combine: Combine,
    /// Limits to keep.
    pub bounds: Vec<Bound>,
    /// What lies between settings and outcomes, and what an outcome depends on; empty where every outcome depends
    /// on the settings directly.
    #[serde(default)]
    pub stages: Vec<Stage>,
}

impl Goal {
    /// The goal to make one outcome better.
    pub fn single(outcome: impl Into<String>, direction: Direction) -> Self {
        let objective = Objective { outcome: outcome.into(), direction, weight: 1.0, scale: None, reference: None };
        Self { objectives: vec![objective], combine: Combine::Sum, bounds: Vec::new(), stages: Vec::new() }
    }

    /// Names of all outcomes the goal speaks of, each once: objectives first, then bounds, then intermediates.
    pub fn outcomes(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let all =
            self.objectives.iter().map(|o| o.outcome.as_str()).chain(self.bounds.iter().map(|b| b.outcome.as_str()));
        for name in all.chain(self.stages.iter().map(|stage| stage.outcome.as_str())) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether an outcome is only a step on the way: neither objective nor bounded.
    pub fn is_intermediate(&self, outcome: &str) -> bool {
        self.stages.iter().any(|stage| stage.outcome == outcome)
            && self.objectives.iter().all(|objective| objective.outcome != outcome)
            && self.bounds.iter().all(|bound| bound.outcome != outcome)
    }

    /// Whether an outcome is computed by a formula and never measured.
    pub fn is_computed(&self, outcome: &str) -> bool {
        self.is_intermediate(outcome) && self.stages.iter().any(|stage| stage.outcome == outcome && stage.computed)
    }

    /// Whether several objectives are wanted as a Pareto front.
    pub fn is_front(&self) -> bool {
        self.combine == Combine::Pareto && self.objectives.len() > 1
    }

    /// Position of `outcome` in [`Goal::outcomes`].
    pub fn position(&self, outcome: &str) -> Option<usize> {
        self.outcomes().iter().position(|&name| name == outcome)
    }

    /// Refuses a goal that cannot be followed.
    pub fn check(&self) -> Result<(), Message> {
        if self.objectives.is_empty() {
            return Err(say!("plan-goal-empty"));
        }
        for (position, objective) in self.objectives.iter().enumerate() {
            let name = &objective.outcome;
            if self.objectives[..position].iter().any(|other| &other.outcome == name) {
                return Err(say!("plan-goal-twice", outcome = name));
            }
            if !(objective.weight.is_finite() && objective.weight > 0.0) {
                return Err(say!("plan-goal-weight", outcome = name, weight = objective.weight));
            }
            if let Some(scale) = objective.scale.filter(|scale| !(scale.is_finite() && *scale > 0.0)) {
                return Err(say!("plan-goal-scale", outcome = name, scale = scale));
            }
            let least = if objective.direction.window().is_some() { 0.0 } else { f64::NEG_INFINITY };
            if let Some(value) = objective.reference.filter(|value| !(value.is_finite() && *value > least)) {
                return Err(say!("plan-goal-reference", outcome = name, reference = value));
            }
            if let Some((low, high)) = objective.direction.window()
                && !(low.is_finite() && high.is_finite() && low <= high)
            {
                return Err(say!("plan-goal-target", outcome = name, low = low, high = high));
            }
        }
        for bound in &self.bounds {
            let (low, high) = (bound.low, bound.high);
            let finite = low.is_none_or(f64::is_finite) && high.is_none_or(f64::is_finite);
            let ordered = !matches!((low, high), (Some(low), Some(high)) if low > high);
            if !finite || !ordered || (low.is_none() && high.is_none()) {
                return Err(say!("plan-goal-bound", outcome = bound.outcome));
            }
        }
        Ok(())
    }
}
