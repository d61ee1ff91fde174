//! Descriptors computed before, kept in a dock by canonical structure.
//!
//! A file for each set and program: a heading, then records one behind the other. Records are only ever added, by one
//! process at a time. What is torn or broken is as if it had never been there: everything can be computed again.

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use matdock_chem::{DescriptorValue, MissingReason, Molecule};
use matdock_message::{Message, say};
use matdock_store::{Dock, Mode};

/// Folder of the dock they are kept in.
const FOLDER: &str = "descriptors";
/// Layout of the records. Change it with [`REASONS`] and with what is written.
const FORMAT: u32 = 1;
/// Reasons by their number in the file.
const REASONS: [MissingReason; 10] = [
    MissingReason::SeveralFragments,
    MissingReason::UnknownProperty,
    MissingReason::NothingToAverage,
    MissingReason::NoSpread,
    MissingReason::NotPositive,
    MissingReason::NoAlkane,
    MissingReason::TooEntangled,
    MissingReason::TooLarge,
    MissingReason::NotARepeatUnit,
    MissingReason::TooManyAtoms,
];
/// A missing value is a NaN that carries the number of its reason.
const MISSING: u64 = 0x7ff8_0000_0000_0000;
/// Bytes before a record's numbers: their length, and the key.
const HEAD: u64 = 4 + 16;
/// Bytes behind them: the beginning of a hash over all before.
const CHECK: usize = 4;
/// No record is longer.
const LONGEST: u32 = 1 << 24;
/// A fast level; the numbers hardly become smaller with a slower one.
const LEVEL: i32 = 1;

/// What was computed before, and where what is new is kept; the empty one keeps nothing.
#[derive(Default)]
pub(super) struct Cache {
    sets: Vec<Kept>,
}

/// A set of descriptors kept in a file.
struct Kept {
    set: String,
    width: usize,
    path: PathBuf,
    file: Mutex<File>,
    /// Whether this process may add to it; another one does otherwise.
    writer: bool,
    /// Where the numbers of a structure begin, and how many bytes they are.
    places: HashMap<[u8; 16], (u64, u32)>,
    end: u64,
}

/// Descriptors of a structure that were not known yet.
pub(super) struct Fresh {
    set: usize,
    key: [u8; 16],
    /// As it is written.
    record: Vec<u8>,
}

/// A structure to look up: a molecule and how it is written canonically.
pub(super) struct Structure<'a> {
    pub(super) molecule: &'a Molecule,
    pub(super) smiles: String,
}

impl Cache {
    /// Opens what a dock has kept of these sets, each with its number of descriptors; makes the dock where there is
    /// none. Errors: the folder is no dock, or the disk refuses.
    pub(super) fn open(dock: &Path, sets: &[(String, usize)]) -> Result<Self, Message> {
        Dock::begin(dock)?;
        drop(Dock::open(dock, Mode::Read)?);
        let folder = dock.join(FOLDER);
        let unusable = |path: &Path, error: io::Error| {
            say!("place-file", file = path.display(), what = say!("app-describe-cache", reason = error))
        };
        fs::create_dir_all(&folder).map_err(|error| unusable(&folder, error))?;
        let mut kept = Vec::new();
        for (set, width) in sets {
            let path = folder.join(format!("{set}-{}-{FORMAT}.cache", matdock_chem::SOURCES));
            kept.push(Kept::open(set, *width, &path).map_err(|error| unusable(&path, error))?);
        }
        Ok(Self { sets: kept })
    }

    /// The descriptors of a structure: known ones, or computed from its canonical form, so that they do not depend on
    /// how it happens to be written. Where a structure cannot be read from its canonical form, nothing is kept.
    pub(super) fn describe(
        &self,
        set: &str,
        structure: &Structure<'_>,
        compute: &dyn Fn(&Molecule) -> Vec<DescriptorValue>,
    ) -> (Vec<DescriptorValue>, Option<Fresh>, bool) {
        let at = self.sets.iter().position(|kept| kept.set == set);
        let key = key(&structure.smiles);
        if let Some(values) = at.and_then(|at| self.sets[at].get(&key)) {
            return (values, None, true);
        }
        let again = Molecule::from_smiles(&structure.smiles).ok();
        match again.filter(|molecule| molecule.canonical_smiles() == structure.smiles) {
            Some(molecule) => {
                let values = compute(&molecule);
                let fresh = at.and_then(|at| record(&key, &values).map(|record| Fresh { set: at, key, record }));
                (values, fresh, false)
            }
            None => (compute(structure.molecule), None, false),
        }
    }

