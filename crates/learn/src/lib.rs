//! Learners: Gaussian processes, their validation and explanation. Pure: same data and seed, same bytes.
