"""Pages of the documentation are tests: `pytest README.md` runs a page from top to bottom; see CONTRIBUTING.md."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of `make docs-update`."""
    parser.addoption("--docs-update", action="store_true", help="Write what happens into the pages.")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect Markdown files."""
    return _Page.from_parent(parent, path=file_path) if file_path.suffix == ".md" else None


class _Page(pytest.File):
    """A page, whose blocks are one test, because each depends on those before it."""

    def collect(self) -> Iterator[pytest.Item]:
        yield _Session.from_parent(self, name="session")


class _Session(pytest.Item):
    """A run of a page."""

    def runtest(self) -> None:
        from tests.documents.session import run

        failures = run(self.path, update=self.config.getoption("docs_update"))
        if failures:
            pytest.fail("\n\n".join(failures), pytrace=False)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.path.name
