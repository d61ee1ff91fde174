//! Earlier campaigns on a similar task: tables, or campaigns of the same dock.

use std::collections::BTreeMap;

use matdock_message::{Message, say};
use matdock_plan::{Observation, Source, Space, Value};
use matdock_record::{Datum, body::Fields};
use matdock_store::Dock;
use toml::Spanned;

use super::{
    Campaign, Input, InputKind, Outcome, Reader,
    file::{CampaignFile, SourcePart},
    knowledge::value_of,
};
use crate::{
    history::{self, Experiment, History},
    table::{self, Table},
};

/// How an earlier campaign is read: under which names it knows things, and what its experiments had where it says
/// nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mapping {
    /// Names there of parameters and outcomes here, where they differ.
    columns: BTreeMap<String, String>,
    /// Settings of parameters it does not have.
    defaults: BTreeMap<String, Value>,
}

/// An earlier campaign in the dock, to be read when the dock is open.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    campaign: String,
    mapping: Mapping,
    /// Where the campaign file names it, for errors.
    line: usize,
}

impl Reader<'_> {
    /// Sources that are tables, and those to be read from the dock.
    pub(super) fn sources(
        &self,
        parsed: &CampaignFile,
        space: &Space,
        inputs: &[Input],
        outcomes: &[Outcome],
    ) -> Result<(Vec<Source>, Vec<Earlier>), Message> {
        let (mut sources, mut earlier) = (Vec::new(), Vec::new());
        for part in &parsed.sources {
            let mapping = self.mapping(part, space, inputs, outcomes)?;
            match (&part.get_ref().table, &part.get_ref().campaign) {
                (Some(name), None) => {
                    let read = || {
                        let table = table::read(&self.folder.join(name))?;
                        let rows = rows(&table, &mapping, inputs, outcomes)?;
                        mapping.source(name, &rows, inputs, outcomes)
                    };
                    sources.push(read().map_err(|what| self.at(part, what))?);
                }
                (None, Some(name)) => {
                    let line = 1 + self.text.bytes().take(part.span().start).filter(|&b| b == b'\n').count();
                    earlier.push(Earlier { campaign: name.clone(), mapping, line });
                }
                _ => return Err(self.at(part, say!("app-source-which"))),
            }
        }
        Ok((sources, earlier))
    }

    fn mapping(
        &self,
        part: &Spanned<SourcePart>,
        space: &Space,
        inputs: &[Input],
        outcomes: &[Outcome],
    ) -> Result<Mapping, Message> {
        let source = part.get_ref();
        if let Some(input) = inputs.iter().find(|input| matches!(input.kind, InputKind::Formula(_))) {
            return Err(self.at(part, say!("app-source-formula", name = input.name)));
        }
        let is_input = |name: &str| inputs.iter().any(|input| input.name == name);
        let is_outcome = |name: &str| outcomes.iter().any(|outcome| outcome.name == name);
        if let Some(name) = source.columns.keys().find(|name| !is_input(name) && !is_outcome(name)) {
            return Err(self.at(part, say!("plan-knowledge-name", name = name)));
        }
        let mut defaults = BTreeMap::new();
        for (name, value) in &source.defaults {
            let value = value_of(value);
            // A guess of this setting alone is checked as this default has to be.
            matdock_plan::Guess::new(&[(name.clone(), value.clone())], 0.5, space)
                .map_err(|what| self.at(part, say!("app-source-default", what = what)))?;
            defaults.insert(name.clone(), value);
        }
        Ok(Mapping { columns: source.columns.clone(), defaults })
    }
}

impl Mapping {
    fn name<'a>(&'a self, here: &'a str) -> &'a str {
        self.columns.get(here).map_or(here, String::as_str)
    }

