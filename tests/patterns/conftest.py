"""Fixtures for tests of patterns: a moto server, and the programs that jobs call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patterns.emulation import servers


@pytest.fixture(scope="session")
def cloud() -> Iterator[str]:
    """Return the address of a moto server that runs until the tests end."""
    with servers.moto("-m", "moto.server") as address:
        yield address


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder with the real `aws`, `python3`, and a fake `sam` that deploys to the moto server."""
    with servers.programs(tmp_path_factory.mktemp("programs")) as folder:
        yield folder
