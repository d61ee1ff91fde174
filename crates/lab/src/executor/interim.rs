//! Looking at a sample before it is finished: features of what a step has yielded so far, and ending a sample early.

use matdock_message::{Message, say};
use matdock_record::{Datum, Outcome, Timestamp, body::Fields};

use super::{
    Executor, Happening,
    state::{Flight, Open, Progress},
};
use crate::{
    ActionId, Event, Journal, Reply, Stream,
    driver::Request,
    feature::{self, Feature, Yield},
    recipe::Work,
};

impl<J: Journal> Executor<J> {
    /// When the step of an action is looked at next; `None` when not before its end.
    pub(super) fn next_look(&self, open: &Open) -> Option<Timestamp> {
        let step = open.step?;
        let share = self.setup.recipe.live.get(open.looked)?;
        let wanted = self.state.flights[open.flight].verdict.is_none() && self.features_of(step).next().is_some();
        wanted.then(|| open.started.plus_seconds(share * open.action.duration))
    }

    /// Features that the recipe takes from a step.
    fn features_of(&self, step: usize) -> impl Iterator<Item = &Feature> {
        let works = self.setup.recipe.steps.iter().filter_map(move |other| match &other.work {
            Work::Features { from, features } if *from == step => Some(features),
            _ => None,
        });
        works.flatten()
    }

    /// Looks at the step or sample that is due first, if one is; then the rules of the recipe are applied.
    pub(super) fn look(&mut self, seen: &mut Vec<Happening>) -> Result<bool, Message> {
        if self.setup.recipe.live.is_empty() {
            return Ok(false);
        }
        let Some((index, step, share, values)) = self.look_at_end().or_else(|| self.look_within()) else {
            return Ok(false);
        };
        let sample = self.state.flights[index].id;
        let name = self.setup.recipe.steps[step].name.clone();
        self.write(Event::Interim { sample, step: name, share, values: values.clone() })?;
        self.tell(index, step, share, values, seen)?;
        Ok(true)
    }

    /// Tells what was seen of a sample and applies the rules of the recipe.
    pub(super) fn tell(
        &mut self,
        index: usize,
        step: usize,
        share: f64,
        values: Fields,
        seen: &mut Vec<Happening>,
    ) -> Result<(), Message> {
        let (sample, name) = (self.state.flights[index].id, self.setup.recipe.steps[step].name.clone());
        seen.push(Happening::Interim { sample, step: name, share, values: values.clone() });
        self.apply_rules(index, step, share, &values, seen)
    }

    /// A step that has ended while others are still to be done.
    fn look_at_end(&self) -> Option<(usize, usize, f64, Fields)> {
        let wanted = |flight: &&Flight| flight.verdict.is_none() && !flight.through(&self.setup) && !flight.finished;
        let index = self.state.active.iter().copied().find(|index| {
            let flight = &self.state.flights[*index];
            wanted(&flight) && self.ended_unseen(flight).is_some()
        })?;
        let flight = &self.state.flights[index];
        Some((index, self.ended_unseen(flight)?, 1.0, self.seen_of(flight)))
    }

    fn ended_unseen(&self, flight: &Flight) -> Option<usize> {
        let done = |step: &usize| matches!(flight.steps[*step], Progress::Done { .. });
        let unseen = |step: &usize| !flight.looked[*step] && self.setup.is_station_step(*step);
        (0..flight.steps.len()).filter(done).filter(unseen).find(|step| self.is_computed(flight, *step))
    }

    /// Whether the features of a step that has ended are there; programs may take a while.
    fn is_computed(&self, flight: &Flight, step: usize) -> bool {
        self.setup.recipe.steps.iter().zip(&flight.steps).all(|(other, progress)| match &other.work {
            Work::Features { from, .. } if *from == step => matches!(progress, Progress::Done { .. }),
            _ => true,
        })
    }

    /// A step going on of which a part is over.
    fn look_within(&self) -> Option<(usize, usize, f64, Fields)> {
        let now = self.now();
        let due = self.state.open.values().filter_map(|open| Some((self.next_look(open)?, open.action.id)));
        let (at, id) = due.filter(|(at, _)| *at <= now).min()?;
        let open = self.state.open.get(&id)?;
        let (step, share) = (open.step?, *self.setup.recipe.live.get(open.looked)?);
        let flight = &self.state.flights[open.flight];
        let mut values = self.seen_of(flight);
        // Programs of the user's own compute at the end: the lab does not wait for them.
        let features: Vec<Feature> = self.features_of(step).filter(|f| !f.is_by_program()).cloned().collect();
        let streams = self.series_until(open, at.seconds_since(open.started));
        let computed = feature::compute(&features, Yield { streams: &streams, images: &[], values: None });
        values.extend(computed.into_iter().filter(|(_, datum)| !matches!(datum, Datum::Missing(_))));
        Some((open.flight, step, share, values))
    }

