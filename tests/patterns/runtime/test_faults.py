"""Faults of calls: the outcome of each, and that nothing is undone that should not be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patterns.runtime.pipelines import BAKE, FIRST, SECOND, World, check, world

pytestmark = pytest.mark.emulator


@pytest.fixture
def prod(cloud: str, tmp_path: Path) -> Iterator[World]:
    """Return a service in two regions that runs release 1, and that takes back waves, with a plan of release 2."""
    with world(cloud, tmp_path, undo_waves=True) as made:
        check(made.release(1, "one"))
        made.template["Resources"]["Hello"]["Properties"]["CodeUri"] = "s3://packages/two"
        check([made.run("plan", release=2)])
        yield made


def executions(prod: World) -> int:
    """Return how many change sets were executed."""
    return len([each for each in prod.cloud.calls if each[0] == "ExecuteChangeSet"])


def finish(prod: World) -> None:
    """Run the rest of release 2, which succeeds."""
    prod.cloud.advance(60)
    check([prod.run("confirm", "--wave", "1", release=2), prod.run("deploy", "--wave", "2", release=2)])
    prod.cloud.advance(60)
    check([prod.run("confirm", "--wave", "2", release=2)])
    assert prod.codes(FIRST) == prod.codes(SECOND) == {"two": 1.0}


@pytest.mark.parametrize("operation", ["ExecuteChangeSet", "DescribeStacks", "DescribeStackEvents", "s3", "monitoring"])
@pytest.mark.parametrize("kind", ["throttled", "internal", "cut-before"])
def test_what_aws_may_answer_later_is_asked_again(prod: World, operation: str, kind: str) -> None:
    """The log says so, and the deployment goes on."""
    if (operation, kind) == ("monitoring", "throttled"):
        kind = "internal"  # the emulated AWS answers in another protocol
    prod.cloud.fail(operation, kind, times=3)  # type: ignore[arg-type]
    done = prod.run("deploy", "--wave", "1", release=2)
    assert done.code == 0, done.out
    assert "trying again" in done.out or operation == "DescribeStackEvents"
    prod.cloud.advance(60)
    assert prod.codes() == {"two": 1.0}


def test_the_connection_is_cut_after_the_change_set_was_executed(prod: World) -> None:
    """It is not executed twice: the token is the same."""
    before = executions(prod)
    prod.cloud.fail("ExecuteChangeSet", "cut-after")
    check([prod.run("deploy", "--wave", "1", release=2)])
    assert executions(prod) == before + 2
    assert prod.sites[FIRST].statuses("hello-prod").count("UPDATE_IN_PROGRESS") == 1
    finish(prod)


def test_the_answer_is_lost_and_the_repeated_request_is_refused(prod: World) -> None:
    """CloudFormation's events say that the update has begun."""
    prod.cloud.fail("ExecuteChangeSet", "cut-after")
    prod.cloud.fail("ExecuteChangeSet", "denied")
    check([prod.run("deploy", "--wave", "1", release=2)])
    finish(prod)


def test_the_connection_is_cut_after_the_change_set_was_made(prod: World) -> None:
    """The second request is refused because the first has arrived."""
    prod.cloud.fail("CreateChangeSet", "cut-after")
    check([prod.run("plan", release=3)])


@pytest.mark.parametrize("operation", ["ExecuteChangeSet", "CreateChangeSet"])
def test_a_request_that_is_not_allowed_fails_and_undoes_nothing(prod: World, operation: str) -> None:
    """The log has AWS's words."""
    prod.cloud.fail(operation, "denied", times=None)
    done = prod.run(*({"ExecuteChangeSet": ("deploy", "--wave", "1"), "CreateChangeSet": ("plan",)}[operation]), release=2)
    assert done.code == 1
    assert "AccessDenied" in done.out
    assert prod.status() == "CREATE_COMPLETE"


def test_a_wave_whose_second_region_refuses_leaves_the_first_one_as_it_goes(cloud: str, tmp_path: Path) -> None:
    """What has begun is followed to its end, and is not taken back: the release was not judged bad."""
    with world(cloud, tmp_path, waves=[[FIRST, SECOND]], undo_waves=True) as prod:
        check(prod.release(1, "one"))
        prod.cloud.fail("ExecuteChangeSet", "denied", times=None, region=SECOND)
        done = prod.release(2, "two")
        assert [each.code for each in done] == [0, 1]
        assert "traffic has shifted" in done[-1].out
        prod.cloud.advance(70)
        assert (prod.codes(FIRST), prod.codes(SECOND)) == ({"two": 1.0}, {"one": 1.0})


