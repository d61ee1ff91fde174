//! All the executor knows: what follows from the journal, entry by entry. The same code runs when something happens
//! and when it is read back after a crash, so both always agree.

use std::collections::{BTreeMap, HashMap};

use matdock_message::{Message, say};
use matdock_record::{Datum, Outcome, SampleId, Timestamp, body::Fields};

use super::{
    claims::{Claim, Wanted},
    setup::{Setup, Way},
};
use crate::{Action, ActionId, Entry, Event, PastAction, Reply, driver::MOVE};

/// Where a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Outside,
    At(usize),
    Moving {
        from: Option<usize>,
        to: Option<usize>,
    },
    /// Left behind by a move or an action of which nobody knows the end; a person has to look.
    Lost {
        from: Option<usize>,
        to: Option<usize>,
    },
    Gone,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Waiting,
    Running,
    Done { ended: Timestamp },
}

/// A sample on its way.
#[derive(Debug, Clone)]
pub(crate) struct Flight {
    pub id: SampleId,
    pub name: String,
    pub ways: Vec<Vec<Way>>,
    pub place: Place,
    pub steps: Vec<Progress>,
    pub attempts: Vec<u32>,
    /// What each step reported.
    pub values: Vec<Fields>,
    /// Steps at whose end was looked what the sample has shown so far.
    pub looked: Vec<bool>,
    /// The action that did each step.
    pub done_by: Vec<Option<ActionId>>,
    pub past: Vec<PastAction>,
    /// Set as soon as the sample cannot succeed any more.
    pub verdict: Option<Outcome>,
    pub finished: bool,
    pub busy: Option<ActionId>,
    /// Places kept free for steps that have to follow within a time limit, by step.
    pub claims: BTreeMap<usize, Claim>,
    /// Time spent under each exposure limit \[us\].
    pub spent: Vec<i64>,
    pub since: Timestamp,
}

/// An action that was begun and has not returned.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub action: Action,
    pub flight: usize,
    /// The step, or `None` for a move.
    pub step: Option<usize>,
    /// Station or robot that does it.
    pub unit: usize,
    pub started: Timestamp,
    pub uses: u64,
    /// How often it was looked at before its end.
    pub looked: usize,
    /// It is to be ended before its end, because its sample is.
    pub stopped: bool,
}

/// Everything.
pub(crate) struct State {
    pub flights: Vec<Flight>,
    pub by_id: HashMap<SampleId, usize>,
    /// Samples that have not left, in the order in which they were accepted.
    pub active: Vec<usize>,
    /// Samples that left before their last features were computed.
    pub gone_early: Vec<usize>,
    pub open: BTreeMap<ActionId, Open>,
    pub next_action: u64,
    pub sequence: u64,
    pub last: Timestamp,
    pub uses: Vec<u64>,
    pub out: Vec<Option<String>>,
    pub paused: bool,
    /// What was seen last of a sample, step and share, until anything else happens: whether to end it is not decided yet.
    pub undecided: Option<(usize, usize, f64, Fields)>,
    pub finished: usize,
    pub succeeded: usize,
}

impl State {
    pub fn new(setup: &Setup) -> Self {
        let units = setup.lab.stations.len() + 1;
        Self {
            flights: Vec::new(),
            by_id: HashMap::new(),
            active: Vec::new(),
            gone_early: Vec::new(),
            open: BTreeMap::new(),
            next_action: 0,
            sequence: 0,
            last: Timestamp::default(),
            uses: vec![0; units],
            out: vec![None; units],
            paused: false,
            undecided: None,
            finished: 0,
            succeeded: 0,
        }
    }

