"""Run the long random tests only with `-m fuzz`."""

from __future__ import annotations

from pathlib import Path

import pytest

_HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect the tests of this folder that are marked as fuzz, unless the mark expression names fuzz."""
    if "fuzz" in config.option.markexpr:
        return
    fuzz = [item for item in items if _HERE in item.path.parents and item.get_closest_marker("fuzz")]
    if fuzz:
        config.hook.pytest_deselected(items=fuzz)
        items[:] = [item for item in items if item not in fuzz]
