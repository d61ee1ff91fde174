//! One function per verb: arguments in, use case called, result shown.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU8, Ordering},
    },
};

use indicatif::{ProgressBar, ProgressStyle};
use matdock_app::{
    backtest,
    campaign::Campaign,
    chain, comparison, components,
    describe::{self, Sets, find},
    explain, export,
    history::History,
    lab_files, learning, new,
    new::{PoolWish, Template, Wish},
    record_results::{self, Brought},
    report, run, show, status, suggest, table, verify, veto,
};
use matdock_message::{Language, Message, say};
use matdock_record::{IdSource, Timestamp};
use matdock_store::{Dock, Mode};
use serde::Serialize;

use crate::{
    arguments::{self, Arguments, General, Verb},
    ask, backtest_view, chain_view,
    live::Live,
    person::{TerminalPerson, datum},
    view, watch_view,
};

/// Runs a verb.
pub fn run(arguments: Arguments, language: Language) -> Result<ExitCode, Message> {
    let face = Face { general: arguments.general, language };
    match arguments.verb {
        Verb::Run(a) => face.run(&a),
        Verb::New(a) => face.make(&a),
        Verb::Suggest(a) => face.suggest(&a),
        Verb::Record(a) => face.record(&a),
        Verb::Veto(a) => face.veto(&a),
        Verb::Status(a) => face.status(&a),
        Verb::Report(a) => face.report(&a),
        Verb::Explain(a) => face.explain(&a),
        Verb::Backtest(a) => face.backtest(&a),
        Verb::Dataset(verb) => face.dataset(&verb),
        Verb::Advise(a) => face.advise(&a),
        Verb::Train(a) => face.train(&a),
        Verb::Predict(a) => face.predict(&a),
        Verb::Models => face.models(),
        Verb::Describe(a) => face.describe(&a),
        Verb::Similar(a) => face.similar(&a),
        Verb::Substructure(a) => face.substructure(&a),
        Verb::Export(a) => face.export(&a),
        Verb::Show(a) => face.show_record(&a),
        Verb::Verify => face.verify(),
        Verb::Chain(arguments::Chain::Show(a)) => face.chain_show(&a),
        Verb::Chain(arguments::Chain::Why(a)) => face.chain_why(&a),
        Verb::Chain(arguments::Chain::Compare(a)) => face.chain_compare(&a),
        Verb::Chain(arguments::Chain::Sense(a)) => face.chain_sense(&a),
        Verb::Lab(arguments::Lab::Check(a)) => face.lab_check(&a),
        Verb::Lab(arguments::Lab::Simulate(a)) => face.lab_simulate(&a),
        Verb::Lab(arguments::Lab::Features) => face.lab_features(),
        Verb::Lab(arguments::Lab::Components(a)) => face.lab_components(&a),
    }
}

pub(crate) struct Face {
    pub(crate) general: General,
    pub(crate) language: Language,
}

impl Face {
    /// Prints the JSON form where it is asked for, else what `text` prints.
    pub(crate) fn show<T: Serialize>(&self, value: &T, text: impl FnOnce()) -> Result<ExitCode, Message> {
        if self.general.json {
            let json = serde_json::to_string_pretty(value).map_err(|error| say!("cli-json", reason = error))?;
            view::print(&format!("{json}\n"));
        } else {
            text();
        }
        Ok(ExitCode::SUCCESS)
    }

    fn campaign(&self, path: &Path) -> Result<Campaign, Message> {
        let mut campaign = Campaign::read(path)?;
        if let Some(seed) = self.general.seed {
            campaign.seed = seed;
        }
        if campaign.earlier.is_empty() { Ok(campaign) } else { campaign.with_earlier(&self.dock(Mode::Read)?) }
    }

    fn dock(&self, mode: Mode) -> Result<Dock, Message> {
        Dock::open(&self.general.dock, mode)
    }

    fn line(&self, message: &Message) {
        view::line(message, self.language);
    }

