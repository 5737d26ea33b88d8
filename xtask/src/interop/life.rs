//! The stories of a release's later life: upgrades, failures, ways back, changes by others, tests.
//!
//! Each is told three times: by the candidate alone, by Helm 4 and the candidate in turn, and by Helm 3
//! and the candidate in turn.

use super::story::{Actor, RELEASE, Step, Story, step};
use crate::paths;

/// All stories. None has an object outside its namespace, so that they can be played side by side.
pub(super) fn stories() -> Vec<Story> {
    use Actor::{Candidate, Helm3, Helm4};
    let casts = [
        ("alone", [Candidate, Candidate]),
        ("helm4", [Helm4, Candidate]),
        ("helm3", [Helm3, Candidate]),
    ];
    let plots: [(&str, Plot); 7] = [
        ("values", values),
        ("failures", failures),
        ("back", back),
        ("others", others),
        ("adoption", adoption),
        ("tests", tests),
        ("either", either),
    ];
    let told = plots.iter().flat_map(|(name, plot)| {
        casts.map(|(with, cast)| {
            let namespace = format!("life-{name}-{with}");
            let mut tale = Tale::new(&namespace, cast);
            plot(&mut tale);
            Story {
                name: format!("life: {name}, {with}"),
                namespace,
                steps: tale.steps,
            }
        })
    });
    told.collect()
}

/// What happens, whoever does it.
type Plot = fn(&mut Tale);

/// A story while it is told.
struct Tale {
    namespace: String,
    chart: String,
    cast: [Actor; 2],
    steps: Vec<Step>,
}

impl Tale {
    fn new(namespace: &str, cast: [Actor; 2]) -> Tale {
        let chart = paths::root().join("conformance/charts/change");
        Tale {
            namespace: namespace.to_owned(),
            chart: chart.to_string_lossy().into_owned(),
            cast,
            steps: Vec::new(),
        }
    }

    /// The next one in turn does something. `CHART` stands for the chart.
    fn next(&mut self, words: &str) {
        let changes = self.steps.iter().filter(|step| step.changes).count();
        let actor = self.cast[changes % 2];
        self.by(actor, words, true);
    }

    /// The candidate does something, in whatever turn: words that Helm 3 has not.
    fn new_words(&mut self, words: &str) {
        self.by(Actor::Candidate, words, true);
    }

    /// The candidate looks at what there is.
    fn look(&mut self, words: &str) {
        self.by(Actor::Candidate, words, false);
    }

    /// Somebody else changes something.
    fn kubectl(&mut self, words: &str) {
        self.by(Actor::Kubectl, words, true);
    }

    fn by(&mut self, actor: Actor, words: &str, changes: bool) {
        let words = words.split_whitespace().map(|word| match word {
            "CHART" => self.chart.clone(),
            other => other.replace("REL", RELEASE),
        });
        let words: Vec<String> = words.collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        self.steps
            .push(step(actor, &self.namespace, &words, changes));
    }

    fn is_with_helm3(&self) -> bool {
        self.cast.contains(&Actor::Helm3)
    }
}

/// Values come, stay and go.
fn values(tale: &mut Tale) {
    tale.next("install REL CHART --create-namespace --set replicas=2 --labels team=a,stage=dev");
    tale.next("upgrade REL CHART --set image=registry.example/change:2 --wait");
    tale.next("upgrade REL CHART");
    tale.next(
        "upgrade REL CHART --reuse-values --set env.MODE=lively,data.dropped=null,data.new=3",
    );
    tale.next("upgrade REL CHART --reset-then-reuse-values --set sidecars={helper,second}");
    tale.look("get values REL");
    tale.look("get values REL --all --output yaml");
    tale.next("upgrade REL CHART --reset-values --description again --labels stage=null,tier=web");
    tale.next("upgrade REL CHART --set scratch=configMap --history-max 3");
    tale.look("history REL");
    tale.look("list --selector tier=web");
    tale.next("upgrade REL CHART --set replicas=2 --output json --hide-notes");
    tale.next("uninstall REL");
}

/// What goes wrong, where, and what is left of it.
fn failures(tale: &mut Tale) {
    let undo = match tale.is_with_helm3() {
        true => "--atomic",
        false => "--rollback-on-failure",
    };
    tale.next("upgrade REL CHART");
    tale.next("install REL CHART --create-namespace");
    tale.next("upgrade REL CHART --set broken=apply,extra={left}");
    tale.look("status REL");
    tale.next("upgrade REL CHART --set extra={left}");
    tale.next("upgrade REL CHART --set broken=apply,extra={cleaned} --cleanup-on-fail");
    tale.next("upgrade REL CHART --set broken=wait --wait --timeout 5s");
    tale.next("upgrade REL CHART --set broken=hook");
    tale.next("upgrade REL CHART --set broken=hook --no-hooks");
    tale.next(&format!(
        "upgrade REL CHART --set broken=apply,extra={{undone}} {undo}"
    ));
    tale.look("history REL");
    tale.next("rollback REL 1 --wait");
    tale.next("upgrade REL CHART --set replicas=abc");
    tale.next("upgrade REL ./nowhere");
    tale.next("upgrade REL CHART --set replicas=2");
    tale.look("history REL --output json");
    tale.next("uninstall REL");
}

