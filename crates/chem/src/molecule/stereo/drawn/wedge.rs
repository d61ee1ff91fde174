//! Handedness from wedges of a flat drawing: they lift the ends of their bonds from the paper a little, and the
//! neighbours so placed span a volume whose sign is the handedness.

use super::{
    Drawing, Mark,
    vector::{Vector, cross, difference, dot, flat, squared, unit},
};
use crate::{BondOrder, Chirality, Molecule};

/// How far a wedge lifts its end, in lengths of the bond.
const LIFT: f64 = 0.1;
/// Heights and lengths below these are taken for zero.
const LEVEL: f64 = 1e-4;
const SMALL: f64 = 1e-3;
/// Square of the sine below which two of three bonds are in line (178°).
const IN_LINE: f64 = 0.00031;
/// The same where there are four bonds.
const NEARLY_IN_LINE: f64 = 10.0 * SMALL;
/// The volume of a drawing that is as good as flat.
const NO_VOLUME: f64 = 0.00174;

/// The handedness that a wedge gives to the atom it begins at, which has three or four neighbours; none where the drawing is doubtful.
pub(super) fn handedness(molecule: &Molecule, drawing: &Drawing, wedge: usize) -> Chirality {
    let centre = molecule.bonds[wedge].begin;
    let links = molecule.neighbours(centre);
    let single = || links.iter().all(|next| molecule.bonds[next.bond].order == BondOrder::Single);
    if !matches!(molecule.atoms[centre].number, 15 | 16) && !single() {
        return Chirality::None;
    }
    let volume = arms(molecule, drawing, wedge).and_then(|(arms, wedge)| match *arms.as_slice() {
        [a, b, c] => of_three([a, b, c], wedge),
        [a, b, c, d] => of_four([a, b, c, d], wedge),
        _ => None,
    });
    match volume {
        Some(volume) if volume > NO_VOLUME => Chirality::CounterClockwise,
        Some(volume) if volume < -NO_VOLUME => Chirality::Clockwise,
        _ => Chirality::None,
    }
}

/// Directions to the neighbours of the centre, and which of them is the wedge's. None where atoms lie on one another.
fn arms(molecule: &Molecule, drawing: &Drawing, wedge: usize) -> Option<(Vec<Vector>, usize)> {
    let centre = molecule.bonds[wedge].begin;
    let origin = flat(drawing.points[centre]);
    let end = difference(drawing.points[molecule.bonds[wedge].end], origin);
    let length = squared(end).sqrt();
    let lift = if length > 0.0 { LIFT * length } else { LIFT };
    let mut arms: Vec<Vector> = Vec::with_capacity(4);
    let mut place = 0;
    for (at, next) in molecule.neighbours(centre).iter().enumerate() {
        let height = match drawing.marks[next.bond] {
            Mark::Up if molecule.bonds[next.bond].begin == centre => lift,
            Mark::Down if molecule.bonds[next.bond].begin == centre => -lift,
            _ => 0.0,
        };
        let mut arm = difference(drawing.points[next.atom], origin);
        arm[2] = height;
        if next.bond == wedge {
            place = at;
        } else if squared(arm) < SMALL {
            return None;
        }
        arms.push(unit(arm));
    }
    let mut pairs = (0..arms.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
    pairs.all(|(a, b)| squared(difference(arms[a], arms[b])) >= SMALL).then_some((arms, place))
}

/// Signed volume of three neighbours, the fourth being a hydrogen or a lone pair that is not drawn.
fn of_three(mut arms: [Vector; 3], wedge: usize) -> Option<f64> {
    arms.swap(0, wedge);
    let mut sign = if wedge == 0 { 1.0 } else { -1.0 };
    if is_before(arms[0], arms[2], arms[1]) {
        arms.swap(1, 2);
        sign = -sign;
    }
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        if arms[a][2] * arms[b][2] < -SMALL && squared(cross(arms[a], arms[b])) < 0.01 {
            return None;
        }
    }
    let [wedge, first, second] = arms;
    if contradicts(wedge, first, second) || contradicts(wedge, second, first) {
        return None;
    }
    let (mut a, mut b) = (flat(first), flat(second));
    if squared(cross(a, b)) < IN_LINE {
        // A wedge on the line between the two others: those are taken to point the other way.
        a[2] = -wedge[2];
        b[2] = -wedge[2];
    }
    Some(sign * dot(cross(a, b), wedge))
}

