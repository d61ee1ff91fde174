//! Whether a lab can do a recipe, told before any instrument moves.

mod traffic;

use matdock_message::{Message, say};
use matdock_record::{Datum, Unit};

use crate::{
    Lab, Recipe, analysis,
    executor::setup::{Setup, unknown_parameter},
    reader::{self, nearest, shown},
    recipe::{self, DurationRule, Setting, Work},
};

/// A parameter of a campaign and what it may be set to.
#[derive(Debug, Clone, PartialEq)]
pub struct ParameterRange {
    /// What it is called.
    pub name: String,
    /// Its unit.
    pub unit: Unit,
    /// What it may be.
    pub values: ParameterValues,
}

/// What a parameter of a campaign may be set to.
#[derive(Debug, Clone, PartialEq)]
pub enum ParameterValues {
    /// Numbers from `low` to `high`.
    Range {
        /// Lowest.
        low: f64,
        /// Highest.
        high: f64,
    },
    /// A few numbers.
    Levels(Vec<f64>),
    /// A few words.
    Choices(Vec<String>),
}

/// What the dry run found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CheckReport {
    /// What has to be mended before the recipe can run.
    pub problems: Vec<Message>,
    /// What may be meant so and may be a mistake.
    pub warnings: Vec<Message>,
    /// Shortest and longest planned time of one sample alone in the lab \[s\].
    pub duration: Option<(f64, f64)>,
    /// The station or robot that limits the throughput, and its time per sample \[s\].
    pub bottleneck: Option<(String, f64)>,
    /// Campaign parameters that the recipe uses.
    pub parameters: Vec<String>,
}

/// Dry run of a recipe on a lab, without any instrument: capabilities, units, limits, lags, exposure, deadlocks.
///
/// Without campaign parameters only what the recipe itself says is checked, and a warning names the parameters that
/// were not.
pub fn check(lab: &Lab, recipe: &Recipe, parameters: Option<&[ParameterRange]>) -> CheckReport {
    let mut checker = Checker {
        lab,
        recipe,
        setup: Setup::new(lab.clone(), recipe.clone()),
        parameters,
        report: CheckReport { parameters: recipe.parameters(), ..CheckReport::default() },
        durations: vec![None; recipe.steps.len()],
    };
    checker.parameters();
    for (index, step) in recipe.steps.iter().enumerate() {
        match &step.work {
            Work::Station { .. } => checker.station_step(index),
            Work::Analysis { .. } => checker.analysis_step(index),
            Work::Features { .. } => checker.features_step(index),
        }
    }
    checker.outputs();
    checker.lags();
    checker.exposures();
    checker.stations();
    if checker.report.problems.is_empty() {
        checker.dry_run();
    }
    checker.report
}

/// A check under way.
struct Checker<'a> {
    lab: &'a Lab,
    recipe: &'a Recipe,
    setup: Setup,
    parameters: Option<&'a [ParameterRange]>,
    report: CheckReport,
    /// Shortest and longest planned duration per step \[s\], where known.
    durations: Vec<Option<(f64, f64)>>,
}

