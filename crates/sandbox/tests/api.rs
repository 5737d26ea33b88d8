//! The API as a client meets it, one request after the other.

mod common;

use common::{Client, still};
use sandbox::Sandbox;
use serde_json::{Value, json};

const CONFIG_MAPS: &str = "/api/v1/namespaces/default/configmaps";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";

fn config_map(name: &str, data: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data})
}

fn deployment(replicas: u32, image: &str) -> Value {
    json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
        "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [
            {"name": "web", "image": image, "ports": [{"containerPort": 80}]}]}}}})
}

#[test]
fn an_object_is_created_read_changed_and_deleted() {
    let client = Client::in_memory();
    let made = client.ok(
        &format!("POST {CONFIG_MAPS}"),
        &config_map("a", json!({"k": "1"})),
    );
    assert_eq!(made["metadata"]["managedFields"][0]["manager"], "test");
    let mut changed = made.clone();
    changed["data"] = json!({"k": "2"});
    let stored = client.ok(&format!("PUT {CONFIG_MAPS}/a"), &changed);
    assert_ne!(
        stored["metadata"]["resourceVersion"],
        made["metadata"]["resourceVersion"]
    );
    let expected = "409 Conflict: Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again";
    assert_eq!(
        client.refused(&format!("PUT {CONFIG_MAPS}/a"), &changed),
        expected
    );
    let gone = client.ok(&format!("DELETE {CONFIG_MAPS}/a"), &Value::Null);
    assert_eq!(
        (&gone["status"], &gone["details"]["kind"]),
        (&json!("Success"), &json!("configmaps"))
    );
    let expected = "404 NotFound: configmaps \"a\" not found";
    assert_eq!(
        client.refused(&format!("GET {CONFIG_MAPS}/a"), &Value::Null),
        expected
    );
}

#[test]
fn bad_requests_are_refused_in_the_words_of_the_api_server() {
    let client = Client::in_memory();
    let check =
        |line: &str, body: Value, expected: &str| assert_eq!(client.refused(line, &body), expected);
    let create = format!("POST {CONFIG_MAPS}");
    client.ok(&create, &config_map("a", json!({})));
    check(
        &create,
        config_map("a", json!({})),
        "409 AlreadyExists: configmaps \"a\" already exists",
    );
    check(
        "POST /api/v1/namespaces/nope/configmaps",
        config_map("a", json!({})),
        "404 NotFound: namespaces \"nope\" not found",
    );
    check(
        &create,
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}}),
        "400 BadRequest: the namespace of the provided object does not match the namespace sent on the request",
    );
    check(
        &format!("{create}?fieldValidation=Strict"),
        json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "b"}, "dota": {}}),
        "400 BadRequest: ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dota\"",
    );
    check(
        &format!("POST {DEPLOYMENTS}"),
        json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d"}, "spec": {"replicas": "x"}}),
        "400 BadRequest: Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
    );
    check(
        "GET /api/v1/things",
        Value::Null,
        "404 NotFound: the server could not find the requested resource",
    );
    check(
        "DELETE /api/v1/namespaces/default",
        Value::Null,
        "403 Forbidden: namespaces \"default\" is forbidden: this namespace may not be deleted",
    );
    check(
        &format!("{create}?dryRun=Some"),
        config_map("c", json!({})),
        "422 Invalid: CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: [\"Some\"]: supported values: \"All\"",
    );
}

#[test]
fn a_dry_run_stores_nothing() {
    let client = Client::in_memory();
    client.ok(
        &format!("POST {CONFIG_MAPS}?dryRun=All"),
        &config_map("a", json!({})),
    );
    client.refused(&format!("GET {CONFIG_MAPS}/a"), &Value::Null);
}

