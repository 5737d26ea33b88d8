//! `search hub`: charts in the Artifact Hub, or another hub that answers as Monocular did.

use gostd::url::{Url, query_escape};
use goval::strconv::quote;
use serde::{Deserialize, Serialize};
use source::{Access, Http, Listener};

use crate::Error;

/// A chart that a hub knows.
#[derive(Clone, Debug, Default, Serialize)]
pub struct HubChart {
    /// Its page.
    pub url: String,
    /// Its newest version.
    pub version: String,
    /// The version of what it installs.
    pub app_version: String,
    /// One sentence about it.
    pub description: String,
    /// The repository that has it.
    pub repository: HubRepository,
}

/// A repository that a hub knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HubRepository {
    /// Its address.
    pub url: String,
    /// What the hub calls it.
    pub name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    data: Vec<Found>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Found {
    id: String,
    #[serde(rename = "artifactHub")]
    artifact_hub: Page,
    attributes: Attributes,
    relationships: Relationships,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Page {
    #[serde(rename = "packageUrl")]
    package_url: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Attributes {
    description: String,
    repo: HubRepository,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Relationships {
    #[serde(rename = "latestChartVersion")]
    latest: Latest,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Latest {
    data: Version,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Version {
    version: String,
    app_version: String,
}

/// The charts that a hub finds for some words. An answer that is none counts as empty.
///
/// # Errors
/// A hub whose address is none, or that does not answer.
pub fn search(
    endpoint: &str,
    words: &str,
    http: &Http,
    listener: &dyn Listener,
) -> Result<Vec<HubChart>, Error> {
    let shown = quote(endpoint);
    let invalid =
        |why: &str| Error::Other(format!("unable to create connection to {shown}: {why}"));
    let mut url = Url::parse(endpoint).map_err(|why| invalid(&why))?;
    if url.hostname().is_empty() {
        return Err(invalid("no hostname provided"));
    }
    let base = String::from_utf8_lossy(&url.path).into_owned();
    let path = format!(
        "{}/api/chartsvc/v1/charts/search",
        base.trim_end_matches('/')
    );
    url.path = path.into_bytes();
    url.raw_path.clear();
    url.query = format!("q={}", query_escape(words)).into_bytes();
    let url = url.to_string();
    let access = Access {
        url: url.clone(),
        ..Access::default()
    };
    let text = http.get(&url, &access, "", listener).map_err(|why| {
        let event = chart::Event::new(chart::Level::Debug, "search failed");
        listener.log(event.with("error", why));
        Error::Other(format!("unable to perform search against {shown}"))
    })?;
    let answer: Answer = serde_json::from_slice(&text).unwrap_or_default();
    let found = answer.data.into_iter();
    Ok(found.map(|found| found.into_chart(endpoint)).collect())
}

impl Found {
    fn into_chart(self, endpoint: &str) -> HubChart {
        let Version {
            version,
            app_version,
        } = self.relationships.latest.data;
        HubChart {
            url: match self.artifact_hub.package_url {
                page if page.is_empty() => format!("{endpoint}/charts/{}", self.id),
                page => page,
            },
            version,
            app_version,
            description: self.attributes.description,
            repository: self.attributes.repo,
        }
    }
}
