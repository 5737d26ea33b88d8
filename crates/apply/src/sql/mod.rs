//! Release records in a PostgreSQL database, in the tables of Helm's storage driver.

mod connect;
mod setup;
mod tls;

use std::sync::Arc;

use tokio::sync::Mutex;

use release::{BoxFuture, Labels, Packer, Release, SYSTEM_LABELS, Store, StoreError, key};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row};

use crate::Clock;

/// A database of release records, set up as Helm does it.
#[derive(Clone)]
pub struct Database {
    connection: Arc<str>,
    /// A connection can break while objects are waited for; the next record makes another.
    client: Arc<Mutex<Arc<Client>>>,
}

/// Records of a namespace in a database, or of all of them.
pub struct SqlStore {
    database: Database,
    namespace: String,
    clock: Clock,
    packer: Packer,
}

impl Database {
    /// Connects to the database of a connection string, in either of PostgreSQL's forms, and makes the tables
    /// where they are missing. Must be called on the runtime that will use it.
    ///
    /// # Errors
    /// What is wrong with the string, the connection or the rights on the database.
    pub async fn connect(connection: &str) -> Result<Database, String> {
        let client = connect::connect(connection).await?;
        setup::set_up(&client).await.map_err(|error| text(&error))?;
        Ok(Database {
            connection: connection.into(),
            client: Arc::new(Mutex::new(Arc::new(client))),
        })
    }

    /// The connection, or another one if it has broken.
    async fn client(&self) -> Result<Arc<Client>, StoreError> {
        let mut client = self.client.lock().await;
        if client.is_closed() {
            let again = connect::connect(&self.connection).await;
            *client = Arc::new(again.map_err(StoreError::Unavailable)?);
        }
        Ok(Arc::clone(&client))
    }

    /// The records of a namespace; an empty one means all, for lists.
    pub fn records(&self, namespace: impl Into<String>, clock: Clock) -> SqlStore {
        SqlStore {
            database: self.clone(),
            namespace: namespace.into(),
            clock,
            packer: Packer::default(),
        }
    }
}

impl SqlStore {
    async fn client(&self) -> Result<Arc<Client>, StoreError> {
        self.database.client().await
    }

    fn now(&self) -> i32 {
        i32::try_from((self.clock)().unix()).unwrap_or(i32::MAX)
    }

    /// The records of a condition and its parameters, with their labels.
    async fn select(
        &self,
        condition: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, StoreError> {
        // Labels are looked for in the store's own namespace only: over all namespaces Helm finds none.
        let namespace = parameters.len() + 1;
        let query = format!(
            "SELECT body,
                ARRAY(SELECT key FROM custom_labels_v1 l
                      WHERE l.releaseKey = r.key AND l.releaseNamespace = ${namespace} ORDER BY key),
                ARRAY(SELECT value FROM custom_labels_v1 l
                      WHERE l.releaseKey = r.key AND l.releaseNamespace = ${namespace} ORDER BY key)
             FROM releases_v1 r WHERE {condition}"
        );
        let mut parameters = parameters.to_vec();
        parameters.push(&self.namespace);
        let rows = self.client().await?.query(&query, &parameters).await;
        rows.map_err(|error| told(&error))
    }

    async fn one(&self, name: &str, version: i64) -> Result<Release, StoreError> {
        let key = key(name, version);
        let parameters: [&(dyn ToSql + Sync); 2] = [&key, &self.namespace];
        let found = self.select("key = $1 AND namespace = $2", &parameters);
        // Helm takes any failure here for the absence of the record; not that of the database, which says nothing.
        let rows = found.await.map_err(|error| match error {
            StoreError::Unavailable(_) => error,
            _ => StoreError::NotFound,
        })?;
        let row = rows.first().ok_or(StoreError::NotFound)?;
        read(row).map_err(StoreError::Other)
    }

    async fn insert(&self, release: &Release) -> Result<(), StoreError> {
        let body = self
            .packer
            .encode(release)
            .map_err(|e| StoreError::Other(e.to_string()))?;
        let key = key(&release.name, release.version);
        let namespace = namespace_of(release);
        let own = release.labels.iter();
        let own = own.filter(|(label, _)| !SYSTEM_LABELS.contains(&label.as_str()));
        let (labels, values): (Vec<&String>, Vec<&String>) = own.unzip();
        let inserted = self
            .client()
            .await?
            .execute(
                "WITH record AS (
                    INSERT INTO releases_v1
                        (key, type, body, name, namespace, version, status, owner, createdAt)
                    VALUES ($1, 'helm.sh/release.v1', $2, $3, $4, $5, $6, 'helm', $7))
                 INSERT INTO custom_labels_v1 (releaseKey, releaseNamespace, key, value)
                    SELECT $1, $4, * FROM unnest($8::text[], $9::text[])",
                &[
                    &key,
                    &body,
                    &release.name,
                    &namespace,
                    &version_of(release),
                    &release.info.status.name(),
                    &self.now(),
                    &labels,
                    &values,
                ],
            )
            .await;
        match inserted {
            Ok(_) => Ok(()),
            Err(error) if is_duplicate(&error) => Err(StoreError::Exists),
            Err(error) => Err(told(&error)),
        }
    }

