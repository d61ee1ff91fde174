//! Goals, search spaces, acquisition and suggestions. Pure: same data and seed, same bytes.
