//! Principal components of series: a basis learnt from earlier series, kept in a file, and the place of a new one in it.

use matdock_message::{Message, say};
use matdock_record::Unit;

use super::{
    extractor::Needs,
    series::{Series, exceeds},
};
use crate::driver::Stream;

/// First line of the file.
const HEAD: &str = "# matdock components 1";
/// Fewest series to learn from.
const FEWEST: usize = 3;
/// Series are left out in at most so many groups.
const FOLDS: usize = 10;
const MOST_ROWS: usize = 100_000;

/// Mean and principal components of series of one kind.
///
/// Shape: `mean` and every loading have a number per place of `axis`, which rises; loadings are orthonormal.
/// Units: `mean` and scores in the unit of the column.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// What it was learnt from: stream, column and step.
    pub of: String,
    axis: Vec<f64>,
    axis_column: (String, Unit),
    unit: Unit,
    mean: Vec<f64>,
    loadings: Vec<Vec<f64>>,
    /// Share of the variance of each component.
    pub shares: Vec<f64>,
    /// How many series it was learnt from.
    pub series: usize,
    /// Largest residual (root mean square) of a series that was left out.
    pub usual: f64,
}

/// Where a series lies in a basis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub scores: Vec<f64>,
    /// What the components leave, as a root mean square.
    pub residual: f64,
}

impl Basis {
    /// Learns up to `count` components from the `column` of streams. A stream that is not fit (no such column, readings
    /// that go backwards) is left out; so many were.
    ///
    /// # Errors
    /// Fewer than three fit, or they do not overlap, or never differ.
    ///
    /// Source: NIPALS (Wold 1966; Geladi and Kowalski, Anal. Chim. Acta 185, 1, 1986), on series without their mean.
    pub fn learn(of: &str, streams: &[Stream], column: &str, count: usize) -> Result<(Self, usize), Message> {
        let fit: Vec<Series<'_>> = streams
            .iter()
            .filter_map(|stream| Series::of(stream, column).ok())
            .filter(|series| series.fits(Needs::Axis).is_ok() && series.values.len() > 2)
            .collect();
        let Some(first) = fit.first().filter(|_| fit.len() >= FEWEST) else {
            return Err(say!("lab-components-few", found = fit.len(), needed = FEWEST));
        };
        let low = fit.iter().map(|series| series.axis[0]).fold(f64::NEG_INFINITY, f64::max);
        let high = fit.iter().map(|series| series.axis[series.axis.len() - 1]).fold(f64::INFINITY, f64::min);
        let axis: Vec<f64> = first.axis.iter().copied().filter(|t| (low..=high).contains(t)).take(MOST_ROWS).collect();
        if axis.len() < 3 || fit.iter().any(|series| series.unit != first.unit || series.axis_unit != first.axis_unit) {
            return Err(say!("lab-components-apart"));
        }
        let rows: Vec<Vec<f64>> = fit.iter().map(|series| interpolated(series, &axis)).collect();
        let all: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let (mean, loadings, shares) = components(&all, count.clamp(1, fit.len() - 1));
        if loadings.is_empty() {
            return Err(say!("lab-components-same"));
        }
        let stream = streams.iter().find(|stream| stream.columns.iter().any(|known| known.name == column));
        let axis_name = stream.and_then(|stream| stream.columns.first()).map(|axis| axis.name.clone());
        let basis = Self {
            of: of.to_owned(),
            axis,
            axis_column: (axis_name.unwrap_or_default(), first.axis_unit.clone()),
            unit: first.unit.clone(),
            mean,
            usual: left_out(&all, loadings.len()),
            loadings,
            shares,
            series: fit.len(),
        };
        Ok((basis, streams.len() - fit.len()))
    }

    /// How many components it has.
    pub fn count(&self) -> usize {
        self.loadings.len()
    }

    /// The file: a table with the axis, the mean and the components, below lines about it.
    pub fn text(&self) -> String {
        let list = |values: &[f64]| values.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
        let (axis, unit) = &self.axis_column;
        let names: Vec<String> = (1..=self.count()).map(|number| format!("component {number}")).collect();
        let mut text = format!(
            "{HEAD}\n# of: {}\n# series: {}\n# shares: {}\n# residual: {}\n{axis} [{unit}],mean [{}],{}\n",
            self.of,
            self.series,
            list(&self.shares),
            self.usual,
            self.unit,
            names.join(",")
        );
        for (row, (place, mean)) in self.axis.iter().zip(&self.mean).enumerate() {
            let loadings: Vec<String> = self.loadings.iter().map(|loading| loading[row].to_string()).collect();
            text.push_str(&format!("{place},{mean},{}\n", loadings.join(",")));
        }
        text
    }

