//! The folder of a dock: is it one, of which format, and who writes to it.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use matdock_message::{Message, say};

use crate::{Mode, fault::of_file};

/// Number of the layout described in `docs/dock-format.md`.
const FORMAT: u32 = 1;
/// First word of the file `format`.
const MARK: &str = "matdock-dock";

/// What may lie in a folder whose dock was not finished, besides `format`.
const UNFINISHED: [&str; 8] = [
    "format.new",
    "dock.sqlite",
    "dock.sqlite-wal",
    "dock.sqlite-shm",
    "dock.sqlite-journal",
    "objects",
    "writer.lock",
    "writer.pid",
];

/// The folder of a dock, checked, and locked when it is open for writing.
#[derive(Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    finished: bool,
    // Held until the dock is closed; the operating system lets go of it when the process ends in any way.
    lock: Option<File>,
}

impl Place {
    pub(crate) fn open(folder: &Path, mode: Mode) -> Result<Self, Message> {
        if folder.is_file() {
            return Err(say!("store-place-is-file", file = folder.display()));
        }
        if mode == Mode::Write {
            create_folder(folder).map_err(|error| of_file(folder, &error))?;
        } else if !folder.is_dir() {
            return Err(say!("store-no-dock", file = folder.display()));
        }
        let folder = folder.canonicalize().map_err(|error| of_file(folder, &error))?;
        let finished = check_format(&folder)?;
        if !finished {
            let foreign = foreign_entry(&folder)?;
            let begun = folder.join("dock.sqlite").exists();
            match (mode, foreign) {
                (Mode::Read, _) | (Mode::Write, Some(_)) if begun => return Err(without_format(&folder)),
                (Mode::Read, _) => return Err(say!("store-no-dock", file = folder.display())),
                (Mode::Write, Some(entry)) => {
                    return Err(say!("store-not-a-dock", file = folder.display(), entry = entry));
                }
                (Mode::Write, None) => {}
            }
        }
        let lock = match mode {
            Mode::Write => Some(lock_for_writing(&folder)?),
            Mode::Read => None,
        };
        let place = Self { folder, finished, lock };
        if finished {
            place.check_contents()?;
        } else {
            fs::create_dir_all(place.objects()).map_err(|error| of_file(&place.objects(), &error))?;
        }
        if mode == Mode::Write {
            // A writer that was killed may have left a folder in there whose name has not reached the disk.
            sync_folder(&place.objects()).map_err(|error| of_file(&place.objects(), &error))?;
        }
        Ok(place)
    }

    /// Marks a new dock as whole; from now on a missing part is a fault. Nothing to do for one that was there.
    pub(crate) fn finish(&mut self) -> Result<(), Message> {
        if !self.finished {
            write_format(&self.folder).map_err(|error| of_file(&self.folder, &error))?;
            self.finished = true;
        }
        Ok(())
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.finished
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.join("dock.sqlite")
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.folder.join("objects")
    }

    fn check_contents(&self) -> Result<(), Message> {
        for part in [self.database(), self.objects()] {
            if !part.exists() {
                return Err(say!("store-part-missing", file = part.display()));
            }
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Closing the file alone would not do: a child process that is just being started may still have it open.
        if let Some(lock) = &self.lock {
            let _ = lock.unlock();
        }
    }
}

/// True when the folder says that it is a dock of a format this program reads.
fn check_format(folder: &Path) -> Result<bool, Message> {
    let file = folder.join("format");
    let bytes = match fs::read(&file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(of_file(&file, &error)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let number = text.trim().strip_prefix(MARK).and_then(|rest| rest.trim().parse::<u32>().ok());
    match number {
        Some(FORMAT) => Ok(true),
        Some(newer) if newer > FORMAT => {
            Err(say!("store-newer-format", file = folder.display(), found = newer, known = FORMAT))
        }
        _ => Err(say!("store-format-damaged", file = file.display(), expected = format_args!("{MARK} {FORMAT}"))),
    }
}

/// A folder with a database and without `format`.
fn without_format(folder: &Path) -> Message {
    let file = folder.join("format");
    say!("store-format-missing", file = file.display(), line = format_args!("{MARK} {FORMAT}"))
}

fn foreign_entry(folder: &Path) -> Result<Option<String>, Message> {
    for entry in fs::read_dir(folder).map_err(|error| of_file(folder, &error))? {
        let name = entry.map_err(|error| of_file(folder, &error))?.file_name().to_string_lossy().into_owned();
        if !UNFINISHED.contains(&name.as_str()) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn lock_for_writing(folder: &Path) -> Result<File, Message> {
    let path = folder.join("writer.lock");
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).map_err(|error| of_file(&path, &error))?;
    // Beside the lock, because a locked file cannot be read on every system.
    let name = folder.join("writer.pid");
    match file.try_lock() {
        Ok(()) => {
            fs::write(&name, format!("{}\n", std::process::id())).map_err(|error| of_file(&name, &error))?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let process = fs::read_to_string(&name).unwrap_or_default();
            Err(say!("store-second-writer", file = folder.display(), process = process.trim()))
        }
        Err(TryLockError::Error(error)) => Err(of_file(&path, &error)),
    }
}

/// Makes the folder and those above it, so that they are still there after a power cut.
fn create_folder(folder: &Path) -> io::Result<()> {
    let absolute = std::path::absolute(folder)?;
    let missing: Vec<&Path> = absolute.ancestors().take_while(|ancestor| !ancestor.exists()).collect();
    fs::create_dir_all(&absolute)?;
    for parent in missing.iter().filter_map(|made| made.parent()) {
        sync_folder(parent)?;
    }
    Ok(())
}

fn write_format(folder: &Path) -> io::Result<()> {
    let new = folder.join("format.new");
    let mut file = File::create(&new)?;
    file.write_all(format!("{MARK} {FORMAT}\n").as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, folder.join("format"))?;
    sync_folder(folder)
}

/// Makes names in a folder durable; only Unix knows this.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