@pytest.mark.parametrize("command", ["deploy", "confirm"])
def test_the_session_expires_while_the_job_looks(prod: World, command: str) -> None:
    """Exit 4, nothing is undone; the job, run again, finds how it ended."""
    if command == "confirm":
        check([prod.run("deploy", "--wave", "1", release=2)])
    prod.cloud.after(2, lambda: prod.cloud.fail("*", "expired", times=None))
    done = prod.run(command, "--wave", "1", release=2)
    assert done.code == 4
    assert "ExpiredToken" in done.out
    prod.cloud.heal()
    prod.cloud.advance(70)
    assert prod.status() == "UPDATE_COMPLETE"
    check([prod.run(command, "--wave", "1", release=2)])
    assert prod.codes() == {"two": 1.0}


def test_a_region_is_down_until_the_job_has_to_end(prod: World) -> None:
    """Exit 4 in `confirm`, and the first region keeps the release although waves are taken back."""
    check([prod.run("deploy", "--wave", "1", release=2)])
    prod.cloud.advance(60)
    check([prod.run("confirm", "--wave", "1", release=2), prod.run("deploy", "--wave", "2", release=2)])
    prod.cloud.down.add(SECOND)
    done = prod.run("confirm", "--wave", "2", release=2)
    assert done.code == 4
    prod.cloud.heal()
    assert prod.codes(FIRST) == {"two": 1.0}
    check([prod.run("confirm", "--wave", "2", release=2)])


def test_a_region_is_down_while_the_other_of_its_wave_is_followed(cloud: str, tmp_path: Path) -> None:
    """The other region's end is found, and the one that is down is unknown."""
    with world(cloud, tmp_path, waves=[[FIRST, SECOND]]) as prod:
        check(prod.release(1, "one"))
        prod.template["Resources"]["Hello"]["Properties"]["CodeUri"] = "s3://packages/two"
        check([prod.run("plan", release=2)])
        prod.cloud.after(3, lambda: prod.cloud.down.add(SECOND))
        done = prod.run("deploy", release=2)
        assert done.code == 4
        assert f"{FIRST} hello-prod: traffic has shifted" in done.out
        assert f"{SECOND} hello-prod: this job's time is over" in done.out


def test_an_alarm_in_one_region_and_an_unknown_other_one(cloud: str, tmp_path: Path) -> None:
    """The failure counts: exit 1."""
    with world(cloud, tmp_path, waves=[[FIRST, SECOND]]) as prod:
        check(prod.release(1, "one"))
        prod.template["Resources"]["Hello"]["Properties"]["CodeUri"] = "s3://packages/two"
        check([prod.run("plan", release=2)])
        prod.sites[FIRST].alarm(BAKE, after=5)
        prod.cloud.after(3, lambda: prod.cloud.down.add(SECOND))
        assert prod.run("deploy", release=2).code == 1
        prod.cloud.heal()


def test_the_monitoring_ends_while_it_is_cancelled(prod: World) -> None:
    """CloudFormation no longer cancels: the rollback deploys the saved state instead."""
    check([prod.run("deploy", "--wave", "1", release=2)])
    prod.cloud.fail("CancelUpdateStack", "denied", times=None)
    done = prod.run("rollback", "--wave", "1", release=2)
    check([done])
    assert prod.codes() == {"one": 1.0}
    assert prod.status() == "UPDATE_COMPLETE"


def test_cancelling_with_an_expired_session(prod: World) -> None:
    """Exit 4."""
    check([prod.run("deploy", "--wave", "1", release=2)])
    prod.cloud.fail("CancelUpdateStack", "expired", times=None)
    done = prod.run("rollback", "--wave", "1", release=2)
    assert done.code == 4
    assert prod.status() == "UPDATE_IN_PROGRESS"


def test_the_stored_plan_cannot_be_read(prod: World) -> None:
    """Exit 4: it is not taken for a missing plan."""
    prod.cloud.fail("s3", "denied", times=None)
    done = prod.run("deploy", "--wave", "1", release=2)
    assert done.code == 4
    assert prod.status() == "CREATE_COMPLETE"


def test_the_planned_change_set_cannot_be_read(prod: World) -> None:
    """Exit 4: it is not made again."""
    prod.cloud.fail("DescribeChangeSet", "denied", times=None)
    assert prod.run("deploy", "--wave", "1", release=2).code == 4


def test_settle_says_what_it_cannot_know(prod: World) -> None:
    """It never fails."""
    prod.cloud.down.add(FIRST)
    done = prod.run("settle", release=2)
    assert done.code == 0
    assert f"{SECOND} hello-prod: runs release 1" in done.out


def test_the_topic_cannot_be_reached(cloud: str, tmp_path: Path) -> None:
    """That is a line in the log and no failure; a topic that is there gets the messages."""
    with world(cloud, tmp_path, waves=[[FIRST]], notify="releases") as prod:
        done = prod.run("plan", release=1)
        assert done.code == 0
        assert "not announced" in done.out
        prod.sites[FIRST].client("sns").create_topic(Name="releases")
        done = prod.run("plan", release=1)
        assert "not announced" not in done.out