    /// The experiments of a source. Rows that lack a setting or have a level this campaign does not know are left out.
    fn source(
        &self,
        name: &str,
        rows: &[(Fields, bool)],
        inputs: &[Input],
        outcomes: &[Outcome],
    ) -> Result<Source, Message> {
        let missing = |input: &&Input| {
            !self.defaults.contains_key(&input.name) && rows.iter().all(|(row, _)| !row.contains_key(&input.name))
        };
        if let Some(input) = inputs.iter().find(missing) {
            return Err(say!("app-source-missing", source = name, name = input.name));
        }
        let mut observed = Vec::new();
        for (row, failed) in rows {
            let setting = |input: &Input| match row.get(&input.name) {
                Some(datum) => input.value(datum).ok(),
                None => self.defaults.get(&input.name).cloned(),
            };
            let Some(point) = inputs.iter().map(setting).collect::<Option<Vec<Value>>>() else { continue };
            let measured = outcomes.iter().map(|outcome| history::measured(row.get(&outcome.name), outcome));
            observed.push(Observation {
                point,
                row: None,
                outcomes: measured.collect::<Result<_, _>>()?,
                failed: *failed,
            });
        }
        let measured = observed.iter().filter(|o| o.outcomes.iter().any(|m| *m != matdock_plan::Measured::Missing));
        if measured.count() < 3 {
            return Err(say!("app-source-few", source = name));
        }
        Ok(Source::new(name, observed))
    }
}

/// The rows of a table under the names of this campaign. A row without any outcome is a failed experiment.
pub(super) fn rows(
    table: &Table,
    mapping: &Mapping,
    inputs: &[Input],
    outcomes: &[Outcome],
) -> Result<Vec<(Fields, bool)>, Message> {
    let known: Vec<Option<usize>> = inputs.iter().map(|input| table.find(mapping.name(&input.name))).collect();
    let columns: Vec<Option<usize>> = outcomes.iter().map(|outcome| table.find(mapping.name(&outcome.name))).collect();
    if columns.iter().all(Option::is_none) {
        let names: Vec<&str> = outcomes.iter().map(|outcome| mapping.name(&outcome.name)).collect();
        return Err(table.in_file(say!("app-source-no-outcome", outcomes = names.join(", "))));
    }
    let row = |row: usize| {
        let mut fields = Fields::new();
        for (input, column) in inputs.iter().zip(&known) {
            let Some(column) = column else { continue };
            let datum = if input.is_number() {
                table.quantity(row, *column, &input.unit)?.map(Datum::Quantity)
            } else {
                table.text(row, *column)?.map(Datum::Text)
            };
            fields.extend(datum.map(|datum| (input.name.clone(), datum)));
        }
        let settings = fields.len();
        for (outcome, column) in outcomes.iter().zip(&columns) {
            let Some(column) = column else { continue };
            let quantity = table.quantity(row, *column, &outcome.unit)?;
            fields.extend(quantity.map(|quantity| (outcome.name.clone(), Datum::Quantity(quantity))));
        }
        let failed = fields.len() == settings;
        Ok((fields, failed))
    };
    (0..table.rows.len()).map(row).collect()
}

impl Campaign {
    /// Reads the earlier campaigns it names from the dock.
    ///
    /// # Errors
    /// There is no such campaign, or its experiments do not fit; names the line of the campaign file.
    pub fn with_earlier(mut self, dock: &Dock) -> Result<Self, Message> {
        for earlier in std::mem::take(&mut self.earlier) {
            let file = self.path.display().to_string();
            let place = |what: Message| say!("place-file-line", file = file, line = earlier.line, what = what);
            let history = History::read_named(dock, &earlier.campaign)?;
            let history = history.ok_or_else(|| place(say!("app-no-history", name = earlier.campaign)))?;
            let fields = |experiment: &Experiment| {
                let mut fields = Fields::new();
                let inputs = self.inputs.iter().map(|input| (&input.name, &experiment.settings));
                let outcomes = self.outcomes.iter().map(|outcome| (&outcome.name, &experiment.values));
                for (name, from) in inputs.chain(outcomes) {
                    let datum = from.get(earlier.mapping.name(name));
                    fields.extend(datum.map(|datum| (name.clone(), datum.clone())));
                }
                (fields, !experiment.outcome.is_success())
            };
            let rows: Vec<(Fields, bool)> = history.experiments.iter().map(fields).collect();
            let source = earlier.mapping.source(&earlier.campaign, &rows, &self.inputs, &self.outcomes);
            self.knowledge.sources.push(source.map_err(place)?);
        }
        Ok(self)
    }
}
