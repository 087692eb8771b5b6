from __future__ import annotations

import json
from typing import Any

import pytest

PLACE = ("orders", "--bucket", "packages", "--prefix", "shop/")
START = ("marker.py", "start", *PLACE, "--template", "packaged.yml")
GOOD = ("marker.py", "good", *PLACE)
RESTORE = ("marker.py", "restore", *PLACE, "--output", "rollback.yml")
MARKER = "s3api get-object shop/deployments/orders/marker.json"
JOB = {"CI_PIPELINE_ID": "12", "CI_COMMIT_SHA": "abc"}


def deployment(pipeline: str) -> dict[str, str]:
    """Return a deployment as it is stored in a marker."""
    return {"pipeline": pipeline, "sha": f"sha{pipeline}", "template": f"shop/deployments/orders/{pipeline}.yml"}


def marker(pipeline: str, state: str = "started", last_good: str | None = None) -> str:
    """Return the text of a marker."""
    before = last_good and deployment(last_good)
    tree = {"deployment": deployment(pipeline), "started": "2026-11-23T08:00:00Z", "state": state, "last_good": before}
    return json.dumps(tree)


def stored(aws: Any) -> dict[str, Any]:
    """Return the last stored marker."""
    return next(json.loads(record["body"]) for record in reversed(aws.records) if record.get("body", "")[:1] == "{")


@pytest.fixture
def bucket(aws: Any) -> Any:
    """Return a job with a writable bucket that contains no marker."""
    aws.fails("s3api get-object", "NoSuchKey", "The specified key does not exist.")
    aws.says("s3api put-object", {})
    (aws.folder / "packaged.yml").write_text("Resources: {}\n")
    aws.variables.update(JOB)
    return aws


def test_the_first_deployment_stores_template_and_marker(bucket: Any) -> None:
    """The template is stored first, so that a marker never refers to a missing one."""
    done = bucket.run(*START)
    assert done == (0, "pipeline 12 deploys; last good: none\n", "")
    template, marked = [record for record in bucket.records if "body" in record]
    assert template["arguments"][2:6] == ["--bucket", "packages", "--key", "shop/deployments/orders/12.yml"]
    assert template["body"] == "Resources: {}\n"
    assert marked["arguments"][5] == "shop/deployments/orders/marker.json"
    tree = json.loads(marked["body"])
    assert tree.pop("started")[10] == "T"
    expected = {"pipeline": "12", "sha": "abc", "template": "shop/deployments/orders/12.yml"}
    assert tree == {"deployment": expected, "state": "started", "last_good": None}


@pytest.mark.parametrize(
    ("before", "last_good"),
    [
        (marker("11", "good", "10"), "11"),
        (marker("11", "started", "10"), "10"),
        (marker("11", "rolled back", "10"), "10"),
        (marker("11", "started"), None),
        (marker("12", "good", "10"), "10"),
        (marker("12", "started", "10"), "10"),
        (marker("13", "good", "11"), "11"),
    ],
)
def test_the_last_good_deployment_is_kept(bucket: Any, before: str, last_good: str | None) -> None:
    """The last good deployment is the rollback target; a job that is retried does not count its own deployment."""
    assert bucket.downloads(MARKER, before).run(*START).code == 0
    assert stored(bucket)["last_good"] == (last_good and deployment(last_good))


@pytest.mark.parametrize(("newest", "state"), [("11", "started"), ("12", "started"), ("13", "good"), ("next", "started")])
def test_an_older_pipeline_is_good(bucket: Any, newest: str, state: str) -> None:
    """The rollback button deploys an older pipeline again without its later jobs, so it counts as good immediately."""
    assert bucket.downloads(MARKER, marker(newest, "good")).run(*START).code == 0
    assert stored(bucket)["state"] == state


def test_an_empty_prefix_adds_no_slash(bucket: Any) -> None:
    """Without a prefix, the keys begin with `deployments`."""
    bucket.run("marker.py", "start", "orders", "--bucket", "b", "--prefix", "", "--template", "packaged.yml")
    assert "--key deployments/orders/12.yml" in bucket.calls[0]


def test_a_missing_template_is_reported(bucket: Any) -> None:
    """If the package's artifacts are missing, the job fails before it stores anything."""
    done = bucket.run(*START[:-1], "nope.yml")
    assert done.err == "error: there is no file nope.yml: does this job get the artifacts of the job that packages?\n"
    assert bucket.calls == []


@pytest.mark.parametrize("name", ["CI_PIPELINE_ID", "CI_COMMIT_SHA"])
def test_missing_job_variables_are_reported(bucket: Any, name: str) -> None:
    """GitLab's variables are required."""
    done = bucket.run(*START, **{name: ""})
    assert done == (1, "", f"error: {name} is not set: run this in a GitLab job\n")


def test_a_good_deployment_is_marked(bucket: Any) -> None:
    """After the bake, the state in the marker is good, and the rest is unchanged."""
    done = bucket.downloads(MARKER, marker("12", "started", "10")).run(*GOOD)
    assert done == (0, "pipeline 12 is the last good one\n", "")
    assert stored(bucket) == json.loads(marker("12", "good", "10"))


