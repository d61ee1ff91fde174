//! The part of the dry run that looks at time and places: lags, exposure, throughput.

use matdock_message::{Message, say};
use matdock_record::body::Fields;

use super::Checker;
use crate::{
    lab::{DriverSettings, Station},
    physics,
    reader::{self, nearest, shown},
    recipe::Work,
    simulate::simulate,
};

impl Checker<'_> {
    /// Time limits that no schedule can keep.
    pub(super) fn lags(&mut self) {
        for lag in &self.recipe.lags {
            let Some(max) = lag.max else { continue };
            let between: f64 = (0..self.recipe.steps.len())
                .filter(|step| self.recipe.is_before(lag.from, *step) && self.recipe.is_before(*step, lag.to))
                .filter_map(|step| self.durations[step])
                .map(|(low, _)| low)
                .sum();
            let Some(transfer) = self.shortest_transfer(lag.from, lag.to) else { continue };
            // With steps between, the ways between them take time too; the dry run finds that.
            let needed = if between > 0.0 { between } else { transfer };
            if needed > max {
                let name = |step: usize| &self.recipe.steps[step].name;
                let what =
                    say!("lab-check-lag", from = name(lag.from), to = name(lag.to), max = max, needed = shown(needed));
                self.problem(lag.line, &what);
            }
        }
    }

    fn shortest_transfer(&self, from: usize, to: usize) -> Option<f64> {
        let stations = |step: usize| match &self.recipe.steps[step].work {
            Work::Station { capability, .. } => {
                self.lab.offering(capability).map(|(station, _)| station).collect::<Vec<_>>()
            }
            Work::Analysis { .. } | Work::Features { .. } => Vec::new(),
        };
        let ends = stations(to);
        let pairs = stations(from).into_iter().flat_map(|a| ends.iter().map(move |b| (a, *b)).collect::<Vec<_>>());
        let time = |(a, b)| if a == b { 0.0 } else { self.lab.transfer_time(Some(a), Some(b)) };
        pairs.map(time).min_by(f64::total_cmp)
    }

    pub(super) fn exposures(&mut self) {
        for exposure in &self.recipe.exposures {
            for place in &exposure.at {
                let known = || {
                    self.lab.stations.iter().map(|station| station.name.as_str()).chain([self.lab.robot.name.as_str()])
                };
                if known().any(|name| name == place) {
                    continue;
                }
                let what = match nearest(place, known()) {
                    Some(near) => say!("lab-unknown-station-near", name = place, near = near),
                    None => {
                        let known = known().collect::<Vec<_>>().join(", ");
                        say!("lab-unknown-station", name = place, known = known)
                    }
                };
                self.problem(exposure.line, &what);
            }
        }
    }

    /// What is allowed and may still be a mistake.
    pub(super) fn stations(&mut self) {
        let places: usize = self.lab.stations.iter().map(|station| station.places).sum();
        if self.lab.in_flight > places {
            let what = say!("lab-check-in-flight", in_flight = self.lab.in_flight, places = places);
            self.report.warnings.push(what);
        }
        for station in &self.lab.stations {
            self.physics(station);
            let real = !matches!(station.driver, DriverSettings::Simulated { .. });
            if real && station.timeout.is_none() && !station.capabilities.is_empty() {
                let what = say!("lab-check-no-timeout", station = station.name);
                self.report.warnings.push(reader::at_line(&self.lab.file, station.line, &what));
            }
        }
    }

    /// A simulated station whose nature does not know what it offers.
    fn physics(&mut self, station: &Station) {
        let DriverSettings::Simulated { physics: Some(name) } = &station.driver else { return };
        let at = |what: &Message| reader::at_line(&self.lab.file, station.line, what);
        let Some(nature) = physics::by_name(name) else {
            let what = say!("lab-unknown-physics", name = name, known = physics::NAMES.join(", "));
            self.report.problems.push(at(&what));
            return;
        };
        let unknown = station.capabilities.iter().filter(|offered| !nature.capabilities().contains(&&*offered.name));
        let faults: Vec<Message> = unknown
            .map(|offered| {
                let known = nature.capabilities().join(", ");
                at(&say!("lab-check-physics", physics = name, capability = offered.name, known = known))
            })
            .collect();
        self.report.problems.extend(faults);
    }

    /// Runs samples through the lab in virtual time: one alone for limits nobody can keep, several for limits that
    /// traffic makes hard to keep.
    pub(super) fn dry_run(&mut self) {
        let (Some(low), Some(high)) = (self.settings(false), self.settings(true)) else { return };
        let mut alone = Vec::new();
        for settings in [&low, &high] {
            match simulate(self.lab, self.recipe, 1, settings, 0) {
                Ok(run) => {
                    for reason in &run.reasons {
                        let what = say!("lab-check-alone", reason = reason);
                        if !self.report.problems.contains(&what) {
                            self.report.problems.push(what);
                        }
                    }
                    alone.push(run);
                }
                Err(what) => self.report.problems.push(what),
            }
        }
        let makespans = alone.iter().map(|run| run.makespan);
        self.report.duration = super::span(makespans);
        if !self.report.problems.is_empty() {
            return;
        }
        self.report.bottleneck = alone.last().and_then(|run| {
            let busy = run.utilisation.iter().map(|(name, share)| (name.clone(), share * run.makespan));
            busy.max_by(|a, b| a.1.total_cmp(&b.1))
        });
        let samples = (2 * self.lab.in_flight).clamp(2, 40);
        match simulate(self.lab, self.recipe, samples, &high, 0) {
            Ok(run) if run.lost > 0 => {
                let reasons = run.reasons.join("; ");
                let what = say!("lab-check-traffic", lost = run.lost, samples = samples, reasons = reasons);
                self.report.warnings.push(what);
            }
            Ok(_) => {}
            Err(what) => self.report.problems.push(what),
        }
    }

    /// Campaign settings at the lower or upper ends; `None` where the campaign is needed and not known.
    fn settings(&self, upper: bool) -> Option<Fields> {
        let pick = |name: &String| {
            let ends = self.ends(name)?.ok()?;
            let datum = if upper { ends.last() } else { ends.first() };
            Some((name.clone(), datum?.clone()))
        };
        self.report.parameters.iter().map(pick).collect()
    }
}
