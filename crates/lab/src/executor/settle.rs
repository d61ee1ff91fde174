//! What follows from an event: results taken in, analyses made, samples declared finished.

use matdock_message::{Message, say};
use matdock_record::{Datum, Outcome, Timestamp, body::Fields};

use super::{
    Executor, Happening, just_after,
    programs::Computed,
    state::{Flight, Open, Place, Progress},
};
use crate::{
    ActionId, Event, Image, Journal, Reply, Stream, analysis,
    driver::{Arrival, News},
    feature::{self, Feature, Yield},
    recipe::Work,
};

impl<J: Journal> Executor<J> {
    /// Ends the action that is due first, if one is.
    pub(super) fn end_one(&mut self, seen: &mut Vec<Happening>) -> Result<bool, Message> {
        let now = self.now();
        let answered = self.answers.iter().map(|(id, (due, _))| (*due, 0, *id));
        let lost = self.state.open.values().filter_map(|open| Some((self.gives_up_at(open)?, 1, open.action.id)));
        let first = answered.chain(lost).filter(|(due, _, _)| *due <= now).min();
        let Some((_, kind, id)) = first else { return Ok(false) };
        let known = self.answers.remove(&id);
        let Some(open) = self.state.open.get(&id).cloned() else { return Ok(true) };
        let (ended, reply) = match known.filter(|_| kind == 0) {
            Some((due, reply)) => (due, checked(reply)),
            None => {
                let why = say!("lab-no-answer", seconds = self.timeout(open.unit).unwrap_or_default());
                (now, Reply::of(Outcome::Uncertain(why.to_string())))
            }
        };
        self.returned(open, ended, reply, seen)?;
        Ok(true)
    }

    fn returned(
        &mut self,
        open: Open,
        ended: Timestamp,
        reply: Reply,
        seen: &mut Vec<Happening>,
    ) -> Result<(), Message> {
        let reply = match &self.state.flights[open.flight].verdict {
            // It was ended before its end: what it yielded is not what a whole step yields.
            Some(verdict) if open.stopped && reply.outcome.is_success() => Reply { outcome: verdict.clone(), ..reply },
            _ => reply,
        };
        let (started, outcome, unit) = (open.started, reply.outcome.clone(), open.unit);
        let was_out = self.state.out[unit].is_some();
        self.so_far.remove(&open.action.id);
        let (streams, images) = (self.wanted(&open, &reply), self.wanted_images(&open, &reply));
        self.write(Event::Returned { action: open.action.id, started, ended, reply })?;
        self.streams.extend(streams);
        self.images.extend(images);
        seen.push(Happening::Ended { action: open.action, started, ended, outcome });
        let flight = &self.state.flights[open.flight];
        if flight.place == Place::Gone {
            seen.push(Happening::Left { sample: flight.id });
        }
        if let Some(reason) = self.state.out[unit].clone().filter(|_| !was_out) {
            seen.push(Happening::StationOut { station: self.setup.unit_name(unit).to_owned(), reason });
        }
        Ok(())
    }

    /// The streams of an answer that an analysis will ask for.
    fn wanted(&self, open: &Open, reply: &Reply) -> Vec<(ActionId, Stream)> {
        let Some(step) = open.step else { return Vec::new() };
        let asked = |name: &str| {
            self.setup.recipe.steps.iter().any(|other| match &other.work {
                Work::Analysis { from, stream, .. } => *from == step && stream == name,
                Work::Features { from, features } => *from == step && features.iter().any(|f| f.stream == name),
                Work::Station { .. } => false,
            })
        };
        reply.streams.iter().filter(|s| asked(&s.name)).map(|s| (open.action.id, s.clone())).collect()
    }

    /// The images of an answer that a feature will ask for.
    fn wanted_images(&self, open: &Open, reply: &Reply) -> Vec<(ActionId, Image)> {
        let asked = |name: &str| {
            self.setup.recipe.steps.iter().any(|other| match &other.work {
                Work::Features { from, features } => {
                    Some(*from) == open.step && features.iter().any(|f| f.stream == name)
                }
                _ => false,
            })
        };
        reply.images.iter().filter(|image| asked(&image.name)).map(|i| (open.action.id, i.clone())).collect()
    }

    /// Gives up the first sample of which a time limit has passed.
    pub(super) fn break_limit(&mut self) -> Result<bool, Message> {
        let now = self.now();
        let flights = self.state.active.iter().map(|index| &self.state.flights[*index]);
        let passed = flights.filter_map(|flight| {
            let (at, why) = flight.next_limit(&self.setup)?;
            (just_after(at) <= now).then_some((at, flight.id, why))
        });
        let Some((_, sample, reason)) = passed.min_by_key(|(at, sample, _)| (*at, *sample)) else { return Ok(false) };
        self.write(Event::LimitPassed { sample, reason })?;
        Ok(true)
    }

