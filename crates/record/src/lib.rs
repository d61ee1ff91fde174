//! The words of matdock as types: records, quantities, units, outcomes, ids. No input or output.