    /// What a finished sample would report, as far as it is known.
    fn seen_of(&self, flight: &Flight) -> Fields {
        let outputs = self.setup.outputs(&flight.values, None);
        outputs.into_iter().filter(|(_, datum)| !matches!(datum, Datum::Missing(_))).collect()
    }

    /// The series of an action until `elapsed` seconds after its begin. One whose axis is no time comes at the end.
    fn series_until(&self, open: &Open, elapsed: f64) -> Vec<Stream> {
        let known = self.answers.get(&open.action.id).map(|(_, reply)| reply.streams.as_slice());
        let told = known.or_else(|| self.so_far.get(&open.action.id).map(Vec::as_slice));
        let streams = told.unwrap_or_default();
        streams.iter().filter_map(|stream| until(stream, elapsed)).collect()
    }

    fn apply_rules(
        &mut self,
        index: usize,
        step: usize,
        share: f64,
        values: &Fields,
        seen: &mut Vec<Happening>,
    ) -> Result<(), Message> {
        let broken = self.setup.recipe.stops.iter().find_map(|rule| Some((rule, rule.broken_by(values, share)?)));
        let Some((rule, value)) = broken else { return Ok(()) };
        let reason = say!(
            "lab-stopped-by-rule",
            step = self.setup.recipe.steps[step].name,
            share = percent(share),
            rule = rule.text,
            value = crate::reader::shown_datum(value)
        );
        self.stop_flight(index, reason.to_string(), Fields::new(), seen)
    }

    /// Ends a sample early.
    pub(super) fn stop_flight(
        &mut self,
        index: usize,
        reason: String,
        limits: Fields,
        seen: &mut Vec<Happening>,
    ) -> Result<(), Message> {
        let (sample, spared) = (self.state.flights[index].id, self.planned_rest(index));
        self.write(Event::StopAsked { sample, reason: reason.clone(), spared, limits })?;
        seen.push(Happening::Stopped { sample, reason, spared });
        if let Some(action) = self.state.flights[index].busy {
            self.cut(action);
        }
        self.settle(seen)
    }

    /// Ends an action of a sample that is ended early, where its station can.
    pub(super) fn cut(&mut self, id: ActionId) {
        let Some(open) = self.state.open.get(&id).filter(|open| open.stopped) else { return };
        let now = self.now();
        let request = Request { past: &self.state.flights[open.flight].past, ..self.request(open) };
        let streams = self.series_until(open, now.seconds_since(open.started));
        let Some(driver) = self.drivers.by_name.get_mut(self.setup.unit_name(open.unit)) else { return };
        let due = self.answers.get(&id).is_some_and(|(due, _)| *due <= now);
        if driver.stop(&request) && !due {
            self.answers.insert(id, (now, Reply { streams, ..Reply::of(Outcome::Succeeded) }));
        }
    }

    /// Planned time of the steps at stations that have not begun, and what is left of one that can be ended before its end
    /// \[s\]; of several ways the shortest.
    fn planned_rest(&self, index: usize) -> f64 {
        let flight = &self.state.flights[index];
        let waiting = (0..flight.steps.len()).filter(|step| flight.steps[*step] == Progress::Waiting);
        let shortest = |step: usize| flight.ways[step].iter().map(|way| way.duration).min_by(f64::total_cmp);
        let running = flight.busy.and_then(|action| self.state.open.get(&action));
        let cut = running.filter(|open| self.setup.is_stoppable(open));
        let left = cut.map(|open| (open.action.duration - self.now().seconds_since(open.started)).max(0.0));
        waiting.filter_map(shortest).sum::<f64>() + left.unwrap_or_default()
    }
}

/// A share for people, such as `50`.
fn percent(share: f64) -> String {
    format!("{:.0}", 100.0 * share)
}

/// The rows of a series until `elapsed` seconds; `None` where its axis is no time.
fn until(stream: &Stream, elapsed: f64) -> Option<Stream> {
    let second = "s".parse().ok()?;
    let (axis, times) = (stream.columns.first()?, stream.data.first()?);
    axis.unit.convert(1.0, &second).ok()?;
    let seen = |time: &f64| axis.unit.convert(*time, &second).is_ok_and(|time| time <= elapsed);
    let rows: Vec<usize> = (0..times.len()).filter(|row| seen(&times[*row])).collect();
    let data = stream.data.iter().map(|column| rows.iter().filter_map(|row| column.get(*row).copied()).collect());
    Some(Stream { name: stream.name.clone(), columns: stream.columns.clone(), data: data.collect() })
}