#[test]
fn a_deployment_becomes_ready_rolls_and_goes_with_its_pods() {
    let client = Client::in_memory();
    client.ok(&format!("POST {DEPLOYMENTS}"), &deployment(2, "web:1"));
    client.sandbox.settle();
    let status = &client.get(&format!("{DEPLOYMENTS}/web"))["status"];
    assert_eq!(
        (&status["readyReplicas"], &status["observedGeneration"]),
        (&json!(2), &json!(1))
    );
    let changed = json!([{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "web:2"}]);
    client.send(
        &format!("PATCH {DEPLOYMENTS}/web"),
        "application/json-patch+json",
        &changed.to_string(),
    );
    client.sandbox.settle();
    let found = client.get(&format!("{DEPLOYMENTS}/web"));
    assert_eq!(
        found["metadata"]["annotations"]["deployment.kubernetes.io/revision"],
        "2"
    );
    assert_eq!(found["status"]["updatedReplicas"], 2);
    let pods = client.get("/api/v1/namespaces/default/pods?labelSelector=app%3Dweb");
    let images: Vec<&Value> = pods["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["spec"]["containers"][0]["image"])
        .collect();
    assert_eq!(images, ["web:2", "web:2"]);
    client.ok(&format!("DELETE {DEPLOYMENTS}/web"), &Value::Null);
    client.sandbox.settle();
    assert_eq!(
        client.get("/api/v1/namespaces/default/pods")["items"],
        json!([])
    );
}

#[test]
fn a_job_completes() {
    let client = Client::in_memory();
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "j"}, "spec": {"template": {"spec": {
        "restartPolicy": "Never", "containers": [{"name": "j", "image": "j"}]}}}});
    client.ok("POST /apis/batch/v1/namespaces/default/jobs", &job);
    client.sandbox.settle();
    let status = &client.get("/apis/batch/v1/namespaces/default/jobs/j")["status"];
    assert_eq!(
        (&status["succeeded"], &status["conditions"][1]["type"]),
        (&json!(1), &json!("Complete"))
    );
}

#[test]
fn a_stateful_set_gets_its_claims_and_they_are_bound() {
    let client = Client::in_memory();
    let set = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {
        "replicas": 2, "serviceName": "db", "selector": {"matchLabels": {"app": "db"}},
        "template": {"metadata": {"labels": {"app": "db"}}, "spec": {"containers": [{"name": "db", "image": "db",
            "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]}},
        "volumeClaimTemplates": [{"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "standard",
            "resources": {"requests": {"storage": "1Gi"}}}}]}});
    client.ok("POST /apis/apps/v1/namespaces/default/statefulsets", &set);
    client.sandbox.settle();
    assert_eq!(
        client.get("/apis/apps/v1/namespaces/default/statefulsets/db")["status"]["readyReplicas"],
        2
    );
    let claims = client.get("/api/v1/namespaces/default/persistentvolumeclaims");
    let phases: Vec<&Value> = claims["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|claim| &claim["status"]["phase"])
        .collect();
    assert_eq!(phases, ["Bound", "Bound"]);
}

#[test]
fn a_conflict_of_appliers_is_told_with_its_causes() {
    let client = Client::in_memory();
    let path = format!("{DEPLOYMENTS}/web");
    assert_eq!(
        client.apply(&path, "a", false, &deployment(1, "web:1")).0,
        201
    );
    let (code, status) = client.apply(&path, "b", false, &deployment(2, "web:2"));
    assert_eq!(code, 409);
    let expected = "Apply failed with 2 conflicts: conflicts with \"a\":\n- .spec.replicas\n- .spec.template.spec.containers[name=\"web\"].image";
    assert_eq!(status["message"], expected);
    let cause = json!({"reason": "FieldManagerConflict", "message": "conflict with \"a\"", "field": ".spec.replicas"});
    assert_eq!(status["details"]["causes"][0], cause);
    assert_eq!(
        client.apply(&path, "b", true, &deployment(2, "web:2")).0,
        200
    );
}

#[test]
fn what_is_applied_twice_is_not_written_twice() {
    let client = Client::in_memory();
    let path = format!("{DEPLOYMENTS}/web");
    let (_, first) = client.apply(&path, "a", false, &deployment(1, "web:1"));
    let (code, second) = client.apply(&path, "a", false, &deployment(1, "web:1"));
    assert_eq!(
        (code.as_u16(), &second["metadata"]["resourceVersion"]),
        (200, &first["metadata"]["resourceVersion"])
    );
}

#[test]
fn a_definition_serves_its_resources_at_once() {
    let client = Client::in_memory();
    let schema = json!({"type": "object", "properties": {"spec": {"type": "object", "required": ["size"], "properties": {
        "size": {"type": "integer", "minimum": 1}, "color": {"type": "string", "default": "red"},
        "parts": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"],
            "items": {"type": "object", "properties": {"id": {"type": "string"}, "n": {"type": "integer"}}}}}}}});
    let definition = json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"}, "spec": {"group": "example.com", "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget"}, "versions": [{"name": "v1", "served": true, "storage": true,
            "schema": {"openAPIV3Schema": schema}, "subresources": {"status": {}}}]}});
    let made = client.ok(
        "POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        &definition,
    );
    assert_eq!(made["status"]["conditions"][1]["type"], "Established");
    let path = "/apis/example.com/v1/namespaces/default/widgets";
    let widget = |spec: Value| json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec});
    let expected = "422 Invalid: Widget.example.com \"w\" is invalid: [spec.size: Required value, spec.color: Invalid value: \"integer\": spec.color in body must be of type string: \"integer\"]";
    assert_eq!(
        client.refused(&format!("POST {path}"), &widget(json!({"color": 3}))),
        expected
    );
    let stored = client.ok(
        &format!("POST {path}"),
        &widget(json!({"size": 1, "nope": 2})),
    );
    assert_eq!(stored["spec"], json!({"size": 1, "color": "red"}));
    client.apply(
        &format!("{path}/w"),
        "a",
        true,
        &widget(json!({"size": 1, "parts": [{"id": "x", "n": 1}]})),
    );
    let (_, merged) = client.apply(
        &format!("{path}/w"),
        "b",
        true,
        &widget(json!({"size": 1, "parts": [{"id": "y"}]})),
    );
    assert_eq!(
        merged["spec"]["parts"],
        json!([{"id": "x", "n": 1}, {"id": "y"}])
    );
    client.ok(
        "DELETE /apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com",
        &Value::Null,
    );
    let (code, answer) = client.send(&format!("GET {path}"), "application/json", "");
    assert_eq!(
        (code.as_u16(), answer),
        (404, json!("404 page not found\n"))
    );
}

