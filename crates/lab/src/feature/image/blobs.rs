//! Connected regions of an image.

/// Areas \[pixels\] of the regions of marked pixels that touch, corners included, in no particular order.
///
/// Shape: `marked[y * width + x]`.
pub(super) fn areas(marked: &[bool], width: usize) -> Vec<usize> {
    let mut labels = vec![0_u32; marked.len()];
    // parents[0] is the background.
    let mut parents: Vec<u32> = vec![0];
    for place in 0..marked.len() {
        if !marked[place] {
            continue;
        }
        let (x, above) = (place % width, place.checked_sub(width));
        let left = if x > 0 { labels[place - 1] } else { 0 };
        let mut label = left;
        for (inside, neighbour) in [
            (x > 0, above.and_then(|above| above.checked_sub(1))),
            (true, above),
            (x + 1 < width, above.map(|above| above + 1)),
        ] {
            let other = neighbour.filter(|_| inside).map_or(0, |neighbour| labels[neighbour]);
            label = match (label, other) {
                (0, other) => other,
                (label, 0) => label,
                (label, other) if label == other => label,
                (label, other) => join(&mut parents, label, other),
            };
        }
        if label == 0 {
            label = parents.len() as u32;
            parents.push(label);
        }
        labels[place] = label;
    }
    let mut areas = vec![0_usize; parents.len()];
    for label in labels.into_iter().filter(|label| *label > 0) {
        areas[root(&mut parents, label) as usize] += 1;
    }
    areas.retain(|area| *area > 0);
    areas
}

fn root(parents: &mut [u32], mut label: u32) -> u32 {
    while parents[label as usize] != label {
        parents[label as usize] = parents[parents[label as usize] as usize];
        label = parents[label as usize];
    }
    label
}

fn join(parents: &mut [u32], a: u32, b: u32) -> u32 {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b) as usize] = a.min(b);
    a.min(b)
}

#[cfg(test)]
mod tests {
    use super::areas;

    #[test]
    fn regions_that_touch_at_a_corner_or_meet_further_down_are_one() {
        let picture = ["#.#..#", "#.#...", ".#...#", "....##"];
        let marked: Vec<bool> = picture.iter().flat_map(|row| row.chars().map(|c| c == '#')).collect();
        let mut found = areas(&marked, 6);
        found.sort_unstable();
        assert_eq!(found, [1, 3, 5]);
        assert!(areas(&[], 3).is_empty());
    }
}
