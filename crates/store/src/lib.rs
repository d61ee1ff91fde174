//! The dock: append-only records, journals, series and files.
//!
//! One folder holds everything: an SQLite database (`dock.sqlite`) with records and journals, and a folder of
//! objects named by the BLAKE3 hash of their bytes. `docs/dock-format.md` describes both, and the guarantees.
//!
//! Every call blocks. Inside an async runtime call it from a blocking task (`tokio::task::spawn_blocking`).

mod batch;
mod commit;
mod dock;
mod fault;
mod object;
mod place;
mod query;
mod series;
mod verify;

pub use batch::{Batch, JournalLine};
pub use dock::{Dock, Mode};
pub use query::Query;
pub use series::SeriesData;
pub use verify::VerifyReport;