    async fn overwrite(&self, release: &Release) -> Result<(), StoreError> {
        let body = self
            .packer
            .encode(release)
            .map_err(|e| StoreError::Other(e.to_string()))?;
        let updated = self
            .client()
            .await?
            .execute(
                "UPDATE releases_v1 SET body = $1, name = $2, version = $3, status = $4,
                    owner = 'helm', modifiedAt = $5
                 WHERE key = $6 AND namespace = $7",
                &[
                    &body,
                    &release.name,
                    &version_of(release),
                    &release.info.status.name(),
                    &self.now(),
                    &key(&release.name, release.version),
                    &namespace_of(release),
                ],
            )
            .await;
        updated.map(drop).map_err(|error| told(&error))
    }

    async fn remove(&self, name: &str, version: i64) -> Result<Release, StoreError> {
        let release = self.one(name, version).await?;
        let removed = self
            .client()
            .await?
            .execute(
                "WITH labels AS (
                    DELETE FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2)
                 DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2",
                &[&key(name, version), &self.namespace],
            )
            .await;
        removed.map(|_| release).map_err(|error| told(&error))
    }

    /// The records that meet all labels, which are columns here.
    async fn find(&self, labels: &Labels) -> Result<Vec<Row>, StoreError> {
        let mut condition = "true".to_owned();
        let mut parameters: Vec<&(dyn ToSql + Sync)> = Vec::new();
        for (label, value) in labels {
            if !SYSTEM_LABELS.contains(&label.as_str()) {
                return Err(StoreError::Other(format!("unknown label {label}")));
            }
            parameters.push(value);
            condition += &format!(" AND {label}::text = ${}", parameters.len());
        }
        if !self.namespace.is_empty() {
            parameters.push(&self.namespace);
            condition += &format!(" AND namespace = ${}", parameters.len());
        }
        self.select(&condition, &parameters).await
    }
}

/// The record of a row with the user's labels.
fn read(row: &Row) -> Result<Release, String> {
    let body: String = row.try_get(0).map_err(|e| e.to_string())?;
    let labels: Vec<String> = row.try_get(1).map_err(|e| e.to_string())?;
    let values: Vec<String> = row.try_get(2).map_err(|e| e.to_string())?;
    let mut release = release::decode(body.as_bytes()).map_err(|e| e.to_string())?;
    release.labels = labels.into_iter().zip(values).collect();
    Ok(release)
}

/// The same with the labels that stores in clusters have besides.
fn read_listed(row: &Row) -> Option<Release> {
    let mut release = read(row).ok()?;
    let own = [
        ("name", release.name.clone()),
        ("owner", "helm".to_owned()),
        ("status", release.info.status.name().to_owned()),
        ("version", release.version.to_string()),
    ];
    let own = own.map(|(label, value)| (label.to_owned(), value));
    release.labels.extend(own);
    Some(release)
}

fn namespace_of(release: &Release) -> &str {
    match release.namespace.as_str() {
        "" => "default",
        given => given,
    }
}

fn version_of(release: &Release) -> i32 {
    i32::try_from(release.version).unwrap_or(i32::MAX)
}

fn is_duplicate(error: &Error) -> bool {
    error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION)
}

fn told(error: &Error) -> StoreError {
    let text = text(error);
    match error.is_closed() {
        true => StoreError::Unavailable(text),
        false => StoreError::Other(text),
    }
}

/// An error as Go's PostgreSQL driver words it.
fn text(error: &Error) -> String {
    match error.as_db_error() {
        Some(error) => format!("pq: {} ({})", error.message(), error.code().code()),
        None => {
            let source = std::error::Error::source(error);
            source.map_or_else(|| error.to_string(), ToString::to_string)
        }
    }
}

impl Store for SqlStore {
    fn create<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.insert(release))
    }

    fn update<'a>(&'a self, release: &'a Release) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(self.overwrite(release))
    }

    fn get<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>> {
        Box::pin(self.one(name, version))
    }

    fn delete<'a>(
        &'a self,
        name: &'a str,
        version: i64,
    ) -> BoxFuture<'a, Result<Release, StoreError>> {
        Box::pin(self.remove(name, version))
    }

    fn query<'a>(&'a self, labels: &'a Labels) -> BoxFuture<'a, Result<Vec<Release>, StoreError>> {
        Box::pin(async move {
            let rows = self.find(labels).await?;
            let found: Vec<Release> = rows.iter().filter_map(|row| read(row).ok()).collect();
            match found.is_empty() {
                true => Err(StoreError::NotFound),
                false => Ok(found),
            }
        })
    }

    fn list(&self) -> BoxFuture<'_, Result<Vec<Release>, StoreError>> {
        Box::pin(async move {
            let labels = Labels::from([("owner".to_owned(), "helm".to_owned())]);
            let rows = self.find(&labels).await?;
            Ok(rows.iter().filter_map(read_listed).collect())
        })
    }
}
