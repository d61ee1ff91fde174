//! Fractions that add up to a total.

use matdock_message::{Message, say};

use super::{Parameter, ParameterKind, Scale, Value, parameter::grid};

/// Components that add up to a total, such as the fractions of a solvent.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    /// What it is called.
    pub name: String,
    /// Positions of its parameters, all continuous and in one unit.
    pub components: Vec<usize>,
    /// What they add up to (their unit).
    pub total: f64,
    /// Most components that are not zero.
    pub at_most: Option<usize>,
    /// Whether a component may be zero although its range begins above. So with `at_most`.
    pub optional: bool,
}

/// A checked mixture with the ranges of its components.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Blend {
    pub(crate) mixture: Mixture,
    limits: Vec<Limits>,
    /// Which components can be there together, if those are few; the largest sets last.
    sets: Option<Vec<Vec<usize>>>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Limits {
    low: f64,
    high: f64,
    step: Option<f64>,
}

/// Sums within this share of the total count as the total.
const EXACT: f64 = 1e-9;
/// Sets of components listed.
const LISTED: usize = 4096;

impl Blend {
    pub(crate) fn new(mixture: Mixture, parameters: &[Parameter]) -> Result<Self, Message> {
        let name = &mixture.name;
        let total = mixture.total;
        if !(total.is_finite() && total > 0.0) {
            return Err(say!("plan-mixture-total", name = name, total = total));
        }
        if mixture.components.len() < 2 {
            return Err(say!("plan-mixture-few", name = name));
        }
        if mixture.at_most == Some(0) {
            return Err(say!("plan-mixture-none", name = name));
        }
        let optional = mixture.is_optional();
        let mut limits = Vec::new();
        for &component in &mixture.components {
            let Some(Parameter { kind: ParameterKind::Continuous { low, high, scale, step }, name: own, unit }) =
                parameters.get(component)
            else {
                let own = parameters.get(component).map_or("", |p| p.name.as_str());
                return Err(say!("plan-mixture-component", name = name, component = own));
            };
            let first = mixture.components.first().and_then(|&first| parameters.get(first));
            if let Some(first) = first.filter(|first| first.unit != *unit) {
                return Err(say!("plan-mixture-unit", name = name, first = first.name, second = own));
            }
            if *low < 0.0 || (optional && !matches!(scale, Scale::Linear | Scale::Sqrt)) {
                return Err(say!("plan-mixture-component", name = name, component = own));
            }
            limits.push(Limits { low: *low, high: *high, step: *step });
        }
        let mut blend = Self { mixture, limits, sets: None };
        blend.sets = blend.list();
        match &blend.sets {
            Some(sets) if sets.is_empty() => Err(blend.infeasible()),
            None if blend.sample_set(&mut |n| n / 2).is_none() && !blend.could_add_up() => Err(blend.infeasible()),
            _ => Ok(blend),
        }
    }

    /// With the figures: what the components can add up to.
    pub(crate) fn infeasible(&self) -> Message {
        let Mixture { name, total, at_most, .. } = &self.mixture;
        let least: f64 = if self.mixture.is_optional() {
            self.limits.iter().map(|l| l.low).fold(f64::INFINITY, f64::min)
        } else {
            self.limits.iter().map(|l| l.low).sum()
        };
        let mut highs: Vec<f64> = self.limits.iter().map(|l| l.high).collect();
        highs.sort_by(|a, b| b.total_cmp(a));
        let most: f64 = highs.iter().take(at_most.unwrap_or(highs.len())).sum();
        let (least, most) = (plain(least), plain(most));
        match at_most {
            Some(at_most) => {
                say!(
                    "plan-mixture-infeasible-most",
                    name = name,
                    total = total,
                    count = at_most,
                    least = least,
                    most = most
                )
            }
            None => say!("plan-mixture-infeasible", name = name, total = total, least = least, most = most),
        }
    }

    fn could_add_up(&self) -> bool {
        let mut highs: Vec<f64> = self.limits.iter().map(|l| l.high).collect();
        highs.sort_by(|a, b| b.total_cmp(a));
        highs.iter().take(self.most()).sum::<f64>() >= self.mixture.total * (1.0 - EXACT)
            && self.limits.iter().any(|l| l.low <= self.mixture.total)
    }