    /// Adds what was computed. Errors: the disk refuses; the message names the file.
    pub(super) fn keep(&mut self, fresh: impl Iterator<Item = Fresh>) -> Result<(), Message> {
        for Fresh { set, key, record } in fresh {
            let Some(kept) = self.sets.get_mut(set) else { continue };
            kept.add(key, &record).map_err(|error| {
                let what = say!("app-describe-cache", reason = error);
                say!("place-file", file = kept.path.display(), what = what)
            })?;
        }
        Ok(())
    }
}

impl Kept {
    fn open(set: &str, width: usize, path: &Path) -> io::Result<Self> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        // Held until the process ends, in whatever way.
        let writer = file.try_lock().is_ok();
        let heading = format!("matdock descriptors {FORMAT} {set} {width}\n");
        let bytes = file.metadata()?.len();
        let mut found = vec![0; heading.len()];
        let known = bytes >= heading.len() as u64 && file.read_exact(&mut found).is_ok() && found == heading.as_bytes();
        let mut kept = Self {
            set: set.to_owned(),
            width,
            path: path.to_owned(),
            file: Mutex::new(file),
            writer,
            places: HashMap::new(),
            end: heading.len() as u64,
        };
        let file = kept.file.get_mut().map_err(|_| io::ErrorKind::Other)?;
        if known {
            kept.end = scan(file, kept.end, bytes, &mut kept.places)?;
        }
        if writer && !known {
            file.set_len(0)?;
            file.write_all(heading.as_bytes())?;
        } else if writer && kept.end < bytes {
            // A record that was being written when its process ended.
            file.set_len(kept.end)?;
        }
        Ok(kept)
    }

    fn get(&self, key: &[u8; 16]) -> Option<Vec<DescriptorValue>> {
        let (place, length) = *self.places.get(key)?;
        let mut bytes = vec![0; length as usize + CHECK];
        {
            let mut file = self.file.lock().ok()?;
            file.seek(SeekFrom::Start(place)).ok()?;
            file.read_exact(&mut bytes).ok()?;
        }
        let (packed, check) = bytes.split_at(length as usize);
        if check != checksum(key, packed) {
            return None;
        }
        let plain = zstd::bulk::decompress(packed, 8 * self.width).ok()?;
        let values: Option<Vec<DescriptorValue>> = plain.chunks(8).map(value).collect();
        values.filter(|values| values.len() == self.width)
    }

    fn add(&mut self, key: [u8; 16], record: &[u8]) -> io::Result<()> {
        if !self.writer || self.places.contains_key(&key) {
            return Ok(());
        }
        let file = self.file.get_mut().map_err(|_| io::ErrorKind::Other)?;
        file.write_all(record)?;
        let length = record.len() as u64 - HEAD - CHECK as u64;
        self.places.insert(key, (self.end + HEAD, u32::try_from(length).unwrap_or_default()));
        self.end += record.len() as u64;
        Ok(())
    }
}

/// Finds the records from `start` on; gives the end of the last whole one.
fn scan(file: &mut File, start: u64, end: u64, places: &mut HashMap<[u8; 16], (u64, u32)>) -> io::Result<u64> {
    let mut reader = io::BufReader::with_capacity(1 << 16, file);
    reader.seek(SeekFrom::Start(start))?;
    let mut at = start;
    let mut head = [0; HEAD as usize];
    while at + HEAD <= end {
        reader.read_exact(&mut head)?;
        let (length, key) = head.split_at(4);
        let length = length.try_into().map_or(0, u32::from_le_bytes);
        let next = at + HEAD + u64::from(length) + CHECK as u64;
        if length == 0 || length > LONGEST || next > end {
            break;
        }
        if let Ok(key) = key.try_into() {
            places.insert(key, (at + HEAD, length));
        }
        reader.seek_relative(i64::from(length) + CHECK as i64)?;
        at = next;
    }
    Ok(at)
}

fn key(smiles: &str) -> [u8; 16] {
    let mut key = [0; 16];
    blake3::Hasher::new().update(smiles.as_bytes()).finalize_xof().fill(&mut key);
    key
}

fn checksum(key: &[u8; 16], packed: &[u8]) -> [u8; CHECK] {
    let mut check = [0; CHECK];
    blake3::Hasher::new().update(key).update(packed).finalize_xof().fill(&mut check);
    check
}