#[test]
fn a_watch_tells_what_is_there_and_what_changes() {
    let client = Client::in_memory();
    client.ok(&format!("POST {CONFIG_MAPS}"), &config_map("a", json!({})));
    let list = client.get(CONFIG_MAPS);
    let revision = list["metadata"]["resourceVersion"].as_str().unwrap();
    client.ok(&format!("POST {CONFIG_MAPS}"), &config_map("b", json!({})));
    client.ok(&format!("DELETE {CONFIG_MAPS}/b"), &Value::Null);
    let events = client.watch(
        &format!("{CONFIG_MAPS}?watch=true&resourceVersion={revision}"),
        2,
    );
    let told: Vec<(&Value, &Value)> = events
        .iter()
        .map(|e| (&e["type"], &e["object"]["metadata"]["name"]))
        .collect();
    assert_eq!(
        told,
        [
            (&json!("ADDED"), &json!("b")),
            (&json!("DELETED"), &json!("b"))
        ]
    );
    let query = "watch=true&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan";
    let events = client.watch(&format!("{CONFIG_MAPS}?{query}"), 3);
    let last = events.last().unwrap();
    assert_eq!(last["type"], "BOOKMARK");
    assert_eq!(
        last["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"],
        "true"
    );
    let events = client.watch(
        &format!("{CONFIG_MAPS}?watch=true&fieldSelector=metadata.name%3Da"),
        1,
    );
    assert_eq!(events[0]["object"]["metadata"]["name"], "a");
}

#[test]
fn a_watch_from_before_the_log_is_told_to_list_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.redb");
    let client = Client::new(Sandbox::open(&path, still()).unwrap());
    client.ok(&format!("POST {CONFIG_MAPS}"), &config_map("a", json!({})));
    client.sandbox.close().unwrap();
    drop(client);
    let client = Client::new(Sandbox::open(&path, still()).unwrap());
    assert_eq!(
        client.get(&format!("{CONFIG_MAPS}/a"))["metadata"]["name"],
        "a"
    );
    let events = client.watch(&format!("{CONFIG_MAPS}?watch=true&resourceVersion=1"), 1);
    assert_eq!(
        (&events[0]["type"], &events[0]["object"]["code"]),
        (&json!("ERROR"), &json!(410))
    );
}

