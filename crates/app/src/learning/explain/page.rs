//! The explanation as one page for a colleague, with everything in it.

use std::fmt::Write as _;

use matdock_message::{Language, Message, say};

use super::{ModelExplained, pictures::Picture, words};
use crate::{
    learning::{
        card::{by_chance, interval},
        model_file::Model,
    },
    plot::{escape, number},
};

const STYLE: &str = "body{font-family:system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;line-height:1.5;color:#222}\
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2.2rem;border-bottom:1px solid #ccc}\
table{border-collapse:collapse;font-size:.9rem}td,th{padding:.25rem .7rem;text-align:left;border-bottom:1px solid #e4e4e4;vertical-align:top}\
th{border-bottom:1px solid #888}td.n{white-space:nowrap;font-variant-numeric:tabular-nums}svg{max-width:100%;height:auto}\
.told{background:#f4f7fa;padding:.6rem 1.2rem;border-left:4px solid #0072b2}.warn{background:#fdf3ec;padding:.6rem 1.2rem;border-left:4px solid #d55e00}\
.about{color:#555;font-size:.9rem}code{background:#f2f2f2;padding:.1rem .3rem;overflow-wrap:anywhere}";

struct Page {
    text: String,
    language: Language,
}

impl Page {
    // Writing to a String cannot fail.
    fn raw(&mut self, html: &str) {
        let _ = writeln!(self.text, "{html}");
    }

    fn heading(&mut self, id: &'static str) {
        let title = Message::new(id).text(self.language);
        self.raw(&format!("<h2>{}</h2>", escape(&title)));
    }

    fn about(&mut self, what: &Message) {
        let text = what.text(self.language);
        self.raw(&format!("<p class=\"about\">{}</p>", escape(&text)));
    }

    fn list(&mut self, class: &str, lines: &[String]) {
        let items: String = lines.iter().map(|line| format!("<p>{}</p>", escape(line))).collect();
        self.raw(&format!("<div class=\"{class}\">{items}</div>"));
    }

    fn table(&mut self, headers: &[String], rows: &[Vec<String>]) {
        let header: String = headers.iter().map(|cell| format!("<th>{}</th>", escape(cell))).collect();
        let row = |cells: &Vec<String>| {
            let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", escape(cell))).collect();
            format!("<tr>{cells}</tr>")
        };
        let rows: String = rows.iter().map(row).collect();
        self.raw(&format!("<table><tr>{header}</tr>{rows}</table>"));
    }

    fn picture(&mut self, drawn: &[(Picture, String)], name: &str) {
        if let Some((_, svg)) = drawn.iter().find(|(picture, _)| picture.name == name) {
            self.raw(svg);
        }
    }
}

pub(super) fn html(
    explained: &ModelExplained,
    model: &Model,
    drawn: &[(Picture, String)],
    language: Language,
) -> String {
    let mut page = Page { text: String::new(), language };
    let tag = if language == Language::Japanese { "ja" } else { "en" };
    let title = escape(&say!("app-explain-model-title", name = explained.model).text(language));
    page.raw(&format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>"
    ));
    let (first, second) = (&explained.summary.en, &explained.summary.ja);
    let (first, second) = if language == Language::Japanese { (second, first) } else { (first, second) };
    page.list("told", first);
    page.list("told", second);
    scores(&mut page, explained, model);
    page.picture(drawn, "predicted");
    importance(&mut page, explained, drawn);
    if !explained.effects.is_empty() {
        page.heading("app-explain-page-effects");
        page.about(&say!("app-explain-page-effects-about"));
        page.picture(drawn, "effects");
        page.picture(drawn, "pair");
    }
    sparse(&mut page, explained, drawn);
    page.heading("app-learn-card-limits");
    let mut limits = explained.warnings.clone();
    limits.extend(model.card.warnings.iter().cloned());
    page.list("warn", &limits);
    page.heading("app-learn-card-made");
    let card = &model.card;
    let mut rows = vec![
        vec![Message::new("app-explain-page-table").text(language), card.table.clone()],
        vec![Message::new("app-learn-card-hash").text(language), card.hash.clone()],
        vec!["matdock".to_owned(), format!("{}, seed {}", card.matdock, card.seed)],
    ];
    rows.extend(card.settings.iter().map(|(name, value)| vec![name.clone(), number(*value)]));
    page.table(&[String::new(), String::new()], &rows);
    page.raw("</body></html>");
    page.text
}

