//! From a point that breaks rules to one near it that keeps them.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::{Point, Ranges, Value};
use crate::expression::Leaf;

/// Steps before a repair is given up.
const ROUNDS: usize = 120;
/// Share of a range over which slopes are taken.
const STEP: f64 = 1e-6;

impl Ranges {
    /// An allowed point near `point`, or `None` when none is found.
    ///
    /// Source: projections on one violated rule after the other (Kaczmarz 1937, for what is curved its
    /// linearisation), a rule and a part of it chosen at random as in WalkSAT (Selman, Kautz & Cohen 1994).
    pub(crate) fn repair(&self, mut point: Point, random: &mut ChaCha8Rng) -> Option<Point> {
        if point.len() != self.parameters().len() {
            return None;
        }
        for round in 0..ROUNDS {
            if !self.tidy(&mut point, random) {
                return None;
            }
            let broken: Vec<usize> = (0..self.rules.len()).filter(|&rule| !self.rules[rule].allows(&point)).collect();
            if broken.is_empty() {
                return self.allows(&point).then_some(point);
            }
            let rule = &self.rules[broken[random.random_range(0..broken.len())]];
            let leaf = rule.condition.broken(&point, rule.wanted, &mut |n| random.random_range(0..n))?;
            // A little beyond the border, but exactly onto an equality.
            let reach = if round % 3 == 0 { 1.0 } else { random.random_range(1.0..1.3) };
            self.mend(&leaf, &mut point, reach, random);
        }
        None
    }

    /// Mixtures that add up, conditional parameters where they should be, settings that exist.
    fn tidy(&self, point: &mut Point, random: &mut ChaCha8Rng) -> bool {
        for blend in &self.blends {
            let Some(mut amounts) = blend.amounts(point) else { return false };
            if !blend.is_kept(&amounts) && !blend.settle(&mut amounts) {
                let Some(set) = blend.sample_set(&mut |n| random.random_range(0..n)) else { return false };
                let units: Vec<f64> = (0..amounts.len()).map(|_| random.random()).collect();
                match blend.fill(&set, &units) {
                    Some(filled) => amounts = filled,
                    None => {
                        let middle =
                            |i: usize| if set.contains(&i) { 0.5 * blend.width(i) + f64::MIN_POSITIVE } else { 0.0 };
                        amounts = (0..amounts.len()).map(middle).collect();
                        if !blend.settle(&mut amounts) {
                            return false;
                        }
                    }
                }
            }
            blend.put(&amounts, point);
        }
        let mut units = Vec::new();
        units.resize_with(self.parameters().len(), || random.random::<f64>());
        self.complete(point, |index| self.parameters()[index].setting(units[index]));
        for (index, parameter) in self.parameters().iter().enumerate() {
            if let (Value::Number(number), None) = (&point[index], self.blend_of(index)) {
                point[index] = parameter.snapped(*number);
            }
        }
        true
    }

    /// Moves the settings a comparison speaks of to where it is as it should be.
    fn mend(&self, leaf: &Leaf<'_>, point: &mut Point, reach: f64, random: &mut ChaCha8Rng) {
        let mut pick = |n: usize| random.random_range(0..n.max(1));
        let spoken = leaf.parameters();
        let named: Vec<usize> =
            spoken.iter().copied().filter(|&i| self.parameters()[i].kind.names().is_some()).collect();
        if !named.is_empty() {
            let index = named[pick(named.len())];
            let names = self.parameters()[index].kind.names().unwrap_or_default();
            let wanted = leaf.level(index, point).filter(|level| names.contains(level));
            point[index] = Value::Level(wanted.unwrap_or_else(|| names[pick(names.len())].clone()));
            return;
        }
        let numeric: Vec<usize> = spoken.into_iter().filter(|&i| point[i].number().is_some()).collect();
        let Some(gap) = leaf.gap(point) else { return };
        let slopes: Vec<(usize, f64)> = numeric.iter().map(|&i| (i, self.slope(leaf, point, i, gap))).collect();
        let free: Vec<(usize, f64)> = slopes.iter().copied().filter(|&(i, _)| self.parameters()[i].is_free()).collect();
        let single = free.is_empty() || pick(3) == 0;
        let chosen = if single && !slopes.is_empty() { vec![slopes[pick(slopes.len())]] } else { free };
        let directions = self.directions(&chosen, point);
        let square: f64 = directions.iter().map(|(_, slope, direction)| slope * direction).sum();
        if !(square.is_finite() && square > 0.0 && gap.is_finite()) {
            // Nothing to follow: anywhere.
            if let Some(&(index, _)) = slopes.get(pick(slopes.len())) {
                self.shift(index, random.random(), point, random);
            }
            return;
        }
        for (index, _, direction) in directions {
            let own = self.parameters()[index].unit_of(point[index].number().unwrap_or_default()).unwrap_or(0.5);
            self.shift(index, own - reach * gap / square * direction, point, random);
        }
    }

