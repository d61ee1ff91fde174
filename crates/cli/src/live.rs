//! The live view of a running campaign: a progress bar, the best so far, and what every station is doing.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use matdock_app::{
    campaign::Campaign,
    explain,
    front::Front,
    history::Experiment,
    plot::number,
    report::{duration, rounded},
    run::{Command, Outlook, Progress, Watcher, outlook_line},
};
use matdock_message::{Language, Message, say};
use matdock_plan::Remaining;
use matdock_record::Datum;

use crate::{person::TerminalPerson, view};

/// How often the view is drawn again; virtual time is much faster than eyes.
const REDRAW_EVERY: Duration = Duration::from_millis(100);

/// Shows a run on a terminal, or as one line per experiment where nobody watches.
pub struct Live<'a> {
    campaign: &'a Campaign,
    language: Language,
    person: Arc<TerminalPerson>,
    quiet: bool,
    terminal: Option<Terminal>,
    drawn: Option<Instant>,
    waiting: Vec<String>,
}

struct Terminal {
    bars: MultiProgress,
    experiments: ProgressBar,
    best: ProgressBar,
    stations: Vec<ProgressBar>,
}

impl<'a> Live<'a> {
    /// A view of `campaign` that also speaks with `person`; `quiet` shows only what somebody has to act upon (for
    /// `--json`).
    pub fn new(campaign: &'a Campaign, language: Language, person: Arc<TerminalPerson>, quiet: bool) -> Self {
        let terminal = (!quiet && view::is_watched()).then(|| {
            let bars = MultiProgress::new();
            let experiments = bars.add(match campaign.budget.experiments {
                Some(budget) => ProgressBar::new(u64::from(budget)),
                None => ProgressBar::new_spinner(),
            });
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {msg}") {
                experiments.set_style(style);
            }
            let best = bars.add(line());
            Terminal { bars, experiments, best, stations: Vec::new() }
        });
        if let Some(terminal) = terminal.as_ref().filter(|_| person.is_listening()) {
            drop(terminal.bars.println(say!("cli-live-hint").text(language)));
        }
        Self { campaign, language, person, quiet, terminal, drawn: None, waiting: Vec::new() }
    }

    /// Leaves the terminal as it is for what comes after.
    pub fn close(&mut self) {
        self.speak();
        if let Some(terminal) = self.terminal.take() {
            terminal.stations.iter().for_each(ProgressBar::finish_and_clear);
            terminal.best.finish_and_clear();
            terminal.experiments.abandon();
        }
    }

    /// A line above the bars.
    fn print(&self, text: &str) {
        match &self.terminal {
            // A terminal that is gone has no reader.
            Some(terminal) => drop(terminal.bars.println(text)),
            None => eprintln!("{text}"),
        }
    }

    /// What is still to be gained, short, for the end of a line.
    fn gain(&self, remaining: Option<&Remaining>) -> String {
        let Some(remaining) = remaining else { return String::new() };
        let goal = &self.campaign.goal;
        let unit = self.campaign.unit_of(&self.campaign.main_objective().outcome);
        // For a front gains are shares of its hypervolume.
        let unit = if goal.is_front() {
            " %".to_owned()
        } else if unit.is_one() || goal.objectives.len() > 1 {
            String::new()
        } else {
            format!(" {unit}")
        };
        let expected = if goal.is_front() { 100.0 * remaining.expected } else { remaining.expected };
        let probability = format!("{:.0}", 100.0 * remaining.probability);
        say!("cli-live-remaining", probability = probability, expected = number(expected), unit = unit)
            .text(self.language)
    }

    /// Says what the person at the terminal has to be told.
    fn speak(&self) {
        for text in self.person.said() {
            self.print(&text);
        }
    }
}

/// The chance of a sample under way, short.
fn chance(outlook: &Outlook) -> Message {
    say!("cli-live-chance", chance = format!("{:.0}", 100.0 * outlook.forecast.chance))
}

/// The front in a line.
fn front_line(front: &Front) -> Message {
    let count = front.experiments.iter().filter(|member| member.measured).count();
    say!("cli-live-front", count = count, hypervolume = number(front.hypervolume))
}

fn line() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{msg}") {
        bar.set_style(style);
    }
    bar
}

