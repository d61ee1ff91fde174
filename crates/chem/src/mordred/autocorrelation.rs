//! Autocorrelations of atomic properties over topological distances: Moreau-Broto, centred, Moran and Geary.

/// ATS, AATS, ATSC, AATSC, MATS and GATS.
pub(crate) mod all {
    use super::super::{MissingReason, Values, atomic::Weight, context::Context, ratio};

    const LAGS: usize = 9;

    pub fn names(names: &mut Vec<String>) {
        for (prefix, first_weight, first_lag) in
            [("ATS", 1, 0), ("AATS", 1, 0), ("ATSC", 0, 0), ("AATSC", 0, 0), ("MATS", 0, 1), ("GATS", 0, 1)]
        {
            for weight in &Weight::ALL[first_weight..] {
                names.extend((first_lag..LAGS).map(|lag| format!("{prefix}{lag}{}", weight.suffix())));
            }
        }
    }

    type Row = [f64; Weight::COUNT];

    /// Sums over pairs at each distance; at distance 0 over atoms.
    #[derive(Default)]
    struct Sums {
        products: [Row; LAGS],
        centred: [Row; LAGS],
        differences: [Row; LAGS],
        pairs: [f64; LAGS],
    }

    /// What sums are taken over.
    struct Pairs<'a>(&'a Context<'a>);

    impl pulp::NullaryFnOnce for Pairs<'_> {
        type Output = Sums;

        #[inline(always)]
        fn call(self) -> Sums {
            sums(self.0)
        }
    }

    #[inline(always)]
    fn sums(context: &Context<'_>) -> Sums {
        let rows = &context.full.weights.rows;
        let count = rows.len();
        let mut mean = [0.0; Weight::COUNT];
        for row in rows {
            (0..Weight::COUNT).for_each(|w| mean[w] += row[w]);
        }
        mean.iter_mut().for_each(|sum| *sum /= count as f64);
        let centred: Vec<Row> = rows.iter().map(|row| std::array::from_fn(|w| row[w] - mean[w])).collect();
        let mut sums = Sums::default();
        sums.pairs[0] = count as f64;
        for (row, middle) in rows.iter().zip(&centred) {
            for w in 0..Weight::COUNT {
                sums.products[0][w] += row[w] * row[w];
                sums.centred[0][w] += middle[w] * middle[w];
            }
        }
        // Pairs by their distance, so that the sums of a distance stay at hand.
        let mut pairs: [Vec<(u32, u32)>; LAGS] = std::array::from_fn(|_| Vec::with_capacity(4 * count));
        let mut distances = Vec::with_capacity(count);
        for i in 0..count {
            context.full.distances_behind(&context.heavy, i, &mut distances);
            for (j, &distance) in (i + 1..).zip(&distances) {
                if let Some(group) = pairs.get_mut(usize::from(distance)) {
                    group.push((i as u32, j as u32));
                }
            }
        }
        for (lag, group) in pairs.iter().enumerate().skip(1) {
            sums.pairs[lag] = group.len() as f64;
            let (mut products, mut middles, mut differences) =
                ([0.0; Weight::COUNT], [0.0; Weight::COUNT], [0.0; Weight::COUNT]);
            for &(i, j) in group {
                let (row_i, row_j) = (&rows[i as usize], &rows[j as usize]);
                let (centred_i, centred_j) = (&centred[i as usize], &centred[j as usize]);
                for w in 0..Weight::COUNT {
                    products[w] += row_i[w] * row_j[w];
                    middles[w] += centred_i[w] * centred_j[w];
                    differences[w] += (row_i[w] - row_j[w]) * (row_i[w] - row_j[w]);
                }
            }
            (sums.products[lag], sums.centred[lag], sums.differences[lag]) = (products, middles, differences);
        }
        sums
    }

    pub fn compute(context: &Context<'_>, values: &mut Values) {
        let sums = pulp::Arch::new().dispatch(Pairs(context));
        let known = context.full.weights.known;
        let count = context.full.count() as f64;
        let check = |weight: usize| if known[weight] { Ok(()) } else { Err(MissingReason::UnknownProperty) };
        let average = |sum: f64, lag: usize| ratio(sum, sums.pairs[lag], MissingReason::NothingToAverage);
        for weight in 1..Weight::COUNT {
            values.extend((0..LAGS).map(|lag| check(weight).map(|()| sums.products[lag][weight])));
        }
        for weight in 1..Weight::COUNT {
            values.extend((0..LAGS).map(|lag| check(weight).and_then(|()| average(sums.products[lag][weight], lag))));
        }
        for weight in 0..Weight::COUNT {
            values.extend((0..LAGS).map(|lag| check(weight).map(|()| sums.centred[lag][weight])));
        }
        for weight in 0..Weight::COUNT {
            values.extend((0..LAGS).map(|lag| check(weight).and_then(|()| average(sums.centred[lag][weight], lag))));
        }
        for weight in 0..Weight::COUNT {
            values.extend((1..LAGS).map(|lag| {
                check(weight)?;
                let mean = average(sums.centred[lag][weight], lag)?;
                ratio(count * mean, sums.centred[0][weight], MissingReason::NoSpread)
            }));
        }
        for weight in 0..Weight::COUNT {
            values.extend((1..LAGS).map(|lag| {
                check(weight)?;
                let mean = average(sums.differences[lag][weight], lag)? / 2.0;
                ratio(mean * (count - 1.0), sums.centred[0][weight], MissingReason::NoSpread)
            }));
        }
    }
}
