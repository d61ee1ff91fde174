//! Polarisation resistance of an electrode film made from powder: the made-up equations.
//!
//! Powder is ground with solvent, binder and dispersant in a bead mill, kneaded, coated with a blade, dried,
//! sintered, and its impedance measured. Nothing here is fitted to a real film; shapes and sizes are chosen to be
//! plausible. What is sensed on the way is marked with *; d, z, h, k are never seen. Shares in %, temperatures in
//! Cel (K in exponentials), R in Ohm.cm2. Each stage begins from what the one before has left:
//!
//! - Milling (speed V m/s, time t min): work w = (V/8)^2.5 t/40, grain d = 0.4 + 4.6 (1 + w)^-1.3 um. Its surface
//!   wants dispersant q = 0.45/d; what is lacking sticks grains together, z = d (1 + 5 exp(-2 (c/q)^2)); what is in
//!   excess, e = (c - 1.3 q + hypot(c - 1.3 q, 0.05))/2, thins the binder and leaves pores: finer powder wants
//!   more dispersant.
//! - Binder solution: B = 0.05 exp(0.55 b - 0.35 e) exp(1800 (1/T - 1/298.15)) Pa.s. Solids fill a share p of the
//!   volume (densities 6 and 0.9), agglomerates hold solvent: K = (1 - p (1 + 0.12 ln(1 + z))/0.62)^-1.8 (after
//!   Krieger and Dougherty).
//! - Kneading (speed n 1/min, time t min, temperature T): the torque* levels off at M = 0.6 + 2.2 (B K)^0.45
//!   (n/60)^0.5 N.m, with the time constant* s = 9 (60/n)^0.8 (1 + 0.25 z) (M/4)^-0.4 exp(2500 (1/T - 1/318.15))
//!   min. Evenness h = 1 - exp(-(t/s)^1.2). With y = (T - 20)/50, z becomes d + (z - d)(1 - 0.7 h) + 2.5 (1 - h) +
//!   0.5 y^3 (skins), and 2.5 y^2 t/45 % of solvent is lost. Work tears the binder, of which b k is left, k = 1/(1 +
//!   (M n t/25000)^2).
//! - Viscosity* N = B K (1 + 1.5 (1 - h)) Pa.s at 25 Cel with the binder, solvent and agglomerates left.
//! - Coating (gap g um, speed v mm/s): force* 0.4 + 12 N^0.8 (v/10)^0.6 (100/g)(1 + 0.3 (1 - h)) N; wet film W =
//!   0.55 g, dry film D = W p/0.58.
//! - Drying (temperature T, air a m/s): rate j = 0.9 a^0.5 exp((T - 80)/28) um/s; the gloss falls* by 35
//!   (j/(W/80))^0.8 / (1 + 0.3 ln(1 + z)) %/min; Peclet number Pe = 0.6 j (W/80) N^0.3, by which binder is carried
//!   up; grains sink by u = 0.15 z/(j N^0.5).
//! - Ripple* = 0.3 + root of the sum of squares of: ribs 1.2 (30 N v/1000)^1.2 (g/100)^0.5, sagging 1.5 (0.6/N)^1.2
//!   (g/100), scratches 0.35 z^1.3 (100/g)^0.5, draught (0.3 a + 0.6 ((T - 20)/60)^1.5)/N^0.5, chatter 0.6
//!   (5/v)^0.8, in um.
//! - Sintering (temperature T, time t h): growth G = exp(-25000 (1/T - 1/1373.15)) (t/2)^0.5; densification S =
//!   exp(-38000 (1/T - 1/1373.15)) (t/2)^0.3 (0.8/z)^0.5; green porosity E = 0.4 + 0.05 ln(1 + z) + 0.012 b + 0.03 e +
//!   0.06 Pe/(1 + Pe) + 0.02 u/(1 + u); porosity* = E (1 - f)/(1 - E f), f = 0.75 S/(1 + S).
//! - R = 0.12 (d/0.5)^0.3 (1 + G)(1 + ((porosity - 0.34)/0.1)^2) [reaction] + 0.05 G^-0.7 [necks] + 0.06 ripple^2/(1 +
//!   ripple/6) + 0.05 (2/(b k))^1.5 [contact] + 0.3 Pe^1.2 [binder on top] + 0.25 u/(1 + u/5) [settling] + 0.2
//!   (D/30 + 30/D - 2) [thickness] + 0.006 w [wear of beads] + 0.01 b (2/t)^0.7 [residue].
//!
//! A trial fails, give or take 3 % from sample to sample, when the kneader is overloaded (M > 15), the slurry too
//! stiff to be coated (N > 60), agglomerates jam under the blade (z > 0.05 g) or the film cracks while drying:
//! stress Pe^0.6 (D/30)^0.8 (0.4 + b k/4)^-0.7 > 2.6.
//!
//! Batches made alike differ: d by 3 %, N by 4 %, ripple by 5 %, E by 0.006, R by 4 % (standard deviations). Beads
//! wear: after n uses the mill acts as V (1 - 0.0004 n).
//!
//! Known optimum: R = 0.556060 Ohm.cm2 where [`optimum`] says; speed and time of the mill count only as work w, so
//! along w = 10.28 there are many as good. Random settings have a median of about five times the optimum.

