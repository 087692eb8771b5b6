"""What AWS's own tools say about a template: translated by SAM's translator, and checked by cfn-lint, both offline."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from gitlabgen.errors import DefinitionError, Finding

if TYPE_CHECKING:
    from gitlabgen.sam.template import Template

__all__ = ["REGION", "require_tools", "verify"]

REGION: Final = "eu-central-1"
_TOOLS: Final = {"samtranslator": "aws-sam-translator", "cfnlint": "cfn-lint"}


def verify(template: Template, *, region: str = REGION) -> list[Finding]:
    """Return what SAM and cfn-lint refuse in a template and in what it is translated to, at the user's own lines.

    Args:
        template: The template.
        region: The region for which it is translated and checked.

    Raises:
        DefinitionError: If the tools of the extra `verify` are not installed.
        KeywordError: If troposphere finds one of its objects incomplete.
    """
    require_tools()
    from gitlabgen.analysis.templates import TemplateAnalysis
    from gitlabgen.linting import in_order
    from gitlabgen.verification.checking import checked
    from gitlabgen.verification.places import Places
    from gitlabgen.verification.translation import translated

    subject = TemplateAnalysis(template)
    problems, tree = translated(subject.tree, region)
    if tree is not None:
        problems = [*problems, *checked(tree, region)]
    places = Places(subject)
    return in_order([places.finding(problem) for problem in problems])


def require_tools() -> None:
    """Make sure that the tools are there.

    Raises:
        DefinitionError: If they are not; with the command that installs them.
    """
    missing = [package for module, package in _TOOLS.items() if find_spec(module) is None]
    if missing:
        message = f"verify needs {' and '.join(missing)}, which the extra `verify` brings"
        raise DefinitionError(Finding(rule="missing-extra", message=message, hint="run: pip install 'gitlabgen[verify]'"))
