use std::time::Duration;

use crate::{
    Changing, Failure, Install, Live, PlanError, Propagation, Rollback, Uninstall, Upgrade,
    WaitStrategy, Waiting, install, own, rollback, uninstall, upgrade,
};
use manifest::{HookEvent, Object};
use release::{Hook, Release, Status};
use serde_json::json;

const WAITING: Waiting = Waiting {
    strategy: WaitStrategy::HookOnly,
    timeout: Duration::from_secs(300),
    jobs: false,
};

fn object(kind: &str, name: &str) -> Object {
    Object::from_json(json!({
        "apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "team"}
    }))
    .unwrap()
}

fn hook(name: &str, event: HookEvent) -> Hook {
    Hook::from(manifest::Hook {
        name: name.into(),
        path: format!("web/templates/{name}.yaml"),
        events: vec![event],
        ..manifest::Hook::default()
    })
}

fn record(version: i64, status: Status) -> Release {
    let mut release = Release {
        name: "web".into(),
        namespace: "team".into(),
        version,
        ..Release::default()
    };
    release.info.status = status;
    release
}

fn installation(live: Vec<Live>) -> Install {
    let mut release = record(1, Status::PendingInstall);
    release.hooks = vec![
        hook("after", HookEvent::PostInstall),
        hook("before", HookEvent::PreInstall),
    ];
    Install {
        release,
        objects: vec![object("Service", "a"), object("ConfigMap", "b")],
        live,
        left_behind: Vec::new(),
        replaces: None,
        create_namespace: true,
        take_ownership: false,
        hooks: true,
        server_side: true,
        force_conflicts: false,
        force_replace: false,
        waiting: WAITING,
        description: String::new(),
        mark_failure: true,
    }
}

#[test]
fn an_installation_writes_its_record_before_and_after() {
    let plan = install(installation(vec![Live::Absent, Live::Absent])).unwrap();
    assert_eq!(
        plan.to_string(),
        "  1. create namespace team\n  \
           2. create the record\n  \
           3. run 1 pre-install hook(s)\n  \
           4. create Service/a, ConfigMap/b\n  \
           5. wait for 2 object(s)\n  \
           6. run 1 post-install hook(s)\n  \
           7. set the record's status to deployed\n  \
           8. write the record\n"
    );
    assert!(matches!(plan.failure, Failure::Mark("Release")));
}

#[test]
fn what_belongs_to_the_release_is_adopted() {
    let mut mine = object("ConfigMap", "b");
    own(&mut mine, "web", "team");
    let plan = install(installation(vec![Live::Absent, Live::Present(mine)])).unwrap();
    assert!(plan.to_string().contains("update Service/a, ConfigMap/b"));
}

#[test]
fn what_belongs_to_others_is_refused() {
    let theirs = Live::Present(object("ConfigMap", "b"));
    let error = install(installation(vec![Live::Absent, theirs])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "ConfigMap \"b\" in namespace \"team\" exists and cannot be imported into the current \
         release: invalid ownership metadata; label validation error: missing key \
         \"app.kubernetes.io/managed-by\": must be set to \"Helm\"; annotation validation error: \
         missing key \"meta.helm.sh/release-name\": must be set to \"web\"; annotation validation \
         error: missing key \"meta.helm.sh/release-namespace\": must be set to \"team\""
    );
}

#[test]
fn a_replaced_release_counts_on() {
    let mut input = installation(vec![Live::Absent, Live::Absent]);
    input.replaces = Some(record(4, Status::Uninstalled));
    let plan = install(input).unwrap();
    assert_eq!(plan.release.version, 5);
    assert!(
        plan.to_string()
            .contains("write the record of revision 4 as superseded")
    );
}

#[test]
fn an_uninstallation_removes_the_records_last() {
    let mut mine = object("Service", "a");
    own(&mut mine, "web", "team");
    let input = |keep_history| Uninstall {
        revisions: vec![record(1, Status::Deployed), record(2, Status::Deployed)],
        objects: vec![
            object("Service", "a"),
            object("Secret", "b"),
            object("Pod", "c"),
        ],
        live: vec![
            Live::Present(mine.clone()),
            Live::Present(object("Secret", "b")),
            Live::Absent,
        ],
        kept: vec![object("PersistentVolumeClaim", "d")],
        hooks: true,
        keep_history,
        propagation: Propagation::Background,
        waiting: WAITING,
        description: String::new(),
    };
    let (plan, told) = uninstall(input(false)).unwrap();
    assert_eq!(
        plan.to_string(),
        "  1. set the record's status to uninstalling\n  \
           2. write the record\n  \
           3. delete Service/a\n  \
           4. wait until 1 object(s) are gone\n  \
           5. set the record's status to uninstalled\n  \
           6. remove 2 record(s)\n"
    );
    assert_eq!(
        told,
        "These resources were kept due to the resource policy:\n[PersistentVolumeClaim] d\n\n\
         1 resource(s) were not deleted because they are not owned by this release:\n[Secret] b\n"
    );
    let (plan, _) = uninstall(input(true)).unwrap();
    assert!(
        plan.to_string().ends_with(
            "  6. write the record\n  7. write the record of revision 1 as superseded\n"
        )
    );
}

#[test]
fn plans_are_data() {
    let plan = install(installation(vec![Live::Absent, Live::Absent])).unwrap();
    let json = plan.to_json();
    assert_eq!(
        json["steps"][2],
        json!({
            "do": "hooks", "event": "pre-install", "hooks": ["web/templates/before.yaml"]
        })
    );
    assert_eq!(json["steps"][3]["objects"][0]["name"], "a");
}

fn changing() -> Changing {
    Changing {
        server_side: true,
        force_conflicts: false,
        force_replace: false,
        hooks: true,
        waiting: WAITING,
        max_history: 10,
        cleanup_on_fail: false,
    }
}

#[test]
fn an_upgrade_checks_only_what_is_new() {
    let input = |live| Upgrade {
        release: record(2, Status::PendingUpgrade),
        previous: record(1, Status::Deployed),
        current: vec![object("Service", "a")],
        objects: vec![object("Service", "a"), object("ConfigMap", "b")],
        live: vec![live],
        take_ownership: false,
        changing: changing(),
        description: String::new(),
    };
    let plan = upgrade(input(Live::Absent)).unwrap();
    assert_eq!(
        plan.to_string(),
        "  1. create the record\n  \
           2. update Service/a, ConfigMap/b\n  \
           3. wait for 2 object(s)\n  \
           4. write the record of revision 1 as superseded\n  \
           5. set the record's status to deployed\n  \
           6. write the record\n"
    );
    let theirs = Live::Present(object("ConfigMap", "b"));
    assert!(matches!(
        upgrade(input(theirs)),
        Err(PlanError::Foreign { .. })
    ));
}

#[test]
fn a_rollback_supersedes_all_that_is_deployed() {
    let plan = rollback(Rollback {
        release: record(4, Status::PendingRollback),
        revisions: vec![
            record(1, Status::Superseded),
            record(2, Status::Deployed),
            record(3, Status::Failed),
        ],
        current: vec![object("Service", "a")],
        objects: vec![object("Service", "a")],
        changing: changing(),
    });
    let text = plan.unwrap().to_string();
    assert!(
        text.contains("4. write the record of revision 2 as superseded\n"),
        "{text}"
    );
    assert!(
        text.contains("5. set the record's status to deployed\n"),
        "{text}"
    );
}