    /// Reads the file. The lines about it may be left out of loadings that come from elsewhere: then nothing is known of
    /// the usual residual.
    ///
    /// # Errors
    /// What is wrong, with the line.
    pub fn parse(text: &str) -> Result<Self, Message> {
        let wrong = |line: usize| say!("lab-components-line", line = line);
        let mut basis = Self {
            of: String::new(),
            axis: Vec::new(),
            axis_column: (String::new(), Unit::one()),
            unit: Unit::one(),
            mean: Vec::new(),
            loadings: Vec::new(),
            shares: Vec::new(),
            series: 0,
            usual: f64::INFINITY,
        };
        let mut header = None;
        for (number, line) in text.lines().enumerate().map(|(index, line)| (index + 1, line.trim())) {
            if let Some(about) = line.strip_prefix('#') {
                basis.note(about).ok_or_else(|| wrong(number))?;
                continue;
            }
            if line.is_empty() {
                continue;
            }
            let cells: Vec<&str> = line.split(',').map(str::trim).collect();
            let Some(width) = header else {
                let [axis, mean, rest @ ..] = cells.as_slice() else { return Err(wrong(number)) };
                (basis.axis_column, basis.unit) = (named(axis)?, named(mean)?.1);
                basis.loadings = vec![Vec::new(); rest.len()];
                header = Some(cells.len()).filter(|_| !rest.is_empty());
                header.ok_or_else(|| wrong(number))?;
                continue;
            };
            let row: Option<Vec<f64>> =
                cells.iter().map(|cell| cell.parse().ok().filter(|v: &f64| v.is_finite())).collect();
            let row = row.filter(|row| row.len() == width).ok_or_else(|| wrong(number))?;
            if basis.axis.last().is_some_and(|before| row[0] <= *before) || basis.axis.len() >= MOST_ROWS {
                return Err(wrong(number));
            }
            basis.axis.push(row[0]);
            basis.mean.push(row[1]);
            basis.loadings.iter_mut().zip(&row[2..]).for_each(|(loading, value)| loading.push(*value));
        }
        if basis.axis.len() < 3 {
            return Err(say!("lab-components-empty"));
        }
        Ok(basis)
    }

    fn note(&mut self, about: &str) -> Option<()> {
        let Some((key, value)) = about.split_once(':') else { return Some(()) };
        match (key.trim(), value.trim()) {
            ("of", of) => of.clone_into(&mut self.of),
            ("series", count) => self.series = count.parse().ok()?,
            ("residual", usual) => self.usual = usual.parse().ok().filter(|usual: &f64| *usual >= 0.0)?,
            ("shares", list) => {
                self.shares = list.split(',').map(|share| share.trim().parse().ok()).collect::<Option<_>>()?
            }
            _ => {}
        }
        Some(())
    }

    /// Where a series lies.
    ///
    /// # Errors
    /// Its units are others, or it does not reach over the axis of the basis.
    pub(super) fn place(&self, series: &Series<'_>) -> Result<Place, Message> {
        let axis = &self.axis;
        let step = (axis[axis.len() - 1] - axis[0]) / (axis.len() - 1) as f64;
        let (first, last) = (axis[0], axis[axis.len() - 1]);
        if !self.unit.fits(&series.unit) || !self.axis_column.1.fits(&series.axis_unit) {
            let found = format!("{} / {}", series.unit, series.axis_unit);
            let wanted = format!("{} / {}", self.unit, self.axis_column.1);
            return Err(say!("lab-components-unit", found = found, wanted = wanted));
        }
        let axis_here: Vec<f64> =
            axis.iter().map(|t| self.axis_column.1.convert(*t, &series.axis_unit)).collect::<Result<_, _>>()?;
        let slack = 0.5 * step * (axis_here[1] - axis_here[0]) / (axis[1] - axis[0]);
        if axis_here[0] < series.axis[0] - slack
            || axis_here[axis_here.len() - 1] > series.axis[series.axis.len() - 1] + slack
        {
            return Err(say!("lab-components-reach", from = first, to = last, unit = self.axis_column.1));
        }
        let values: Vec<f64> = interpolated(series, &axis_here)
            .into_iter()
            .map(|value| series.unit.convert(value, &self.unit))
            .collect::<Result<_, _>>()?;
        Ok(place(&values, &self.mean, &self.loadings))
    }

    /// The unit of scores and residual.
    pub(super) fn unit(&self) -> &Unit {
        &self.unit
    }
}

