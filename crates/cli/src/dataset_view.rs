//! `matdock dataset`: its verbs, and what they print.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use matdock_app::{
    dataset::{self, Dataset, Drawn, Exported, Given, Made},
    record_format::{self, RecordFormat},
};
use matdock_message::{Language, Message, say};

use crate::{
    arguments::{self, DatasetVerb},
    verbs::Face,
    view,
};

/// Columns shown in the terminal.
const SHOWN: usize = 40;

impl Face {
    pub(crate) fn dataset(&self, verb: &DatasetVerb) -> Result<ExitCode, Message> {
        match verb {
            DatasetVerb::Make(a) => self.dataset_make(a),
            DatasetVerb::Show(a) => self.dataset_show(a),
            DatasetVerb::Export(a) => self.dataset_export(a),
            DatasetVerb::List => self.dataset_list(),
            DatasetVerb::Template(a) => self.dataset_template(a),
        }
    }

    fn dataset_make(&self, a: &arguments::DatasetMake) -> Result<ExitCode, Message> {
        let from = match &a.from {
            Some(file) => dataset::From::File(file.clone()),
            None => dataset::From::Experiments(a.only.clone()),
        };
        let options = dataset::Options {
            target: a.target.clone(),
            groups: a.group.clone(),
            ignored: a.ignore.clone(),
            sets: a.set.clone(),
            ends: a.cap.clone(),
            note: a.note.clone(),
            format: a.format.clone(),
        };
        let wish = dataset::Wish { name: a.name.clone(), from, options };
        let made = dataset::make(&wish, &self.general.dock, self.language)?;
        self.show(&made, || shown_made(&made, self.language))
    }

    fn dataset_show(&self, a: &arguments::DatasetShow) -> Result<ExitCode, Message> {
        let drawn = dataset::report(&self.general.dock, &a.name, a.out.as_deref(), self.language)?;
        self.show(&drawn, || shown(&drawn, self.language))
    }

    fn dataset_export(&self, a: &arguments::DatasetExport) -> Result<ExitCode, Message> {
        let exported = dataset::export(&self.general.dock, &a.name, &a.out, a.descriptors, self.language)?;
        self.show(&exported, || shown_export(&exported, self.language))
    }

    fn dataset_list(&self) -> Result<ExitCode, Message> {
        let (datasets, problems) = dataset::list(&self.general.dock);
        problems.iter().for_each(|problem| eprintln!("{}", problem.text(self.language)));
        self.show(&datasets, || list(&datasets, &self.general.dock, self.language))
    }

    fn dataset_template(&self, a: &arguments::DatasetTemplate) -> Result<ExitCode, Message> {
        let Some(name) = &a.format else {
            let formats = record_format::names();
            return self.show(&formats, || {
                let row = |name: &&str| {
                    vec![(*name).to_owned(), view::word(&format!("app-record-format-{name}"), self.language)]
                };
                let headers =
                    ["name", "meaning"].map(|id| view::word(&format!("cli-dataset-format-{id}"), self.language));
                view::print(&view::table(&headers, &formats.iter().map(row).collect::<Vec<_>>()));
            });
        };
        let format = RecordFormat::named(name)?;
        let explained = format.explained(self.language);
        if let Some(out) = &a.out {
            format.write_template(out, self.language)?;
        }
        self.show(&explained, || match &a.out {
            Some(out) => {
                let message =
                    say!("cli-dataset-template", file = out.display(), columns = format.columns.len(), format = name);
                view::line(&message, self.language);
            }
            None => explained.iter().for_each(|line| view::print(&format!("{line}\n"))),
        })
    }

    /// The table of a file or dataset, as a person named it.
    pub(crate) fn given(&self, what: &Path) -> Result<Given, Message> {
        dataset::given(&self.general.dock, what)
    }
}

fn shown_made(made: &Made, language: Language) {
    let dataset = &made.dataset;
    let title = dataset.title();
    let (rows, columns) = (dataset.rows, dataset.columns.len());
    let line = |message| view::line(&message, language);
    if made.new {
        line(say!("cli-dataset-made", name = title, rows = rows, columns = columns));
    } else {
        line(say!("cli-dataset-same", name = title));
    }
    let (computed, found) = (made.descriptors.computed, made.descriptors.found);
    if computed + found > 0 {
        line(say!("cli-dataset-descriptors", computed = computed, found = found));
    }
    if let Some(format) = &dataset.options.format {
        match made.problems.len() {
            0 => line(say!("cli-dataset-fits", format = format)),
            count => line(say!("cli-dataset-problems", count = count, format = format)),
        }
        made.problems.iter().take(SHOWN).for_each(|what| view::print(&format!("  {what}\n")));
        if !made.unknown_columns.is_empty() {
            line(say!("cli-dataset-unknown-columns", names = made.unknown_columns.join(", ")));
        }
    }
    dataset::notes(dataset).iter().for_each(|note| line(say!("cli-train-warning", what = note)));
    line(say!("cli-dataset-next", name = dataset.name));
}

