//! The dock as its callers see it: opening, closing, and the way to database and objects.

use std::{
    cmp::Ordering,
    path::{Path, PathBuf},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::Duration,
};

use matdock_message::{Message, say};
use sqlx::{
    ConnectOptions, Connection, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::runtime::Runtime;

use crate::{
    fault::{Failure, of_database, of_file},
    object::Objects,
    place::Place,
};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!();

/// What a dock is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Reading and writing; one process at a time. A missing dock is made.
    Write,
    /// Reading only, also while another process writes.
    Read,
}

/// The store of everything: records, journals, series and files. Append-only.
///
/// What a call acknowledged is on the disk and survives the death of the process and a power cut.
#[derive(Debug)]
pub struct Dock {
    // Fields are dropped in this order: the lock of the place goes last.
    connection: Mutex<Option<SqliteConnection>>,
    options: SqliteConnectOptions,
    runtime: Option<Runtime>,
    pub(crate) objects: Objects,
    pub(crate) mode: Mode,
    place: Place,
}

impl Dock {
    /// Opens the dock in the folder `place`; for writing, a missing or empty folder becomes a new dock.
    ///
    /// # Errors
    /// The folder is no dock, of a newer format, damaged, or written to by another process (which is named).
    pub fn open(place: &Path, mode: Mode) -> Result<Self, Message> {
        let place = Place::open(place, mode)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| of_file(place.folder(), &error))?;
        let mut dock = Self {
            connection: Mutex::new(None),
            options: options(&place, mode),
            runtime: Some(runtime),
            objects: Objects::new(&place.objects())?,
            mode,
            place,
        };
        match mode {
            Mode::Write => dock.migrate()?,
            Mode::Read => dock.prepare_reading()?,
        }
        dock.place.finish()?;
        Ok(dock)
    }

    /// Makes the dock where there is none yet.
    ///
    /// # Errors
    /// The folder holds other things, or the disk refuses.
    pub fn begin(folder: &Path) -> Result<(), Message> {
        if folder.join("format").exists() {
            return Ok(());
        }
        Self::open(folder, Mode::Write).map(drop)
    }

    /// The folder of the dock.
    pub fn place(&self) -> &Path {
        self.place.folder()
    }

    /// Brings tables up to date; after a crash while the dock was being made, does what was left.
    fn migrate(&self) -> Result<(), Message> {
        if self.place.is_finished() {
            // An emptied file would pass for a new database.
            self.check_tables()?;
        }
        let database = self.database_file();
        self.with_database(async |connection| {
            MIGRATIONS.run(connection).await.map_err(|error| match error {
                MigrateError::VersionMissing(version) => newer(&database, version).into(),
                MigrateError::Execute(inner) | MigrateError::ExecuteMigration(inner, _) => Failure::Database(inner),
                other => Failure::Told(say!("store-database-damaged", file = database.display(), what = other)),
            })
        })
    }

    fn prepare_reading(&mut self) -> Result<(), Message> {
        if self.check_tables().is_ok() {
            return Ok(());
        }
        // A reader without the right to write cannot take part in write-ahead logging. Where no log is left
        // nothing is pending, and the file can be read as it lies.
        let pending = self.database_file().with_extension("sqlite-wal").metadata().is_ok_and(|log| log.len() > 0);
        let usual = self.options.clone();
        if !pending {
            self.options = usual.clone().immutable(true);
            if self.check_tables().is_ok() {
                return Ok(());
            }
            self.options = usual;
        }
        self.check_tables()
    }

    fn check_tables(&self) -> Result<(), Message> {
        let database = self.database_file();
        let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
        self.with_database(async |connection| {
            let found: Option<i64> =
                sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(connection).await?;
            let Some(found) = found else {
                return Err(say!("store-tables-missing", file = database.display()).into());
            };
            match found.cmp(&known) {
                Ordering::Less if self.mode == Mode::Read => {
                    Err(say!("store-older-format", file = database.display()).into())
                }
                Ordering::Less | Ordering::Equal => Ok(()),
                Ordering::Greater => Err(newer(&database, found).into()),
            }
        })
    }

    pub(crate) fn database_file(&self) -> PathBuf {
        self.place.database()
    }

    /// Does `work` on the connection. After a fault of the database the connection is replaced, because it may be
    /// inside a transaction that the database has already given up.
    pub(crate) fn with_database<T>(
        &self,
        work: impl AsyncFnOnce(&mut SqliteConnection) -> Result<T, Failure>,
    ) -> Result<T, Message> {
        let mut slot = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let result = self.wait(async {
            if slot.is_none() {
                *slot = Some(self.options.connect().await?);
            }
            match slot.as_mut() {
                Some(connection) => work(connection).await,
                None => Err(Failure::Database(sqlx::Error::WorkerCrashed)),
            }
        });
        if let Err(Failure::Database(_)) = &result {
            self.disconnect(&mut slot);
        }
        result.map_err(|failure| failure.message(&self.database_file()))
    }

    fn disconnect(&self, slot: &mut MutexGuard<'_, Option<SqliteConnection>>) {
        if let Some(connection) = slot.take() {
            // What was acknowledged is on the disk already; closing only tidies up, and it may well fail now.
            let _ = self.wait(connection.close());
        }
    }

    /// Waits for `future` on this thread. Unlike tokio's `block_on` it cannot panic inside an async caller.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        let _context = self.runtime.as_ref().map(Runtime::enter);
        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut context = Context::from_waker(&waker);
        let mut future = pin!(future);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(value) => return value,
                Poll::Pending => thread::park(),
            }
        }
    }

    pub(crate) fn check_writable(&self) -> Result<(), Message> {
        match self.mode {
            Mode::Write => Ok(()),
            Mode::Read => Err(say!("store-open-for-reading", file = self.place.folder().display())),
        }
    }
}

impl Drop for Dock {
    fn drop(&mut self) {
        let mut slot = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        self.disconnect(&mut slot);
        drop(slot);
        // A runtime dropped inside an async caller panics; this way it does not.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn options(place: &Place, mode: Mode) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new()
        .filename(place.database())
        .busy_timeout(Duration::from_secs(5))
        .disable_statement_logging();
    match mode {
        Mode::Read => options.read_only(true),
        Mode::Write => options
            .create_if_missing(!place.is_finished())
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // On macOS only this reaches the disk itself; elsewhere it does nothing.
            .pragma("fullfsync", "ON")
            .pragma("checkpoint_fullfsync", "ON"),
    }
}

fn newer(database: &Path, version: i64) -> Message {
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    say!("store-newer-format", file = database.display(), found = version, known = known)
}

/// The tables, indexes and triggers a whole database has: kind, name and SQL of each.
pub(crate) async fn schema(connection: &mut SqliteConnection) -> Result<Vec<(String, String, String)>, sqlx::Error> {
    let list = "SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name";
    sqlx::query_as(list).fetch_all(connection).await
}

/// The schema as it has to be.
pub(crate) async fn expected_schema() -> Result<Vec<(String, String, String)>, Failure> {
    let mut memory = SqliteConnectOptions::new().in_memory(true).connect().await?;
    MIGRATIONS
        .run(&mut memory)
        .await
        .map_err(|error| Failure::Told(of_database(Path::new(":memory:"), &sqlx::Error::Migrate(Box::new(error)))))?;
    Ok(schema(&mut memory).await?)
}