    fn most(&self) -> usize {
        self.mixture.at_most.unwrap_or(self.limits.len()).min(self.limits.len())
    }

    /// Whether these components alone can make the total.
    fn adds_up(&self, set: &[usize]) -> bool {
        let low: f64 = set.iter().map(|&i| self.limits[i].low).sum();
        let high: f64 = set.iter().map(|&i| self.limits[i].high).sum();
        let slack = EXACT * self.mixture.total;
        low <= self.mixture.total + slack && high >= self.mixture.total - slack
    }

    /// Every set of components that can make the total; none when there are too many to list.
    fn list(&self) -> Option<Vec<Vec<usize>>> {
        let size = self.limits.len();
        if !self.mixture.is_optional() {
            let all: Vec<usize> = (0..size).collect();
            return Some(if self.adds_up(&all) { vec![all] } else { Vec::new() });
        }
        let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
        let mut begin = 0;
        for _ in 0..self.most() {
            let end = sets.len();
            for index in begin..end {
                let from = sets[index].last().map_or(0, |last| last + 1);
                for next in from..size {
                    let larger: Vec<usize> = sets[index].iter().copied().chain([next]).collect();
                    sets.push(larger);
                }
                if sets.len() > LISTED {
                    return None;
                }
            }
            begin = end;
        }
        Some(sets.into_iter().filter(|set| self.adds_up(set)).collect())
    }

    /// Some set of components that can make the total; `pick(n)` gives a number below n.
    pub(crate) fn sample_set(&self, pick: &mut dyn FnMut(usize) -> usize) -> Option<Vec<usize>> {
        if let Some(sets) = &self.sets {
            // Each number of components equally likely, then each set of that many.
            let mut sizes: Vec<usize> = sets.iter().map(Vec::len).collect();
            sizes.dedup();
            let size = *sizes.get(pick(sizes.len().max(1)))?;
            let fitting: Vec<&Vec<usize>> = sets.iter().filter(|set| set.len() == size).collect();
            return fitting.get(pick(fitting.len().max(1))).map(|set| (*set).clone());
        }
        for _ in 0..50 {
            let count = 1 + pick(self.most());
            let mut order: Vec<usize> = (0..self.limits.len()).collect();
            for place in 0..count {
                let other = place + pick(order.len() - place);
                order.swap(place, other);
            }
            let mut set = order[..count].to_vec();
            set.sort_unstable();
            if self.adds_up(&set) {
                return Some(set);
            }
        }
        None
    }

    /// Amounts of the components in `set`, uniform over all that add up when `units` are uniform in 0..1; the others
    /// zero. `None` where the limits cut the amounts off.
    ///
    /// Source: Devroye, Non-Uniform Random Variate Generation (1986), XI.4.1 (exponential spacings), from the side of
    /// the lower or the upper limits, whichever is nearer to the total.
    pub(crate) fn fill(&self, set: &[usize], units: &[f64]) -> Option<Vec<f64>> {
        let mut amounts = vec![0.0; self.limits.len()];
        let low: f64 = set.iter().map(|&i| self.limits[i].low).sum();
        let high: f64 = set.iter().map(|&i| self.limits[i].high).sum();
        let (above, below) = ((self.mixture.total - low).max(0.0), (high - self.mixture.total).max(0.0));
        let parts: Vec<f64> = set.iter().map(|&i| -(1.0 - units[i]).max(1e-300).ln()).collect();
        let whole: f64 = parts.iter().sum::<f64>().max(1e-300);
        for (&i, part) in set.iter().zip(&parts) {
            let Limits { low, high, .. } = self.limits[i];
            amounts[i] = if above <= below { low + above * part / whole } else { high - below * part / whole };
            if amounts[i] < low - EXACT * self.mixture.total || amounts[i] > high + EXACT * self.mixture.total {
                return None;
            }
        }
        self.settle(&mut amounts).then_some(amounts)
    }