fn shown(drawn: &Drawn, language: Language) {
    let dataset = &drawn.dataset;
    let line = |message| view::line(&message, language);
    let word = |id: &str| view::word(id, language);
    let from = match (&dataset.source.file, &dataset.source.experiments) {
        (Some(file), _) => file.clone(),
        (None, conditions) => {
            let conditions = conditions.clone().unwrap_or_default().join(", ");
            say!("app-dataset-from-dock", conditions = conditions).text(language)
        }
    };
    view::print(&format!("{}  {}\n", dataset.title(), dataset.hash));
    line(say!(
        "app-dataset-about",
        rows = dataset.rows,
        columns = dataset.columns.len(),
        from = from,
        made = dataset.made
    ));
    if let Some(note) = &dataset.options.note {
        view::print(&format!("{note}\n"));
    }
    if let Some(target) = &dataset.options.target {
        line(say!("app-dataset-target", name = target));
    }
    let headers = ["name", "unit", "kind", "known", "missing", "limits", "values"];
    let headers: Vec<String> = headers.iter().map(|name| word(&format!("app-dataset-column-{name}"))).collect();
    let target = dataset.options.target.as_deref();
    let first = dataset.columns.iter().filter(|column| Some(column.name.as_str()) == target);
    let ordered = first.chain(dataset.columns.iter().filter(|column| Some(column.name.as_str()) != target));
    let row = |column: &dataset::Column| {
        vec![
            column.name.clone(),
            column.unit.clone().unwrap_or_default(),
            word(column.kind.key()),
            column.known.to_string(),
            column.missing_words(language),
            column.limits(),
            column.figures(),
        ]
    };
    let rows: Vec<Vec<String>> = ordered.take(SHOWN).map(row).collect();
    view::print(&format!("\n{}", view::table(&headers, &rows)));
    if dataset.columns.len() > SHOWN {
        line(say!("cli-dataset-more", columns = dataset.columns.len() - SHOWN, name = dataset.title()));
    }
    groups(dataset, language);
    if !drawn.notes.is_empty() {
        view::print("\n");
        drawn.notes.iter().for_each(|note| line(say!("cli-train-warning", what = note)));
    }
    if let Some(report) = &drawn.report {
        line(say!("cli-report-file", file = report.display()));
    }
}

fn groups(dataset: &Dataset, language: Language) {
    if dataset.groups.is_empty() {
        return;
    }
    let word = |id: &str| view::word(id, language);
    let headers = ["number", "largest", "median", "alone", "without"];
    let headers = headers.iter().map(|name| word(&format!("app-dataset-groups-{name}")));
    let headers: Vec<String> = std::iter::once(word("cli-dataset-groups-by")).chain(headers).collect();
    let row = |groups: &dataset::Groups| {
        let figures = [groups.groups, groups.largest, groups.median, groups.alone, groups.without];
        let name = if groups.named { format!("{} *", groups.name) } else { groups.name.clone() };
        std::iter::once(name).chain(figures.iter().map(ToString::to_string)).collect()
    };
    let rows: Vec<Vec<String>> = dataset.groups.iter().map(row).collect();
    view::print(&format!("\n{}", view::table(&headers, &rows)));
    view::line(&say!("cli-dataset-groups-about"), language);
}

fn shown_export(exported: &Exported, language: Language) {
    let line = |message| view::line(&message, language);
    let (rows, columns) = (exported.rows, exported.columns);
    line(say!("cli-dataset-exported", name = exported.dataset, rows = rows, columns = columns));
    if exported.missing > 0 {
        line(say!("cli-dataset-exported-missing", cells = exported.missing));
    }
    line(say!("cli-report-file", file = exported.output.display()));
}

fn list(datasets: &[Dataset], dock: &Path, language: Language) {
    if datasets.is_empty() {
        let folder: PathBuf = dock.join("datasets");
        return view::line(&say!("cli-dataset-none", folder = folder.display()), language);
    }
    let word = |id: &str| view::word(id, language);
    let headers = ["dataset", "rows", "columns", "target", "made-at", "note"];
    let headers: Vec<String> = headers.iter().map(|name| word(&format!("cli-dataset-{name}"))).collect();
    let row = |dataset: &Dataset| {
        vec![
            dataset.title(),
            dataset.rows.to_string(),
            dataset.columns.len().to_string(),
            dataset.options.target.clone().unwrap_or_default(),
            dataset.made.clone(),
            dataset.options.note.clone().unwrap_or_default(),
        ]
    };
    view::print(&view::table(&headers, &datasets.iter().map(row).collect::<Vec<_>>()));
}