use matdock_message::{Message, say};
use matdock_record::{Datum, Unit, body::Fields};

/// The settings with the ranges in which it is sensible to search: name, unit, lowest, highest, whether logarithmic.
pub const RANGES: [(&str, &str, f64, f64, bool); 14] = [
    ("solvent_share", "%", 15.0, 40.0, false),
    ("binder_share", "%", 1.0, 8.0, false),
    ("dispersant_share", "%", 0.1, 2.5, false),
    ("mill_speed", "m/s", 4.0, 14.0, false),
    ("mill_time", "min", 5.0, 180.0, true),
    ("kneading_speed", "1/min", 20.0, 120.0, false),
    ("kneading_time", "min", 5.0, 90.0, false),
    ("kneading_temperature", "Cel", 20.0, 70.0, false),
    ("coating_gap", "um", 50.0, 300.0, false),
    ("coating_speed", "mm/s", 2.0, 50.0, true),
    ("drying_temperature", "Cel", 40.0, 140.0, false),
    ("air_flow", "m/s", 0.2, 4.0, true),
    ("sintering_temperature", "Cel", 900.0, 1250.0, false),
    ("sintering_time", "h", 0.5, 8.0, true),
];

/// What is sensed on the way, in the order of the line: name, unit, and how noisy the sensor is, relative to the
/// reading (standard deviation).
pub const SENSED: [(&str, &str, f64); 7] = [
    ("torque_end", "N.m", 0.02),
    ("torque_time", "min", 0.05),
    ("viscosity", "Pa.s", 0.05),
    ("coating_force", "N", 0.03),
    ("gloss_drop", "%/min", 0.04),
    ("ripple", "um", 0.05),
    ("porosity", "1", 0.02),
];

/// How a film is made, in the order and units of [`RANGES`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions(pub [f64; 14]);

impl Conditions {
    /// Reads the settings named in [`RANGES`] in any fitting unit.
    ///
    /// # Errors
    /// A setting is missing, of the wrong unit, or impossible.
    pub fn from_fields(settings: &Fields) -> Result<Self, Message> {
        let mut values = [0.0; 14];
        for (value, (name, ..)) in values.iter_mut().zip(RANGES) {
            *value = number(settings, name, "powder-film")?;
        }
        Ok(Self(values))
    }

    /// The film that comes of it; `scatter` tells by how much each stage (milling, kneading, drying, sintering) is off
    /// its average, in standard deviations (0: none). Source: the head of this file.
    pub fn film(&self, scatter: [f64; 4]) -> Film {
        let [s, b, c, mv, mt, kn, kt, kk, g, v, dt, a, st, sh] = self.0;
        let paste = Milled::new([s, b, c], mv, mt, scatter[0]).knead(kn, kt, kk, scatter[1]);
        paste.coat(g, v).dry(dt, a, scatter[2]).sinter(st, sh, scatter[3])
    }
}

/// Noise-free polarisation resistance \[Ohm.cm2\] for campaign settings; see [`Conditions::from_fields`].
///
/// # Errors
/// A setting is missing, of the wrong unit, or impossible.
pub fn truth(settings: &Fields) -> Result<f64, Message> {
    Conditions::from_fields(settings).map(|conditions| conditions.film([0.0; 4]).resistance())
}

/// The best conditions there are, and their polarisation resistance \[Ohm.cm2\].
pub fn optimum() -> (Conditions, f64) {
    let best = Conditions([
        15.7034, 2.57931, 1.09136, 13.2835, 115.772, 32.6078, 90.0, 36.7644, 62.3188, 6.22812, 61.3136, 0.580857,
        1099.592, 1.50553,
    ]);
    (best, best.film([0.0; 4]).resistance())
}

/// Powder ground in solvent with binder and dispersant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Milled {
    /// Solvent, of the slurry \[%\].
    solvent: f64,
    /// Binder, of the solids \[%\].
    binder: f64,
    /// Dispersant beyond what the surface takes \[%\].
    excess: f64,
    /// Work of the beads.
    energy: f64,
    /// Size of a grain \[um\].
    grain: f64,
    /// Size of an agglomerate \[um\].
    agglomerate: f64,
}

