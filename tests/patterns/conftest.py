"""What the tests of patterns share: a cloud of moto's, and the programs that jobs call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patterns.emulation import servers


@pytest.fixture(scope="session")
def cloud() -> Iterator[str]:
    """Return the address of a moto server that ends with the tests."""
    with servers.moto("-m", "moto.server") as address:
        yield address


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder with `aws`, which is the real one, `python3`, and a `sam` that deploys to moto's cloud."""
    with servers.programs(tmp_path_factory.mktemp("programs")) as folder:
        yield folder
