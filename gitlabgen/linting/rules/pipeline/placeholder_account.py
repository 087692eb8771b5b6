"""`placeholder-account`: a job uses the account that a blueprint has as an example.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from gitlabgen.analysis.pipelines import PipelineAnalysis
from gitlabgen.analysis.spots import spot
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

# The accounts in the targets of the library's blueprints. Real accounts hardly have such numbers, so they show that a blueprint
# started the project.
_PLACEHOLDER: Final = re.compile(r"^arn:[\w-]+:iam::(1{12}|2{12}|3{12}):role/")


def check(analysis: PipelineAnalysis) -> Iterator[Finding]:
    """Yield a finding for each placeholder, at the first job that assumes a role of it."""
    seen: set[str] = set()
    for job in analysis.jobs_with("variables"):
        for name, value in job.variables.items() if isinstance(job.variables, Mapping) else ():
            found = _PLACEHOLDER.match(value) if isinstance(value, str) else None
            if found and found[1] not in seen:
                seen.add(found[1])
                message = f"`{found[1]}` is the placeholder of a blueprint: write your account."
                yield RULE.finding(spot(job, ("variables", name), words=(found[1],)), message, facts=(found[1],))


RULE: Final = LintRule(
    id="placeholder-account",
    summary="A job uses the account that a blueprint has as an example.",
    why=(
        "The account ids of a blueprint, such as `111111111111`, are only examples. "
        "A job that assumes a role there fails, because the role does not exist. "
        "Only a job that deploys notices it, after the merge request was merged."
    ),
    severity="info",
    confidence="certain",
    source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
    examples=[
        Example(
            bad="""
deploy:
  variables:
    AWS_ROLE_ARN: arn:aws:iam::111111111111:role/hello-prod
  script: ./deploy.sh
""",
            good="""
deploy:
  variables:
    AWS_ROLE_ARN: arn:aws:iam::470123456789:role/hello-prod
  script: ./deploy.sh
""",
        )
    ],
    check=check,
)