    /// Moves amounts to the nearest settings within limits and steps that add up; zeros stay. Whether there are any.
    pub(crate) fn settle(&self, amounts: &mut [f64]) -> bool {
        let set = self.present(amounts);
        self.project(amounts);
        let wanted = amounts.to_vec();
        for &i in &set {
            if let Limits { low, high, step: Some(step) } = self.limits[i] {
                amounts[i] = grid(low, high, step, (amounts[i] - low) / step);
            }
        }
        // What is missing goes to components without steps, then by single steps to where rounding took most.
        for _ in 0..10_000 {
            let missing = self.mixture.total - set.iter().map(|&i| amounts[i]).sum::<f64>();
            if missing.abs() <= 1e-13 * self.mixture.total {
                break;
            }
            let free = set.iter().copied().filter(|&i| self.limits[i].step.is_none());
            let room = |i: usize, amount: f64| {
                if missing > 0.0 { self.limits[i].high - amount } else { amount - self.limits[i].low }
            };
            let roomy = free.max_by(|&a, &b| room(a, amounts[a]).total_cmp(&room(b, amounts[b])));
            if let Some(i) = roomy.filter(|&i| room(i, amounts[i]) > 0.0) {
                amounts[i] += missing.signum() * missing.abs().min(room(i, amounts[i]));
                continue;
            }
            if missing.abs() <= EXACT * 1e-1 * self.mixture.total {
                break;
            }
            let stepped = set.iter().copied().filter_map(|i| {
                let step = self.limits[i].step?;
                let fits = step <= missing.abs() * (1.0 + 1e-9) + EXACT * self.mixture.total;
                let fits = fits && room(i, amounts[i]) >= step * (1.0 - 1e-9);
                let gain = (wanted[i] - amounts[i]) * missing.signum() / step;
                fits.then_some((i, step, gain))
            });
            let best = stepped.max_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)));
            let Some((i, step, _)) = best else { return false };
            let Limits { low, high, .. } = self.limits[i];
            amounts[i] = grid(low, high, step, (amounts[i] - low) / step + missing.signum());
        }
        self.is_kept(amounts)
    }

    /// Nearest amounts within the limits that add up, steps disregarded; zeros stay.
    ///
    /// Source: projection on a box cut by a plane, the multiplier by bisection (Dai & Fletcher, Math. Program. 106,
    /// 403, 2006), distances in widths of the ranges.
    pub(crate) fn project(&self, amounts: &mut [f64]) {
        let set = self.present(amounts);
        let square = |i: usize| (self.limits[i].high - self.limits[i].low).powi(2);
        let at = |i: usize, shift: f64| (amounts[i] + shift * square(i)).clamp(self.limits[i].low, self.limits[i].high);
        let sum = |shift: f64| set.iter().map(|&i| at(i, shift)).sum::<f64>();
        let reach = |i: usize| (self.limits[i].high.abs() + amounts[i].abs() + self.mixture.total) / square(i);
        let reach = set.iter().map(|&i| reach(i)).fold(0.0, f64::max);
        let (mut less, mut more) = (-reach, reach);
        for _ in 0..200 {
            let middle = 0.5 * (less + more);
            if sum(middle) < self.mixture.total { less = middle } else { more = middle }
        }
        let moved: Vec<f64> = set.iter().map(|&i| at(i, 0.5 * (less + more))).collect();
        set.iter().zip(moved).for_each(|(&i, amount)| amounts[i] = amount);
    }

    /// Components that are there.
    pub(crate) fn present(&self, amounts: &[f64]) -> Vec<usize> {
        (0..amounts.len()).filter(|&i| amounts[i] != 0.0 || !self.mixture.is_optional()).collect()
    }

    /// Whether amounts are within limits, on their steps, few enough, and add up.
    pub(crate) fn is_kept(&self, amounts: &[f64]) -> bool {
        let optional = self.mixture.is_optional();
        let inside = |(limits, &amount): (&Limits, &f64)| {
            let on_step = limits.step.is_none_or(|step| {
                let count = ((amount - limits.low) / step).round();
                (limits.low + count * step - amount).abs() <= 1e-9 * step.max(amount.abs())
            });
            (optional && amount == 0.0) || (amount >= limits.low && amount <= limits.high && on_step)
        };
        let sum: f64 = amounts.iter().sum();
        amounts.len() == self.limits.len()
            && self.limits.iter().zip(amounts).all(inside)
            && amounts.iter().filter(|amount| **amount != 0.0).count() <= self.most()
            && (sum - self.mixture.total).abs() <= EXACT * self.mixture.total
    }

    /// Amounts of the components at a point; none when one is no number.
    pub(crate) fn amounts(&self, point: &[Value]) -> Option<Vec<f64>> {
        self.mixture.components.iter().map(|&component| point.get(component).and_then(Value::number)).collect()
    }

    /// Writes amounts into a point.
    pub(crate) fn put(&self, amounts: &[f64], point: &mut [Value]) {
        for (&component, amount) in self.mixture.components.iter().zip(amounts) {
            if let Some(cell) = point.get_mut(component) {
                *cell = Value::Number(*amount);
            }
        }
    }

    /// Width of each component's range.
    pub(crate) fn width(&self, component: usize) -> f64 {
        self.limits[component].high - self.limits[component].low
    }

    /// The same components with single steps moved from one to another.
    pub(crate) fn shifted(&self, amounts: &[f64]) -> Vec<Vec<f64>> {
        let stepped: Vec<usize> =
            self.present(amounts).into_iter().filter(|&i| self.limits[i].step.is_some()).collect();
        let mut found = Vec::new();
        for &from in &stepped {
            for &to in &stepped {
                let step = |i: usize| self.limits[i].step.unwrap_or_default();
                let way = step(from).max(step(to));
                if from != to && amounts[from] - way > 0.0 {
                    let mut other = amounts.to_vec();
                    other[from] -= way;
                    other[to] += way;
                    if self.settle(&mut other) {
                        found.push(other);
                    }
                }
            }
        }
        found
    }

    /// Amounts with `kept` at its place and the others in their proportions, as far as limits and steps let them.
    pub(crate) fn around(&self, amounts: &[f64], kept: usize) -> Vec<f64> {
        let rest: f64 = amounts.iter().enumerate().filter(|(i, _)| *i != kept).map(|(_, amount)| amount).sum();
        let wanted = self.mixture.total - amounts[kept];
        let scaled =
            |(i, &amount): (usize, &f64)| if i == kept || rest <= 0.0 { amount } else { amount * wanted / rest };
        let mut moved: Vec<f64> = amounts.iter().enumerate().map(scaled).collect();
        if self.settle(&mut moved) { moved } else { amounts.to_vec() }
    }

    /// Amounts in few digits that still add up; the largest without steps takes the difference.
    pub(crate) fn readable(&self, amounts: &[f64], digits: usize) -> Vec<f64> {
        let unit = 10f64.powi(self.mixture.total.log10().floor() as i32 - digits as i32);
        let free = |i: usize| self.limits[i].step.is_none() && amounts[i] != 0.0;
        let mut rounded: Vec<f64> = amounts.to_vec();
        for (i, amount) in rounded.iter_mut().enumerate().filter(|(i, _)| free(*i)) {
            *amount = plain((*amount / unit).round() * unit).clamp(self.limits[i].low, self.limits[i].high);
        }
        let largest = (0..amounts.len()).filter(|&i| free(i)).max_by(|&a, &b| amounts[a].total_cmp(&amounts[b]));
        let Some(largest) = largest else { return amounts.to_vec() };
        let rest: f64 = rounded.iter().enumerate().filter(|(i, _)| *i != largest).map(|(_, amount)| amount).sum();
        rounded[largest] = plain(self.mixture.total - rest);
        rounded
    }

    pub(crate) fn has_steps(&self) -> bool {
        self.limits.iter().any(|limits| limits.step.is_some())
    }

    /// When no steps were found that add up.
    pub(crate) fn infeasible_steps(&self) -> Message {
        if self.has_steps() {
            say!("plan-mixture-steps", name = self.mixture.name, total = self.mixture.total)
        } else {
            self.infeasible()
        }
    }

    /// The same amounts with other components present: one exchanged, one left out, one added.
    pub(crate) fn exchanged(&self, amounts: &[f64]) -> Vec<Vec<f64>> {
        if !self.mixture.is_optional() {
            return Vec::new();
        }
        let present = self.present(amounts);
        let absent: Vec<usize> = (0..amounts.len()).filter(|&i| amounts[i] == 0.0).collect();
        let mut found = Vec::new();
        let mut with = |changes: &[(usize, f64)]| {
            let mut other = amounts.to_vec();
            changes.iter().for_each(|&(i, amount)| other[i] = amount);
            if self.settle(&mut other) {
                found.push(other);
            }
        };
        for &gone in &present {
            with(&[(gone, 0.0)]);
            for &new in &absent {
                with(&[(gone, 0.0), (new, amounts[gone])]);
            }
        }
        for &new in &absent {
            let Limits { low, high, .. } = self.limits[new];
            with(&[(new, (low + 0.1 * (high - low)).max(1e-3 * self.mixture.total))]);
        }
        found
    }
}

