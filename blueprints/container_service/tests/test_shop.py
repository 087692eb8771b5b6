"""What the shop answers."""

import runpy
from pathlib import Path

answer = runpy.run_path(str(Path(__file__).parent.parent / "shop.py"))["answer"]


def test_the_shop_tells_its_version() -> None:
    """The first page names the version that runs."""
    status, body = answer("/")
    assert status == 200
    assert body["version"] == "unknown"


def test_what_is_not_there_is_not_found() -> None:
    """An unknown page is 404."""
    assert answer("/nix")[0] == 404