fn record(key: &[u8; 16], values: &[DescriptorValue]) -> Option<Vec<u8>> {
    let bits: Option<Vec<[u8; 8]>> = values.iter().map(|value| bits(*value).map(u64::to_le_bytes)).collect();
    let packed = zstd::bulk::compress(bits?.as_flattened(), LEVEL).ok()?;
    let length = u32::try_from(packed.len()).ok().filter(|length| (1..=LONGEST).contains(length))?;
    Some([&length.to_le_bytes()[..], key, &packed, &checksum(key, &packed)].concat())
}

fn bits(value: DescriptorValue) -> Option<u64> {
    match value {
        Ok(number) => number.is_finite().then(|| number.to_bits()),
        Err(reason) => REASONS.iter().position(|known| *known == reason).map(|at| MISSING | (at as u64 + 1)),
    }
}

fn value(bytes: &[u8]) -> Option<DescriptorValue> {
    let bits = u64::from_le_bytes(bytes.try_into().ok()?);
    let number = f64::from_bits(bits);
    if number.is_nan() {
        let at = usize::try_from(bits & !MISSING).ok()?.checked_sub(1)?;
        return REASONS.get(at).copied().map(Err);
    }
    Some(Ok(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: &str = "three";

    fn open(dock: &Path) -> Cache {
        Cache::open(dock, &[(SET.into(), 3)]).unwrap()
    }

    fn counting(count: &std::cell::Cell<usize>) -> impl Fn(&Molecule) -> Vec<DescriptorValue> + '_ {
        |molecule| {
            count.set(count.get() + 1);
            vec![Ok(molecule.atoms().len() as f64), Err(MissingReason::NoSpread), Ok(-0.1)]
        }
    }

    fn describe(cache: &mut Cache, smiles: &str, count: &std::cell::Cell<usize>) -> bool {
        let molecule = Molecule::from_smiles(smiles).unwrap();
        let structure = Structure { molecule: &molecule, smiles: molecule.canonical_smiles() };
        let (values, fresh, hit) = cache.describe(SET, &structure, &counting(count));
        assert_eq!(values, [Ok(molecule.atoms().len() as f64), Err(MissingReason::NoSpread), Ok(-0.1)]);
        cache.keep(fresh.into_iter()).unwrap();
        hit
    }

    fn file(dock: &Path) -> PathBuf {
        fs::read_dir(dock.join(FOLDER)).unwrap().next().unwrap().unwrap().path()
    }

    #[test]
    fn a_structure_is_computed_once_however_it_is_written() {
        let dock = tempfile::tempdir().unwrap();
        let count = std::cell::Cell::new(0);
        let mut cache = open(dock.path());
        assert!(!describe(&mut cache, "CCO", &count));
        assert!(describe(&mut cache, "OCC", &count));
        drop(cache);
        let mut cache = open(dock.path());
        assert!(describe(&mut cache, "C(O)C", &count));
        assert!(!describe(&mut cache, "CCN", &count));
        assert_eq!(count.get(), 2);
    }

    #[test]
    fn what_was_cut_off_anywhere_is_computed_again() {
        let count = std::cell::Cell::new(0);
        let dock = tempfile::tempdir().unwrap();
        let mut cache = open(dock.path());
        describe(&mut cache, "CCO", &count);
        describe(&mut cache, "CCN", &count);
        drop(cache);
        let path = file(dock.path());
        let whole = fs::read(&path).unwrap();
        for length in 0..=whole.len() {
            fs::write(&path, &whole[..length]).unwrap();
            let mut cache = open(dock.path());
            describe(&mut cache, "CCO", &count);
            describe(&mut cache, "CCN", &count);
            drop(cache);
            assert_eq!(fs::read(&path).unwrap(), whole, "cut after {length} bytes");
        }
    }

    #[test]
    fn a_changed_byte_is_never_believed() {
        let count = std::cell::Cell::new(0);
        let dock = tempfile::tempdir().unwrap();
        let mut cache = open(dock.path());
        describe(&mut cache, "CCO", &count);
        drop(cache);
        let path = file(dock.path());
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            describe(&mut open(dock.path()), "CCO", &count);
        }
    }

    #[test]
    fn only_one_process_adds_and_the_other_still_reads() {
        let count = std::cell::Cell::new(0);
        let dock = tempfile::tempdir().unwrap();
        let mut first = open(dock.path());
        describe(&mut first, "CCO", &count);
        let mut second = open(dock.path());
        assert!(describe(&mut second, "CCO", &count));
        assert!(!describe(&mut second, "CCN", &count));
        assert!(!describe(&mut second, "CCN", &count));
        assert!(!describe(&mut first, "CCC", &count));
    }
}