    fn run(&self, a: &arguments::Run) -> Result<ExitCode, Message> {
        let mut campaign = self.campaign(&a.campaign)?;
        if a.experiments.is_some() {
            campaign.budget.experiments = a.experiments;
        }
        if let Some(usage) = &mut campaign.lab {
            usage.in_flight = a.in_flight.or(usage.in_flight);
            usage.virtual_time = if a.real_time { Some(false) } else { usage.virtual_time };
        }
        let setup = run::setup(&campaign)?;
        let dock = self.dock(Mode::Write)?;
        let stop = stop_on_interrupt(say!("cli-run-stopping"), self.language);
        let person = TerminalPerson::listen(self.language, setup.has_people());
        let mut live = Live::new(&campaign, self.language, person.clone(), self.general.json);
        let wiring = run::Wiring { person, stop: &stop, after_entry: None };
        let end = run::run(&dock, &campaign, &setup, &wiring, &mut live);
        live.close();
        let end = end?;
        let history = History::read(&dock, &campaign)?.ok_or_else(|| say!("app-no-history", name = campaign.name))?;
        let compared = setup.virtual_time && !a.no_comparison && end != run::End::Stopped;
        if compared && !self.general.json {
            eprintln!("{}", say!("cli-run-comparing").text(self.language));
        }
        let comparison = match compared {
            true => comparison::compare(&campaign, &setup, &history, status::lab_seconds(&history), &stop)?,
            false => None,
        };
        let folder = a.out.clone().unwrap_or_else(|| self.report_folder(&campaign));
        let report = report::report(&dock, &campaign, comparison, &folder, self.language)?;
        #[derive(Serialize)]
        struct Ran {
            end: run::End,
            #[serde(flatten)]
            report: report::Report,
            dock: PathBuf,
        }
        let ran = Ran { end, report, dock: self.general.dock.clone() };
        self.show(&ran, || {
            self.line(&match end {
                run::End::Goal => say!("cli-run-goal"),
                run::End::Budget => say!("cli-run-budget"),
                run::End::NothingLeft => say!("cli-run-nothing-left"),
                run::End::Stopped => say!("cli-run-stopped"),
            });
            self.shown_report(&campaign, &ran.report);
        })
    }

    fn report_folder(&self, campaign: &Campaign) -> PathBuf {
        self.general.dock.join("reports").join(&campaign.name)
    }

    fn shown_report(&self, campaign: &Campaign, report: &report::Report) {
        view::print(&report::text(campaign, report, self.language));
        for file in &report.files {
            self.line(&say!("cli-report-file", file = file.display()));
        }
        self.line(&say!("cli-report-dock", dock = self.general.dock.display()));
    }

    fn make(&self, a: &arguments::New) -> Result<ExitCode, Message> {
        let template = self.template(a)?;
        let made = new::new(&a.name, &template, self.language)?;
        self.show(&made, || {
            self.line(&say!("cli-new-made", file = made.campaign.display()));
            for (name, kind) in &made.parameters {
                self.line(&say!("app-report-setting", name = name, value = kind));
            }
            let next = if template == Template::Lab {
                say!("cli-new-next-lab", folder = a.name.display())
            } else {
                say!("cli-new-next", folder = a.name.display())
            };
            self.line(&next);
        })
    }

    fn template(&self, a: &arguments::New) -> Result<Template, Message> {
        let mut objectives: Vec<(String, Wish)> = Vec::new();
        objectives.extend(a.maximize.iter().map(|name| (name.clone(), Wish::Maximise)));
        objectives.extend(a.minimize.iter().map(|name| (name.clone(), Wish::Minimise)));
        for text in &a.target {
            let (name, value) = text.rsplit_once('=').ok_or_else(|| say!("cli-target", text = text))?;
            let value = value.trim().parse::<f64>().ok().filter(|value| value.is_finite());
            let value = value.ok_or_else(|| say!("cli-target", text = text))?;
            objectives.push((name.trim().to_owned(), Wish::Target(value)));
        }
        let wish = PoolWish { table: a.pool.clone(), inputs: a.inputs.clone(), objectives, label: a.label.clone() };
        let flags = wish != PoolWish::default();
        match a.template {
            Some(arguments::Template::Pool) => Ok(Template::Pool(wish)),
            None if a.pool.is_some() => Ok(Template::Pool(wish)),
            _ if flags => Err(say!("cli-new-flags")),
            Some(arguments::Template::Process) => Ok(Template::Process),
            Some(arguments::Template::Lab) => Ok(Template::Lab),
            None => ask::template(self.language),
        }
    }