impl Watcher for Live<'_> {
    fn progress(&mut self, progress: &Progress<'_>) {
        let gain = self.gain(progress.remaining);
        let Some(terminal) = &mut self.terminal else { return };
        if self.drawn.is_some_and(|drawn| drawn.elapsed() < REDRAW_EVERY) {
            return;
        }
        self.drawn = Some(Instant::now());
        terminal.experiments.set_position(u64::from(progress.counts.finished));
        let running = progress.lab.samples.len();
        let text = say!(
            "cli-live-experiments",
            running = running,
            failed = progress.counts.failed,
            time = duration(progress.lab_seconds)
        );
        terminal.experiments.set_message(text.text(self.language));
        if let Some(best) = progress.best {
            let name = &self.campaign.main_objective().outcome;
            let value = best.values.get(name).map(rounded).unwrap_or_default();
            let spread = best.predicted.iter().find(|p| p.outcome == *name);
            let text = say!(
                "cli-live-best",
                name = name,
                value = value,
                low = spread.map(|p| number(p.low)).unwrap_or_default(),
                high = spread.map(|p| number(p.high)).unwrap_or_default(),
                sample = best.sample
            );
            let mut text = text.text(self.language);
            let others = self.campaign.goal.objectives.iter().skip(1);
            for other in others.filter(|other| other.outcome != *name) {
                let value = best.values.get(&other.outcome).map(rounded).unwrap_or_default();
                text.push_str(&format!(", {} = {value}", other.outcome));
            }
            terminal.best.set_message(text + &gain);
        }
        if let Some(front) = progress.front {
            terminal.best.set_message(front_line(front).text(self.language) + &gain);
        }
        while terminal.stations.len() < progress.lab.stations.len() {
            terminal.stations.push(terminal.bars.add(line()));
        }
        let width = progress.lab.stations.iter().map(|station| station.name.len()).max().unwrap_or(0);
        for (bar, station) in terminal.stations.iter().zip(&progress.lab.stations) {
            let doing: Vec<String> = station
                .doing
                .iter()
                .map(|doing| {
                    let left = duration(doing.until.seconds_since(progress.lab.now));
                    let doing_line = say!("cli-live-doing", sample = doing.sample, step = doing.step, left = left);
                    let outlook = progress.outlooks.get(&doing.sample);
                    let outlook = outlook.map(|outlook| format!(" ({})", chance(outlook).text(self.language)));
                    doing_line.text(self.language) + &outlook.unwrap_or_default()
                })
                .collect();
            let text = match &station.out {
                Some(reason) => say!("cli-live-out", reason = reason).text(self.language),
                None if doing.is_empty() && !station.holds.is_empty() => {
                    say!("cli-live-holds", samples = station.holds.join(", ")).text(self.language)
                }
                None => doing.join("; "),
            };
            bar.set_message(format!("  {:width$}  {text}", station.name));
        }
    }

    fn learnt(&mut self, front: Option<&Front>, remaining: Option<&Remaining>) {
        if self.quiet || self.terminal.is_some() {
            return;
        }
        if let Some(front) = front {
            eprintln!("  {}", front_line(front).text(self.language));
        }
        if let Some(remaining) = remaining {
            eprintln!("  {}", explain::remaining_line(self.campaign, remaining).text(self.language));
        }
    }

    fn unlikely(&mut self, outlook: &Outlook) {
        if self.quiet {
            return;
        }
        let line = outlook_line(self.campaign, outlook).text(self.language);
        // Where the campaign ends such samples by itself there is nothing to ask.
        let asked = self.campaign.stop_early.is_none() && self.person.is_listening();
        let ask = asked.then(|| say!("cli-live-stop", sample = outlook.sample).text(self.language));
        self.print(&[Some(line), ask].into_iter().flatten().collect::<Vec<_>>().join(" "));
    }

    fn finished(&mut self, experiment: &Experiment) {
        self.waiting.clear();
        if self.quiet || self.terminal.is_some() {
            return;
        }
        let value = |name: &String| {
            let quantity = experiment.values.get(name).and_then(Datum::quantity);
            quantity.map_or_else(|| "—".to_owned(), |q| rounded(&Datum::Quantity(q.clone())))
        };
        let mut names: Vec<&String> = Vec::new();
        for objective in &self.campaign.goal.objectives {
            if !names.contains(&&objective.outcome) {
                names.push(&objective.outcome);
            }
        }
        let values: Vec<String> = names.iter().map(|name| format!("{name} = {}", value(name))).collect();
        let text = say!(
            "cli-live-finished",
            number = experiment.number,
            sample = experiment.name,
            outcome = experiment.outcome,
            values = values.join(", ")
        );
        eprintln!("{}", text.text(self.language));
    }

    fn waiting(&mut self, reasons: &[Message]) {
        let texts: Vec<String> = reasons.iter().map(|reason| reason.text(self.language)).collect();
        if texts == self.waiting {
            return;
        }
        for text in &texts {
            self.print(&say!("cli-live-waiting", reason = text).text(self.language));
        }
        self.waiting = texts;
    }

    fn commands(&mut self) -> Option<Vec<Command>> {
        self.speak();
        self.person.commands()
    }

    fn notice(&mut self, notice: &Message) {
        self.waiting.clear();
        self.print(&notice.text(self.language));
    }
}
