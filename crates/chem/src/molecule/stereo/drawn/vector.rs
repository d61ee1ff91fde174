//! Vectors in space.

pub(in crate::molecule) type Vector = [f64; 3];

pub(super) fn difference(a: Vector, b: Vector) -> Vector {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

pub(super) fn dot(a: Vector, b: Vector) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

pub(super) fn cross(a: Vector, b: Vector) -> Vector {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub(super) fn squared(a: Vector) -> f64 {
    dot(a, a)
}

/// The vector of length one in the same direction; zero stays zero.
pub(super) fn unit(a: Vector) -> Vector {
    let length = squared(a).sqrt();
    if length > 1e-8 { a.map(|part| part / length) } else { [0.0; 3] }
}

/// The same vector on paper.
pub(super) fn flat(a: Vector) -> Vector {
    [a[0], a[1], 0.0]
}