def test_the_marker_of_another_pipeline_is_not_changed(bucket: Any) -> None:
    """The bake of an older pipeline does not mark a newer deployment as good."""
    done = bucket.downloads(MARKER, marker("13")).run(*GOOD)
    assert done == (0, "not marked: the newest deployment is pipeline 13, commit sha13, this is pipeline 12\n", "")
    assert bucket.calls == []


def test_without_a_marker_nothing_is_marked(bucket: Any) -> None:
    """Without a marker, there is no deployment to mark as good."""
    assert bucket.run(*GOOD).out == "not marked: the newest deployment is none, this is pipeline 12\n"


def test_a_deployment_that_was_rolled_back_is_not_good(bucket: Any) -> None:
    """A bake that is retried after the rollback does not mark the deployment as good."""
    done = bucket.downloads(MARKER, marker("12", "rolled back", "10")).run(*GOOD)
    assert (done.code, "was rolled back: run its deployment again first" in done.err) == (1, True)
    assert bucket.calls == []


@pytest.mark.parametrize("state", ["started", "rolled back", "good"])
def test_the_last_good_template_is_restored(bucket: Any, state: str) -> None:
    """A failed pipeline gets the last good template, even after its bake, and when its rollback job is retried."""
    bucket.downloads(MARKER, marker("12", state, "10"))
    done = bucket.downloads("s3api get-object shop/deployments/orders/10.yml", "old").run(*RESTORE)
    assert done == (0, "rollback.yml: the template of pipeline 10, commit sha10\n", "")
    assert (bucket.folder / "rollback.yml").read_text() == "old"
    assert stored(bucket) == json.loads(marker("12", "rolled back", "10"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "nothing was deployed"),
        (marker("13", "started", "10"), "the newest deployment is of pipeline 13, this is pipeline 12"),
        (marker("12", "good"), "this deployment has proved itself, and none was good before"),
    ],
)
def test_there_may_be_nothing_to_roll_back(bucket: Any, text: str | None, why: str) -> None:
    """A rollback job without anything to undo logs the reason, writes no file and does not fail."""
    if text:
        bucket.downloads(MARKER, text)
    assert bucket.run(*RESTORE) == (0, f"nothing to roll back: {why}\n", "")
    assert not (bucket.folder / "rollback.yml").exists()
    assert bucket.calls == []


@pytest.mark.parametrize("text", [marker("12"), None])
def test_a_rollback_without_a_good_deployment_fails(bucket: Any, text: str | None) -> None:
    """Without a good deployment, the rollback fails with advice."""
    if text:
        bucket.downloads(MARKER, text)
    done = bucket.run(*RESTORE, *([] if text else ["--force"]))
    assert done == (1, "", "error: there was never a good deployment to go back to: repair forward, with a new commit\n")


def test_force_undoes_a_good_deployment_of_another_pipeline(bucket: Any) -> None:
    """With --force, the last good deployment before the newest is restored, and the newest no longer counts as good."""
    bucket.downloads(MARKER, marker("13", "good", "11"))
    bucket.downloads("s3api get-object shop/deployments/orders/11.yml", "old")
    assert bucket.run(*RESTORE, "--force", CI_PIPELINE_ID="").code == 0
    assert (bucket.folder / "rollback.yml").read_text() == "old"
    assert stored(bucket)["state"] == "rolled back"


def test_a_deleted_template_is_reported(bucket: Any) -> None:
    """If the template has expired, the message names the bucket, and the marker is unchanged."""
    done = bucket.downloads(MARKER, marker("12", "started", "10")).run(*RESTORE)
    assert done.code == 1
    assert "s3://packages/shop/deployments/orders/10.yml is gone: the bucket must keep templates longer" in done.err
    assert bucket.calls == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        json.dumps({**json.loads(marker("1")), "state": "x"}),
        json.dumps({**json.loads(marker("1")), "deployment": {"a": 1}}),
        json.dumps({**json.loads(marker("1")), "last_good": 5}),
    ],
)
def test_an_invalid_marker_is_reported(bucket: Any, text: str) -> None:
    """An invalid marker is an error of one line."""
    done = bucket.downloads(MARKER, text).run(*GOOD)
    place = "s3://packages/shop/deployments/orders/marker.json"
    assert done == (1, "", f"error: {place} is no marker: delete it, the next deployment writes a new one\n")


def test_a_missing_permission_is_reported(bucket: Any) -> None:
    """Without s3:ListBucket, S3 denies access to a missing marker, so the message names this permission."""
    bucket.fails("s3api get-object", "AccessDenied", "Access Denied")
    done = bucket.run(*START)
    assert (done.code, "s3:ListBucket on packages" in done.err) == (1, True)


def test_other_errors_of_the_bucket_are_reported(bucket: Any) -> None:
    """If the bucket does not exist, the message contains AWS's error."""
    bucket.fails("s3api get-object", "NoSuchBucket", "The specified bucket does not exist")
    assert "The specified bucket does not exist" in bucket.run(*START).err
