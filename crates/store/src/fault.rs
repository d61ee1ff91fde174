//! What can go wrong outside of matdock, put into words.

use std::{error::Error, io, path::Path};

use matdock_message::{Message, say};

/// Why work on the database stopped.
pub(crate) enum Failure {
    /// The database could not do it; its connection is not used again.
    Database(sqlx::Error),
    /// What was asked for is wrong, or what was read is damaged.
    Told(Message),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Message> for Failure {
    fn from(message: Message) -> Self {
        Self::Told(message)
    }
}

impl Failure {
    pub(crate) fn message(self, database: &Path) -> Message {
        match self {
            Self::Database(error) => of_database(database, &error),
            Self::Told(message) => message,
        }
    }
}

/// Primary result codes of SQLite (sqlite.org/rescode.html); the extended code has them in its lowest byte.
const BUSY: u32 = 5;
const READ_ONLY: u32 = 8;
const INPUT_OUTPUT: u32 = 10;
const CORRUPT: u32 = 11;
const FULL: u32 = 13;
const NOT_A_DATABASE: u32 = 26;

/// What the database says is wrong with `file`.
pub(crate) fn of_database(file: &Path, error: &sqlx::Error) -> Message {
    let file = file.display();
    let what = match error {
        // Without the words sqlx puts around it.
        sqlx::Error::Database(inner) => inner.message().to_owned(),
        other => other.to_string(),
    };
    match error {
        sqlx::Error::Database(inner) => {
            let code = inner.code().and_then(|code| code.parse::<u32>().ok()).unwrap_or_default() & 0xff;
            match code {
                CORRUPT | NOT_A_DATABASE => say!("store-database-damaged", file = file, what = what),
                FULL => say!("store-disk-full", file = file),
                READ_ONLY => say!("store-not-writable", file = file),
                INPUT_OUTPUT => say!("store-disk-fault", file = file, what = what),
                BUSY => say!("store-busy", file = file),
                _ if what.starts_with("no such table") => say!("store-tables-missing", file = file),
                _ if what.starts_with("malformed database schema") => {
                    say!("store-database-damaged", file = file, what = what)
                }
                _ => say!("store-database", file = file, what = what),
            }
        }
        // The columns are ours, so a value of another type can only come from a damaged or altered file.
        sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnNotFound(_) => {
            say!("store-database-damaged", file = file, what = what)
        }
        _ => say!("store-database", file = file, what = what),
    }
}

/// What the operating system says is wrong with `file`.
pub(crate) fn of_file(file: &Path, error: &io::Error) -> Message {
    let name = file.display();
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            say!("store-disk-full", file = name)
        }
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => say!("store-not-writable", file = name),
        _ => say!("store-disk-fault", file = name, what = error),
    }
}

/// What the object folder says is wrong with `file`.
pub(crate) fn of_object(file: &Path, error: &object_store::Error) -> Message {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if let Some(inner) = current.downcast_ref::<io::Error>() {
            return of_file(file, inner);
        }
        cause = current.source();
    }
    say!("store-disk-fault", file = file.display(), what = error)
}
