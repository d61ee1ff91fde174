//! Points spread over what ranges and rules allow.

use std::collections::HashSet;

use matdock_message::{Message, say};
use rand::RngExt;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use super::{Point, Ranges, Value, key};

/// Dimensions the Sobol numbers cover; beyond them plain random numbers do.
const SOBOL_DIMENSIONS: usize = 250;
/// Sobol numbers tried.
const TRIED: usize = 1 << 14;
/// Points repaired when the rules are checked, and allowed ones kept.
const REPAIRED: usize = 300;
const ANCHORS: usize = 16;

impl Ranges {
    /// `count` points of a scrambled Sobol sequence, those the rules allow. Where the rules leave so little that the
    /// sequence does not hit it often enough, the rest comes from random walks within what is allowed.
    ///
    /// Source: Burley, Practical hash-based Owen scrambling, JCGT 2020 (crate `sobol_burley`, direction numbers of
    /// Joe & Kuo); walks: Smith, Operations Research 32, 1296 (1984), hit-and-run.
    pub(crate) fn draw(&self, count: usize, seed: u64) -> Vec<Point> {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let scramble = random.random::<u32>();
        if !self.is_ruled() {
            return (0..count).map(|number| self.free_point(number, scramble, &mut random)).collect();
        }
        let mut found = Vec::new();
        for number in 0..TRIED.max(count).min(count.saturating_mul(64).max(1024)) {
            if found.len() == count {
                return found;
            }
            let point = self.ruled_point(number, scramble, &mut random);
            found.extend(point.filter(|point| self.allows(point)));
        }
        self.walked(found, count, &mut random)
    }

    fn unit(number: usize, dimension: usize, scramble: u32, random: &mut ChaCha8Rng) -> f64 {
        if dimension < SOBOL_DIMENSIONS && number < 1 << 16 {
            f64::from(sobol_burley::sample(number as u32, dimension as u32, scramble))
        } else {
            random.random::<f64>()
        }
    }

    fn free_point(&self, number: usize, scramble: u32, random: &mut ChaCha8Rng) -> Point {
        let parameters = self.parameters().iter().enumerate();
        parameters.map(|(index, p)| p.setting(Self::unit(number, index, scramble, random))).collect()
    }

    /// Point number `number` of the sequence with mixtures and conditions; the rules may still be broken.
    fn ruled_point(&self, number: usize, scramble: u32, random: &mut ChaCha8Rng) -> Option<Point> {
        let mut point = self.free_point(number, scramble, random);
        for blend in &self.blends {
            let components = &blend.mixture.components;
            let units: Vec<f64> = components.iter().map(|&c| Self::unit(number, c, scramble, random)).collect();
            let set = blend.sample_set(&mut |n| random.random_range(0..n.max(1)))?;
            blend.put(&blend.fill(&set, &units)?, &mut point);
        }
        let units: Vec<Value> = point.clone();
        self.complete(&mut point, |index| units[index].clone());
        Some(point)
    }

    /// Adds points to `found` by walks from allowed points until there are `count`, or nothing new comes.
    fn walked(&self, found: Vec<Point>, count: usize, random: &mut ChaCha8Rng) -> Vec<Point> {
        let mut starts: Vec<Point> = found.iter().chain(&self.anchors).cloned().collect();
        let mut all = found;
        let mut seen: HashSet<_> = all.iter().map(|point| key(point)).collect();
        let mut idle = 0;
        while all.len() < count && !starts.is_empty() && idle < 2 * count + 50 {
            let start = random.random_range(0..starts.len());
            let mut point = starts[start].clone();
            for _ in 0..4 + 2 * self.parameters().len().min(20) {
                self.step(&mut point, random);
            }
            // Walks cannot move along an equality: repaired points reach the rest of it.
            if seen.contains(&key(&point)) {
                let number = random.random_range(0..1 << 16);
                let scramble = random.random();
                let other = self.ruled_point(number, scramble, random);
                if let Some(other) = other.and_then(|other| self.repair(other, random)) {
                    point = other;
                }
            }
            if self.allows(&point) && seen.insert(key(&point)) {
                starts[start] = point.clone();
                all.push(point);
            } else {
                idle += 1;
            }
        }
        all
    }

    /// One random step of a walk that stays within what is allowed.
    fn step(&self, point: &mut Point, random: &mut ChaCha8Rng) {
        let kinds = 2 + self.blends.len();
        let moved = match random.random_range(0..kinds) {
            0 => self.line(point, random),
            1 => self.other_setting(point, random),
            blend => self.other_mixture(point, blend - 2, random),
        };
        if let Some(moved) = moved {
            *point = moved;
        }
    }

