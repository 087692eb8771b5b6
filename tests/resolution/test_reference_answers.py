"""References: the same verdicts and messages as GitLab's own code, at each position where it was asked."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from gitlabgen import lint
from gitlabgen.codec.pipelines import read
from gitlabgen.errors import Finding

ANSWERS = json.loads((Path(__file__).parent.parent / "oracle" / "references.json").read_text("utf-8"))
BY_POSITION = defaultdict[str, list[dict[str, Any]]](list)
for answer in ANSWERS:
    BY_POSITION[answer["position"]].append(answer)

# GitLab creates the pipeline, and then not the child pipeline: it was not asked about children.
CHILDREN = {("trigger:include:item", "empty_map")}
# GitLab stops at the first job that does not exist, or gives another message about an empty name.
CONTINUED = ("job: undefined need: ", "job: undefined dependency: ")


def errors_in(text: str) -> list[Finding]:
    """Return the errors in a file."""
    pipeline, findings = read(text, filename=".gitlab-ci.yml")
    return [finding for finding in (*findings, *lint(pipeline)) if finding.severity == "error"]


@pytest.mark.parametrize("position", BY_POSITION)
def test_a_reference_is_accepted_where_gitlab_accepts_it(position: str) -> None:
    """A file with a reference has errors exactly if GitLab rejects it, and each quotes one of GitLab's messages."""
    for answer in BY_POSITION[position]:
        errors = errors_in(answer["yaml"])
        if (position, answer["target"]) in CHILDREN:
            continue
        assert bool(errors) == (not answer["accepted"]), answer["yaml"]
        # GitLab writes these messages in lower case.
        expected = {message.lower().replace(":0x0>", ">") for message in answer["errors"] or ()}
        quoted = {str(finding.gitlab).lower() for finding in errors}
        if expected:
            assert {text for text in quoted - expected if not any(part in text for part in CONTINUED)} == set(), answer["yaml"]
