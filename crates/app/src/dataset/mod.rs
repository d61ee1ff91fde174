//! Tables frozen in a dock: `matdock dataset make|show|export|list`.
//!
//! A dataset is a table as it came, with what its columns hold, in `datasets/NAME/VERSION` of a dock. Versions are only ever
//! added; `NAME` means the newest, `NAME@1` the first.

mod columns;
mod export;
mod from_dock;
mod given;
mod groups;
mod make;
mod missing;
mod notes;
mod numbers;
mod report;
mod versions;

use serde::{Deserialize, Serialize};

pub use columns::{Column, Kind, Numbers};
pub use export::{Exported, export};
pub use given::{Given, Reference, given};
pub use groups::Groups;
pub use make::{From, Made, Wish, make};
pub use missing::{Example, Missing, Reason};
pub use notes::notes;
pub use report::{Drawn, report};
pub(crate) use versions::problems;
pub use versions::{list, read};

/// A frozen table: where it came from, and what is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Layout of this description; a change that older programs cannot read gets the next number.
    pub format: u32,
    /// Name.
    pub name: String,
    /// Version, from 1.
    pub version: u32,
    /// BLAKE3 hash of the frozen table.
    pub hash: String,
    /// The frozen table, a file beside this description.
    pub file: String,
    /// Where it came from.
    pub source: Source,
    /// When it was frozen.
    pub made: String,
    /// Version of the program.
    pub matdock: String,
    /// Number of rows.
    pub rows: usize,
    /// Rows that repeat an earlier one in every cell.
    pub repeated_rows: usize,
    /// What was said of it.
    pub options: Options,
    /// What each column holds, in the order of the table.
    pub columns: Vec<Column>,
    /// Columns by which rows belong together, those that were named first.
    pub groups: Vec<Groups>,
}

/// Where a dataset came from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Source {
    /// The file as it was named; none if it came from the dock.
    pub file: Option<String>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Conditions on the experiments of the dock, such as `campaign=films`; none if it came from a file.
    pub experiments: Option<Vec<String>>,
}

/// What is said of a dataset; later commands take it where they are told nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Options {
    /// Column to be predicted.
    pub target: Option<String>,
    /// Columns by which rows belong together.
    pub groups: Vec<String>,
    /// Columns not to learn from.
    pub ignored: Vec<String>,
    /// Sets of descriptors for structures.
    pub sets: Vec<String>,
    /// What becomes of the ends of repeat units.
    pub ends: Option<String>,
    /// A remark.
    pub note: Option<String>,
    /// Record format the table was checked against.
    #[serde(default)]
    pub format: Option<String>,
}

impl Dataset {
    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Name and version, `NAME@2`.
    pub fn title(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }
}