impl Milled {
    /// Shares of solvent, binder and dispersant \[%\]; speed \[m/s\], time \[min\].
    pub fn new([solvent, binder, dispersant]: [f64; 3], speed: f64, time: f64, scatter: f64) -> Self {
        let energy = (speed / 8.0).powf(2.5) * time / 40.0;
        let grain = (0.4 + 4.6 * (1.0 + energy).powf(-1.3)) * (0.03 * scatter).exp();
        let wanted = 0.45 / grain;
        let agglomerate = grain * (1.0 + 5.0 * (-2.0 * (dispersant / wanted).powi(2)).exp());
        // A smooth form of max(0, x), rounded within 0.05 %.
        let beyond = dispersant - 1.3 * wanted;
        let excess = 0.5 * (beyond + beyond.hypot(0.05));
        Self { solvent, binder, excess, energy, grain, agglomerate }
    }

    /// Speed \[1/min\], time \[min\], temperature \[Cel\].
    pub fn knead(self, speed: f64, time: f64, temperature: f64, scatter: f64) -> Paste {
        let solution = solution(self.binder, self.excess, temperature);
        let stiff = solution * crowding(solids(self.solvent), self.agglomerate);
        let torque = 0.6 + 2.2 * stiff.powf(0.45) * (speed / 60.0).sqrt();
        let settling = 9.0
            * (60.0 / speed).powf(0.8)
            * (1.0 + 0.25 * self.agglomerate)
            * (torque / 4.0).powf(-0.4)
            * arrhenius(2500.0, temperature, 318.15);
        let evenness = 1.0 - (-(time / settling).powf(1.2)).exp();
        let loose = self.grain + (self.agglomerate - self.grain) * (1.0 - 0.7 * evenness);
        let warmth = ((temperature - 20.0) / 50.0).max(0.0);
        let agglomerate = loose + 2.5 * (1.0 - evenness) + 0.5 * warmth.powi(3);
        let whole = 1.0 / (1.0 + (torque * speed * time / 25_000.0).powi(2));
        let dried = 2.5 * warmth.powi(2) * time / 45.0;
        let fill = solids((self.solvent - dried).max(1.0));
        let viscosity = solution_at_room(self.binder * whole, self.excess)
            * crowding(fill, agglomerate)
            * (1.0 + 1.5 * (1.0 - evenness))
            * (0.04 * scatter).exp();
        let strength = whole * self.binder;
        Paste { milled: Self { agglomerate, ..self }, torque, settling, evenness, strength, fill, viscosity }
    }
}

/// Kneaded paste, ready to be coated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paste {
    milled: Milled,
    /// Torque of the kneader after it has levelled off \[N.m\].
    pub torque: f64,
    /// Time constant with which the torque levels off \[min\].
    pub settling: f64,
    evenness: f64,
    /// Binder that is left whole \[%\].
    strength: f64,
    /// Share of the volume that is solid.
    fill: f64,
    /// At 25 Cel and 10/s \[Pa.s\].
    pub viscosity: f64,
}

impl Paste {
    /// Gap \[um\], speed \[mm/s\].
    pub fn coat(self, gap: f64, speed: f64) -> Coat {
        let uneven = 1.0 + 0.3 * (1.0 - self.evenness);
        let force = 0.4 + 12.0 * self.viscosity.powf(0.8) * (speed / 10.0).powf(0.6) * (100.0 / gap) * uneven;
        Coat { paste: self, gap, speed, force, wet: 0.55 * gap }
    }
}

/// A wet film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Coat {
    /// What it was coated from.
    pub paste: Paste,
    gap: f64,
    speed: f64,
    /// On the blade \[N\].
    pub force: f64,
    /// Thickness \[um\].
    wet: f64,
}

