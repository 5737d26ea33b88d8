//! In which order kinds are installed and uninstalled.

/// Kinds in the order in which they are created: what others need comes first.
const INSTALL: [&str; 38] = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
];

/// Whether objects are created or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The order of creation.
    Install,
    /// The order of deletion: the reverse, but services go right after ingresses.
    Uninstall,
}

impl Order {
    /// Sorts by kind and leaves what is of one kind in its order. Kinds that are not known come
    /// last, by name.
    pub fn sort<T>(self, items: &mut [T], kind: impl Fn(&T) -> &str) {
        items.sort_by(|a, b| self.rank(kind(a)).cmp(&self.rank(kind(b))));
    }

    fn rank(self, kind: &str) -> (usize, &str) {
        let known = INSTALL.iter().position(|known| *known == kind);
        match (known, self) {
            (None, _) => (usize::MAX, kind),
            (Some(at), Order::Install) => (at, ""),
            // Twice the distance from the end leaves a gap for the one kind that moves.
            (Some(_), Order::Uninstall) if kind == "Service" => {
                (self.rank("IngressClass").0 + 1, "")
            }
            (Some(at), Order::Uninstall) => ((INSTALL.len() - at) * 2, ""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    fn check(order: Order, kinds: &str, expected: &str) {
        let mut kinds: Vec<&str> = kinds.split(' ').collect();
        order.sort(&mut kinds, |kind| kind);
        assert_eq!(kinds.join(" "), expected);
    }

    #[test]
    fn known_kinds_first_then_by_name() {
        check(
            Order::Install,
            "Zoo Ingress Ant Service Namespace Service",
            "Namespace Service Service Ingress Ant Zoo",
        );
    }

    #[test]
    fn services_go_after_ingresses_and_before_jobs() {
        check(
            Order::Uninstall,
            "Zoo Namespace CronJob Service IngressClass Ingress Ant APIService",
            "APIService Ingress IngressClass Service CronJob Namespace Ant Zoo",
        );
    }
}
