//! No deadlock: a sample moves only when afterwards all samples can still be finished one after the other.
//!
//! Source: the banker's algorithm (E. W. Dijkstra, EWD 108, 1964), with places in stations as the resource. From a
//! state that is safe in this sense the first sample of the order can always make its next move, so something can
//! always happen.

use super::{
    setup::Setup,
    state::{Flight, Place, Progress, State},
};

impl State {
    /// How many places of a station are free for a sample, its own claims included.
    pub fn free_for(&self, setup: &Setup, station: usize, flight: usize) -> usize {
        let others = self.active.iter().filter(|other| **other != flight && self.flights[**other].holds(station));
        setup.lab.stations[station].places.saturating_sub(others.count())
    }

    /// The places to claim before a step may begin: one for every step that has to follow within a time limit.
    /// `None` when one of them is not free.
    pub fn claims_to_begin(&self, setup: &Setup, index: usize, step: usize) -> Option<Vec<(usize, usize)>> {
        let flight = &self.flights[index];
        let mut claims = Vec::new();
        for next in &setup.chains[step] {
            if flight.claims.contains_key(next) || flight.steps[*next] != Progress::Waiting {
                continue;
            }
            let ways = &flight.ways[*next];
            if ways.is_empty() {
                continue;
            }
            let usable = |station: usize| self.out[station].is_none() && self.free_for(setup, station, index) > 0;
            let way = ways.iter().find(|way| flight.holds(way.station) || usable(way.station))?;
            claims.push((*next, way.station));
        }
        Some(claims)
    }

    /// True when all samples can still be finished if one of them stands at `place` and has these claims too.
    pub fn is_safe_with(&self, setup: &Setup, moved: usize, place: Place, claims: &[(usize, usize)]) -> bool {
        let stations = setup.lab.stations.len();
        let mut holdings: Vec<(usize, Vec<bool>)> = Vec::with_capacity(self.active.len());
        let mut free: Vec<usize> = setup.lab.stations.iter().map(|station| station.places).collect();
        for index in &self.active {
            let flight = &self.flights[*index];
            let place = if *index == moved { place } else { flight.place };
            let at = match place {
                Place::At(station) => Some(station),
                Place::Moving { to, .. } => to,
                Place::Outside | Place::Lost { .. } | Place::Gone => None,
            };
            let mut held = vec![false; stations];
            held.iter_mut().enumerate().for_each(|(station, held)| {
                *held = at == Some(station) || flight.claims.values().any(|claimed| *claimed == station);
            });
            if *index == moved {
                claims.iter().for_each(|(_, station)| held[*station] = true);
            }
            if held.contains(&true) {
                for (station, free) in free.iter_mut().enumerate().filter(|(station, _)| held[*station]) {
                    let Some(left) = free.checked_sub(1) else { return false };
                    debug_assert!(station < stations);
                    *free = left;
                }
                holdings.push((*index, held));
            }
        }
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
        let doable = |(step, ways): (usize, &Vec<super::setup::Way>)| {
            !left(step) || ways.is_empty() || ways.iter().any(|way| open(way.station))
        };
        self.ways.iter().enumerate().all(doable) && setup.lab.entrance.is_none_or(open)
    }
}
