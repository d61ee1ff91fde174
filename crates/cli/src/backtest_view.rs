//! What people see of a backtest.

use matdock_app::{
    backtest::{Best, FrontFigures, Report, Spread},
    plot::number,
};
use matdock_message::{Language, Message, say};

use crate::view::{line, print, table, word};

/// Experiments at which curves are shown.
const MARKS: [usize; 19] = [1, 2, 3, 5, 7, 10, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 500, 700, 1000];

pub fn backtest(report: &Report, language: Language) {
    let r = &report.result;
    line(&head(report), language);
    if report.left_out > 0 {
        line(&say!("cli-backtest-left-out", count = report.left_out), language);
    }
    if let Some(best) = &r.best {
        to_best(best, language);
    }
    if let Some(front) = &r.front {
        to_front(report, front, language);
    }
    let seconds = r.seconds_per_suggestion;
    line(&say!("cli-backtest-seconds", median = number(seconds.median), max = number(seconds.max)), language);
}

fn head(report: &Report) -> Message {
    let r = &report.result;
    let (name, pool, seeds, initial) = (&report.campaign, r.pool, r.seeds, report.initial);
    if let Some(front) = &r.front {
        let rows = front.rows.len();
        return say!(
            "cli-backtest-front-head",
            name = name,
            pool = pool,
            seeds = seeds,
            initial = initial,
            rows = rows
        );
    }
    let unit = if report.unit == "1" { String::new() } else { format!(" {}", report.unit) };
    let best = format!(
        "{} = {}{unit}{}",
        report.outcome,
        report.best_value.map(number).unwrap_or_default(),
        report.best_row.as_ref().map(|row| format!(" ({row})")).unwrap_or_default()
    );
    say!("cli-backtest-head", name = name, pool = pool, seeds = seeds, initial = initial, best = best)
}

/// One line of the table of experiments needed.
fn needed(name: String, s: &Spread, random: f64, capped: bool) -> Vec<String> {
    vec![
        name,
        format!("{}{}", if capped { "> " } else { "" }, number(s.mean)),
        format!("± {}", number(s.standard_error)),
        number(s.median),
        format!("{} .. {}", number(s.q1), number(s.q3)),
        number(random),
    ]
}

fn needed_table(rows: &[Vec<String>], language: Language) {
    let headers = ["", "cli-word-mean", "cli-word-error", "cli-word-median", "cli-word-quartiles", "cli-word-random"]
        .map(|id| if id.is_empty() { String::new() } else { word(id, language) });
    print(&table(&headers, rows));
}

fn to_best(best: &Best, language: Language) {
    let top = say!("cli-backtest-to-top", percent = number(best.experiments_to_top.percent)).text(language);
    let rows = vec![
        needed(
            word("cli-word-to-best", language),
            &best.experiments_to_best,
            best.random.experiments_to_best,
            best.unfinished > 0,
        ),
        needed(top, &best.experiments_to_top.spread, best.random.experiments_to_top, false),
    ];
    needed_table(&rows, language);
    if best.unfinished > 0 {
        line(&say!("cli-backtest-unfinished", count = best.unfinished), language);
    }
    print("\n");
    let headers = ["cli-word-experiments", "cli-word-best-so-far", "cli-word-random"].map(|id| word(id, language));
    let marks = MARKS.iter().filter(|n| **n <= best.best_so_far.len());
    let rows: Vec<Vec<String>> = marks
        .map(|n| {
            let random = best.random.best_so_far.get(n - 1).map(|v| number(*v)).unwrap_or_default();
            vec![n.to_string(), number(best.best_so_far[n - 1]), random]
        })
        .collect();
    print(&table(&headers, &rows));
}

fn to_front(report: &Report, front: &FrontFigures, language: Language) {
    let percent = |share: f64| number(100.0 * share);
    let rows: Vec<Vec<String>> = front
        .experiments_to_share
        .iter()
        .map(|s| {
            let name = say!("cli-backtest-to-share", percent = percent(s.share)).text(language);
            needed(name, &s.spread, s.random, s.unfinished > 0)
        })
        .collect();
    needed_table(&rows, language);
    let unfinished = front.experiments_to_share.last().map_or(0, |s| s.unfinished);
    if unfinished > 0 {
        line(&say!("cli-backtest-front-unfinished", count = unfinished), language);
    }
    print("\n");
    let headers = ["cli-word-experiments", "cli-word-hypervolume", "cli-word-random", "cli-word-front-rows"];
    let mut headers = headers.map(|id| word(id, language)).to_vec();
    headers.push(word("cli-word-random", language));
    let marks = MARKS.iter().filter(|n| **n <= front.hypervolume_share.len());
    let rows: Vec<Vec<String>> = marks
        .map(|&n| {
            let at = |values: &[f64]| values.get(n - 1).map(|v| number(*v)).unwrap_or_default();
            let shares = [&front.hypervolume_share, &front.random.hypervolume_share];
            let [planner, random] = shares.map(|values| values.get(n - 1).map(|v| percent(*v)).unwrap_or_default());
            vec![n.to_string(), planner, random, at(&front.front_rows), at(&front.random.front_rows)]
        })
        .collect();
    print(&table(&headers, &rows));
    print("\n");
    let reference = front.reference.iter().map(|x| number(*x)).collect::<Vec<_>>().join(", ");
    line(&say!("cli-backtest-reference", point = reference), language);
    let labels = report.front_rows.iter().map(|row| row.row.as_str()).collect::<Vec<_>>().join(", ");
    line(&say!("cli-backtest-front-rows", rows = labels), language);
}
