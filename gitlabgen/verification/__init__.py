"""Check a template with AWS's own tools: translate it with SAM's translator, and check it with cfn-lint, both offline."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from gitlabgen.errors import DefinitionError, Finding

if TYPE_CHECKING:
    from gitlabgen.sam.template import Template
    from gitlabgen.verification.problems import ToolProblem

__all__ = ["REGION", "require_tools", "verify"]

REGION: Final = "eu-central-1"
_TOOLS: Final = {"samtranslator": "aws-sam-translator", "cfnlint": "cfn-lint"}


def verify(template: Template, *, region: str = REGION, others: Iterable[Template] = ()) -> list[Finding]:
    """Return what SAM and cfn-lint reject in a template and in its translation, at the user's own lines.

    Args:
        template: The template.
        region: The region of the translation and of the checks.
        others: The other templates of the project: if one is a bootstrap template, the template's roles are compared with its
            permissions boundary.

    Raises:
        DefinitionError: If the tools of the extra `verify` are not installed.
        KeywordError: If troposphere finds one of its objects incomplete.
    """
    require_tools()
    from gitlabgen.analysis.templates import TemplateAnalysis
    from gitlabgen.linting import in_order
    from gitlabgen.verification.checking import checked
    from gitlabgen.verification.locating import Locator
    from gitlabgen.verification.translation import translated

    analysis = TemplateAnalysis(template)
    problems, tree = translated(analysis.tree, region)
    if tree is not None:
        problems = [*problems, *checked(tree, region), *_blocked(tree, region, others)]
    locator = Locator(analysis)
    return in_order([locator.finding(problem) for problem in problems])


def _blocked(tree: Mapping[str, Any], region: str, others: Iterable[Template]) -> Iterator[ToolProblem]:
    from gitlabgen.analysis.templates import TemplateAnalysis
    from gitlabgen.verification.boundary import boundary_in
    from gitlabgen.verification.grants import blocked_grants
    from gitlabgen.verification.translation import partition_of

    partition = partition_of(region)
    for other in others:
        boundary = boundary_in(TemplateAnalysis(other).tree, partition)
        if boundary is not None:
            yield from blocked_grants(tree, boundary, region, partition)


def require_tools() -> None:
    """Check that the tools are installed.

    Raises:
        DefinitionError: If a tool is missing; with the command that installs it.
    """
    missing = [package for module, package in _TOOLS.items() if find_spec(module) is None]
    if missing:
        message = f"verify requires {' and '.join(missing)}; the extra `verify` installs them"
        raise DefinitionError(Finding(rule="missing-extra", message=message, hint="run: pip install 'gitlabgen[verify]'"))
