//! The tables of the records, as Helm makes them, and the table of which of these steps were taken.

use tokio_postgres::{Client, Error};

/// What makes the tables, step by step, by the names under which Helm notes the steps.
const STEPS: [(&str, &str); 2] = [
    (
        "init",
        "CREATE TABLE releases_v1 (
            key VARCHAR(90),
            type VARCHAR(64) NOT NULL,
            body TEXT NOT NULL,
            name VARCHAR(64) NOT NULL,
            namespace VARCHAR(64) NOT NULL,
            version INTEGER NOT NULL,
            status TEXT NOT NULL,
            owner TEXT NOT NULL,
            createdAt INTEGER NOT NULL,
            modifiedAt INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (key, namespace));
        CREATE INDEX ON releases_v1 (key, namespace);
        CREATE INDEX ON releases_v1 (version);
        CREATE INDEX ON releases_v1 (status);
        CREATE INDEX ON releases_v1 (owner);
        CREATE INDEX ON releases_v1 (createdAt);
        CREATE INDEX ON releases_v1 (modifiedAt);
        GRANT ALL ON releases_v1 TO PUBLIC;
        ALTER TABLE releases_v1 ENABLE ROW LEVEL SECURITY;",
    ),
    (
        "custom_labels",
        "CREATE TABLE custom_labels_v1 (
            releaseKey VARCHAR(64),
            releaseNamespace VARCHAR(67),
            key VARCHAR(317),
            value VARCHAR(63));
        CREATE INDEX ON custom_labels_v1 (releaseKey, releaseNamespace);
        GRANT ALL ON custom_labels_v1 TO PUBLIC;
        ALTER TABLE custom_labels_v1 ENABLE ROW LEVEL SECURITY;",
    ),
];

/// Any number, the same in each of our processes: one at a time makes tables.
const LOCK: i64 = 0x5354_5250;

/// Makes what is missing.
pub(super) async fn set_up(client: &Client) -> Result<(), Error> {
    // Where the notes cannot be read, there are none yet; what really is wrong shows when they are made.
    if pending(client).await.is_ok_and(|steps| steps.is_empty()) {
        return Ok(());
    }
    client
        .batch_execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({LOCK})"))
        .await?;
    let done = make(client).await;
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = client.batch_execute(end).await;
    done.and(ended)
}

async fn make(client: &Client) -> Result<(), Error> {
    client
        .batch_execute(
            "CREATE TABLE IF NOT EXISTS gorp_migrations (
                id TEXT NOT NULL PRIMARY KEY, applied_at TIMESTAMP WITH TIME ZONE)",
        )
        .await?;
    for (id, script) in pending(client).await? {
        client.batch_execute(script).await?;
        let note = "INSERT INTO gorp_migrations (id, applied_at) VALUES ($1, now())";
        client.execute(note, &[&id]).await?;
    }
    Ok(())
}

/// The steps that are not noted as taken.
async fn pending(client: &Client) -> Result<Vec<(&'static str, &'static str)>, Error> {
    let rows = client.query("SELECT id FROM gorp_migrations", &[]).await?;
    let mut taken = Vec::new();
    for row in rows {
        taken.push(row.try_get::<_, String>(0)?);
    }
    let steps = STEPS.into_iter();
    Ok(steps
        .filter(|(id, _)| !taken.iter().any(|taken| taken == id))
        .collect())
}
