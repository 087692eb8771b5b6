"""Run cfn-lint on a plain CloudFormation template."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from gitlabgen.errors import Severity
from gitlabgen.verification.problems import ToolProblem

__all__ = ["checked"]

_SEVERITIES: Final[Mapping[str, Severity]] = {"error": "error", "warning": "warning"}


def checked(tree: Mapping[str, Any], region: str) -> Iterator[ToolProblem]:
    """Yield the problems that cfn-lint finds.

    Args:
        tree: The template with functions in their long forms.
        region: The region whose resource types are valid.

    Source: https://github.com/aws-cloudformation/cfn-lint
    """
    logging.getLogger("cfnlint").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        api = import_module("cfnlint.api")
        try:
            matches = api.lint(json.dumps(tree), config=api.ManualArgs(regions=[region]))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's `.cfnlintrc` may be invalid, too
            yield ToolProblem("cfn-lint", f"cfn-lint cannot check the template: {type(error).__name__}: {error}")
            return
    for match in matches:
        severity = _SEVERITIES.get(match.rule.severity, "info")
        yield ToolProblem(match.rule.id, match.message, tuple(match.path or ()), severity, match.rule.source_url or None)
