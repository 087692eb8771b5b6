"""Job lists: those of gitlab-ci-local equal ours, or a table names the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.disagreements import DISAGREEMENTS, REASONS
from tests.differential.gitlab_ci_local import commit, job_list
from tests.differential.job_lists import VARIABLES, differences, event, plain, simulation
from tests.differential.pipelines import PIPELINES

_PAGE = Path(__file__).parents[2] / "docs" / "simulation.md"


@pytest.mark.slow
@pytest.mark.parametrize("name", PIPELINES)
def test_job_lists(name: str, tmp_path: Path) -> None:
    """Both programs list the same jobs for each event; what differs is in the table, and all of the table differs."""
    example = PIPELINES[name]
    commit(tmp_path, {".gitlab-ci.yml": example.pipeline, **example.files}, example.changed)
    found = set()
    for kind, variables in VARIABLES.items():
        their = job_list(tmp_path, variables)
        assert not isinstance(their, str)
        our = plain(simulation(tmp_path, event(kind, example.changed)))
        found |= {(job, field, kind) for job, field in differences(our, their)}
    rows = [row for row in DISAGREEMENTS if row.pipeline == name]

    assert found == {(job, row.field, kind) for row in rows for kind in row.events.split() for job in row.jobs.split("; ")}


def test_the_table_names_reasons_and_pipelines() -> None:
    """Each reason is that of a row, and each row is about a pipeline."""
    assert {row.reason for row in DISAGREEMENTS} == {*REASONS}
    assert {row.pipeline for row in DISAGREEMENTS} <= {*PIPELINES}


def test_the_docs_have_the_reasons() -> None:
    """The page about the simulation lists how gitlab-ci-local differs from GitLab."""
    section = _PAGE.read_text(encoding="utf-8").partition("\n## Compared with gitlab-ci-local\n")[2].partition("\n## ")[0]
    items = [" ".join(item.split()) for item in section.split("\n- ")[1:]]

    assert items == [*REASONS.values()]