impl Mixture {
    /// Whether a component may be left out.
    pub fn is_optional(&self) -> bool {
        self.optional || self.at_most.is_some()
    }
}

/// A sum without the noise of the last digits.
fn plain(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blend(limits: &[(f64, f64, Option<f64>)], at_most: Option<usize>, optional: bool) -> Result<Blend, Message> {
        let parameters: Vec<Parameter> = limits
            .iter()
            .enumerate()
            .map(|(index, &(low, high, step))| Parameter {
                name: format!("c{index}"),
                unit: String::new(),
                kind: ParameterKind::Continuous { low, high, scale: Scale::Linear, step },
            })
            .collect();
        let components = (0..limits.len()).collect();
        Blend::new(Mixture { name: "m".into(), components, total: 1.0, at_most, optional }, &parameters)
    }

    #[test]
    fn amounts_settle_on_steps_that_add_up() {
        let stepped =
            blend(&[(0.0, 1.0, Some(0.1)), (0.0, 1.0, Some(0.1)), (0.0, 1.0, Some(0.1))], None, true).unwrap();
        let mut amounts = [0.33, 0.33, 0.34];
        assert!(stepped.settle(&mut amounts));
        assert_eq!(amounts.iter().filter(|a| **a == 0.3).count(), 2, "{amounts:?}");
        let mixed = blend(&[(0.1, 0.6, Some(0.25)), (0.0, 0.5, None), (0.05, 0.9, Some(0.05))], None, false).unwrap();
        let mut amounts = [0.3, 0.2, 0.4];
        assert!(mixed.settle(&mut amounts), "{amounts:?}");
        assert!((amounts.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_mixture_that_cannot_add_up_says_what_it_can() {
        let error = blend(&[(0.0, 0.4, None), (0.0, 0.4, None), (0.0, 0.4, None)], Some(2), false).unwrap_err();
        assert!(error.to_string().contains("0.8"), "{error}");
        let error = blend(&[(0.6, 0.7, None), (0.5, 0.9, None)], None, false).unwrap_err();
        assert!(error.to_string().contains("1.1"), "{error}");
        // Either component alone is too little, both together are too much.
        assert!(blend(&[(0.6, 0.7, None), (0.5, 0.9, None)], None, true).is_err());
    }

    #[test]
    fn fills_are_uniform_over_the_simplex() {
        // The mean of each of three free components is a third, that of the largest 11/18.
        let blend = blend(&[(0.0, 1.0, None); 3], None, false).unwrap();
        let (mut first, mut largest) = (0.0, 0.0);
        let size = 4000;
        for k in 0..size {
            let unit = |salt: f64| (k as f64 * salt + 0.5).fract();
            let amounts = blend.fill(&[0, 1, 2], &[unit(0.754877666), unit(0.569840296), unit(0.438579021)]).unwrap();
            first += amounts[0] / f64::from(size);
            largest += amounts.iter().copied().fold(0.0, f64::max) / f64::from(size);
        }
        assert!((first - 1.0 / 3.0).abs() < 0.01, "{first}");
        assert!((largest - 11.0 / 18.0).abs() < 0.01, "{largest}");
    }
}