/// `name [unit]`.
fn named(header: &str) -> Result<(String, Unit), Message> {
    match header.rsplit_once('[').and_then(|(name, rest)| Some((name, rest.strip_suffix(']')?))) {
        Some((name, unit)) => Ok((name.trim().to_owned(), unit.trim().parse()?)),
        None => Ok((header.to_owned(), Unit::one())),
    }
}

/// Values at other places of the axis: on the line between the neighbours, beyond the ends the last ones.
fn interpolated(series: &Series<'_>, axis: &[f64]) -> Vec<f64> {
    let mut row = 0;
    let last = series.axis.len() - 1;
    let at = |t: &f64| {
        while row < last && series.axis[row + 1] <= *t {
            row += 1;
        }
        let next = (row + 1).min(last);
        let width = series.axis[next] - series.axis[row];
        let share = if width > 0.0 { ((t - series.axis[row]) / width).clamp(0.0, 1.0) } else { 0.0 };
        series.values[row] + share * (series.values[next] - series.values[row])
    };
    axis.iter().map(at).collect()
}

fn place(values: &[f64], mean: &[f64], loadings: &[Vec<f64>]) -> Place {
    let mut rest: Vec<f64> = values.iter().zip(mean).map(|(value, mean)| value - mean).collect();
    let mut scores = Vec::with_capacity(loadings.len());
    for loading in loadings {
        // Loadings from elsewhere may have another length than 1; the score is along the component all the same.
        let score = dot(&rest, loading) / dot(loading, loading).max(f64::MIN_POSITIVE);
        rest.iter_mut().zip(loading).for_each(|(rest, loading)| *rest -= score * loading);
        scores.push(score * dot(loading, loading).sqrt());
    }
    Place { scores, residual: (dot(&rest, &rest) / rest.len() as f64).sqrt() }
}

/// Mean, loadings and shares of the variance of the rows.
fn components(rows: &[&[f64]], count: usize) -> (Vec<f64>, Vec<Vec<f64>>, Vec<f64>) {
    let width = rows.first().map_or(0, |row| row.len());
    let mean: Vec<f64> =
        (0..width).map(|place| rows.iter().map(|row| row[place]).sum::<f64>() / rows.len() as f64).collect();
    let mut rest: Vec<Vec<f64>> =
        rows.iter().map(|row| row.iter().zip(&mean).map(|(value, mean)| value - mean).collect()).collect();
    let squares = |rows: &[Vec<f64>]| rows.iter().map(|row| dot(row, row)).sum::<f64>();
    let all = squares(&rest);
    // What is left of equal rows is rounding.
    let rounding = 1e-24 * rows.iter().map(|row| dot(row, row)).sum::<f64>();
    let (mut loadings, mut shares) = (Vec::new(), Vec::new());
    while loadings.len() < count && exceeds(squares(&rest), (1e-12 * all).max(rounding)) {
        let loading = strongest(&rest);
        let mut explained = 0.0;
        for row in &mut rest {
            let score = dot(row, &loading);
            explained += score * score;
            row.iter_mut().zip(&loading).for_each(|(value, loading)| *value -= score * loading);
        }
        loadings.push(loading);
        shares.push(explained / all);
    }
    (mean, loadings, shares)
}

/// The direction of the largest variance, of length 1; its largest number is positive.
fn strongest(rows: &[Vec<f64>]) -> Vec<f64> {
    let begin = rows.iter().max_by(|a, b| dot(a, a).total_cmp(&dot(b, b)));
    let mut loading = unit_length(begin.cloned().unwrap_or_default());
    for _ in 0..2000 {
        let mut next = vec![0.0; loading.len()];
        for row in rows {
            let score = dot(row, &loading);
            next.iter_mut().zip(row).for_each(|(next, value)| *next += score * value);
        }
        let next = unit_length(next);
        let moved: f64 = next.iter().zip(&loading).map(|(a, b)| (a - b) * (a - b)).sum();
        loading = next;
        if moved < 1e-24 {
            break;
        }
    }
    let largest = loading.iter().copied().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
    loading.iter().map(|value| value * largest.signum()).collect()
}

fn unit_length(mut values: Vec<f64>) -> Vec<f64> {
    let length = dot(&values, &values).sqrt().max(f64::MIN_POSITIVE);
    values.iter_mut().for_each(|value| *value /= length);
    values
}

