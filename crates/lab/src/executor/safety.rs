//! No deadlock: a sample moves only when afterwards all samples can still be finished one after the other.
//!
//! Source: the banker's algorithm (E. W. Dijkstra, EWD 108, 1964), with places in stations as the resource. From a
//! state that is safe in this sense the first sample of the order can always make its next move, so something can
//! always happen.

use super::{
    claims::Wanted,
    setup::{Setup, Way},
    state::{Flight, Place, Progress, State},
};

impl State {
    /// How many places of a station are free for a sample. Places that others claimed count as taken, unless this
    /// sample claimed its own earlier.
    pub fn free_for(&self, setup: &Setup, station: usize, index: usize) -> usize {
        let own = self.flights[index].claim_on(station).unwrap_or(u64::MAX);
        let takes = |other: &Flight| other.stands_in(station) || other.claim_on(station).is_some_and(|o| o < own);
        let others = self.active.iter().filter(|other| **other != index && takes(&self.flights[**other]));
        setup.lab.stations[station].places.saturating_sub(others.count())
    }

    /// True when all samples can still be finished if one of them stands at `place` and has these claims too.
    pub fn is_safe_with(&self, setup: &Setup, moved: usize, place: Place, claims: &[Wanted]) -> bool {
        let stations = setup.lab.stations.len();
        let mut free: Vec<usize> = setup.lab.stations.iter().map(|station| station.places).collect();
        let mut holdings: Vec<(usize, Vec<bool>)> = Vec::with_capacity(self.active.len());
        let mut claimed: Vec<(u64, usize, usize)> = Vec::new();
        for index in &self.active {
            let flight = &self.flights[*index];
            let at = match if *index == moved { place } else { flight.place } {
                Place::At(station) => Some(station),
                Place::Moving { to, .. } => to,
                Place::Outside | Place::Lost { .. } | Place::Gone => None,
            };
            let mut held = vec![false; stations];
            if let Some(station) = at {
                held[station] = true;
                let Some(left) = free[station].checked_sub(1) else { return false };
                free[station] = left;
            }
            let row = holdings.len();
            claimed.extend(flight.claims.values().map(|claim| (claim.order, row, claim.station)));
            if *index == moved {
                claimed.extend(claims.iter().map(|wanted| (u64::MAX, row, wanted.station)));
            }
            holdings.push((*index, held));
        }
        // A claim on a place that somebody still stands in holds nothing yet; its time limit is its only risk.
        claimed.sort_unstable();
        for (_, row, station) in claimed {
            let held = &mut holdings[row].1[station];
            if !*held && free[station] > 0 {
                *held = true;
                free[station] -= 1;
            }
        }
        holdings.retain(|(_, held)| held.contains(&true));
        // A sample that can finish alone gives its places back; whoever can finish then may do so next.
        while !holdings.is_empty() {
            let able = |(index, held): &(usize, Vec<bool>)| self.flights[*index].can_finish(setup, held, &free);
            let Some(position) = holdings.iter().position(able) else { return false };
            let (_, held) = holdings.swap_remove(position);
            free.iter_mut().zip(&held).for_each(|(free, held)| *free += usize::from(*held));
        }
        true
    }
}

impl Flight {
    /// True when the sample could do all that is left while all others stand still.
    fn can_finish(&self, setup: &Setup, held: &[bool], free: &[usize]) -> bool {
        let open = |station: usize| held[station] || free[station] > 0;
        let left = |step: usize| self.verdict.is_none() && !matches!(self.steps[step], Progress::Done { .. });
        let doable = |(step, ways): (usize, &Vec<Way>)| {
            !left(step) || ways.is_empty() || ways.iter().any(|way| open(way.station))
        };
        self.ways.iter().enumerate().all(doable) && setup.lab.entrance.is_none_or(open)
    }
}