    /// Makes the analyses that can be made and finishes the samples that are.
    pub(super) fn settle(&mut self, seen: &mut Vec<Happening>) -> Result<(), Message> {
        let mut unfinished: Vec<usize> = self.state.active.iter().chain(&self.state.gone_early).copied().collect();
        unfinished.retain(|index| !self.state.flights[*index].finished);
        for index in unfinished {
            while let Some(step) = self.next_analysis(index) {
                self.analyse(index, step, seen)?;
            }
            let flight = &self.state.flights[index];
            let idle = flight.busy.is_none() && !self.programs.is_busy_with(index);
            if idle && (flight.verdict.is_some() || flight.complete()) {
                self.finish(index, seen)?;
            }
        }
        Ok(())
    }

    fn next_analysis(&self, index: usize) -> Option<usize> {
        let flight = &self.state.flights[index];
        // Of a sample that failed only what its sensors showed is looked at; of one ended on purpose all that was seen whole.
        let seen = |step: usize| !flight.is_partial() || self.was_seen_whole(flight, step);
        let wanted = |step: &usize| match &self.setup.recipe.steps[*step].work {
            Work::Station { .. } => false,
            Work::Analysis { .. } => (flight.verdict.is_none() || flight.is_partial()) && seen(*step),
            Work::Features { .. } => seen(*step),
        };
        let open = |step: &usize| flight.ready(&self.setup, *step) && !self.programs.is_at(index, *step);
        (0..flight.steps.len()).filter(wanted).find(open)
    }

    /// Whether what an analysis looks at was done to its end.
    fn was_seen_whole(&self, flight: &Flight, step: usize) -> bool {
        let (Work::Analysis { from, .. } | Work::Features { from, .. }) = &self.setup.recipe.steps[step].work else {
            return false;
        };
        let action = flight.done_by.get(*from).copied().flatten();
        flight.past.iter().any(|past| Some(past.action.id) == action && past.reply.outcome.is_success())
    }

    fn analyse(&mut self, index: usize, step: usize, seen: &mut Vec<Happening>) -> Result<(), Message> {
        let done = match &self.setup.recipe.steps[step].work {
            Work::Features { from, features } => {
                let (features, (streams, images)) = (features.clone(), self.yielded(index, *from, features));
                let values = self.state.flights[index].values.get(*from).cloned();
                if features.iter().any(Feature::is_by_program) && !self.clock.is_virtual() {
                    self.programs.begin((index, step), features, streams, images, values);
                    return Ok(());
                }
                let seen = Yield { streams: &streams, images: &images, values: values.as_ref() };
                Ok(finite(feature::compute(&features, seen)))
            }
            _ => self.run_analysis(index, step),
        };
        let (outcome, values) = match done {
            Ok(values) => (Outcome::Succeeded, values),
            Err(why) => (Outcome::Failed(why.to_string()), Fields::new()),
        };
        self.take_arrivals();
        self.analysed(index, step, outcome, values, seen)
    }

    /// Takes in features that were computed beside the lab.
    pub(super) fn take_computed(&mut self, seen: &mut Vec<Happening>) -> Result<bool, Message> {
        let Some(Computed { flight, step, values }) = self.programs.next() else { return Ok(false) };
        self.analysed(flight, step, Outcome::Succeeded, finite(values), seen)?;
        Ok(true)
    }

    fn analysed(
        &mut self,
        index: usize,
        step: usize,
        outcome: Outcome,
        values: Fields,
        seen: &mut Vec<Happening>,
    ) -> Result<(), Message> {
        let sample = self.state.flights[index].id;
        let name = self.setup.recipe.steps[step].name.clone();
        seen.push(Happening::Analysed { sample, step: name.clone(), outcome: outcome.clone() });
        self.write(Event::Analysed { sample, step: name, outcome, values })
    }

    /// Takes in what instruments answered while something was computed: an answer that waits is not lost.
    fn take_arrivals(&mut self) {
        let now = self.now();
        while let Ok(arrival) = self.drivers.arrivals.try_recv() {
            self.take(arrival, now);
        }
    }

    /// Takes in what an instrument told. Of an action that was given up it is of no use any more.
    pub(super) fn take(&mut self, arrival: Arrival, now: Timestamp) {
        if !self.state.open.contains_key(&arrival.action) {
            return;
        }
        match arrival.news {
            News::Ended(reply) => drop(self.answers.entry(arrival.action).or_insert((now, reply))),
            News::SoFar(streams) => drop(self.so_far.insert(arrival.action, streams)),
        }
    }

    /// What a step yielded, as far as features look at it; after a restart from what the journal keeps.
    fn yielded(&self, index: usize, from: usize, features: &[Feature]) -> (Vec<Stream>, Vec<Image>) {
        let flight = &self.state.flights[index];
        let (mut streams, mut images) = (Vec::new(), Vec::new());
        if let Some(action) = flight.done_by[from] {
            let mut names: Vec<&str> = features.iter().map(|feature| feature.stream.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                match self.streams.iter().find(|(id, kept)| *id == action && kept.name == name) {
                    Some((_, kept)) => streams.push(kept.clone()),
                    None => streams.extend(self.journal.stream(action, name)),
                }
                match self.images.iter().find(|(id, kept)| *id == action && kept.name == name) {
                    Some((_, kept)) => images.push(kept.clone()),
                    None => images.extend(self.journal.image(action, name)),
                }
            }
        }
        (streams, images)
    }