    /// Change of a comparison's difference per range of a parameter.
    fn slope(&self, leaf: &Leaf<'_>, point: &Point, index: usize, gap: f64) -> f64 {
        let parameter = &self.parameters()[index];
        let own = parameter.unit_of(point[index].number().unwrap_or_default()).unwrap_or(0.5);
        let step = if own > 0.5 { -STEP } else { STEP };
        let mut moved = point.clone();
        let Some(number) = parameter.relaxed(own + step) else { return 0.0 };
        moved[index] = Value::Number(number);
        let slope = (leaf.gap(&moved).unwrap_or(gap) - gap) / step;
        if slope.is_finite() { slope } else { 0.0 }
    }

    /// For each parameter with its slope the direction to move: against the slope, within the planes of mixtures.
    fn directions(&self, slopes: &[(usize, f64)], point: &Point) -> Vec<(usize, f64, f64)> {
        let mut found: Vec<(usize, f64, f64)> = slopes.iter().map(|&(i, slope)| (i, slope, slope)).collect();
        for blend in &self.blends {
            let Some(amounts) = blend.amounts(point) else { continue };
            let members: Vec<usize> =
                blend.present(&amounts).into_iter().map(|i| blend.mixture.components[i]).collect();
            if !found.iter().any(|(i, ..)| members.contains(i)) {
                continue;
            }
            // Those of the mixture the comparison does not speak of move against the others.
            for &member in &members {
                if !found.iter().any(|(i, ..)| *i == member) {
                    found.push((member, 0.0, 0.0));
                }
            }
            let width = |i: usize| self.parameters()[i].span().map_or(1.0, |(low, high, _)| high - low);
            let own = |entry: &&mut (usize, f64, f64)| members.contains(&entry.0);
            let (mut sum, mut square) = (0.0, 0.0);
            for (i, slope, _) in found.iter_mut().filter(|entry| own(entry)) {
                sum += *slope * width(*i);
                square += width(*i) * width(*i);
            }
            for (i, slope, direction) in found.iter_mut().filter(|entry| own(entry)) {
                *direction = *slope - sum / square * width(*i);
            }
        }
        found
    }

    /// Sets a number by its place in the range; one on steps to a neighbouring step at random.
    fn shift(&self, index: usize, unit: f64, point: &mut Point, random: &mut ChaCha8Rng) {
        let parameter = &self.parameters()[index];
        let Some(number) = parameter.relaxed(unit.clamp(0.0, 1.0)) else { return };
        let in_mixture = self.blend_of(index).is_some();
        point[index] = if in_mixture || parameter.is_free() {
            // Zero would mean that the component is left out.
            Value::Number(if in_mixture { number.max(f64::MIN_POSITIVE) } else { number })
        } else {
            let step = 1.0 / (parameter.count().max(2) - 1) as f64;
            let nudged = unit + step * (random.random::<f64>() - 0.5);
            parameter.setting(nudged)
        };
    }
}
