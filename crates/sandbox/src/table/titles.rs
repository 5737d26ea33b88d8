//! The titles of the columns of the built-in kinds.

const WORKLOAD_WIDE: &str = "Containers*,Images*,Selector*";

/// The titles of a kind's columns; a star marks those of `-o wide`.
pub(super) fn titles(group: &str, plural: &str) -> String {
    let titles = match (group, plural) {
        ("", "pods") => "Name,Ready,Status,Restarts,Age,IP*,Node*,Nominated Node*,Readiness Gates*",
        ("", "replicationcontrollers") | ("apps", "replicasets") => {
            return format!("Name,Desired,Current,Ready,Age,{WORKLOAD_WIDE}");
        }
        ("", "services") => "Name,Type,Cluster-IP,External-IP,Port(s),Age,Selector*",
        ("", "configmaps") => "Name,Data,Age",
        ("", "secrets") => "Name,Type,Data,Age",
        ("", "namespaces") => "Name,Status,Age",
        ("", "nodes") => {
            "Name,Status,Roles,Age,Version,Internal-IP*,External-IP*,OS-Image*,Kernel-Version*,Container-Runtime*"
        }
        ("", "endpoints") => "Name,Endpoints,Age",
        ("" | "events.k8s.io", "events") => {
            "Last Seen,Type,Reason,Object,Subobject*,Source*,Message,First Seen*,Count*,Name*"
        }
        ("", "persistentvolumeclaims") => {
            "Name,Status,Volume,Capacity,Access Modes,StorageClass,VolumeAttributesClass,Age,VolumeMode*"
        }
        ("", "persistentvolumes") => {
            "Name,Capacity,Access Modes,Reclaim Policy,Status,Claim,StorageClass,VolumeAttributesClass,Reason,Age,VolumeMode*"
        }
        ("apps", "deployments") => {
            return format!("Name,Ready,Up-to-date,Available,Age,{WORKLOAD_WIDE}");
        }
        ("apps", "statefulsets") => "Name,Ready,Age,Containers*,Images*",
        ("apps", "daemonsets") => {
            return format!(
                "Name,Desired,Current,Ready,Up-to-date,Available,Node Selector,Age,{WORKLOAD_WIDE}"
            );
        }
        ("batch", "jobs") => {
            return format!("Name,Status,Completions,Duration,Age,{WORKLOAD_WIDE}");
        }
        ("batch", "cronjobs") => {
            return format!(
                "Name,Schedule,Timezone,Suspend,Active,Last Schedule,Age,{WORKLOAD_WIDE}"
            );
        }
        ("networking.k8s.io", "ingresses") => "Name,Class,Hosts,Address,Ports,Age",
        ("networking.k8s.io", "ingressclasses") => "Name,Controller,Parameters,Age",
        ("networking.k8s.io", "networkpolicies") => "Name,Pod-Selector,Age",
        ("policy", "poddisruptionbudgets") => {
            "Name,Min Available,Max Unavailable,Allowed Disruptions,Age"
        }
        ("autoscaling", "horizontalpodautoscalers") => {
            "Name,Reference,Targets,MinPods,MaxPods,Replicas,Age"
        }
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => {
            "Name,Role,Age,Users*,Groups*,ServiceAccounts*"
        }
        ("rbac.authorization.k8s.io", _) | ("apiextensions.k8s.io", _) | ("", "limitranges") => {
            "Name,Created At"
        }
        ("storage.k8s.io", "storageclasses") => {
            "Name,Provisioner,ReclaimPolicy,VolumeBindingMode,AllowVolumeExpansion,Age"
        }
        ("coordination.k8s.io", _) => "Name,Holder,Age",
        ("discovery.k8s.io", _) => "Name,AddressType,Ports,Endpoints,Age",
        ("scheduling.k8s.io", _) => "Name,Value,Global-Default,Age,PreemptionPolicy",
        ("apiregistration.k8s.io", _) => "Name,Service,Available,Age",
        (
            "admissionregistration.k8s.io",
            "mutatingwebhookconfigurations" | "validatingwebhookconfigurations",
        ) => "Name,Webhooks,Age",
        _ => "Name,Age",
    };
    titles.to_owned()
}

/// Whether the cells under a title are numbers.
pub(super) fn is_integer(title: &str) -> bool {
    matches!(
        title,
        "Desired"
            | "Current"
            | "Up-to-date"
            | "Available"
            | "Allowed Disruptions"
            | "Webhooks"
            | "Value"
            | "Active"
    )
}
