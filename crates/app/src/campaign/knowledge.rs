//! What people know beforehand, as the campaign file says it: guesses, regions to look at, trends. Earlier campaigns:
//! see `source.rs`.

use matdock_message::{Message, say};
use matdock_plan::{ExpectedTrend, Goal, Guess, Knowledge, Look, Space, Value};
use toml::Spanned;

use super::{
    PoolTable, Reader,
    file::{CampaignFile, GuessPart, LookPart, TrendPart, TrendWord},
};

/// How sure a guess is when nothing is said.
const CONFIDENCE: f64 = 0.5;

impl Reader<'_> {
    /// Everything known beforehand, checked against the space.
    pub(super) fn knowledge(
        &self,
        parsed: &CampaignFile,
        space: &Space,
        goal: &Goal,
        pool: Option<&PoolTable>,
    ) -> Result<Knowledge, Message> {
        let guesses = parsed.guesses.iter().map(|part| self.guess(part, space, pool)).collect::<Result<_, _>>()?;
        let looks = parsed.looks.iter().map(|part| self.look(part, space)).collect::<Result<_, _>>()?;
        let trends = parsed.trends.iter().map(|part| self.trend(part, space, goal)).collect::<Result<_, _>>()?;
        Ok(Knowledge { guesses, looks, trends, sources: Vec::new() })
    }

    fn trend(&self, part: &Spanned<TrendPart>, space: &Space, goal: &Goal) -> Result<ExpectedTrend, Message> {
        let trend = part.get_ref();
        let rises = trend.direction == TrendWord::Rises;
        let range = (trend.from, trend.to);
        ExpectedTrend::new(&trend.outcome, &trend.parameter, rises, range, space, goal)
            .map_err(|what| self.at(part, what))
    }

    fn guess(&self, part: &Spanned<GuessPart>, space: &Space, pool: Option<&PoolTable>) -> Result<Guess, Message> {
        let guess = part.get_ref();
        let at = match (&guess.row, pool) {
            (Some(row), Some(pool)) if guess.at.is_empty() => {
                let known = pool.find(&matdock_record::body::Fields::new(), Some(row));
                let known = known.ok_or_else(|| self.at(part, say!("app-guess-row", row = row)))?;
                let Space::Pool(rows) = space else { return Err(self.at(part, say!("app-guess-row", row = row))) };
                let names = rows.columns().iter().map(|column| column.name.clone());
                names.zip(rows.rows().get(known).cloned().unwrap_or_default()).collect()
            }
            (Some(row), _) => return Err(self.at(part, say!("app-guess-row", row = row))),
            (None, _) => guess.at.iter().map(|(name, value)| (name.clone(), value_of(value))).collect::<Vec<_>>(),
        };
        Guess::new(&at, guess.confidence.unwrap_or(CONFIDENCE), space).map_err(|what| self.at(part, what))
    }

    fn look(&self, part: &Spanned<LookPart>, space: &Space) -> Result<Look, Message> {
        let look = part.get_ref();
        Look::new(&look.condition, look.experiments as usize, space).map_err(|what| self.at(part, what))
    }
}

/// A setting as TOML writes it; what fits nowhere is refused where it is used.
pub(super) fn value_of(value: &toml::Value) -> Value {
    match value {
        toml::Value::Integer(number) => Value::Number(*number as f64),
        toml::Value::Float(number) => Value::Number(*number),
        toml::Value::String(text) => Value::Level(text.clone()),
        other => Value::Level(other.to_string()),
    }
}
