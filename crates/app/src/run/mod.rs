//! `matdock run`: the closed loop. The planner proposes, the lab makes and measures, the dock keeps, the model learns.

mod control;
mod journal;
mod live;
mod setup;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use matdock_lab::{
    Clock, Executor, Happening, Job, RealClock, Snapshot, VirtualClock,
    drivers::{Drivers, Person},
    out_of_service,
};
use matdock_message::{Message, say};
use matdock_plan::Remaining;
use matdock_record::{IdSource, SampleId, Timestamp, body::Fields};
use matdock_store::Dock;
use serde::Serialize;

pub use control::Command;
pub use journal::{LabJournal, name as journal_name};
use journal::{Purpose, replayed_ids};
pub use live::{Outlook, outlook_line};
use setup::lines;
pub use setup::{Setup, check_files, read_lab, setup};

use crate::{
    campaign::Campaign,
    cost,
    front::{self, Front},
    history::{self, History},
    learnt::Learnt,
    propose::{self, mix},
    report::duration,
    status::{self, Best, Counts},
    warning::{self, Warning},
};

/// Virtual lab time begins here, far from any real date, so that nobody takes it for one.
const VIRTUAL_START: Timestamp = Timestamp::from_microseconds(946_684_800_000_000);

/// A chance to be the best below which a person is asked whether to go on.
const UNLIKELY: f64 = 0.05;

/// How often a lab in which nothing can go on looks whether a person typed something.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Longest time in which a lab on the clock of the wall does not look what a person typed \[s\].
const LISTEN_EVERY: f64 = 0.25;

/// What a face shows while a campaign runs.
#[derive(Debug, Clone)]
pub struct Progress<'a> {
    /// What the lab is doing.
    pub lab: &'a Snapshot,
    /// How experiments ended so far.
    pub counts: Counts,
    /// Experiments the budget allows.
    pub budget: Option<u32>,
    /// The best so far; none where a front is wanted.
    pub best: Option<&'a Best>,
    /// The front so far, where one is wanted.
    pub front: Option<&'a Front>,
    /// What is still to be gained; none while there is no model.
    pub remaining: Option<&'a Remaining>,
    /// What is expected of samples under way, by their names.
    pub outlooks: &'a BTreeMap<String, Outlook>,
    /// Lab time since the first sample \[s\].
    pub lab_seconds: f64,
}

/// Who watches a run and may step in.
pub trait Watcher {
    /// Called after every event.
    fn progress(&mut self, progress: &Progress<'_>);

    /// The model has learnt from the experiments that ended: the front, where one is wanted, and what is still to be
    /// gained.
    fn learnt(&mut self, _front: Option<&Front>, _remaining: Option<&Remaining>) {}

    /// The first part of a sample was seen, and it will hardly be better than the best.
    fn unlikely(&mut self, _outlook: &Outlook) {}

    /// An experiment ended.
    fn finished(&mut self, experiment: &history::Experiment);

    /// Nothing can go on until somebody does something.
    fn waiting(&mut self, reasons: &[Message]);

    /// What was asked for since the last call; `None` where nobody can ask for anything (any more).
    fn commands(&mut self) -> Option<Vec<Command>> {
        None
    }

    /// Something to know: the answer to a command, a station that went out of service.
    fn notice(&mut self, _notice: &Message) {}
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The goal was reached.
    Goal,
    /// The budget is used up.
    Budget,
    /// The planner has nothing left to propose.
    NothingLeft,
    /// Somebody stopped it; the same command goes on.
    Stopped,
}

/// Runs a campaign until its goal or budget is reached or `stop` is set. Goes on where an earlier run stopped.
///
/// # Errors
/// The dock or the journal cannot be written, the history does not fit the campaign, or the lab is stuck for good.
pub fn run(
    dock: &Dock,
    campaign: &Campaign,
    setup: &Setup,
    wiring: &Wiring<'_>,
    watcher: &mut dyn Watcher,
) -> Result<End, Message> {
    let mut run = Run::prepare(dock, campaign, setup, wiring)?;
    run.go(watcher, wiring.stop)
}

/// What connects a run with the world around it.
pub struct Wiring<'a> {
    /// Who works at manual stations.
    pub person: Arc<dyn Person>,
    /// Set to stop cleanly.
    pub stop: &'a AtomicBool,
    /// Called after every journal entry that is on the disk, with its number.
    pub after_entry: Option<&'a dyn Fn(u64)>,
}