    /// A point on a random line through `point`: the piece of the line is shortened until a point on it is allowed.
    fn line(&self, point: &Point, random: &mut ChaCha8Rng) -> Option<Point> {
        let alone = random.random_range(0..3) == 0;
        let only = random.random_range(0..point.len());
        let mut direction = vec![0.0; point.len()];
        let mut units = vec![0.0; point.len()];
        for (index, parameter) in self.parameters().iter().enumerate() {
            let own = point[index].number().and_then(|number| parameter.unit_of(number));
            if let (Some(own), None) = (own, self.blend_of(index))
                && (!alone || only == index)
            {
                units[index] = own;
                direction[index] = StandardNormal.sample(random);
            }
        }
        let mut amounts: Vec<Vec<f64>> = self.blends.iter().filter_map(|blend| blend.amounts(point)).collect();
        let mut turns: Vec<Vec<f64>> = Vec::new();
        for (blend, amounts) in self.blends.iter().zip(&mut amounts) {
            let set = blend.present(amounts);
            let mut turn = vec![0.0; amounts.len()];
            let (mut sum, mut square) = (0.0, 0.0);
            for &i in &set {
                let own: f64 = StandardNormal.sample(random);
                turn[i] = own * blend.width(i);
                sum += turn[i];
                square += blend.width(i).powi(2);
            }
            set.iter().for_each(|&i| turn[i] -= sum / square * blend.width(i).powi(2));
            turns.push(turn);
        }
        let (mut low, mut high) = (-1.0f64, 1.0f64);
        for _ in 0..24 {
            let t: f64 = random.random_range(low..high);
            if t >= 0.0 {
                high = t
            } else {
                low = t
            }
            let mut moved = point.clone();
            for (index, parameter) in self.parameters().iter().enumerate() {
                if direction[index] != 0.0 {
                    let number = parameter.relaxed(units[index] + t * direction[index]);
                    moved[index] = parameter.snapped(number.unwrap_or_default());
                }
            }
            let mut sound = true;
            for ((blend, amounts), turn) in self.blends.iter().zip(&amounts).zip(&turns) {
                let mut other: Vec<f64> = amounts.iter().zip(turn).map(|(a, d)| a + t * d).collect();
                sound &= blend.settle(&mut other);
                blend.put(&other, &mut moved);
            }
            let there = moved.clone();
            self.complete(&mut moved, |index| there[index].clone());
            if sound && self.allows(&moved) {
                return Some(moved);
            }
            if high - low < 1e-12 {
                break;
            }
        }
        None
    }

    /// Another setting of one parameter.
    fn other_setting(&self, point: &Point, random: &mut ChaCha8Rng) -> Option<Point> {
        for _ in 0..4 {
            let index = random.random_range(0..point.len());
            if self.blend_of(index).is_some() || point[index] == Value::Absent {
                continue;
            }
            let mut moved = point.clone();
            moved[index] = self.parameters()[index].setting(random.random());
            let units: Vec<f64> = (0..point.len()).map(|_| random.random()).collect();
            self.complete(&mut moved, |index| self.parameters()[index].setting(units[index]));
            if self.allows(&moved) {
                return Some(moved);
            }
        }
        None
    }

    /// Other components in a mixture.
    fn other_mixture(&self, point: &Point, blend: usize, random: &mut ChaCha8Rng) -> Option<Point> {
        let blend = &self.blends[blend];
        let set = blend.sample_set(&mut |n| random.random_range(0..n.max(1)))?;
        let units: Vec<f64> = blend.mixture.components.iter().map(|_| random.random()).collect();
        let mut moved = point.clone();
        blend.put(&blend.fill(&set, &units)?, &mut moved);
        let there: Vec<f64> = (0..point.len()).map(|_| random.random()).collect();
        self.complete(&mut moved, |index| self.parameters()[index].setting(there[index]));
        self.allows(&moved).then_some(moved)
    }

    /// A few allowed points, or an error that names the rules that contradict one another.
    pub(super) fn find_anchors(&self) -> Result<Vec<Point>, Message> {
        let found = self.search_anchors();
        if !found.is_empty() {
            return Ok(found);
        }
        if self.without_rules(&[]).search_anchors().is_empty() {
            // Nothing but a mixture's steps can be to blame.
            let blend = self.blends.iter().find(|blend| blend.has_steps()).or(self.blends.first());
            return Err(blend.map_or_else(|| say!("plan-rules-none"), |blend| blend.infeasible_steps()));
        }
        // Leave out one rule after the other; those without which something is allowed contradict one another.
        let mut kept: Vec<usize> = (0..self.rules.len()).collect();
        let mut index = 0;
        while index < kept.len() && self.rules.len() <= 64 {
            let fewer: Vec<usize> = kept.iter().copied().filter(|&rule| rule != kept[index]).collect();
            if self.without_rules(&fewer).search_anchors().is_empty() { kept = fewer } else { index += 1 }
        }
        Err(match kept.as_slice() {
            [_] => say!("plan-rules-one", rule = self.shown(&kept)),
            _ => say!("plan-rules-contradict", rules = self.shown(&kept)),
        })
    }

    /// The same ranges with only some of the rules.
    fn without_rules(&self, kept: &[usize]) -> Self {
        let mut other = self.clone();
        other.rules = kept.iter().map(|&rule| self.rules[rule].clone()).collect();
        other
    }

    fn search_anchors(&self) -> Vec<Point> {
        let mut random = ChaCha8Rng::seed_from_u64(0x616e_6368);
        let mut found: Vec<Point> = Vec::new();
        for number in 0..REPAIRED {
            let Some(point) = self.ruled_point(number, 0x7275_6c65, &mut random).or_else(|| self.settled(&mut random))
            else {
                continue;
            };
            if let Some(point) = self.repair(point, &mut random)
                && !found.contains(&point)
            {
                found.push(point);
            }
            if found.len() >= ANCHORS {
                break;
            }
        }
        found
    }

    /// A point whose mixtures settle from a middle, where limits leave too little to be hit at random.
    fn settled(&self, random: &mut ChaCha8Rng) -> Option<Point> {
        let mut point: Point = self.parameters().iter().map(|p| p.setting(random.random())).collect();
        for blend in &self.blends {
            let set = blend.sample_set(&mut |n| random.random_range(0..n.max(1)))?;
            let mut amounts = vec![0.0; blend.mixture.components.len()];
            set.iter().for_each(|&i| amounts[i] = (random.random::<f64>() * blend.width(i)).max(f64::MIN_POSITIVE));
            if !blend.settle(&mut amounts) {
                return None;
            }
            blend.put(&amounts, &mut point);
        }
        let there = point.clone();
        self.complete(&mut point, |index| there[index].clone());
        Some(point)
    }
}
