//! What people see of a process chain compared with the direct way.

use matdock_app::{
    campaign::{Campaign, header},
    chain::{Comparison, title, verdicts, way_key},
    plot::number,
};
use matdock_message::{Language, say};

use crate::view::{line, print, table, word};

pub fn compared(campaign: &Campaign, comparison: &Comparison, language: Language) {
    line(&title(comparison), language);
    if comparison.left_out > 0 {
        line(&say!("cli-chain-left-out", count = comparison.left_out), language);
    }
    for quantity in &comparison.quantities {
        let name = header(&quantity.outcome, &campaign.unit_of(&quantity.outcome));
        let headers = [
            say!("cli-chain-readings", name = name, count = quantity.readings).text(language),
            word("cli-word-explained", language),
            word("cli-word-prediction-error", language),
            word("cli-word-log-density", language),
        ];
        let rows = quantity.scores.iter().map(|(way, score)| {
            vec![
                word(way_key(*way), language),
                format!("{:.1} ± {:.1} %", 100.0 * score.explained, 100.0 * score.explained_error),
                format!("{} ± {}", number(score.error), number(score.error_error)),
                format!("{:.3} ± {:.3}", score.log_density, score.log_density_error),
            ]
        });
        print(&format!("\n{}", table(&headers, &rows.collect::<Vec<_>>())));
        verdicts(campaign, quantity).iter().for_each(|verdict| line(verdict, language));
    }
}