    /// Takes in what an entry says.
    ///
    /// # Errors
    /// The entry does not follow from those before: the journal is of another lab or recipe, or damaged.
    pub fn apply(&mut self, setup: &Setup, entry: &Entry) -> Result<(), Message> {
        let wrong = || say!("lab-journal", sequence = entry.sequence);
        if entry.sequence != self.sequence {
            return Err(wrong());
        }
        let at = entry.at;
        if !matches!(entry.event, Event::Adopted { .. } | Event::Begun { .. }) {
            self.undecided = None;
        }
        match &entry.event {
            Event::Accepted { sample, name, settings } => self.accept(setup, *sample, name, settings, at)?,
            Event::Intent { action, attempt } => self.intend(setup, action, *attempt, at).ok_or_else(wrong)?,
            Event::Returned { action, started, ended, reply } => {
                self.returned(setup, *action, (*started, *ended), reply, at).ok_or_else(wrong)?;
            }
            Event::Adopted { .. } => {}
            Event::Begun { action } => self.open.get_mut(action).ok_or_else(wrong)?.started = at,
            Event::Analysed { sample, step, outcome, values } => {
                let flight = self.flight_mut(*sample).ok_or_else(wrong)?;
                let step = setup.recipe.step(step).ok_or_else(wrong)?;
                flight.steps[step] = Progress::Done { ended: at };
                flight.values[step].clone_from(values);
                if !outcome.is_success() {
                    flight.give_up(outcome.clone());
                }
            }
            Event::Finished { sample, outcome, .. } => self.finish(*sample, outcome).ok_or_else(wrong)?,
            Event::Paused => self.paused = true,
            Event::Resumed => self.paused = false,
            Event::AbortAsked { sample, reason } | Event::LimitPassed { sample, reason } => {
                let flight = self.flight_mut(*sample).ok_or_else(wrong)?;
                flight.give_up(Outcome::Aborted(reason.clone()));
            }
            Event::Interim { sample, step, share, values } => {
                let step = setup.recipe.step(step).ok_or_else(wrong)?;
                let index = *self.by_id.get(sample).ok_or_else(wrong)?;
                self.undecided = Some((index, step, *share, values.clone()));
                let flight = &mut self.flights[index];
                match flight.busy.filter(|_| *share < 1.0) {
                    Some(action) => self.open.get_mut(&action).ok_or_else(wrong)?.looked += 1,
                    None => flight.looked[step] = true,
                }
            }
            Event::StopAsked { sample, reason, .. } => {
                let flight = self.flight_mut(*sample).ok_or_else(wrong)?;
                flight.give_up(Outcome::Partial(reason.clone()));
                let busy = flight.busy;
                if let Some(open) = busy.and_then(|action| self.open.get_mut(&action)) {
                    open.stopped = setup.is_stoppable(open);
                }
            }
            Event::StationOut { station, reason } => {
                let unit = setup.unit(station).ok_or_else(wrong)?;
                self.out[unit] = Some(reason.clone());
            }
            Event::StationBack { station } => {
                let unit = setup.unit(station).ok_or_else(wrong)?;
                self.back(setup, unit);
            }
        }
        self.sequence += 1;
        self.last = at;
        Ok(())
    }

    pub fn flight_mut(&mut self, sample: SampleId) -> Option<&mut Flight> {
        let index = *self.by_id.get(&sample)?;
        self.flights.get_mut(index)
    }

    fn accept(
        &mut self,
        setup: &Setup,
        id: SampleId,
        name: &str,
        settings: &Fields,
        at: Timestamp,
    ) -> Result<(), Message> {
        let steps = setup.recipe.steps.len();
        let index = self.flights.len();
        self.flights.push(Flight {
            id,
            name: name.to_owned(),
            ways: setup.ways(settings)?,
            place: Place::Outside,
            steps: vec![Progress::Waiting; steps],
            attempts: vec![0; steps],
            values: vec![Fields::new(); steps],
            looked: vec![false; steps],
            done_by: vec![None; steps],
            past: Vec::new(),
            verdict: None,
            finished: false,
            busy: None,
            claims: BTreeMap::new(),
            spent: vec![0; setup.recipe.exposures.len()],
            since: at,
        });
        self.by_id.insert(id, index);
        self.active.push(index);
        Ok(())
    }

