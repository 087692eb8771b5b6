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
    """Return what a marker holds of a deployment."""
    return {"pipeline": pipeline, "sha": f"sha{pipeline}", "template": f"shop/deployments/orders/{pipeline}.yml"}


def marker(pipeline: str, state: str = "started", last_good: str | None = None) -> str:
    """Return the text of a marker."""
    before = last_good and deployment(last_good)
    tree = {"deployment": deployment(pipeline), "started": "2026-11-23T08:00:00Z", "state": state, "last_good": before}
    return json.dumps(tree)


def stored(aws: Any) -> dict[str, Any]:
    """Return the marker that was stored last."""
    return next(json.loads(record["body"]) for record in reversed(aws.records) if record.get("body", "")[:1] == "{")


@pytest.fixture
def bucket(aws: Any) -> Any:
    """Return a job whose bucket takes everything and holds no marker."""
    aws.fails("s3api get-object", "NoSuchKey", "The specified key does not exist.")
    aws.says("s3api put-object", {})
    (aws.folder / "packaged.yml").write_text("Resources: {}\n")
    aws.variables.update(JOB)
    return aws


def test_the_first_deployment_stores_template_and_marker(bucket: Any) -> None:
    """The template goes first, so that a marker never names one that is not there."""
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
def test_the_last_good_one_is_carried_over(bucket: Any, before: str, last_good: str | None) -> None:
    """What had proved itself is the one to go back to; a job that runs again does not count its own deployment."""
    assert bucket.downloads(MARKER, before).run(*START).code == 0
    assert stored(bucket)["last_good"] == (last_good and deployment(last_good))


@pytest.mark.parametrize(("newest", "state"), [("11", "started"), ("12", "started"), ("13", "good"), ("next", "started")])
def test_what_somebody_went_back_to_is_good(bucket: Any, newest: str, state: str) -> None:
    """The rollback button deploys an older pipeline again, whose later jobs do not run: it counts as good from the start."""
    assert bucket.downloads(MARKER, marker(newest, "good")).run(*START).code == 0
    assert stored(bucket)["state"] == state


def test_an_empty_prefix_makes_no_empty_folder(bucket: Any) -> None:
    """Without a prefix the keys begin with `deployments`."""
    bucket.run("marker.py", "start", "orders", "--bucket", "b", "--prefix", "", "--template", "packaged.yml")
    assert "--key deployments/orders/12.yml" in bucket.calls[0]


def test_a_missing_template_is_told(bucket: Any) -> None:
    """A job without the package's artifacts says so before anything is stored."""
    done = bucket.run(*START[:-1], "nope.yml")
    assert done.err == "error: there is no file nope.yml: does this job get the artifacts of the job that packages?\n"
    assert bucket.calls == []


@pytest.mark.parametrize("name", ["CI_PIPELINE_ID", "CI_COMMIT_SHA"])
def test_outside_a_job_it_says_so(bucket: Any, name: str) -> None:
    """Without GitLab's variables there is no pipeline to name."""
    done = bucket.run(*START, **{name: ""})
    assert done == (1, "", f"error: {name} is not set: run this in a GitLab job\n")


def test_a_deployment_that_proved_itself_is_marked(bucket: Any) -> None:
    """After the bake the marker says that this deployment is good, and keeps the rest."""
    done = bucket.downloads(MARKER, marker("12", "started", "10")).run(*GOOD)
    assert done == (0, "pipeline 12 is the last good one\n", "")
    assert stored(bucket) == json.loads(marker("12", "good", "10"))


def test_another_pipeline_s_marker_is_not_touched(bucket: Any) -> None:
    """A newer deployment is not called good by an older pipeline's bake."""
    done = bucket.downloads(MARKER, marker("13")).run(*GOOD)
    assert done == (0, "not marked: the newest deployment is pipeline 13, commit sha13, this is pipeline 12\n", "")
    assert bucket.calls == []


def test_nothing_deployed_is_not_marked(bucket: Any) -> None:
    """Without a marker there is nothing to call good."""
    assert bucket.run(*GOOD).out == "not marked: the newest deployment is none, this is pipeline 12\n"


def test_what_was_rolled_back_is_not_good(bucket: Any) -> None:
    """A bake that runs again after the rollback does not make the undone deployment good."""
    done = bucket.downloads(MARKER, marker("12", "rolled back", "10")).run(*GOOD)
    assert (done.code, "was rolled back: run its deployment again first" in done.err) == (1, True)
    assert bucket.calls == []


@pytest.mark.parametrize("state", ["started", "rolled back", "good"])
def test_the_last_good_template_is_restored(bucket: Any, state: str) -> None:
    """A failed pipeline gets the template that was good before, also where it has baked, and when its rollback job runs again."""
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
    """A rollback job that has nothing to undo says why, writes no file and does not fail."""
    if text:
        bucket.downloads(MARKER, text)
    assert bucket.run(*RESTORE) == (0, f"nothing to roll back: {why}\n", "")
    assert not (bucket.folder / "rollback.yml").exists()
    assert bucket.calls == []


@pytest.mark.parametrize("text", [marker("12"), None])
def test_never_a_good_one_fails(bucket: Any, text: str | None) -> None:
    """With nothing to go back to the rollback fails, and says what to do."""
    if text:
        bucket.downloads(MARKER, text)
    done = bucket.run(*RESTORE, *([] if text else ["--force"]))
    assert done == (1, "", "error: there was never a good deployment to go back to: repair forward, with a new commit\n")


def test_the_button_undoes_a_good_deployment_of_another_pipeline(bucket: Any) -> None:
    """With --force the last good one before the newest is restored, and the newest no longer counts as good."""
    bucket.downloads(MARKER, marker("13", "good", "11"))
    bucket.downloads("s3api get-object shop/deployments/orders/11.yml", "old")
    assert bucket.run(*RESTORE, "--force", CI_PIPELINE_ID="").code == 0
    assert (bucket.folder / "rollback.yml").read_text() == "old"
    assert stored(bucket)["state"] == "rolled back"


def test_a_template_that_is_gone_is_told(bucket: Any) -> None:
    """A bucket that forgets too early is named as the reason, and the marker stays as it is."""
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
def test_a_damaged_marker_is_told(bucket: Any, text: str) -> None:
    """A marker that this script did not write is one line."""
    done = bucket.downloads(MARKER, text).run(*GOOD)
    place = "s3://packages/shop/deployments/orders/marker.json"
    assert done == (1, "", f"error: {place} is no marker: delete it, the next deployment writes a new one\n")


def test_a_role_that_may_not_look_is_told(bucket: Any) -> None:
    """Without s3:ListBucket a missing marker looks forbidden, so the message names that permission."""
    bucket.fails("s3api get-object", "AccessDenied", "Access Denied")
    done = bucket.run(*START)
    assert (done.code, "s3:ListBucket on packages" in done.err) == (1, True)


def test_other_trouble_with_the_bucket_is_told(bucket: Any) -> None:
    """A missing bucket gives AWS's own sentence."""
    bucket.fails("s3api get-object", "NoSuchBucket", "The specified bucket does not exist")
    assert "The specified bucket does not exist" in bucket.run(*START).err
