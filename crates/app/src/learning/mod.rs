//! Learning from a table a person brings: `matdock train`, `predict`, `models`.

mod advise;
mod card;
mod classes;
mod evidence;
pub mod explain;
mod known_rows;
mod left_out_plot;
mod model_file;
mod predict;
mod scale;
mod schema;
mod train;

pub use advise::{Advice, Question, Tool, Verdict, Wished, advise};
pub use card::{by_chance, interval, text as card_text};
pub use explain::{ModelExplained, explain};
pub use matdock_learn::validate::Place;
pub use model_file::{FOLDER as MODELS, Model, models, named};
pub(crate) use model_file::{is_plain_name, seconds};
pub use predict::{Predicted, PredictedClass, PredictedRow, place_word, predict};
pub(crate) use schema::Input;
pub use schema::{Columns, LeftOut, Schema};
pub use train::{Compared, Figures, Progress, SplitScores, Trained, Wish, kind, train};
