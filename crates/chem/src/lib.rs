//! Chemical formulas, elements and the features computed from them. No input or output.
