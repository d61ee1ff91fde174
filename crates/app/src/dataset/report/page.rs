//! The page: notes, columns, distributions, correlations, what is missing, groups.

use std::fmt::Write as _;

use matdock_message::{Language, Message, say};

use super::{
    distribution::{self, Histogram},
    grid::{Grid, diverging, grey},
    relation::{self, Numeric},
};
use crate::{
    dataset::{Column, Dataset, Kind, missing::Reason},
    plot::{self, Panel, escape, number},
    table::Table,
};

/// Columns drawn large, in the heat map, and among those with missing cells.
const LARGE: usize = 30;
const HEAT: usize = 40;
const GAPS: usize = 60;
/// Parts into which the rows are divided where it is drawn what is missing.
const PARTS: usize = 120;
const ACROSS: usize = 3;

const STYLE: &str = "body{font:15px/1.5 sans-serif;max-width:1240px;margin:2em auto;padding:0 1em;color:#222}\
h1{font-size:1.6em}h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #ddd}\
table{border-collapse:collapse;font-size:13px}td,th{padding:3px 9px;text-align:left;border-bottom:1px solid #eee;vertical-align:top}\
th{position:sticky;top:0;background:#fff}td.n{text-align:right;white-space:nowrap}\
.wide{overflow-x:auto}.scroll{max-height:640px;overflow:auto;border:1px solid #ddd}\
.spark{width:100px;height:20px;fill:#0072b2}svg{max-width:none}.note{color:#a04000}.dim{color:#777}code{background:#f4f4f4}";

/// The page as one HTML file.
pub(super) fn html(dataset: &Dataset, table: &Table, notes: &[String], language: Language) -> Result<String, Message> {
    let numeric = relation::numeric(dataset, table);
    let mut page = Page { html: String::new(), language };
    let title = escape(&dataset.title());
    page.add(&format!(
        "<!DOCTYPE html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>",
        if language == Language::Japanese { "ja" } else { "en" }
    ));
    page.about(dataset, notes);
    page.columns(dataset, &numeric);
    page.distributions(dataset, &numeric)?;
    page.correlations(dataset, &numeric);
    page.gaps(dataset, table);
    page.groups(dataset)?;
    page.add("</body></html>\n");
    Ok(page.html)
}

struct Page {
    html: String,
    language: Language,
}

impl Page {
    fn add(&mut self, html: &str) {
        self.html.push_str(html);
        self.html.push('\n');
    }

    fn word(&self, id: &'static str) -> String {
        escape(&Message::new(id).text(self.language))
    }

    fn paragraph(&mut self, what: &Message, class: &str) {
        let text = escape(&what.text(self.language));
        self.add(&format!("<p class=\"{class}\">{text}</p>"));
    }

    fn heading(&mut self, id: &'static str) {
        let text = self.word(id);
        self.add(&format!("<h2>{text}</h2>"));
    }

    fn about(&mut self, dataset: &Dataset, notes: &[String]) {
        let from = match (&dataset.source.file, &dataset.source.experiments) {
            (Some(file), _) => file.clone(),
            (None, Some(conditions)) => {
                say!("app-dataset-from-dock", conditions = conditions.join(", ")).text(self.language)
            }
            (None, None) => String::new(),
        };
        let (rows, columns) = (dataset.rows, dataset.columns.len());
        self.paragraph(
            &say!("app-dataset-about", rows = rows, columns = columns, from = from, made = dataset.made),
            "",
        );
        if let Some(note) = &dataset.options.note {
            self.add(&format!("<p>{}</p>", escape(note)));
        }
        if let Some(target) = &dataset.options.target {
            self.paragraph(&say!("app-dataset-target", name = target), "");
        }
        self.add(&format!("<p class=\"dim\">BLAKE3 <code>{}</code></p>", escape(&dataset.hash)));
        if !notes.is_empty() {
            let items: String = notes.iter().map(|note| format!("<li>{}</li>", escape(note))).collect();
            self.add(&format!("<ul class=\"note\">{items}</ul>"));
        }
    }

