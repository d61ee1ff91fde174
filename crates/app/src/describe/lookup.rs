//! Descriptors of many structures at once, taken from a dock where it has them, and kept there otherwise.

use std::path::Path;

use matdock_message::Message;
use rayon::prelude::*;

use super::{
    Lookups,
    cache::Cache,
    sets::{Notation, Sets},
};

/// The descriptors of a structure, none where a value does not exist; the problem where it cannot be read.
pub(crate) type Numbers = Result<Vec<Option<f64>>, Message>;

/// Structures computed between two writings to the dock.
const BLOCK: usize = 1024;

impl Sets {
    /// The descriptors of each structure, and how many were looked up.
    ///
    /// They do not depend on how a structure happens to be written, whether there is a dock or not. One that cannot be
    /// used costs only the time to compute them.
    pub(crate) fn numbers_of(
        &self,
        structures: &[&str],
        notation: Notation,
        dock: Option<&Path>,
    ) -> (Vec<Numbers>, Lookups) {
        let begun = dock.filter(|dock| dock.join("format").exists());
        let mut cache = begun.and_then(|dock| Cache::open(dock, &self.kept()).ok()).unwrap_or_default();
        let mut lookups = Lookups::default();
        let mut all = Vec::with_capacity(structures.len());
        for block in structures.chunks(BLOCK) {
            let found: Vec<_> = block.par_iter().map(|text| self.compute(text, notation, Some(&cache))).collect();
            let mut fresh = Vec::new();
            for found in found {
                all.push(found.map(|mut found| {
                    lookups.found += found.hits as u64;
                    lookups.computed += found.fresh.len() as u64;
                    fresh.append(&mut found.fresh);
                    found.values.into_iter().map(|value| value.ok().filter(|value| value.is_finite())).collect()
                }));
            }
            // What cannot be kept is computed again another time.
            let _ = cache.keep(fresh.into_iter());
        }
        (all, lookups)
    }
}
