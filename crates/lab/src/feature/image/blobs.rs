//! Connected regions of an image.

/// Marked pixels of one row that touch: begin, end (the first that is not) and the region they belong to.
type Run = (usize, usize, usize);

/// Areas \[pixels\] of the regions of marked pixels that touch, corners included, in no particular order.
///
/// Shape: `marked[y * width + x]`.
pub(super) fn areas(marked: &[bool], width: usize) -> Vec<usize> {
    // Regions that turned out to be one: each names an earlier one, or itself.
    let mut parents: Vec<usize> = Vec::new();
    let mut areas: Vec<usize> = Vec::new();
    let (mut above, mut here): (Vec<Run>, Vec<Run>) = (Vec::new(), Vec::new());
    for row in marked.chunks_exact(width.max(1)) {
        here.clear();
        let (mut x, mut first) = (0, 0);
        while let Some(begin) = row[x..].iter().position(|marked| *marked).map(|place| x + place) {
            let end = row[begin..].iter().position(|marked| !*marked).map_or(width, |length| begin + length);
            while above.get(first).is_some_and(|run| run.1 < begin) {
                first += 1;
            }
            let mut region = None;
            for run in above[first..].iter().take_while(|run| run.0 <= end) {
                let other = root(&mut parents, run.2);
                let own = region.map_or(other, |own| root(&mut parents, own));
                parents[own.max(other)] = own.min(other);
                region = Some(own.min(other));
            }
            let region = region.unwrap_or_else(|| {
                parents.push(parents.len());
                areas.push(0);
                parents.len() - 1
            });
            areas[region] += end - begin;
            here.push((begin, end, region));
            x = end;
        }
        std::mem::swap(&mut above, &mut here);
    }
    for region in (0..parents.len()).rev() {
        // Parents come earlier, so that areas are handed down to the first of a region.
        if parents[region] != region {
            areas[parents[region]] += std::mem::take(&mut areas[region]);
        }
    }
    areas.retain(|area| *area > 0);
    areas
}

fn root(parents: &mut [usize], mut region: usize) -> usize {
    while parents[region] != region {
        parents[region] = parents[parents[region]];
        region = parents[region];
    }
    region
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
