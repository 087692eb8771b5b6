"""Releases from plan to confirm: what each region runs, and what the logs say."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tests.patterns.cloudformation import Behaviour, variants
from tests.patterns.runtime.pipelines import BAKE, FIRST, SECOND, check, world

pytestmark = pytest.mark.emulator


@pytest.mark.parametrize("undo", [False, True], ids=["stop", "undo-waves"])
@pytest.mark.parametrize(
    ("behaviour", "minutes", "codes"),
    [
        pytest.param(Behaviour(way_back="gradually"), 5, [0, 0, 0, 1], id="shifting-back-gradually"),
        pytest.param(Behaviour(way_back="at-once"), 5, [0, 0, 0, 1], id="shifting-back-at-once"),
        pytest.param(Behaviour(way_back="gradually"), 30, [0, 0, 0, 0, 1], id="monitoring-back-gradually"),
        pytest.param(Behaviour(way_back="at-once"), 30, [0, 0, 0, 0, 1], id="monitoring-back-at-once"),
        pytest.param(
            Behaviour(monitoring_status="UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"), 30, [0, 0, 0, 0, 1], id="monitoring-is-cleanup"
        ),
    ],
)
def test_the_fourth_release_fails_in_the_second_region(
    cloud: str, tmp_path: Path, behaviour: Behaviour, minutes: float, codes: list[int], *, undo: bool
) -> None:
    """A failed release takes the second region back to exactly what ran, after quiet ones; and the first with `undo_waves`."""
    with world(cloud, tmp_path, behaviour, undo_waves=undo) as prod:
        for number, code in enumerate(("one", "two", "three"), 1):
            check(prod.release(number, code))
        before = prod.configuration(SECOND)
        done = prod.release(4, "four", alarm=SECOND, minutes=minutes, Timeout=30)
        assert [each.code for each in done] == codes
        assert prod.codes(SECOND) == {"three": 1.0}
        assert prod.configuration(SECOND) == before
        assert prod.codes(FIRST) == ({"three": 1.0} if undo else {"four": 1.0})
        assert ("Timeout" in prod.configuration(FIRST)) is not undo
        log = done[-1].out
        assert f"{SECOND} hello-prod: CloudFormation went back: UPDATE_ROLLBACK_COMPLETE" in log
        assert f"alarm:{BAKE}" in log
        assert f"{FIRST} hello-prod: runs release {3 if undo else 4}; UPDATE_COMPLETE" in log
        assert f"{SECOND} hello-prod: runs release 3; UPDATE_ROLLBACK_COMPLETE" in log


@pytest.mark.parametrize("behaviour", variants(), ids=lambda each: behaviour_name(each))
def test_a_release_fails_and_succeeds_when_it_is_run_again(cloud: str, tmp_path: Path, behaviour: Behaviour) -> None:
    """Whatever AWS does where its pages are silent: it goes back exactly, and the second attempt is deployed and confirmed."""
    with world(cloud, tmp_path, behaviour, waves=[[FIRST]], parameters={"Level": {"variable": "LEVEL"}}) as prod:
        prod.variables["LEVEL"] = "warn"
        check(prod.release(1, "one"))
        before = prod.configuration()
        prod.variables["LEVEL"] = "debug"
        assert prod.release(2, "two", alarm=FIRST)[-1].code == 1
        assert (prod.codes(), prod.configuration()) == ({"one": 1.0}, before)
        prod.sites[FIRST].alarm(BAKE, "OK")
        check([prod.run("deploy", release=2)])
        prod.cloud.advance(60)
        check([prod.run("confirm", release=2)])
        assert prod.codes() == {"two": 1.0}
        assert prod.configuration()["Environment"] == {"Variables": {"LEVEL": "debug"}}
        check([prod.run("rollback", release=2)])
        assert prod.codes() == {"one": 1.0}
        assert prod.configuration()["Environment"] == {"Variables": {"LEVEL": "warn"}}


def behaviour_name(behaviour: Behaviour) -> str:
    """Return what differs from the default."""
    default = dataclasses.asdict(Behaviour())
    return (
        "-".join(f"{key}={value}" for key, value in dataclasses.asdict(behaviour).items() if value != default[key]) or "default"
    )