fn scores(page: &mut Page, explained: &ModelExplained, model: &Model) {
    let language = page.language;
    let card = &model.card;
    page.heading("app-learn-card-scores");
    page.about(&say!(
        "app-learn-card-what",
        learner = card.learner,
        target = words::target(explained),
        rows = card.rows,
        features = card.features,
        table = card.table
    ));
    let word = |id: &'static str| Message::new(id).text(language);
    let named = card.splits.first().map(|split| split.scores.named()).unwrap_or_default();
    let mut headers = vec![word("app-learn-card-left-out")];
    headers.extend(named.iter().map(|(name, _)| (*name).to_owned()));
    headers.push(word("app-learn-card-coverage"));
    let row = |split: &crate::learning::SplitScores| {
        let coverage = split.coverage_90.map_or_else(String::new, |c| format!("{:.0} %", 100.0 * c.mean));
        let mut cells = vec![split.kind.clone()];
        cells.extend(split.scores.named().into_iter().map(|(_, figure)| interval(figure)));
        cells.push(coverage);
        cells
    };
    page.table(&headers, &card.splits.iter().map(row).collect::<Vec<_>>());
    page.about(&by_chance(card));
}

fn importance(page: &mut Page, explained: &ModelExplained, drawn: &[(Picture, String)]) {
    let language = page.language;
    page.heading("app-explain-page-importance");
    page.about(&say!("app-explain-page-importance-about", kind = explained.split));
    page.picture(drawn, "importance");
    let word = |id: &'static str| Message::new(id).text(language);
    let headers = [
        word("app-explain-page-feature"),
        String::new(),
        word("app-explain-plot-loss"),
        "SHAP".to_owned(),
        word("app-explain-page-meaning"),
        word("app-explain-page-together"),
    ];
    let row = |one: &super::Importance| {
        let unit = one.unit.as_deref().map_or_else(String::new, words::bracketed);
        let mut together = one.together_with.iter().take(4).cloned().collect::<Vec<_>>().join(", ");
        if one.together_with.len() > 4 {
            let _ = write!(together, " … ({})", one.together_with.len());
        }
        vec![
            format!("{}{unit}", one.feature),
            words::arrow(one.direction).to_owned(),
            interval(one.loss),
            one.shap.map_or_else(String::new, number),
            one.meaning.clone(),
            together,
        ]
    };
    page.table(&headers, &explained.importance.iter().map(row).collect::<Vec<_>>());
    page.picture(drawn, "families");
    if !explained.coefficients.is_empty() {
        page.heading("app-explain-page-coefficients");
        let rows: Vec<Vec<String>> =
            explained.coefficients.iter().take(30).map(|(name, weight)| vec![name.clone(), number(*weight)]).collect();
        page.table(&[word("app-explain-page-feature"), word("app-explain-page-weight")], &rows);
    }
}

fn sparse(page: &mut Page, explained: &ModelExplained, drawn: &[(Picture, String)]) {
    let Some(sparse) = &explained.sparse else { return };
    page.heading("app-explain-page-sparse");
    page.about(&say!("app-explain-page-sparse-about", count = number(sparse.by_chance)));
    page.picture(drawn, "stability");
    page.picture(drawn, "path");
    if sparse.formula.is_some() {
        let text = escape(&words::formula_text(explained));
        page.raw(&format!("<p><code>{text}</code></p>"));
        page.about(&say!("app-explain-page-formula-about"));
    }
}