impl Checker<'_> {
    fn problem(&mut self, line: usize, what: &Message) {
        let message = reader::at_line(&self.recipe.file, line, what);
        if !self.report.problems.contains(&message) {
            self.report.problems.push(message);
        }
    }

    fn parameters(&mut self) {
        if self.parameters.is_none() && !self.report.parameters.is_empty() {
            let names = self.report.parameters.join(", ");
            self.report.warnings.push(say!("lab-check-no-campaign", names = names));
        }
        for parameter in self.parameters.unwrap_or_default() {
            if !self.report.parameters.contains(&parameter.name) {
                self.report.warnings.push(say!("lab-check-unused", name = parameter.name));
            }
        }
    }

    /// The ends of what a parameter can be; `None` where the campaign is not known.
    fn ends(&self, name: &str) -> Option<Result<Vec<Datum>, Message>> {
        let parameters = self.parameters?;
        let Some(found) = parameters.iter().find(|parameter| parameter.name == name) else {
            return Some(Err(recipe::unbound(name, parameters.iter().map(|parameter| parameter.name.as_str()))));
        };
        let number = |value: f64| Datum::number(value, &found.unit);
        Some(Ok(match &found.values {
            ParameterValues::Range { low, high } => vec![number(*low), number(*high)],
            ParameterValues::Levels(levels) => levels.iter().copied().map(number).collect(),
            ParameterValues::Choices(choices) => choices.iter().cloned().map(Datum::Text).collect(),
        }))
    }

    /// Everything a setting can be; empty where it is not known.
    fn values(&self, setting: &Setting) -> Result<Vec<Datum>, Message> {
        match setting {
            Setting::Constant(datum) => Ok(vec![datum.clone()]),
            Setting::Parameter(name) => self.ends(name).unwrap_or_else(|| Ok(Vec::new())),
        }
    }

    fn station_step(&mut self, index: usize) {
        let step = &self.recipe.steps[index];
        let Work::Station { capability, duration, .. } = &step.work else { return };
        let offers: Vec<usize> = self.lab.offering(capability).map(|(station, _)| station).collect();
        if offers.is_empty() {
            let what = self.not_offered(capability);
            self.problem(step.line, &say!("lab-step", step = step.name, what = what));
            return;
        }
        let mut best: Option<Vec<Message>> = None;
        for station in offers {
            let found = self.faults_at(index, station);
            if best.as_ref().is_none_or(|fewest| found.len() < fewest.len()) {
                best = Some(found);
            }
        }
        let mut faults = best.unwrap_or_default();
        match duration.as_ref().map(|rule| self.seconds(rule)) {
            Some(Ok(span)) => self.durations[index] = span,
            Some(Err(what)) => faults.push(say!("lab-setting", name = "duration", what = what)),
            None => {
                let times = self.lab.offering(capability).filter_map(|(_, offered)| offered.process_time);
                self.durations[index] = span(times);
            }
        }
        for what in faults {
            self.problem(step.line, &say!("lab-step", step = step.name, what = what));
        }
    }

    fn not_offered(&self, capability: &str) -> Message {
        let known = || self.lab.stations.iter().flat_map(|s| s.capabilities.iter().map(|c| c.name.as_str()));
        match nearest(capability, known()) {
            Some(near) => say!("lab-not-offered-near", capability = capability, near = near),
            None => say!("lab-not-offered", capability = capability),
        }
    }

    /// Shortest and longest time \[s\] a rule gives.
    fn seconds(&self, rule: &DurationRule) -> Result<Option<(f64, f64)>, Message> {
        let times: Vec<f64> =
            self.values(rule.setting())?.iter().map(|datum| rule.of_datum(datum)).collect::<Result<_, _>>()?;
        Ok(span(times.into_iter()))
    }

    /// What keeps a station from doing a step.
    fn faults_at(&self, index: usize, station: usize) -> Vec<Message> {
        let Work::Station { settings, duration, capability } = &self.recipe.steps[index].work else {
            return Vec::new();
        };
        let station = &self.lab.stations[station];
        let Some(offered) = station.capability(capability) else { return Vec::new() };
        let mut faults = Vec::new();
        for (name, setting) in settings {
            let Some(parameter) = offered.parameters.iter().find(|parameter| parameter.name == *name) else {
                faults.push(unknown_parameter(name, station, offered));
                continue;
            };
            match self.values(setting) {
                Ok(values) => {
                    let unfit = values.iter().filter_map(|datum| parameter.limit.fit(datum, name).err());
                    faults.extend(unfit.map(|what| match setting {
                        Setting::Parameter(bound) => say!("lab-check-bound", name = bound, what = what),
                        Setting::Constant(_) => what,
                    }));
                }
                Err(what) => faults.push(what),
            }
        }
        for parameter in &offered.parameters {
            if parameter.default.is_none() && !settings.contains_key(&parameter.name) {
                faults.push(say!("lab-setting-missing", name = parameter.name, station = station.name));
            }
        }
        if duration.is_none() && offered.process_time.is_none() {
            faults.push(say!("lab-no-duration", station = station.name));
        }
        let longest = match duration {
            Some(rule) => self.seconds(rule).ok().flatten().map(|(_, high)| high),
            None => offered.process_time,
        };
        if let (Some(timeout), Some(longest)) = (station.timeout, longest)
            && longest >= timeout
        {
            faults.push(say!(
                "lab-check-timeout",
                station = station.name,
                timeout = timeout,
                duration = shown(longest)
            ));
        }
        faults
    }

    fn analysis_step(&mut self, index: usize) {
        let step = &self.recipe.steps[index];
        let Work::Analysis { analysis, from, stream, settings } = &step.work else { return };
        let Some(method) = analysis::by_name(analysis) else {
            let what = match nearest(analysis, analysis::NAMES.into_iter()) {
                Some(near) => say!("lab-unknown-analysis-near", name = analysis, near = near),
                None => say!("lab-unknown-analysis", name = analysis, known = analysis::NAMES.join(", ")),
            };
            self.problem(step.line, &what);
            return;
        };
        if !self.setup.is_station_step(*from) {
            self.problem(step.line, &say!("lab-check-from", step = step.name, from = self.recipe.steps[*from].name));
        }
        if method.stream() != stream {
            let what = say!("lab-check-stream", step = step.name, stream = stream, wanted = method.stream());
            self.report.warnings.push(reader::at_line(&self.recipe.file, step.line, &what));
        }
        for (name, unit) in method.settings() {
            let fits = |datum: &Datum| match (datum, unit.parse::<Unit>()) {
                (Datum::Quantity(quantity), Ok(unit)) => quantity.unit.fits(&unit),
                _ => true,
            };
            if !settings.get(*name).is_some_and(fits) {
                let what = say!("lab-analysis-setting-missing", name = name, unit = unit);
                self.problem(step.line, &say!("lab-step", step = step.name, what = what));
            }
        }
        for name in settings.keys() {
            if !method.settings().iter().any(|(known, _)| known == name) {
                let known = method.settings().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
                let what = say!("lab-unknown-key", key = name, known = known);
                self.problem(step.line, &say!("lab-step", step = step.name, what = what));
            }
        }
    }

    fn features_step(&mut self, index: usize) {
        let Work::Features { from, .. } = &self.recipe.steps[index].work else { return };
        if !self.setup.is_station_step(*from) {
            let step = &self.recipe.steps[index];
            self.problem(step.line, &say!("lab-check-feature", step = self.recipe.steps[*from].name));
        }
    }

    fn outputs(&mut self) {
        for output in &self.recipe.outputs {
            let step = &self.recipe.steps[output.step];
            let Work::Analysis { analysis, .. } = &step.work else { continue };
            let Some(method) = analysis::by_name(analysis) else { continue };
            if !method.outputs().iter().any(|(name, _)| *name == output.value) {
                let known = method.outputs().iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
                let what = say!("lab-check-output", name = output.name, value = output.value, known = known);
                self.problem(step.line, &what);
            }
        }
    }
}

fn span(times: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    times.fold(None, |span, time| match span {
        Some((low, high)) => Some((f64::min(low, time), f64::max(high, time))),
        None => Some((time, time)),
    })
}

#[cfg(test)]
mod tests;