    /// Every column in a line, with a small picture.
    fn columns(&mut self, dataset: &Dataset, numeric: &[Numeric]) {
        self.heading("app-dataset-report-columns");
        let headers = [
            "app-dataset-column-name",
            "app-dataset-column-unit",
            "app-dataset-column-kind",
            "app-dataset-column-known",
            "app-dataset-column-missing",
            "app-dataset-column-limits",
            "app-dataset-column-values",
        ];
        let mut cells: String = headers.iter().map(|id| format!("<th>{}</th>", self.word(id))).collect();
        cells += "<th></th>";
        if dataset.options.target.is_some() {
            let _ = write!(cells, "<th>{}</th>", self.word("app-dataset-column-with-target"));
        }
        self.add(&format!("<div class=\"scroll\"><table><tr>{cells}</tr>"));
        for (place, column) in dataset.columns.iter().enumerate() {
            let own = numeric.iter().find(|numeric| numeric.place == place);
            let spark = own.and_then(|own| Histogram::of(&own.values)).map_or_else(String::new, |h| h.spark());
            let mut row = format!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"n\">{}</td><td>{}</td><td>{}</td><td>{}</td><td>{spark}</td>",
                escape(&column.name),
                escape(column.unit.as_deref().unwrap_or_default()),
                self.word(column.kind.key()),
                column.known,
                escape(&column.missing_words(self.language)),
                escape(&column.limits()),
                escape(&column.figures()),
            );
            if dataset.options.target.is_some() {
                let with = own.and_then(|own| own.with_target).map_or_else(String::new, |with| format!("{with:.2}"));
                let _ = write!(row, "<td class=\"n\">{with}</td>");
            }
            self.add(&(row + "</tr>"));
        }
        self.add("</table></div>");
    }

    fn distributions(&mut self, dataset: &Dataset, numeric: &[Numeric]) -> Result<(), Message> {
        self.heading("app-dataset-report-distributions");
        let histograms = numeric.iter().filter_map(|own| Some((own.place, Histogram::of(&own.values)?)));
        let mut panels: Vec<Panel> = histograms
            .take(LARGE)
            .filter_map(|(place, histogram)| Some(histogram.panel(dataset.columns.get(place)?, self.language)))
            .collect();
        if numeric.len() > panels.len() {
            self.paragraph(&say!("app-dataset-report-nearest", shown = panels.len(), all = numeric.len()), "dim");
        }
        let named = |column: &&Column| {
            matches!(column.kind, Kind::Choice)
                || matches!(column.kind, Kind::Smiles | Kind::Formula | Kind::Text)
                    && 2 * column.different < column.known
        };
        panels.extend(
            dataset.columns.iter().filter(named).take(LARGE / 2).map(|c| distribution::choices(c, self.language)),
        );
        self.pictures(&panels)
    }

    fn pictures(&mut self, panels: &[Panel]) -> Result<(), Message> {
        if !panels.is_empty() {
            let svg = plot::svg(panels, ACROSS.min(panels.len()))?;
            self.add(&format!("<div class=\"wide\">{svg}</div>"));
        }
        Ok(())
    }

    fn correlations(&mut self, dataset: &Dataset, numeric: &[Numeric]) {
        let shown: Vec<&Numeric> = numeric.iter().take(HEAT).collect();
        if shown.len() < 2 {
            return;
        }
        self.heading("app-dataset-report-correlations");
        self.paragraph(&say!("app-dataset-report-correlations-about", shown = shown.len(), all = numeric.len()), "dim");
        let name =
            |own: &&Numeric| dataset.columns.get(own.place).map_or_else(String::new, |column| column.name.clone());
        let names: Vec<String> = shown.iter().map(name).collect();
        let told = |row: usize, column: usize, value: Option<f64>| {
            let value = value?;
            Some((diverging(value), format!("{} – {}: {value:.2}", names[row], names[column])))
        };
        let cells = relation::matrix(&shown).into_iter().enumerate().map(|(row, values)| {
            values.into_iter().enumerate().map(|(column, value)| told(row, column, value)).collect()
        });
        let grid = Grid { rows: names.clone(), columns: names.clone(), cells: cells.collect(), size: (17.0, 17.0) };
        self.add(&format!("<div class=\"wide\">{}</div>", grid.svg()));
    }

    /// Which cells have no value: rows from left to right, those columns with most missing first.
    fn gaps(&mut self, dataset: &Dataset, table: &Table) {
        let mut columns: Vec<(usize, &Column)> =
            dataset.columns.iter().enumerate().filter(|(_, column)| column.missing_rows() > 0).collect();
        if columns.is_empty() {
            return;
        }
        self.heading("app-dataset-report-missing");
        columns.sort_by_key(|(_, column)| std::cmp::Reverse(column.missing_rows()));
        let all = columns.len();
        columns.truncate(GAPS);
        self.paragraph(&say!("app-dataset-report-missing-about", shown = columns.len(), all = all), "dim");
        let parts = PARTS.min(table.rows.len()).max(1);
        let range = |part: usize| part * table.rows.len() / parts..(part + 1) * table.rows.len() / parts;
        let row = |(place, column): &(usize, &Column)| {
            let cell = |part: usize| {
                let rows = range(part);
                let (first, size) = (rows.start + 1, rows.len().max(1));
                let missing = rows.filter(|row| Reason::of(table.cell(*row, *place), column.kind).is_some()).count();
                let share = missing as f64 / size as f64;
                let percent = number(100.0 * share);
                let told = say!("app-dataset-report-missing-cell", row = first, percent = percent).text(self.language);
                Some((if missing == 0 { "#cfe3f1".to_owned() } else { grey(share) }, told))
            };
            (0..parts).map(cell).collect()
        };
        let cells = columns.iter().map(row).collect();
        let label = |(_, column): &(usize, &Column)| {
            let percent = number((1000.0 * column.missing_rows() as f64 / dataset.rows as f64).round() / 10.0);
            format!("{} {percent} %", distribution::shortened(&column.name))
        };
        let width = (900.0 / parts as f64).clamp(4.0, 30.0);
        let grid = Grid { rows: columns.iter().map(label).collect(), columns: Vec::new(), cells, size: (width, 15.0) };
        let svg = grid.svg();
        self.add(&format!("<div class=\"wide\">{svg}</div>"));
    }

    fn groups(&mut self, dataset: &Dataset) -> Result<(), Message> {
        if dataset.groups.is_empty() {
            return Ok(());
        }
        self.heading("app-dataset-report-groups");
        self.paragraph(&say!("app-dataset-report-groups-about"), "dim");
        let headers = [
            "app-dataset-column-name",
            "app-dataset-groups-number",
            "app-dataset-groups-largest",
            "app-dataset-groups-median",
            "app-dataset-groups-alone",
            "app-dataset-groups-without",
        ];
        let cells: String = headers.iter().map(|id| format!("<th>{}</th>", self.word(id))).collect();
        self.add(&format!("<table><tr>{cells}</tr>"));
        for groups in &dataset.groups {
            let mut row = format!("<tr><td>{}</td>", escape(&groups.name));
            for figure in [groups.groups, groups.largest, groups.median, groups.alone, groups.without] {
                let _ = write!(row, "<td class=\"n\">{figure}</td>");
            }
            self.add(&(row + "</tr>"));
        }
        self.add("</table>");
        let panels: Vec<Panel> =
            dataset.groups.iter().map(|groups| distribution::groups(groups, self.language)).collect();
        self.pictures(&panels)
    }
}