    fn intend(&mut self, setup: &Setup, action: &Action, attempt: u32, at: Timestamp) -> Option<()> {
        let index = *self.by_id.get(&action.sample)?;
        let unit = setup.unit(&action.station)?;
        let uses = self.uses[unit];
        let step = if action.capability == MOVE {
            let end = |key: &str| place_named(setup, action.settings.get(key)?);
            let (from, to) = (end("from")?, end("to")?);
            let flight = &mut self.flights[index];
            flight.accrue(setup, at);
            flight.place = Place::Moving { from, to };
            None
        } else {
            let step = setup.recipe.step(&action.step)?;
            let order = self.sequence;
            let claims = self.claims_to_begin(setup, index, step, at).unwrap_or_default();
            self.uses[unit] += 1;
            let flight = &mut self.flights[index];
            flight.accrue(setup, at);
            flight.steps[step] = Progress::Running;
            flight.attempts[step] = attempt;
            flight.claims.remove(&step);
            let claims =
                claims.into_iter().map(|Wanted { step, station, free_at }| (step, Claim { station, order, free_at }));
            flight.claims.extend(claims);
            Some(step)
        };
        self.flights[index].busy = Some(action.id);
        self.next_action = self.next_action.max(action.id.0 + 1);
        let open =
            Open { action: action.clone(), flight: index, step, unit, started: at, uses, looked: 0, stopped: false };
        self.open.insert(action.id, open);
        Some(())
    }

    fn returned(
        &mut self,
        setup: &Setup,
        id: ActionId,
        (started, ended): (Timestamp, Timestamp),
        reply: &Reply,
        at: Timestamp,
    ) -> Option<()> {
        let open = self.open.remove(&id)?;
        let index = open.flight;
        self.flights[index].accrue(setup, at);
        self.flights[index].busy = None;
        match open.step {
            None => self.moved(setup, &open, reply),
            Some(step) => self.worked(setup, &open, step, (started, ended), reply),
        }
        Some(())
    }

    fn moved(&mut self, _setup: &Setup, open: &Open, reply: &Reply) {
        let flight = &mut self.flights[open.flight];
        let Place::Moving { from, to } = flight.place else { return };
        if reply.outcome.is_success() {
            match to {
                Some(station) => flight.place = Place::At(station),
                None => self.leave(open.flight),
            }
            return;
        }
        // Wherever the sample is now, the robot must not run into it.
        flight.place = Place::Lost { from, to };
        flight.give_up(reply.outcome.clone());
        self.out[open.unit] = Some(reply.outcome.to_string());
    }

    fn worked(
        &mut self,
        setup: &Setup,
        open: &Open,
        step: usize,
        (started, ended): (Timestamp, Timestamp),
        reply: &Reply,
    ) {
        let capability = setup.capability(step, open.unit);
        let flight = &mut self.flights[open.flight];
        let kept = Reply { streams: Vec::new(), images: Vec::new(), ..reply.clone() };
        flight.values[step].clone_from(&kept.values);
        flight.past.push(PastAction { action: open.action.clone(), started, ended, reply: kept });
        flight.done_by[step] = Some(open.action.id);
        if reply.outcome.is_success() {
            flight.steps[step] = Progress::Done { ended };
            return;
        }
        let again = capability.is_some_and(|c| c.repeatable && flight.attempts[step] <= c.retries);
        if again && flight.verdict.is_none() {
            flight.steps[step] = Progress::Waiting;
            return;
        }
        flight.steps[step] = Progress::Done { ended };
        flight.give_up(reply.outcome.clone());
        let uncertain = matches!(reply.outcome, Outcome::Uncertain(_));
        if uncertain && setup.lab.stations[open.unit].stop_when_uncertain {
            flight.place = Place::Lost { from: Some(open.unit), to: Some(open.unit) };
            self.out[open.unit] = Some(reply.outcome.to_string());
        }
    }

