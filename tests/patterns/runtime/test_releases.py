"""Releases from plan to confirm: what each region runs, and what the logs say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.patterns.cloudformation import Behaviour
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