    fn suggest(&self, a: &arguments::Suggest) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        let format = a.out.as_deref().map(table::Format::of).transpose()?;
        let dock = self.dock(Mode::Write)?;
        let suggested = suggest::suggest(&dock, &campaign, a.count, Timestamp::now(), &mut IdSource::from_system())?;
        if let (Some(path), Some(format)) = (&a.out, format) {
            let open: Vec<_> =
                suggested.pending.iter().chain(&suggested.finish).chain(&suggested.new).cloned().collect();
            suggest::save_sheet(&campaign, &open, path, format, self.language)?;
        }
        self.show(&suggested, || {
            view::suggested(&campaign, &suggested, self.language);
            self.line(&match &a.out {
                Some(path) => say!("cli-suggest-sheet", file = path.display(), campaign = a.campaign.display()),
                None => say!("cli-suggest-no-sheet", campaign = a.campaign.display()),
            });
        })
    }

    fn record(&self, a: &arguments::Record) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        if let Some(folder) = &a.watch {
            let dock = || self.dock(Mode::Write);
            return watch_view::watch(&campaign, a, folder, &dock, self.general.json, self.language);
        }
        let results = a.results.clone().unwrap_or_default();
        let dock = self.dock(Mode::Write)?;
        let (now, mut ids) = (Timestamp::now(), IdSource::from_system());
        let values: Vec<(String, String)> = a.set.iter().map(|text| named(text)).collect::<Result<_, _>>()?;
        // A number is a suggestion, unless there is a file of that name.
        let number = results.to_str().and_then(|text| text.parse().ok()).filter(|_| !results.is_file());
        let brought = match number {
            Some(number) => Brought::Trial { number, values: &values, failed: a.failed.as_deref() },
            None if values.is_empty() && a.failed.is_none() => Brought::Sheet(&results),
            None => return Err(say!("cli-record-number")),
        };
        let from = a.from.as_deref();
        let recorded = record_results::record_with_files(&dock, &campaign, brought, from, a.correct, now, &mut ids)?;
        self.show(&recorded, || view::recorded(&recorded, self.language))
    }

    fn veto(&self, a: &arguments::Veto) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        let refusal = match (a.suggestion, &a.row) {
            (Some(number), _) => veto::Refusal::Suggestion(number),
            (None, Some(row)) => veto::Refusal::Row(row.clone()),
            (None, None) => veto::Refusal::Settings(set(&a.set)?),
        };
        let (now, mut ids) = (Timestamp::now(), IdSource::from_system());
        let kept = veto::veto(&self.dock(Mode::Write)?, &campaign, &refusal, &a.reason, now, &mut ids)?;
        self.show(&kept, || {
            self.line(&report::veto_line(&kept.veto));
            self.line(&say!("cli-veto-next", campaign = a.campaign.display()));
        })
    }

    fn status(&self, a: &arguments::OfCampaign) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        let status = status::status(&self.dock(Mode::Read)?, &campaign)?;
        self.show(&status, || view::status(&campaign, &status, self.language))
    }

    fn explain(&self, a: &arguments::Explain) -> Result<ExitCode, Message> {
        if learning::Model::is_there(&self.models_folder(), &a.what) {
            return self.explain_model(a);
        }
        let campaign = self.campaign(&a.what)?;
        let folder = a.out.clone().unwrap_or_else(|| self.report_folder(&campaign).join("explain"));
        let explanation = explain::explain(&self.dock(Mode::Read)?, &campaign, &folder, self.language)?;
        self.show(&explanation, || {
            view::print(&explain::text(&campaign, &explanation, self.language));
            self.line(&say!("cli-explain-folder", folder = explanation.folder.display()));
        })
    }

    fn chain_show(&self, a: &arguments::Report) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        let folder = a.out.clone().unwrap_or_else(|| self.report_folder(&campaign));
        let shown = chain::show(&self.dock(Mode::Read)?, &campaign, &folder, self.language)?;
        self.show(&shown, || {
            view::print(&chain::text(&campaign, &shown, self.language));
            self.line(&say!("cli-chain-file", file = shown.file.display()));
        })
    }

    fn chain_why(&self, a: &arguments::Why) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        let parts = a.set.iter().map(|text| {
            let (name, value) = text.split_once('=').ok_or_else(|| say!("cli-chain-set", text = text))?;
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        });
        let changes: Vec<(String, String)> = parts.collect::<Result<_, Message>>()?;
        let why = chain::why(&self.dock(Mode::Read)?, &campaign, a.experiment, &changes)?;
        self.show(&why, || view::print(&chain::why_text(&campaign, &why, self.language)))
    }

    fn chain_sense(&self, a: &arguments::Sense) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        let sensed = chain::sense(&self.dock(Mode::Read)?, &campaign, a.experiment, a.quantity.as_deref())?;
        self.show(&sensed, || view::print(&chain::sense_text(&campaign, &sensed, self.language)))
    }

    fn chain_compare(&self, a: &arguments::Compare) -> Result<ExitCode, Message> {
        let campaign = Campaign::read_merging(&a.campaign)?;
        let campaign =
            if campaign.earlier.is_empty() { campaign } else { campaign.with_earlier(&self.dock(Mode::Read)?)? };
        let seed = self.general.seed.unwrap_or(campaign.seed);
        let split = chain::Split::parse(&a.split)?;
        let request = chain::Request { data: a.data.clone(), split, folds: a.folds, seed };
        // The table of a pool does for a campaign that has no dock yet.
        let dock = match (&a.data, &campaign.pool) {
            (Some(_), _) => None,
            (None, Some(_)) => self.dock(Mode::Read).ok(),
            (None, None) => Some(self.dock(Mode::Read)?),
        };
        let bar = self.bar(a.folds as u64);
        let comparison = chain::compare(dock.as_ref(), &campaign, &request, &|| bar.inc(1));
        bar.finish_and_clear();
        let comparison = comparison?;
        self.show(&comparison, || chain_view::compared(&campaign, &comparison, self.language))
    }

    fn report(&self, a: &arguments::Report) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        let folder = a.out.clone().unwrap_or_else(|| self.report_folder(&campaign));
        let report = report::report(&self.dock(Mode::Read)?, &campaign, None, &folder, self.language)?;
        self.show(&report, || self.shown_report(&campaign, &report))
    }

    fn backtest(&self, a: &arguments::Backtest) -> Result<ExitCode, Message> {
        let campaign = Campaign::read_merging(&a.campaign)?;
        let campaign =
            if campaign.earlier.is_empty() { campaign } else { campaign.with_earlier(&self.dock(Mode::Read)?)? };
        let bar = self.bar(a.seeds as u64);
        let report = backtest::run(&campaign, &self.backtest_request(a, &campaign), &|| bar.inc(1));
        bar.finish_and_clear();
        let report = report?;
        if let Some(path) = &a.plot {
            table::save(backtest::plot(&campaign, &report, self.language)?.as_bytes(), path)?;
        }
        self.show(&report, || {
            backtest_view::backtest(&report, self.language);
            if let Some(path) = &a.plot {
                self.line(&say!("cli-report-file", file = path.display()));
            }
        })
    }

    fn backtest_request(&self, a: &arguments::Backtest, campaign: &Campaign) -> backtest::Request {
        let cores = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        backtest::Request {
            data: a.data.clone(),
            initial_file: a.initial_file.clone(),
            initial_of_campaign: a.initial.is_none(),
            options: matdock_plan::backtest::Options {
                seeds: a.seeds,
                first_seed: self.general.seed.unwrap_or(0),
                initial: a.initial.unwrap_or(campaign.planner.initial),
                initial_rows: None,
                replicates: match a.replicates {
                    arguments::Replicates::Average => matdock_plan::backtest::Replicates::Average,
                    arguments::Replicates::Draw => matdock_plan::backtest::Replicates::Draw,
                },
                budget: a.budget,
                batch: a.batch,
                top_percent: a.top,
                jobs: a.jobs.unwrap_or_else(cores),
                knowledge: matdock_plan::Knowledge::default(),
            },
        }
    }

    /// A progress bar; hidden where nobody watches.
    pub(crate) fn bar(&self, length: u64) -> ProgressBar {
        if self.general.json || !view::is_watched() {
            return ProgressBar::hidden();
        }
        let bar = ProgressBar::new(length);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len}  {eta}") {
            bar.set_style(style);
        }
        bar
    }

    fn describe(&self, a: &arguments::Describe) -> Result<ExitCode, Message> {
        let (Some(input), Some(output), false) = (&a.table, &a.out, a.list) else {
            let names = match a.set.as_slice() {
                [] => Sets::names().into_iter().map(str::to_owned).collect(),
                names => names.to_vec(),
            };
            let mut listed = Vec::new();
            for name in &names {
                listed.extend(Sets::explain(name, a.corrected, self.language)?);
            }
            return self.show(&listed, || view::descriptors(&listed, self.language));
        };
        let wish = describe::Wish {
            input: input.clone(),
            output: output.clone(),
            sets: a.set.clone(),
            column: a.column.clone(),
            ends: a.cap.as_deref().map(str::parse).transpose()?,
            corrected: a.corrected,
            mixtures: describe::Mixtures {
                components: a.components.clone(),
                by: a.by.as_deref().map(str::parse).transpose()?,
                parts: a.parts,
                each: a.each,
            },
            dock: self.general.dock_named.then(|| self.general.dock.clone()),
            language: self.language,
        };
        let stop = stop_on_interrupt(say!("cli-describe-stopping"), self.language);
        let bar = self.bar(0);
        let described = describe::describe(&wish, &stop, &mut |progress| {
            bar.set_length(progress.all);
            bar.set_position(progress.read);
        });
        bar.finish_and_clear();
        let described = described?;
        self.show(&described, || view::described(&described, self.language))
    }

    fn similar(&self, a: &arguments::Similar) -> Result<ExitCode, Message> {
        self.find(&a.table, a.column.as_ref(), |place, stop, progress| {
            find::similar(place, &a.to, &a.fingerprint, a.top, stop, progress)
        })
    }

    fn substructure(&self, a: &arguments::Substructure) -> Result<ExitCode, Message> {
        self.find(&a.table, a.column.as_ref(), |place, stop, progress| {
            find::substructure(place, &a.smarts, a.out.clone(), stop, progress)
        })
    }

    fn find(
        &self,
        table: &Path,
        column: Option<&String>,
        look: impl FnOnce(&find::Place, &AtomicBool, &mut dyn FnMut(describe::Progress)) -> Result<find::Findings, Message>,
    ) -> Result<ExitCode, Message> {
        let place = find::Place { input: table.to_owned(), column: column.cloned(), language: self.language };
        let stop = stop_on_interrupt(say!("cli-find-stopping"), self.language);
        let bar = self.bar(0);
        let findings = look(&place, &stop, &mut |progress| {
            bar.set_length(progress.all);
            bar.set_position(progress.read);
        });
        bar.finish_and_clear();
        let findings = findings?;
        self.show(&findings, || view::findings(&findings, self.language))
    }

    fn export(&self, a: &arguments::Export) -> Result<ExitCode, Message> {
        let what = match a.what {
            arguments::What::Records => export::What::Records,
            arguments::What::Samples => export::What::Samples,
            arguments::What::Series => export::What::Series,
            arguments::What::Files => return self.export_files(a),
        };
        let format = match (a.format, &a.out) {
            (Some(arguments::Format::Csv), _) => table::Format::Csv,
            (Some(arguments::Format::Xlsx), _) => table::Format::Xlsx,
            (Some(arguments::Format::Parquet), _) => table::Format::Parquet,
            (Some(arguments::Format::Json), _) => table::Format::Json,
            (None, _) if self.general.json => table::Format::Json,
            (None, Some(path)) => table::Format::of(path)?,
            (None, None) => table::Format::Csv,
        };
        let made = export::export(&self.dock(Mode::Read)?, what, &export::Only::parse(&a.only)?)?;
        table::write(&made, format, a.out.as_deref())?;
        if let Some(path) = &a.out {
            let text = say!("cli-export-made", rows = made.rows.len(), file = path.display());
            eprintln!("{}", text.text(self.language));
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Files go into a folder; what is printed is their list.
    fn export_files(&self, a: &arguments::Export) -> Result<ExitCode, Message> {
        let format = if self.general.json { table::Format::Json } else { table::Format::Csv };
        let only = export::Only::parse(&a.only)?;
        let listed = export::files(&self.dock(Mode::Read)?, &only, a.out.as_deref())?;
        table::write(&listed, format, None)?;
        if let Some(folder) = &a.out {
            let text = say!("cli-export-files", count = listed.rows.len(), folder = folder.display());
            eprintln!("{}", text.text(self.language));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn show_record(&self, a: &arguments::Show) -> Result<ExitCode, Message> {
        if let Some(card) = learning::named(&self.models_folder(), &a.id)? {
            return self.show(&card, || view::print(&learning::card_text(&card, self.language)));
        }
        let found = show::show(&self.dock(Mode::Read)?, &a.id)?;
        self.show(&found, || found.iter().for_each(|shown| view::shown(shown, self.language)))
    }

    fn verify(&self) -> Result<ExitCode, Message> {
        let dock = self.dock(Mode::Read)?;
        let bar = self.bar(0);
        let verified = verify::verify(&dock, &mut |done, all| {
            bar.set_length(all);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        let verified = verified?;
        self.show(&verified.json(), || view::verified(&verified, self.language))?;
        Ok(if verified.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn lab_check(&self, a: &arguments::LabCheck) -> Result<ExitCode, Message> {
        let (lab, recipe) = run::read_lab(&a.lab, &a.recipe)?;
        let campaign = a.campaign.as_deref().map(|path| self.campaign(path)).transpose()?;
        let checked = lab_files::Checked::of(&run::check_files(&lab, &recipe, campaign.as_ref())?, self.language);
        self.show(&checked, || view::checked(&checked, self.language))?;
        Ok(if checked.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn lab_features(&self) -> Result<ExitCode, Message> {
        let listed = lab_files::extractors(self.language);
        self.show(&listed, || view::extractors(&listed, self.language))
    }

    fn lab_components(&self, a: &arguments::Components) -> Result<ExitCode, Message> {
        let campaign = self.campaign(&a.campaign)?;
        let learnt = components::learn(&self.dock(Mode::Read)?, &campaign, &a.of, a.count, &a.out)?;
        self.show(&learnt, || {
            let shares: Vec<String> = learnt.shares.iter().map(|share| format!("{:.1} %", 100.0 * share)).collect();
            self.line(&say!(
                "cli-components",
                of = learnt.of,
                series = learnt.series,
                left_out = learnt.left_out,
                shares = shares.join(", "),
                file = learnt.file
            ));
        })
    }

    fn lab_simulate(&self, a: &arguments::LabSimulate) -> Result<ExitCode, Message> {
        let (mut lab, mut recipe) = run::read_lab(&a.lab, &a.recipe)?;
        if let Some(in_flight) = a.in_flight {
            lab.in_flight = in_flight;
            recipe.in_flight = None;
        }
        let set = set(&a.set)?;
        let campaign = a.campaign.as_deref().map(|path| self.campaign(path)).transpose()?;
        let settings = lab_files::settings(&lab, &recipe, set, campaign.as_ref());
        let simulated = lab_files::simulate(&lab, &recipe, a.samples, &settings, self.general.seed.unwrap_or(0))?;
        let path = a.gantt.clone().unwrap_or_else(|| PathBuf::from("gantt.svg"));
        table::save(simulated.gantt.as_bytes(), &path)?;
        self.show(&simulated, || {
            view::simulated(&simulated, self.language);
            self.line(&say!("cli-report-file", file = path.display()));
        })
    }
}

/// `NAME=VALUE` in two.
fn named(text: &str) -> Result<(String, String), Message> {
    let (name, value) = text.split_once('=').ok_or_else(|| say!("cli-set", text = text))?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

/// Settings given as `NAME=VALUE`.
fn set(given: &[String]) -> Result<matdock_record::body::Fields, Message> {
    let one = |text: &String| {
        let (name, value) = named(text)?;
        Ok((name, datum(&value)?))
    };
    given.iter().map(one).collect()
}

/// Ctrl-C asks for a clean stop; a second one leaves at once (a run's journal holds everything).
pub(crate) fn stop_on_interrupt(said: Message, language: Language) -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let (flag, times) = (stop.clone(), AtomicU8::new(0));
    let handler = move || {
        if times.fetch_add(1, Ordering::Relaxed) > 0 {
            std::process::exit(130);
        }
        flag.store(true, Ordering::Relaxed);
        eprintln!("\n{}", said.text(language));
    };
    // Without a handler Ctrl-C ends the program at once, which the journal survives as well.
    let _ = ctrlc::set_handler(handler);
    stop
}
