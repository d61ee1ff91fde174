//! Ways of leaving out rows, as a person writes them.

use std::collections::BTreeMap;

use matdock_learn::validate::Split;
use matdock_message::{Message, say};

use super::lesson::Lesson;
use crate::{
    learning::model_file,
    table::{self, Table},
};

/// Share of rows whose structure occurs more than once, from which on structures are left out together.
pub(in crate::learning) const REPEATED: f64 = 0.2;

/// A way to leave out rows as a person wrote it.
pub(super) enum Said {
    Random,
    Group(String),
    Cluster,
    Time(String),
    Extrapolate,
}

impl Said {
    pub(super) fn of(text: &str, table: &Table) -> Result<Self, Message> {
        let named = |name: &str| -> Result<String, Message> {
            table.column(name)?;
            Ok(name.to_owned())
        };
        match text.split_once(':') {
            None if text == "random" => Ok(Self::Random),
            None if text == "cluster" => Ok(Self::Cluster),
            None if text == "extrapolate" => Ok(Self::Extrapolate),
            Some(("group", name)) => named(name).map(Self::Group),
            Some(("time", name)) => named(name).map(Self::Time),
            _ => Err(say!("app-learn-split", text = text)),
        }
    }

    pub(super) fn column(&self) -> Option<String> {
        match self {
            Self::Group(name) | Self::Time(name) => Some(name.clone()),
            Self::Random | Self::Cluster | Self::Extrapolate => None,
        }
    }
}

/// A way to leave out rows, ready: its name, and which rows resemble each other.
pub(super) struct Way {
    pub(super) kind: String,
    pub(super) split: Split,
    pub(super) blocks: Vec<usize>,
}

impl Lesson {
    /// Numbers of the groups that the cells of a column make; rows with an empty cell are groups of their own.
    fn groups(&self, table: &Table, name: &str) -> Result<Vec<usize>, Message> {
        let column = table.column(name)?;
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let group = |(index, row): (usize, &usize)| {
            let text = table.cell(*row, column).to_string();
            let key = if text.is_empty() { format!("\u{0}{index}") } else { text };
            let next = numbers.len();
            *numbers.entry(key).or_insert(next)
        };
        Ok(self.prepared.rows.iter().enumerate().map(group).collect())
    }

    pub(super) fn splits(&self, table: &Table, said: &[Said]) -> Result<Vec<Way>, Message> {
        let each: Vec<usize> = (0..self.targets.len()).collect();
        let way = |kind: &str, split| Way { kind: kind.to_owned(), split, blocks: each.clone() };
        let mut ways = Vec::new();
        for one in said {
            ways.push(match one {
                Said::Random => way("random", self.random()),
                Said::Extrapolate if !self.schema.classes.is_empty() => {
                    return Err(say!("app-learn-no-extrapolation"));
                }
                Said::Extrapolate => way("extrapolate", Split::Extrapolate),
                Said::Cluster => way("cluster", Split::Cluster(self.domain.place(&self.prepared.features))),
                Said::Group(name) => self.grouped(table, name)?,
                Said::Time(name) => {
                    let column = table.column(name)?;
                    let time = |row: &usize| match table.cell(*row, column) {
                        table::Cell::Date(date) => {
                            model_file::seconds(date).ok_or_else(|| table.at(*row, column, say!("app-learn-no-time")))
                        }
                        _ => {
                            table.number(*row, column)?.ok_or_else(|| table.at(*row, column, say!("app-learn-no-time")))
                        }
                    };
                    let times = self.prepared.rows.iter().map(time).collect::<Result<_, _>>()?;
                    way(&format!("time:{name}"), Split::Time(times))
                }
            });
        }
        if ways.is_empty() {
            ways.push(way("random", self.random()));
            // The same structure on both sides would be recognised rather than predicted.
            if let Some(name) = self.schema.structures() {
                let grouped = self.grouped(table, name)?;
                let mut sizes = BTreeMap::new();
                grouped.blocks.iter().for_each(|group| *sizes.entry(*group).or_insert(0usize) += 1);
                let repeated: usize = sizes.values().filter(|size| **size > 1).sum();
                if repeated as f64 >= REPEATED * self.targets.len() as f64 && sizes.len() > 2 {
                    ways.push(grouped);
                }
            }
        }
        Ok(ways)
    }

    fn random(&self) -> Split {
        if self.schema.classes.is_empty() { Split::Random } else { Split::Stratified }
    }

    fn grouped(&self, table: &Table, name: &str) -> Result<Way, Message> {
        let blocks = self.groups(table, name)?;
        if blocks.iter().max().is_none_or(|most| *most == 0) {
            return Err(table.in_file(say!("app-learn-one-group", name = name)));
        }
        Ok(Way { kind: format!("group:{name}"), split: Split::Group(blocks.clone()), blocks })
    }
}