#[test]
fn a_list_comes_in_parts() {
    let client = Client::in_memory();
    for name in ["a", "b", "c", "d", "e"] {
        client.ok(&format!("POST {CONFIG_MAPS}"), &config_map(name, json!({})));
    }
    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let page = client.get(&format!("{CONFIG_MAPS}?limit=2&continue={token}"));
        names.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|i| i["metadata"]["name"].as_str().unwrap().to_owned()),
        );
        match page["metadata"]["continue"].as_str() {
            Some(next) => token = next.replace('+', "%2B"),
            None => break,
        }
    }
    assert_eq!(names, ["a", "b", "c", "d", "e", "kube-root-ca.crt"]);
}

#[test]
fn a_namespace_goes_with_everything_in_it() {
    let client = Client::in_memory();
    client.ok(
        "POST /api/v1/namespaces",
        &json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "n"}}),
    );
    client.sandbox.settle();
    assert_eq!(
        client.get("/api/v1/namespaces/n/serviceaccounts/default")["metadata"]["name"],
        "default"
    );
    let ending = client.ok("DELETE /api/v1/namespaces/n", &Value::Null);
    assert_eq!(ending["status"]["phase"], "Terminating");
    let expected = "403 Forbidden: configmaps \"a\" is forbidden: unable to create new content in namespace n because it is being terminated";
    assert_eq!(
        client.refused(
            "POST /api/v1/namespaces/n/configmaps",
            &config_map("a", json!({}))
        ),
        expected
    );
    client.sandbox.settle();
    client.refused("GET /api/v1/namespaces/n", &Value::Null);
}

#[test]
fn finalizers_and_propagation_hold_an_object() {
    let client = Client::in_memory();
    let mut held = config_map("a", json!({}));
    held["metadata"]["finalizers"] = json!(["example.com/hold"]);
    client.ok(&format!("POST {CONFIG_MAPS}"), &held);
    let ending = client.ok(&format!("DELETE {CONFIG_MAPS}/a"), &Value::Null);
    assert!(ending["metadata"]["deletionTimestamp"].is_string());
    client.send(
        &format!("PATCH {CONFIG_MAPS}/a"),
        "application/merge-patch+json",
        "{\"metadata\":{\"finalizers\":null}}",
    );
    client.refused(&format!("GET {CONFIG_MAPS}/a"), &Value::Null);

    client.ok(&format!("POST {DEPLOYMENTS}"), &deployment(1, "web:1"));
    client.sandbox.settle();
    client.ok(
        &format!("DELETE {DEPLOYMENTS}/web?propagationPolicy=Orphan"),
        &Value::Null,
    );
    client.sandbox.settle();
    client.refused(&format!("GET {DEPLOYMENTS}/web"), &Value::Null);
    let sets = client.get("/apis/apps/v1/namespaces/default/replicasets");
    assert_eq!(sets["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_scale_is_read_and_written() {
    let client = Client::in_memory();
    client.ok(&format!("POST {DEPLOYMENTS}"), &deployment(1, "web:1"));
    let (code, scale) = client.send(
        &format!("PATCH {DEPLOYMENTS}/web/scale"),
        "application/merge-patch+json",
        "{\"spec\":{\"replicas\":3}}",
    );
    assert_eq!(
        (code.as_u16(), &scale["kind"], &scale["spec"]["replicas"]),
        (200, &json!("Scale"), &json!(3))
    );
    assert_eq!(
        client.get(&format!("{DEPLOYMENTS}/web"))["spec"]["replicas"],
        3
    );
}

#[test]
fn two_processes_cannot_use_one_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.redb");
    let _first = Sandbox::open(&path, still()).unwrap();
    let error = Sandbox::open(&path, still()).unwrap_err().to_string();
    assert!(
        error.contains("in use by another process") && error.contains("s.redb"),
        "{error}"
    );
}

#[test]
fn half_a_file_is_refused_and_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("s.redb");
    Sandbox::open(&path, still()).unwrap().close().unwrap();
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let error = Sandbox::open(&path, still()).unwrap_err().to_string();
    assert!(
        error.contains("is damaged") && error.contains("restore it from a copy"),
        "{error}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), &whole[..whole.len() / 2]);
}