impl Coat {
    /// Temperature \[Cel\], air \[m/s\].
    pub fn dry(self, temperature: f64, air: f64, scatter: f64) -> Dried {
        let Paste { milled, viscosity, fill, strength, .. } = self.paste;
        let (size, gap) = (milled.agglomerate, self.gap / 100.0);
        let rate = 0.9 * air.sqrt() * ((temperature - 80.0) / 28.0).exp();
        let gloss_drop = 35.0 * (rate / (self.wet / 80.0)).powf(0.8) / (1.0 + 0.3 * size.ln_1p());
        let peclet = 0.6 * rate * (self.wet / 80.0) * viscosity.powf(0.3);
        let ribs = 1.2 * (30.0 * viscosity * self.speed / 1000.0).powf(1.2) * gap.sqrt();
        let sagging = 1.5 * (0.6 / viscosity).powf(1.2) * gap;
        let scratches = 0.35 * size.powf(1.3) / gap.sqrt();
        let draught = (0.3 * air + 0.6 * ((temperature - 20.0).max(0.0) / 60.0).powf(1.5)) / viscosity.sqrt();
        let chatter = 0.6 * (5.0 / self.speed).powf(0.8);
        let rough = (ribs.powi(2) + sagging.powi(2) + scratches.powi(2) + draught.powi(2) + chatter.powi(2)).sqrt();
        let ripple = (0.3 + rough) * (0.05 * scatter).exp();
        let thickness = self.wet * fill / 0.58;
        let stress = peclet.powf(0.6) * (thickness / 30.0).powf(0.8) * (0.4 + strength / 4.0).powf(-0.7);
        let settled = 0.15 * size / (rate * viscosity.sqrt());
        Dried { coat: self, gloss_drop, ripple, rate, peclet, settled, thickness, stress }
    }
}

/// A dried film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dried {
    /// What it was dried from.
    pub coat: Coat,
    /// Fall of the gloss when the surface runs dry \[%/min\].
    pub gloss_drop: f64,
    /// Height of the ripple of the surface \[um\].
    pub ripple: f64,
    /// Speed at which the surface dries \[um/s\].
    rate: f64,
    peclet: f64,
    settled: f64,
    thickness: f64,
    /// Stress; beyond [`CRACKS`] the film cracks.
    stress: f64,
}

impl Dried {
    /// Temperature \[Cel\], time \[h\].
    pub fn sinter(self, temperature: f64, time: f64, scatter: f64) -> Film {
        let Milled { agglomerate: size, binder, excess, .. } = self.coat.paste.milled;
        let growth = arrhenius(-25_000.0, temperature, 1373.15) * (time / 2.0).sqrt();
        let denser = arrhenius(-38_000.0, temperature, 1373.15) * (time / 2.0).powf(0.3) * (0.8 / size).sqrt();
        let carried = self.peclet / (1.0 + self.peclet);
        let settled = self.settled / (1.0 + self.settled);
        let green = 0.4
            + 0.05 * size.ln_1p()
            + 0.012 * binder
            + 0.03 * excess
            + 0.06 * carried
            + 0.02 * settled
            + 0.006 * scatter;
        let closed = 0.75 * denser / (1.0 + denser);
        Film { dried: self, growth, time, porosity: green * (1.0 - closed) / (1.0 - green * closed) }
    }
}

/// A finished film.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Film {
    /// What it was sintered from.
    pub dried: Dried,
    growth: f64,
    /// Of sintering \[h\].
    time: f64,
    /// Share of the volume that is pores.
    pub porosity: f64,
}

/// Torque at which the kneader stops \[N.m\].
const OVERLOAD: f64 = 15.0;
/// Viscosity beyond which a slurry does not spread \[Pa.s\].
const STIFF: f64 = 60.0;
/// Size of agglomerates that jam, of the gap.
const JAM: f64 = 0.05;
/// Stress at which a drying film cracks.
const CRACKS: f64 = 2.6;

/// At which stage a trial ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// The kneader is overloaded.
    Overload,
    /// The slurry is too stiff to be coated.
    Stiff,
    /// Agglomerates jam under the blade.
    Jam,
    /// The film cracks while drying.
    Crack,
}

impl Film {
    /// Noise-free polarisation resistance \[Ohm.cm2\], whether the film is whole or not.
    pub fn resistance(&self) -> f64 {
        let Dried { ripple, peclet, settled, thickness, .. } = self.dried;
        let Paste { milled: Milled { grain, energy, binder, .. }, strength, .. } = self.dried.coat.paste;
        let pores = 1.0 + ((self.porosity - 0.34) / 0.1).powi(2);
        let reaction = 0.12 * (grain / 0.5).powf(0.3) * (1.0 + self.growth) * pores;
        let necks = 0.05 * self.growth.powf(-0.7);
        let contact = 0.06 * ripple.powi(2) / (1.0 + ripple / 6.0) + 0.05 * (2.0 / strength).powf(1.5);
        let carried = 0.3 * peclet.powf(1.2);
        let sunk = 0.25 * settled / (1.0 + settled / 5.0);
        let thick = 0.2 * (thickness / 30.0 + 30.0 / thickness - 2.0);
        let dirt = 0.006 * energy + 0.01 * binder * (2.0 / self.time).powf(0.7);
        let sum = reaction + necks + contact + carried + sunk + thick + dirt;
        // Far outside all sense powers run away; an open circuit is the end of it.
        if sum.is_finite() { sum.min(1e9) } else { 1e9 }
    }