struct Run<'a> {
    campaign: &'a Campaign,
    executor: Executor<LabJournal<'a>>,
    virtual_time: bool,
    learnt: Learnt,
    best: Option<Best>,
    front: Option<Front>,
    remaining: Option<Remaining>,
    warnings: Vec<Warning>,
    /// Warnings already told, by their ids.
    warned: Vec<&'static str>,
    reported: usize,
    ids: IdSource,
    exhausted: bool,
    /// What is left of the money or the hours does not cover the next experiment.
    uncovered: bool,
    /// What is expected of samples under way, by their names.
    outlooks: BTreeMap<String, Outlook>,
    /// What was seen just before a crash: whether to end a sample is to be decided.
    undecided: Vec<Happening>,
}

impl<'a> Run<'a> {
    fn prepare(dock: &'a Dock, campaign: &'a Campaign, setup: &Setup, wiring: &Wiring<'a>) -> Result<Self, Message> {
        let start = if setup.virtual_time { VIRTUAL_START } else { Timestamp::now() };
        let mut ids = if setup.virtual_time {
            let name = campaign.name.bytes().fold(0_u64, |sum, byte| mix(sum, u64::from(byte)));
            IdSource::from_seed(mix(campaign.seed, name))
        } else {
            IdSource::from_system()
        };
        history::begin(dock, campaign, start, &mut ids)?;
        let history = History::read(dock, campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
        let reported = history.experiments.len();
        let learnt = Learnt::from(campaign, &history)?;
        let mut journal = LabJournal::new(dock, campaign, &setup.recipe, history, wiring.after_entry);
        let entries = journal.entries()?;
        journal.replay(&entries);
        let drivers = Drivers::connect(&setup.lab, campaign.seed, &wiring.person)?;
        let now = entries.last().map_or(start, |entry| entry.at);
        let clock: Box<dyn Clock> =
            if setup.virtual_time { Box::new(VirtualClock::new(now)) } else { Box::new(RealClock::new()) };
        let (lab, recipe) = (setup.lab.clone(), setup.recipe.clone());
        let (executor, undecided) = if entries.is_empty() {
            (Executor::new(lab, recipe, drivers, clock, journal)?, Vec::new())
        } else {
            Executor::restore(lab, recipe, drivers, clock, journal, &entries)?
        };
        let mut run = Self {
            campaign,
            executor,
            virtual_time: setup.virtual_time,
            learnt,
            best: None,
            front: None,
            remaining: None,
            warnings: Vec::new(),
            warned: Vec::new(),
            reported,
            ids,
            exhausted: false,
            uncovered: false,
            outlooks: BTreeMap::new(),
            undecided,
        };
        run.learn()?;
        Ok(run)
    }

    fn go(&mut self, watcher: &mut dyn Watcher, stop: &AtomicBool) -> Result<End, Message> {
        for happening in std::mem::take(&mut self.undecided) {
            self.judge(&happening, watcher)?;
        }
        self.executor.resume()?;
        self.show(watcher);
        for station in self.executor.snapshot().stations {
            if let Some(reason) = station.out {
                watcher.notice(&out_of_service(&station.name, &reason));
            }
        }
        loop {
            if stop.load(Ordering::Relaxed) {
                return self.stop(watcher);
            }
            let controlled = self.obey(watcher)?;
            if self.executor.is_paused() && self.virtual_time {
                // Virtual time stands still, so that a pause changes no result.
                self.news(watcher)?;
                self.show(watcher);
                thread::sleep(LOOK_EVERY);
                continue;
            }
            if self.ended().is_none() {
                self.fill()?;
            }
            let happenings = if self.virtual_time { self.executor.advance()? } else { self.advance_a_little()? };
            self.news(watcher)?;
            self.show(watcher);
            for happening in &happenings {
                self.judge(happening, watcher)?;
                match happening {
                    Happening::Idle => {
                        if let Some(end) = self.ended() {
                            return Ok(end);
                        }
                        if self.exhausted {
                            return Ok(End::NothingLeft);
                        }
                    }
                    Happening::Waiting(reasons) if self.virtual_time && !controlled => {
                        return Err(say!("app-run-stuck", reasons = lines(reasons)));
                    }
                    Happening::Waiting(reasons) => {
                        watcher.waiting(reasons);
                        thread::sleep(LOOK_EVERY);
                    }
                    Happening::StationOut { station, reason } => watcher.notice(&out_of_service(station, reason)),
                    _ => {}
                }
            }
        }
    }

    /// Waits for what real instruments are doing: none is left alone in the middle of something.
    fn stop(&mut self, watcher: &mut dyn Watcher) -> Result<End, Message> {
        self.executor.begin_stop();
        while !self.virtual_time && self.executor.is_working() {
            self.obey(watcher)?;
            for happening in self.advance_a_little()? {
                self.judge(&happening, watcher)?;
            }
            self.news(watcher)?;
            self.show(watcher);
        }
        self.news(watcher)?;
        Ok(End::Stopped)
    }

    fn advance_a_little(&mut self) -> Result<Vec<Happening>, Message> {
        let now = self.executor.snapshot().now.max(Timestamp::now());
        self.executor.advance_until(now.plus_seconds(LISTEN_EVERY))
    }

    /// Tells what will become of a sample of which something was seen, and ends it where the campaign says so.
    fn judge(&mut self, happening: &Happening, watcher: &mut dyn Watcher) -> Result<(), Message> {
        match happening {
            Happening::Interim { sample, step, share, values } => {
                let seen = live::Seen { sample: *sample, step: step.clone(), share: *share, values: values.clone() };
                let journal = self.executor.journal();
                if let Some(reason) = live::not_worth_finishing(self.campaign, &self.learnt, journal, &seen)? {
                    for happening in self.executor.stop_early(*sample, &reason.to_string(), Fields::new())? {
                        self.judge(&happening, watcher)?;
                    }
                    return Ok(());
                }
                let Some(outlook) = live::outlook(self.campaign, &self.learnt, journal, &seen)? else { return Ok(()) };
                let verdict = live::verdict(self.campaign, &self.learnt, journal, &outlook);
                let told = self.outlooks.insert(outlook.sample.clone(), outlook.clone());
                let unlikely = |outlook: &Outlook| outlook.forecast.chance < UNLIKELY;
                if unlikely(&outlook) && !told.is_some_and(|told| unlikely(&told)) {
                    watcher.unlikely(&outlook);
                }
                let Some((reason, limits)) = verdict else { return Ok(()) };
                for happening in self.executor.stop_early(*sample, &reason.to_string(), limits)? {
                    self.judge(&happening, watcher)?;
                }
            }
            Happening::Stopped { sample, reason, spared } => {
                let name = self.executor.journal().sample(*sample).map(|(name, _)| name.to_owned()).unwrap_or_default();
                watcher.notice(&say!("app-stopped", sample = name, reason = reason, time = duration(*spared)));
            }
            Happening::Finished { sample, .. } => {
                let name = self.executor.journal().sample(*sample).map(|(name, _)| name.to_owned());
                name.and_then(|name| self.outlooks.remove(&name));
            }
            _ => {}
        }
        Ok(())
    }

    /// Does what a person asked for; whether anybody can ask for more.
    fn obey(&mut self, watcher: &mut dyn Watcher) -> Result<bool, Message> {
        let Some(commands) = watcher.commands() else {
            if self.executor.is_paused() {
                self.executor.resume()?;
                watcher.notice(&say!("app-control-resumed-alone"));
            }
            return Ok(false);
        };
        for command in commands {
            watcher.notice(&command.obey(&mut self.executor)?);
        }
        Ok(true)
    }

    /// Whether nothing new is begun any more, and why.
    fn ended(&self) -> Option<End> {
        let history = self.executor.journal().history();
        if status::goal_reached(self.campaign, &history.experiments) {
            return Some(End::Goal);
        }
        let used = self.campaign.budget.experiments.is_some_and(|budget| history.experiments.len() >= budget as usize);
        let late = self.campaign.budget.lab_seconds.is_some_and(|budget| self.lab_seconds() >= budget);
        let spent = cost::affordable(self.campaign, &history) == Some(0);
        (used || late || spent || self.uncovered).then_some(End::Budget)
    }

    fn lab_seconds(&self) -> f64 {
        let history = self.executor.journal().history();
        let first = history.suggestions.values().map(|p| p.at).min();
        first.map_or(0.0, |first| self.executor.snapshot().now.seconds_since(first).max(0.0))
    }

    /// Gives the lab as many samples as it takes.
    fn fill(&mut self) -> Result<(), Message> {
        while self.executor.capacity() > 0 {
            let Some(job) = self.next_job()? else { return Ok(()) };
            self.executor.submit(job)?;
        }
        Ok(())
    }

    /// The next sample to make: first suggestions that were stored before a crash and never begun, then new ones.
    fn next_job(&mut self) -> Result<Option<Job>, Message> {
        if let Some(job) = self.unbegun() {
            return Ok(Some(job));
        }
        let now = self.executor.snapshot().now;
        let journal = self.executor.journal();
        let records = {
            let history = journal.history();
            let begun = history.experiments.len() + history.pending().count();
            if cost::affordable(self.campaign, &history) == Some(0) {
                return Ok(None);
            }
            if self.exhausted || self.campaign.budget.experiments.is_some_and(|budget| begun >= budget as usize) {
                return Ok(None);
            }
            // Ids of suggestions follow from their number, so that a campaign run again gives the same bytes.
            if self.virtual_time {
                self.ids = replayed_ids(&history, Purpose::Suggestion, u64::from(history.next_number()));
            }
            match propose::propose(self.campaign, &history, &self.learnt, 1, now, &mut self.ids) {
                Ok(proposal) => {
                    self.uncovered = proposal.uncovered.is_some();
                    self.warnings.extend(warning::of_search(&proposal.searched));
                    proposal.records
                }
                Err(error) if error.id() == "plan-nothing-left" => Vec::new(),
                Err(error) => return Err(error),
            }
        };
        if self.uncovered {
            return Ok(None);
        }
        if records.is_empty() {
            self.exhausted = true;
            return Ok(None);
        }
        self.executor.journal().keep_suggestions(records)?;
        Ok(self.unbegun())
    }

    fn unbegun(&mut self) -> Option<Job> {
        let history = self.executor.journal().history();
        let proposed = history.pending().find(|p| p.sample.is_none())?;
        let number = proposed.body.number;
        let at = proposed.at;
        let mut ids = if self.virtual_time {
            replayed_ids(&history, Purpose::Sample, u64::from(number))
        } else {
            IdSource::from_system()
        };
        let sample = SampleId::new(&mut ids, at);
        Some(Job { sample, name: format!("S-{number}"), settings: proposed.body.settings.clone() })
    }

    /// Tells of experiments that ended since the last call, and learns from them.
    fn news(&mut self, watcher: &mut dyn Watcher) -> Result<(), Message> {
        let before = self.reported;
        {
            let history = self.executor.journal().history();
            for experiment in history.experiments.iter().skip(before) {
                watcher.finished(experiment);
            }
            self.reported = history.experiments.len();
        }
        if self.reported > before {
            self.learnt = Learnt::from(self.campaign, &self.executor.journal().history())?;
            self.learn()?;
            watcher.learnt(self.front.as_ref(), self.remaining.as_ref());
        }
        self.warn(watcher);
        Ok(())
    }

    /// What people want to see of what was learnt.
    fn learn(&mut self) -> Result<(), Message> {
        let history = self.executor.journal().history();
        self.front = front::of(self.campaign, &history, &self.learnt);
        self.best = self.learnt.best(&history).filter(|_| !self.campaign.goal.is_front());
        self.remaining = self.learnt.remaining(self.campaign)?;
        self.warnings.extend(warning::of_model(self.campaign, &self.learnt));
        Ok(())
    }

    /// Tells of every kind of warning once.
    fn warn(&mut self, watcher: &mut dyn Watcher) {
        for Warning(message) in std::mem::take(&mut self.warnings) {
            if !self.warned.contains(&message.id()) {
                self.warned.push(message.id());
                watcher.notice(&message);
            }
        }
    }

    fn show(&self, watcher: &mut dyn Watcher) {
        let counts = status::counts(&self.executor.journal().history().experiments);
        watcher.progress(&Progress {
            lab: &self.executor.snapshot(),
            counts,
            budget: self.campaign.budget.experiments,
            best: self.best.as_ref(),
            front: self.front.as_ref(),
            remaining: self.remaining.as_ref(),
            outlooks: &self.outlooks,
            lab_seconds: self.lab_seconds(),
        });
    }
}
