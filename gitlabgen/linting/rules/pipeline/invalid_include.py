"""`invalid-include`: an included file does not exist, or GitLab rejects the include.

Its findings come while a file is read. Source: https://docs.gitlab.com/ci/yaml/#include
"""

from __future__ import annotations

from typing import Final

from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

RULE: Final = LintRule(
    id="invalid-include",
    summary="An included file does not exist, or GitLab rejects the include.",
    why=(
        "GitLab merges all included files before it checks any job. "
        "If one of them is missing or invalid, it rejects the whole pipeline. "
        "Paths of local files are relative to the root of the repository, not to the file that includes them. "
        "Inputs can only be given to a file that declares them in a header `spec`. "
        "A trigger job fails when it starts if a file of its child pipeline is missing or invalid."
    ),
    severity="error",
    confidence="certain",
    limit="includes",
    needs=("files",),
    source="https://docs.gitlab.com/ci/yaml/#include",
    examples=[
        Example(
            bad="""
include:
  - local: ci/test.yml
    inputs:
      stage: test
""",
            good="""
include:
  - local: ci/test.yml
""",
            files={
                "ci/test.yml": """
test:
  script: make test
""",
            },
        ),
        Example(
            bad="""
start:
  trigger:
    include: ci/deploi.yml
    strategy: depend
""",
            good="""
start:
  trigger:
    include: ci/deploy.yml
    strategy: depend
""",
            files={
                "ci/deploy.yml": """
deploy:
  script: make deploy
""",
            },
        ),
    ],
)