/// Ways back, and a name that is used again.
fn back(tale: &mut Tale) {
    tale.next("install REL CHART --create-namespace --set extra={one}");
    tale.look("rollback REL");
    tale.next("upgrade REL CHART --set extra={two} --set env.MODE=lively");
    tale.next("upgrade REL CHART --set sidecars={}");
    tale.next("rollback REL");
    tale.next("rollback REL 1 --wait --timeout 1m");
    tale.look("rollback REL 99");
    tale.look("rollback REL x");
    tale.look("status REL");
    tale.look("get metadata REL");
    tale.next("rollback REL 3 --no-hooks --history-max 4");
    tale.look("history REL --show-rollback-revision");
    tale.next("uninstall REL --keep-history");
    tale.look("upgrade REL CHART");
    tale.next("rollback REL 3");
    tale.next("uninstall REL --keep-history");
    tale.next("upgrade REL CHART --install --wait");
    tale.next("uninstall REL");
}

/// Others scale, change and delete objects.
fn others(tale: &mut Tale) {
    tale.next("install REL CHART --create-namespace --set extra={one}");
    tale.kubectl("scale deployment REL --replicas=4");
    tale.next("upgrade REL CHART --set extra={one},env.MODE=lively");
    tale.kubectl("label configmap REL-one theirs=yes");
    tale.next("upgrade REL CHART --set extra={one},replicas=4");
    tale.kubectl("delete configmap REL-one");
    tale.next("upgrade REL CHART --set extra={one},replicas=4,env.MODE=again");
    tale.kubectl("set image deployment/REL web=registry.example/theirs:1");
    tale.new_words("upgrade REL CHART --set replicas=4 --force-conflicts --server-side=true");
    tale.new_words("upgrade REL CHART --server-side=false --set env.MODE=late");
    tale.new_words("upgrade REL CHART --server-side=false --force-replace --set image=registry.example/change:9");
    tale.new_words("upgrade REL CHART --set image=registry.example/change:10");
    tale.new_words("upgrade REL CHART --server-side=true --force-replace");
    tale.new_words("upgrade REL CHART --server-side=sometimes");
    tale.kubectl("annotate serviceaccount REL helm.sh/resource-policy=keep");
    tale.new_words("rollback REL 1 --force-conflicts --server-side=true");
    tale.look("history REL");
    tale.new_words("uninstall REL");
}

/// Objects that were there before.
fn adoption(tale: &mut Tale) {
    tale.next("install REL CHART --create-namespace");
    tale.kubectl("create configmap REL-found --from-literal=theirs=1");
    tale.next("upgrade REL CHART --set extra={found}");
    tale.new_words("upgrade REL CHART --set extra={found} --take-ownership --force-conflicts --server-side=true");
    tale.next("upgrade REL CHART --set extra={found},env.MODE=lively");
    tale.kubectl("create configmap REL-more --from-literal=theirs=1");
    tale.new_words("upgrade REL CHART --set extra={more} --take-ownership --server-side=false");
    tale.kubectl("create configmap other-late --from-literal=theirs=1");
    tale.look("install other CHART --set extra={late}");
    tale.new_words("install other CHART --set extra={late} --take-ownership --server-side=false");
    tale.new_words("uninstall other");
    tale.new_words("uninstall REL");
}

/// Tests run, all or some.
fn tests(tale: &mut Tale) {
    tale.next("install REL CHART --create-namespace");
    tale.next("test REL");
    tale.next("test REL --filter name=REL-answer");
    tale.next("test REL --filter !name=REL-answer");
    tale.look("status REL");
    tale.next("upgrade REL CHART");
    tale.next("test REL");
    tale.look("get hooks REL");
    tale.look("test nobody");
    tale.next("rollback REL 1");
    tale.next("uninstall REL");
}

/// Installed or upgraded, as it comes; and dry runs.
fn either(tale: &mut Tale) {
    tale.next("upgrade REL CHART --install --create-namespace --dry-run=client");
    tale.next("upgrade REL CHART --install --create-namespace --wait");
    tale.next("upgrade REL CHART --install --set replicas=2");
    tale.look("upgrade REL CHART --dry-run=client --set replicas=3");
    tale.look("upgrade REL CHART --dry-run=server --set replicas=3 --output json");
    tale.new_words("rollback REL 1 --dry-run=client");
    tale.next("upgrade REL CHART --install --set broken=apply");
    tale.next("upgrade REL CHART --install");
    tale.next("upgrade second CHART --install --set broken=apply");
    tale.next("upgrade second CHART --install");
    tale.look("list");
    tale.next("uninstall REL second");
}
