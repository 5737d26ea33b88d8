//! Asking an API which kinds it serves: in one answer for all groups, or group by group where a server
//! is older.

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http::{StatusCode, header};
use serde::Deserialize;

use super::kept::{Answer, Kept};
use super::request::Call;
use super::{KubeCluster, content_type, parse};
use crate::{Discovery, Error};

const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
     application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

impl KubeCluster {
    /// All kinds that the API serves.
    pub(super) async fn discover(&self) -> Result<Discovery, Error> {
        let mut discovery = Discovery::default();
        let (core, groups) =
            futures::future::try_join(self.discover_root("/api"), self.discover_root("/apis"))
                .await?;
        let mut legacy = Vec::new();
        for root in [core, groups] {
            match root {
                Root::Aggregated(body) => {
                    discovery.add_aggregated(&body).map_err(Error::Protocol)?;
                }
                Root::Legacy(group_versions) => legacy.extend(group_versions),
            }
        }
        self.discover_legacy(legacy, &mut discovery).await?;
        Ok(discovery)
    }

    /// Only aggregated answers are kept: they alone have a tag that changes with what is served.
    async fn discover_root(&self, path: &str) -> Result<Root, Error> {
        let kept = self.kept().await;
        let known = kept.as_ref().and_then(|kept| kept.get(path));
        let mut call = Call::raw(path, AGGREGATED);
        call.unless = known.as_ref().map(|answer| answer.tag.clone());
        let response = self.send(&call).await?;
        if let Some(answer) = known.filter(|_| response.status() == StatusCode::NOT_MODIFIED) {
            return Ok(Root::Aggregated(answer.body));
        }
        let aggregated = content_type(&response).contains("as=APIGroupDiscoveryList");
        let tag = response.headers().get(header::ETAG);
        let tag = tag.and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        let body = self.collect(&call, response).await?;
        if aggregated {
            if let (Some(kept), Some(tag)) = (kept, tag) {
                let body = body.clone();
                kept.put(path, &Answer { tag, body });
            }
            return Ok(Root::Aggregated(body));
        }
        let list: LegacyRoot = parse(&body)?;
        Ok(Root::Legacy(list.group_versions()))
    }

    /// Where answers of this server are kept, if they are.
    async fn kept(&self) -> Option<Kept> {
        let folder = self.keeps.as_deref()?;
        let link = self.link.open().await.ok()?;
        Some(Kept::of(folder, &link.endpoint.base))
    }

    /// Asks for each group version; one that does not answer is noted, not fatal.
    async fn discover_legacy(
        &self,
        group_versions: Vec<String>,
        discovery: &mut Discovery,
    ) -> Result<(), Error> {
        const AT_ONCE: usize = 8;
        let answers: Vec<_> = stream::iter(group_versions)
            .map(|group_version| async move {
                let root = if group_version.contains('/') {
                    "/apis"
                } else {
                    "/api"
                };
                let call = Call::raw(&format!("{root}/{group_version}"), "application/json");
                (group_version, self.bytes(&call).await)
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        for (group_version, answer) in answers {
            match answer {
                Ok(body) => discovery
                    .add_legacy(&group_version, &body)
                    .map_err(Error::Protocol)?,
                Err(error) if error.is_unreachable() => return Err(error),
                Err(_) => discovery.add_failed(&group_version),
            }
        }
        Ok(())
    }
}

enum Root {
    Aggregated(Bytes),
    Legacy(Vec<String>),
}

/// `APIVersions` of `/api`, or `APIGroupList` of `/apis`.
#[derive(Deserialize)]
struct LegacyRoot {
    #[serde(default)]
    versions: Vec<String>,
    #[serde(default)]
    groups: Vec<LegacyGroup>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LegacyGroup {
    #[serde(default)]
    versions: Vec<LegacyVersion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LegacyVersion {
    group_version: String,
}

impl LegacyRoot {
    fn group_versions(self) -> Vec<String> {
        let groups = self.groups.into_iter().flat_map(|group| group.versions);
        self.versions
            .into_iter()
            .chain(groups.map(|version| version.group_version))
            .collect()
    }
}
