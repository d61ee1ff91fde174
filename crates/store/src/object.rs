//! Files and series by the hash of their bytes.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use futures::TryStreamExt;
use matdock_message::{Message, say};
use matdock_record::FileHash;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, local::LocalFileSystem};

use crate::{Dock, SeriesData, fault::of_object};

/// The object folder: `objects/a/ab…`, the hash in full behind its first digit: few folders, because each
/// new one costs two flushes of the disk.
#[derive(Debug)]
pub(crate) struct Objects {
    folder: PathBuf,
    store: LocalFileSystem,
    /// Put by this process, so known to be on the disk.
    put: Mutex<HashSet<FileHash>>,
}

impl Objects {
    pub(crate) fn new(folder: &Path) -> Result<Self, Message> {
        // A file counts as put when its bytes, its name and its folder have reached the disk.
        let store = LocalFileSystem::new_with_prefix(folder).map_err(|error| of_object(folder, &error))?;
        Ok(Self { folder: folder.to_owned(), store: store.with_fsync(true), put: Mutex::default() })
    }

    fn key(hash: &FileHash) -> object_store::path::Path {
        let text = hash.as_str();
        object_store::path::Path::from_iter([text.get(..1).unwrap_or_default(), text])
    }

    pub(crate) fn file(&self, hash: &FileHash) -> PathBuf {
        let text = hash.as_str();
        self.folder.join(text.get(..1).unwrap_or_default()).join(text)
    }

    async fn put(&self, bytes: &[u8]) -> Result<FileHash, Message> {
        let hash = hash_of(bytes)?;
        if self.put.lock().unwrap_or_else(PoisonError::into_inner).contains(&hash) {
            return Ok(hash);
        }
        // Also when a file of this name is there: it may be damaged, or not yet on the disk.
        let payload = PutPayload::from_bytes(Bytes::copy_from_slice(bytes));
        self.store.put(&Self::key(&hash), payload).await.map_err(|error| of_object(&self.file(&hash), &error))?;
        self.put.lock().unwrap_or_else(PoisonError::into_inner).insert(hash.clone());
        Ok(hash)
    }

    pub(crate) async fn get(&self, hash: &FileHash) -> Result<Bytes, Message> {
        let missing = || say!("store-object-missing", hash = hash, file = self.file(hash).display());
        let bytes = match self.store.get(&Self::key(hash)).await {
            Ok(found) => found.bytes().await.map_err(|error| of_object(&self.file(hash), &error))?,
            Err(object_store::Error::NotFound { .. }) => return Err(missing()),
            Err(error) => return Err(of_object(&self.file(hash), &error)),
        };
        if hash_of(&bytes)? != *hash {
            return Err(say!("store-object-altered", hash = hash, file = self.file(hash).display()));
        }
        Ok(bytes)
    }

    pub(crate) async fn contains(&self, hash: &FileHash) -> Result<bool, Message> {
        match self.store.head(&Self::key(hash)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(of_object(&self.file(hash), &error)),
        }
    }

    /// Every object there is, in the order of the hashes.
    pub(crate) async fn list(&self) -> Result<Vec<FileHash>, Message> {
        let entries: Vec<_> =
            self.store.list(None).try_collect().await.map_err(|error| of_object(&self.folder, &error))?;
        let names = entries.iter().filter_map(|entry| entry.location.filename().map(str::to_owned));
        let mut hashes: Vec<FileHash> = names.filter_map(|name| name.try_into().ok()).collect();
        hashes.sort();
        Ok(hashes)
    }
}

pub(crate) fn hash_of(bytes: &[u8]) -> Result<FileHash, Message> {
    blake3::hash(bytes).to_hex().to_string().try_into()
}

impl Dock {
    /// Keeps a file; returns its name, the BLAKE3 hash of the bytes. The same bytes are kept once.
    ///
    /// # Errors
    /// The dock is open for reading only, or the disk is full or fails.
    pub fn put_object(&self, bytes: &[u8]) -> Result<FileHash, Message> {
        self.check_writable()?;
        self.wait(self.objects.put(bytes))
    }

    /// The bytes of a file, checked against its hash.
    ///
    /// # Errors
    /// The object is missing or was altered.
    pub fn object(&self, hash: &FileHash) -> Result<Bytes, Message> {
        self.wait(self.objects.get(hash))
    }

    /// Keeps the numbers of a series as a Parquet object.
    ///
    /// # Errors
    /// Columns of different length, without or with the same name, an infinite number; and as [`Dock::put_object`].
    pub fn put_series(&self, series: &SeriesData) -> Result<FileHash, Message> {
        self.put_object(&series.to_parquet()?)
    }

    /// The numbers of a series.
    ///
    /// # Errors
    /// The object is missing, was altered, or is no series.
    pub fn series(&self, hash: &FileHash) -> Result<SeriesData, Message> {
        SeriesData::from_parquet(hash, self.object(hash)?)
    }
}