    fn run_analysis(&self, index: usize, step: usize) -> Result<Fields, Message> {
        let Work::Analysis { analysis, from, stream, settings } = &self.setup.recipe.steps[step].work else {
            return Ok(super::nothing());
        };
        let method = analysis::by_name(analysis)
            .ok_or_else(|| say!("lab-unknown-analysis", name = analysis, known = analysis::NAMES.join(", ")))?;
        let no_stream = || say!("lab-no-stream", name = stream);
        let action = self.state.flights[index].done_by[*from].ok_or_else(no_stream)?;
        let kept = self.streams.iter().find(|(id, kept)| *id == action && kept.name == *stream);
        match kept {
            Some((_, kept)) => method.run(kept, settings).map(finite),
            None => method.run(&self.journal.stream(action, stream)?, settings).map(finite),
        }
    }

    fn finish(&mut self, index: usize, seen: &mut Vec<Happening>) -> Result<(), Message> {
        let flight = &self.state.flights[index];
        let was_gone = flight.place == Place::Gone;
        // Ended on purpose when there was nothing left to spare: it is whole.
        let whole = flight.is_partial() && flight.complete();
        let outcome = flight.verdict.clone().filter(|_| !whole).unwrap_or(Outcome::Succeeded);
        let values = match &outcome {
            Outcome::Succeeded => self.setup.outputs(&flight.values, None),
            Outcome::Partial(why) => self.setup.outputs(&flight.values, Some(why)),
            // A failure is data too: whatever was seen until then.
            _ => flight.values.iter().flatten().map(|(name, datum)| (name.clone(), datum.clone())).collect(),
        };
        let sample = flight.id;
        let actions: Vec<ActionId> = flight.done_by.iter().flatten().copied().collect();
        self.streams.retain(|(action, _)| !actions.contains(action));
        self.images.retain(|(action, _)| !actions.contains(action));
        self.write(Event::Finished { sample, outcome: outcome.clone(), values: values.clone() })?;
        seen.push(Happening::Finished { sample, outcome, values });
        if self.state.flights[index].place == Place::Gone && !was_gone {
            seen.push(Happening::Left { sample });
        }
        Ok(())
    }

    /// Why nothing goes on.
    pub(super) fn nothing_to_do(&self) -> Happening {
        if self.state.active.is_empty() {
            return Happening::Idle;
        }
        if self.stopping {
            return Happening::Waiting(vec![say!("lab-waiting-stopped")]);
        }
        let mut reasons = Vec::new();
        if self.state.paused {
            reasons.push(say!("lab-waiting-paused"));
        }
        for (unit, out) in self.state.out.iter().enumerate() {
            if let Some(reason) = out {
                reasons.push(super::out_of_service(self.setup.unit_name(unit), reason));
            }
        }
        if reasons.is_empty() {
            let flights = self.state.active.iter().map(|index| &self.state.flights[*index]);
            let waiting = flights.filter(|flight| !flight.steps.contains(&Progress::Running));
            let names: Vec<&str> = waiting.map(|flight| flight.name.as_str()).collect();
            reasons.push(say!("lab-waiting-stuck", samples = names.join(", ")));
        }
        Happening::Waiting(reasons)
    }
}

/// No number that is none gets into the journal.
fn finite(fields: Fields) -> Fields {
    let clean = |datum: Datum| match datum {
        Datum::Quantity(quantity) if !quantity.value.is_finite() => {
            Datum::Missing(say!("lab-not-a-number").to_string())
        }
        Datum::Quantity(mut quantity) => {
            quantity.uncertainty = quantity.uncertainty.filter(|u| u.is_finite());
            Datum::Quantity(quantity)
        }
        other => other,
    };
    fields.into_iter().map(|(name, datum)| (name, clean(datum))).collect()
}

fn checked(reply: Reply) -> Reply {
    let faulty = |stream: &Stream| {
        let rows = stream.data.first().map_or(0, Vec::len);
        stream.columns.len() != stream.data.len() || stream.data.iter().any(|column| column.len() != rows)
    };
    if let Some(stream) = reply.streams.iter().find(|stream| faulty(stream)) {
        let why = say!("lab-bad-reply", what = stream.name);
        return Reply::of(Outcome::Failed(why.to_string()));
    }
    let mut streams = reply.streams;
    // Stored series have no infinite numbers: such a reading counts as missing.
    streams
        .iter_mut()
        .flat_map(|stream| stream.data.iter_mut().flatten())
        .filter(|v| v.is_infinite())
        .for_each(|reading| *reading = f64::NAN);
    let mut values = finite(reply.values);
    // The size of a pixel is written down, since a file of an image does not tell it.
    let sizes = reply.images.iter().filter_map(|image| Some((image.pixel_key(), image.pixel.clone()?)));
    values.extend(sizes.map(|(key, size)| (key, Datum::Quantity(size))));
    Reply { actual: finite(reply.actual), values: finite(values), streams, ..reply }
}