    fn finish(&mut self, sample: SampleId, outcome: &Outcome) -> Option<()> {
        let index = *self.by_id.get(&sample)?;
        let flight = &mut self.flights[index];
        flight.finished = true;
        flight.claims.clear();
        self.gone_early.retain(|other| *other != index);
        self.finished += 1;
        self.succeeded += usize::from(outcome.is_success());
        if flight.place == Place::Outside {
            self.leave(index);
        }
        Some(())
    }

    fn leave(&mut self, index: usize) {
        let flight = &mut self.flights[index];
        flight.place = Place::Gone;
        flight.claims.clear();
        // Nothing more will be asked about it; a long campaign should not keep it.
        flight.past = Vec::new();
        flight.ways = Vec::new();
        if !flight.finished {
            self.gone_early.push(index);
        }
        self.active.retain(|other| *other != index);
    }

    /// Back in service: a person has looked and taken lost samples away.
    fn back(&mut self, setup: &Setup, unit: usize) {
        self.out[unit] = None;
        let lost: Vec<usize> = self
            .active
            .iter()
            .copied()
            .filter(|index| match self.flights[*index].place {
                Place::Lost { from, to } if from == to => from == Some(unit),
                Place::Lost { from, to } => setup.mover(from, to) == unit,
                _ => false,
            })
            .collect();
        for index in lost {
            self.leave(index);
        }
    }
}

/// The station of that name as a place; `Some(None)` is outside.
fn place_named(setup: &Setup, name: &Datum) -> Option<Option<usize>> {
    match name {
        Datum::Text(name) if name == "outside" => Some(None),
        Datum::Text(name) => setup.lab.station(name).map(Some),
        _ => None,
    }
}

impl Flight {
    /// Sets the verdict; the first one counts, but that a step went wrong is news even of a sample ended on purpose.
    fn give_up(&mut self, outcome: Outcome) {
        let wrong = matches!(outcome, Outcome::Failed(_) | Outcome::Uncertain(_));
        if self.verdict.is_none() || (self.is_partial() && wrong) {
            self.verdict = Some(outcome);
        }
        self.claims.clear();
    }

    /// True when it is ended on purpose before its last step.
    pub fn is_partial(&self) -> bool {
        matches!(self.verdict, Some(Outcome::Partial(_)))
    }

    /// True when every step is done, none of them ended before its end.
    pub fn complete(&self) -> bool {
        let cut = |past: &PastAction| matches!(past.reply.outcome, Outcome::Partial(_));
        if self.past.iter().any(cut) {
            return false;
        }
        self.steps.iter().all(|step| matches!(step, Progress::Done { .. }))
    }

    /// True when nothing more is to be done to it at a station.
    pub fn through(&self, setup: &Setup) -> bool {
        let done = |step: usize| matches!(self.steps[step], Progress::Done { .. }) || !setup.is_station_step(step);
        self.verdict.is_some() || (0..self.steps.len()).all(done)
    }

    /// True when everything a step waits for is done.
    pub fn ready(&self, setup: &Setup, step: usize) -> bool {
        self.steps[step] == Progress::Waiting
            && setup.recipe.steps[step].after.iter().all(|before| matches!(self.steps[*before], Progress::Done { .. }))
    }

    /// Where it is, if it stands still at a station.
    pub fn station(&self) -> Option<usize> {
        match self.place {
            Place::At(station) => Some(station),
            _ => None,
        }
    }

    /// True when it takes up a place of a station.
    pub fn stands_in(&self, station: usize) -> bool {
        match self.place {
            Place::At(at) => at == station,
            Place::Moving { from, to } | Place::Lost { from, to } => from == Some(station) || to == Some(station),
            Place::Outside | Place::Gone => false,
        }
    }

    /// Order of its earliest claim on a place of a station.
    pub fn claim_on(&self, station: usize) -> Option<u64> {
        self.claims.values().filter(|claim| claim.station == station).map(|claim| claim.order).min()
    }

    /// Planned duration of a step at a station \[s\].
    pub fn duration(&self, step: usize, station: usize) -> f64 {
        self.ways[step].iter().find(|way| way.station == station).map_or(0.0, |way| way.duration)
    }
}