/// Largest residual of rows that the components were not learnt from.
fn left_out(rows: &[&[f64]], count: usize) -> f64 {
    let folds = rows.len().min(FOLDS);
    let residual = |fold: usize| {
        let learnt: Vec<&[f64]> =
            rows.iter().enumerate().filter(|(k, _)| k % folds != fold).map(|(_, row)| *row).collect();
        let (mean, loadings, _) = components(&learnt, count);
        let out = rows.iter().enumerate().filter(|(k, _)| k % folds == fold);
        out.map(|(_, row)| place(row, &mean, &loadings).residual).fold(0.0, f64::max)
    };
    (0..folds).map(residual).fold(0.0, f64::max)
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use matdock_record::body::Column;

    use super::*;

    /// Two hills of changing heights, with a little noise of a linear congruential generator.
    fn spectra(count: usize) -> Vec<Stream> {
        let mut state = 99_u64;
        let mut draw = || {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            state as f64 / f64::from(1_u32 << 31)
        };
        let hill = |t: f64, middle: f64| (-((t - middle) / 4.0).powi(2)).exp();
        let axis: Vec<f64> = (0..40).map(f64::from).collect();
        let column = |name: &str, unit: &str| Column { name: name.into(), unit: unit.parse().unwrap() };
        let spectrum = |_| {
            let (a, b) = (5.0 * draw(), 2.0 * draw());
            let values = axis.iter().map(|t| a * hill(*t, 12.0) + b * hill(*t, 25.0) + 0.01 * draw()).collect();
            Stream {
                name: "xrd".into(),
                columns: vec![column("angle", "deg"), column("counts", "1")],
                data: vec![axis.clone(), values],
            }
        };
        (0..count).map(spectrum).collect()
    }

    /// Reference: numpy 2.4.6 `linalg.svd` of the same numbers without their mean, by
    /// `tests/data/components_reference.py`.
    #[test]
    fn components_are_those_of_numpy() {
        let (basis, dropped) = Basis::learn("xrd.counts during scan", &spectra(12), "counts", 2).unwrap();
        assert_eq!((basis.count(), basis.series, dropped), (2, 12, 0));
        for (found, wanted) in basis.shares.iter().zip(SHARES) {
            assert!((found - wanted).abs() < 1e-9, "{:?}", basis.shares);
        }
        let streams = spectra(12);
        let series = Series::of(&streams[3], "counts").unwrap();
        let place = basis.place(&series).unwrap();
        for (found, wanted) in place.scores.iter().chain([&place.residual]).zip(PLACE) {
            assert!((found - wanted).abs() < 1e-8, "{place:?}");
        }
    }

    const SHARES: [f64; 2] = [0.887_553_429_837_811, 0.112_418_703_940_660];
    const PLACE: [f64; 3] = [-2.594_630_689_587_813, -1.063_096_057_908_241, 0.002_455_916_900_880];

    #[test]
    fn a_basis_comes_back_from_its_file_and_knows_what_is_unlike_it() {
        let (basis, _) = Basis::learn("xrd.counts during scan", &spectra(12), "counts", 2).unwrap();
        assert_eq!(Basis::parse(&basis.text()).unwrap(), basis);
        let mut other = spectra(1).swap_remove(0);
        let usual = basis.place(&Series::of(&other, "counts").unwrap()).unwrap();
        assert!(usual.residual <= basis.usual);
        // A third hill, which no series before had.
        other.data[1].iter_mut().enumerate().for_each(|(row, value)| *value += if row > 33 { 1.0 } else { 0.0 });
        assert!(basis.place(&Series::of(&other, "counts").unwrap()).unwrap().residual > 2.0 * basis.usual);
        // Half of the axis says too little; another grid is no matter.
        let short = Stream { data: other.data.iter().map(|column| column[..20].to_vec()).collect(), ..other.clone() };
        let why = basis.place(&Series::of(&short, "counts").unwrap()).unwrap_err().to_string();
        assert!(why.contains("39"), "{why}");
    }

    #[test]
    fn what_cannot_be_learnt_or_read_says_why() {
        let learn = |streams: &[Stream]| Basis::learn("", streams, "counts", 2).unwrap_err().to_string();
        assert!(learn(&spectra(2)).contains('3'));
        let one = spectra(1).swap_remove(0);
        assert!(learn(&[one.clone(), one.clone(), one]).contains("same"));
        for text in
            ["", "angle,mean,component 1\n1,2\n", "angle,mean\n1,2\n", "a,mean,c\n1,1,1\n0,1,1\n", "a,b,c\n1,x,2\n"]
        {
            assert!(!Basis::parse(text).unwrap_err().to_string().is_empty(), "{text}");
        }
    }
}
