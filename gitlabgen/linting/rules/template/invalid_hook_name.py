"""`invalid-hook-name`: a hook that CodeDeploy may not call, since its managed policy allows certain names only.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.hook_functions import hooks_of
from gitlabgen.analysis.template_values import flat
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import LintRule
from gitlabgen.sam.canaries.hook import PREFIX

__all__ = ["RULE"]

_LONGEST: Final = 64


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each hook whose name lacks the prefix or is too long, where SAM makes CodeDeploy's role."""
    for canary, _, hook in hooks_of(analysis):
        given = hook.properties.get("FunctionName")
        name = flat(given)
        prefixed = given is not None and (name is None or _may_be_prefixed(name))
        if name is not None:
            known = len(re.sub(r"\$\{[^}]*\}", "", name))
            if known > _LONGEST:
                message = f"the hook's name has at least {known} characters, but Lambda takes {_LONGEST}"
                yield RULE.finding(analysis.spot(hook, ("FunctionName",)), message)
        if not prefixed and "Role" not in canary.preference:
            shown = "has no FunctionName" if given is None else f"is named {name!r}"
            message = f"the hook {shown}, but CodeDeploy's role may only call functions whose name begins with {PREFIX!r}"
            hint = f"write FunctionName: !Sub {PREFIX}${{AWS::StackName}}-{hook.name}, or give the canary a Role"
            yield RULE.finding(analysis.spot(hook, ("FunctionName",)), message, hint)


def _may_be_prefixed(name: str) -> bool:
    """Return whether a name has the prefix, or begins with what is not known yet."""
    known, unknown, _ = name.partition("${")
    return known.startswith(PREFIX) or (unknown != "" and PREFIX.startswith(known))


RULE: Final = LintRule(
    id="invalid-hook-name",
    summary="a hook without the prefix that CodeDeploy's role wants, or with more than 64 characters",
    why="",
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html",
    former_ids=("hook-name",),
    examples=(),
    check=check,
)