    /// Size of the blobs that pores are made of \[um\].
    pub(crate) fn pore_length(&self) -> f64 {
        (0.12 + 0.1 * self.dried.coat.paste.milled.agglomerate).min(1.2)
    }

    /// What sensors without noise would show, in the order and units of [`SENSED`].
    pub fn sensed(&self) -> [f64; 7] {
        let Coat { paste, force, .. } = self.dried.coat;
        let Dried { gloss_drop, ripple, .. } = self.dried;
        [paste.torque, paste.settling, paste.viscosity, force, gloss_drop, ripple, self.porosity]
    }

    /// Whether the trial ends early, and why; `tolerance` (near 1) is by how much this sample bears more than others.
    pub fn failure(&self, tolerance: f64) -> Option<Failure> {
        let coat = self.dried.coat;
        coat.paste.failure(tolerance).or_else(|| coat.failure(tolerance)).or_else(|| self.dried.failure(tolerance))
    }
}

impl Paste {
    pub(crate) fn failure(&self, tolerance: f64) -> Option<Failure> {
        (self.torque > OVERLOAD * tolerance).then_some(Failure::Overload)
    }
}

impl Coat {
    pub(crate) fn failure(&self, tolerance: f64) -> Option<Failure> {
        if self.paste.viscosity > STIFF * tolerance {
            return Some(Failure::Stiff);
        }
        (self.paste.milled.agglomerate > JAM * self.gap * tolerance).then_some(Failure::Jam)
    }
}

impl Dried {
    /// When the surface runs dry \[s\].
    pub(crate) fn runs_dry(&self) -> f64 {
        0.6 * self.coat.wet / self.rate
    }

    /// Height of what agglomerates scratch into the film \[um\].
    pub(crate) fn scratches(&self) -> f64 {
        0.35 * self.coat.paste.milled.agglomerate.powf(1.3) / (self.coat.gap / 100.0).sqrt()
    }

    pub(crate) fn failure(&self, tolerance: f64) -> Option<Failure> {
        (self.stress > CRACKS * tolerance).then_some(Failure::Crack)
    }
}

/// Viscosity of the binder solution \[Pa.s\]; binder and excess of dispersant \[%\].
fn solution_at_room(binder: f64, excess: f64) -> f64 {
    0.05 * (0.55 * binder - 0.35 * excess).exp()
}

fn solution(binder: f64, excess: f64, temperature: f64) -> f64 {
    solution_at_room(binder, excess) * arrhenius(1800.0, temperature, 298.15)
}

/// exp(a (1/T - 1/T0)); a \[K\], T \[Cel\], T0 \[K\].
fn arrhenius(a: f64, temperature: f64, reference: f64) -> f64 {
    (a * (1.0 / (temperature + 273.15) - 1.0 / reference)).exp()
}

/// Share of the volume that is solid at a share of solvent \[%\].
fn solids(solvent: f64) -> f64 {
    let (solid, liquid) = ((100.0 - solvent) / 6.0, solvent / 0.9);
    solid / (solid + liquid)
}

/// How much stiffer particles make a liquid.
fn crowding(fill: f64, agglomerate: f64) -> f64 {
    let packed = fill * (1.0 + 0.12 * agglomerate.ln_1p()) / 0.62;
    // Where nothing flows any more the law ends.
    (1.0 - packed.min(0.98)).powf(-1.8)
}

/// The setting `name` in the unit of the equations, within what can exist at all.
pub(crate) fn number(settings: &Fields, name: &'static str, capability: &str) -> Result<f64, Message> {
    let range = RANGES.iter().find(|range| range.0 == name);
    let (code, low, high) = match range.map_or("1", |range| range.1) {
        "%" => ("%", 0.0, 99.0),
        "Cel" => ("Cel", -200.0, 2000.0),
        code => (code, 1e-6, 1e6),
    };
    let unit: Unit = code.parse()?;
    let Some(found) = settings.get(name).and_then(Datum::quantity) else {
        return Err(say!("lab-physics-setting-missing", capability = capability, name = name, unit = unit));
    };
    let value = found.to(&unit)?.value;
    if (low..=high).contains(&value) {
        return Ok(value);
    }
    Err(say!(
        "lab-physics-setting-range",
        name = name,
        value = crate::reader::shown_quantity(found),
        low = low,
        high = high,
        unit = unit
    ))
}

#[cfg(test)]
#[path = "powder_film_tests.rs"]
mod tests;
