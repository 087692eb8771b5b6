"""Fixtures for the tests of the emulator."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.patterns.cloudformation import Cloud, standing
from tests.patterns.cloudformation.service import Service, fill


@pytest.fixture
def world(cloud: str) -> Iterator[Cloud]:
    """Return an emulator with the default behaviour."""
    with standing(cloud) as world:
        yield world


@pytest.fixture
def service(world: Cloud) -> Service:
    """Return a service that was never deployed."""
    fill(world.site())
    return Service(world)
