//! The dock: append-only records, journals, series and files, with access rules.
