//! The list of extractors: name, version, unit, what they need and where the formula comes from.

use matdock_message::Message;
use matdock_record::Unit;

use super::{
    image::{self, Picture},
    series::{self, Series},
    unit,
};

/// A way to get one number from a series or an image.
#[derive(Debug)]
pub struct Extractor {
    /// What recipes call it, such as `level`.
    pub name: &'static str,
    /// Counts up when the same data would give another value.
    pub version: u32,
    /// Unit of what it yields.
    pub unit: UnitRule,
    /// What it needs of the data.
    pub needs: Needs,
    /// Whether a number follows the name (`peak position 2`).
    pub numbered: bool,
    /// Key of the catalogue for what it is.
    pub(super) about: &'static str,
    /// Where the formula comes from.
    pub source: &'static str,
    pub(super) compute: Compute,
}

/// Two extractors are the same when they have the same name.
impl PartialEq for Extractor {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Compute {
    Series(fn(&Series<'_>, usize) -> Result<f64, Message>),
    Fit(fn(&Series<'_>, usize) -> Result<Estimate, Message>),
    Image(fn(&Picture) -> Result<f64, Message>),
}

/// What a fit says: a number, how sure it is, and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Estimate {
    pub value: f64,
    /// Standard uncertainty.
    pub uncertainty: Option<f64>,
    pub flags: Vec<Message>,
}

/// What an extractor needs of its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Readings in any order.
    Readings,
    /// Readings whose spacing should not change, in any order.
    Spacing,
    /// An axis that goes one way.
    Axis,
    /// An axis that goes one way with equal steps.
    EvenAxis,
    /// An image.
    Image,
}

/// The unit of what an extractor yields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitRule {
    /// That of the column.
    Value,
    /// That of differences of the column (`K` for `Cel`).
    Difference,
    /// Difference of the column per difference of the axis.
    PerAxis,
    /// Column times difference of the axis.
    TimesAxis,
    /// That of the axis.
    Axis,
    /// That of differences of the axis.
    AxisDifference,
    /// None: `1`.
    One,
    /// Length in the image: that of the pixel size, or `1` (pixels).
    Length,
}

impl UnitRule {
    /// The unit for a column and an axis in the given units.
    ///
    /// # Errors
    /// The units cannot be combined.
    pub fn of(self, column: &Unit, axis: &Unit) -> Result<Unit, Message> {
        match self {
            Self::Value => Ok(column.clone()),
            Self::Difference => unit::difference(column),
            Self::PerAxis => unit::ratio(&unit::difference(column)?, &unit::difference(axis)?),
            Self::TimesAxis => unit::product(&unit::difference(column)?, &unit::difference(axis)?),
            Self::Axis => Ok(axis.clone()),
            Self::AxisDifference => unit::difference(axis),
            Self::One | Self::Length => Ok(Unit::one()),
        }
    }

    /// The rule in a word: `column`, `column/axis` ...
    pub fn word(self) -> &'static str {
        match self {
            Self::Value => "column",
            Self::Difference => "column (difference)",
            Self::PerAxis => "column/axis",
            Self::TimesAxis => "column x axis",
            Self::Axis => "axis",
            Self::AxisDifference => "axis (difference)",
            Self::One => "1",
            Self::Length => "pixel size",
        }
    }
}

impl Extractor {
    /// Whether it looks at images.
    pub fn is_of_image(&self) -> bool {
        self.needs == Needs::Image
    }

    /// What it is, for a person.
    pub fn about(&self) -> Message {
        Message::new(self.about)
    }

    /// The highest number that may follow the name.
    pub fn highest(&self) -> usize {
        match self.name {
            "double time constant" => 2,
            _ if self.numbered => 99,
            _ => 1,
        }
    }
}

/// All extractors, those of series first.
pub fn all() -> impl Iterator<Item = &'static Extractor> {
    series::EXTRACTORS.iter().flat_map(|list| list.iter()).chain(image::EXTRACTORS.iter().flat_map(|list| list.iter()))
}

/// An extractor of series, version 1.
pub(super) const fn of_series(
    name: &'static str,
    about: &'static str,
    unit: UnitRule,
    needs: Needs,
    compute: fn(&Series<'_>, usize) -> Result<f64, Message>,
) -> Extractor {
    Extractor { name, version: 1, unit, needs, numbered: false, about, source: "", compute: Compute::Series(compute) }
}

/// An extractor of series that fits a curve, version 1.
pub(super) const fn fitted(
    name: &'static str,
    about: &'static str,
    unit: UnitRule,
    needs: Needs,
    compute: fn(&Series<'_>, usize) -> Result<Estimate, Message>,
) -> Extractor {
    Extractor { name, version: 1, unit, needs, numbered: false, about, source: "", compute: Compute::Fit(compute) }
}

/// An extractor of images, version 1.
pub(super) const fn of_image(
    name: &'static str,
    about: &'static str,
    unit: UnitRule,
    compute: fn(&Picture) -> Result<f64, Message>,
) -> Extractor {
    let needs = Needs::Image;
    Extractor { name, version: 1, unit, needs, numbered: false, about, source: "", compute: Compute::Image(compute) }
}

impl Extractor {
    /// With a number after the name.
    pub(super) const fn numbered(mut self) -> Self {
        self.numbered = true;
        self
    }

    /// With another version than 1.
    pub(super) const fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    /// With the place the formula comes from.
    pub(super) const fn from(mut self, source: &'static str) -> Self {
        self.source = source;
        self
    }
}