/// Whether `other` points to the other side of the paper than the wedge, and `plain`, drawn in it, stands between them.
fn contradicts(wedge: Vector, other: Vector, plain: Vector) -> bool {
    other[2] * wedge[2] < -LEVEL && plain[2].abs() < LEVEL && cross(plain, wedge)[2] * cross(plain, other)[2] < -LEVEL
}

/// Whether, turning against the clock from the wedge, `a` comes before `b`.
fn is_before(wedge: Vector, a: Vector, b: Vector) -> bool {
    let (side_a, side_b) = (cross(wedge, a)[2], cross(wedge, b)[2]);
    let (along_a, along_b) = (dot(wedge, a), dot(wedge, b));
    if along_b.abs() > 1.0 - SMALL {
        return side_a < 0.0;
    }
    if along_a.abs() > 1.0 - SMALL && side_b < 0.0 {
        return true;
    }
    if side_a * side_b < -SMALL {
        return side_b < side_a;
    }
    if along_a * along_b < -SMALL {
        return along_b < along_a;
    }
    along_b.abs() > along_a.abs()
}

/// Signed volume of four neighbours: that of the wedge and two others.
fn of_four(mut arms: [Vector; 4], wedge: usize) -> Option<f64> {
    arms.swap(0, wedge);
    let mut sign = if wedge == 0 { 1.0 } else { -1.0 };
    if squared(cross(arms[1], arms[2])) < NEARLY_IN_LINE && squared(cross(arms[1], arms[0])) > NEARLY_IN_LINE {
        arms[1][2] = -arms[0][2];
    }
    let mut order = [1, 2, 3];
    let turn = |at: usize| {
        let side = if cross(arms[0], arms[at])[2] < -SMALL { -1.0 } else { 1.0 };
        (side, side * dot(arms[0], arms[at]))
    };
    let descending = |a: f64, b: f64| b.total_cmp(&a);
    order.sort_by(|&a, &b| {
        let ((side_a, along_a), (side_b, along_b)) = (turn(a), turn(b));
        descending(side_a, side_b).then(descending(along_a, along_b)).then(b.cmp(&a))
    });
    if (1..4).filter(|&at| order[at - 1] != at).count() == 2 {
        sign = -sign;
    }
    let mut arms = [arms[0], arms[order[0]], arms[order[1]], arms[order[2]]];
    settle_opposites(&mut arms)?;
    let (first, second) = (cross(flat(arms[1]), flat(arms[2])), cross(flat(arms[1]), flat(arms[3])));
    if squared(first) < NEARLY_IN_LINE && arms[3][2].abs() < LEVEL {
        arms[3][2] = -arms[0][2];
    }
    let volumes = [dot(first, arms[0]), dot(second, arms[0])];
    let along = [dot(arms[1], arms[2]), dot(arms[1], arms[3])];
    choose(volumes, along).map(|volume| sign * volume)
}

/// Neighbours drawn opposite one another with opposite wedges tell nothing, except where they stand side by side, as in
/// drawings of sugars: there one of them is taken to be drawn plain.
fn settle_opposites(arms: &mut [Vector; 4]) -> Option<()> {
    for a in 0..4 {
        for b in a + 1..4 {
            if arms[a][2] * arms[b][2] >= -SMALL || squared(cross(arms[a], arms[b])) >= 0.01 {
                continue;
            }
            let opposite = (dot(arms[a], arms[b]) + 1.0).abs() < SMALL;
            let side_by_side = b - a == 1 || (a == 0 && b == 3);
            if !(opposite && side_by_side) {
                return None;
            }
            arms[b][2] = 0.0;
        }
    }
    Some(())
}

/// Of the volumes with the third and with the fourth neighbour the one that tells more. The second turns the other way
/// round.
fn choose([first, second]: [f64; 2], along: [f64; 2]) -> Option<f64> {
    if first.abs() < SMALL {
        return (second.abs() >= SMALL).then_some(-second);
    }
    if first * second > 0.0 && second.abs() > NO_VOLUME && along[0] < along[1] {
        return Some(-second);
    }
    if first.abs() < NO_VOLUME && second.abs() > NO_VOLUME {
        return Some(if first * second < 0.0 { -second } else { second });
    }
    Some(first)
}
