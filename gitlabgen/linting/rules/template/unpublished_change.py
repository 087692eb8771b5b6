"""`unpublished-change`: a function changes, but SAM publishes no version.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gitlabgen.analysis.template_spellings import setting
from gitlabgen.analysis.template_values import names_in
from gitlabgen.analysis.templates import FUNCTION, TemplateAnalysis, TemplateResource
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule
from gitlabgen.modeling.spellings import either

__all__ = ["RULE"]

# In these, SAM compares references to parameters; only in the code it compares the values of the parameters.
_COMPARED_AS_WRITTEN: Final = (
    *("Environment", "MemorySize", "SnapStart"),
    *("Handler", "Layers", "Runtime", "Timeout", "Architectures", "EphemeralStorage", "VpcConfig"),
)
_SWITCH: Final = "AutoPublishAliasAllProperties"
_NAMED: Final = 3
"""At most this many functions or parameters are named."""


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield the findings for values of parameters, and one for functions whose other properties publish no version."""
    yield from _parameters(analysis)
    functions = [function for function in analysis.of_type(FUNCTION) if _is_partly_published(function)]
    if functions:
        first = functions[0]
        names = _listed([function.name for function in functions])
        message = (
            f"{names}: a change of `Timeout`, `Handler`, `Runtime` or `Layers` alone publishes no version, "
            "so callers of the alias never get it."
        )
        hint = either("add {}" + (" to each of them" if len(functions) > 1 else ""), setting(first, _SWITCH, True))
        yield RULE.finding(analysis.spot(first, ("AutoPublishAlias",)), message, hint)


def _is_partly_published(function: TemplateResource) -> bool:
    """Return whether SAM compares only some properties of a function with an alias."""
    properties = function.properties
    is_published = properties.get(_SWITCH, False) is not False or "AutoPublishCodeSha256" in properties
    return properties.get("AutoPublishAlias") is not None and not is_published


def _parameters(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each property of a canary's function that refers to a parameter."""
    parameters = analysis.section("Parameters")
    for canary in analysis.canaries:
        properties = canary.function.properties
        if "AutoPublishCodeSha256" in properties:
            continue
        for key in _COMPARED_AS_WRITTEN:
            names = [name for name in dict.fromkeys(names_in(properties.get(key))) if name in parameters]
            if names:
                kind = "parameters" if names[1:] else "parameter"
                message = (
                    f"`{canary.function.name}` gets `{key}` from the {kind} {_listed(names)}: a new value changes only "
                    "`$LATEST`, so all callers of the alias still get the old value."
                )
                hint = "write the value itself into the template of each environment"
                yield RULE.finding(analysis.spot(canary.function, (key,)), message, hint, facts=names)


def _listed(names: Sequence[str]) -> str:
    """Return the first names, and the number of the others."""
    shown = [f"`{name}`" for name in names[:_NAMED]]
    if len(names) > _NAMED:
        shown.append(f"{len(names) - _NAMED} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


RULE: Final = LintRule(
    id="unpublished-change",
    summary="A function changes, but SAM publishes no version.",
    why=(
        "SAM publishes a version when the code, the environment or the memory size changes, and with "
        "`AutoPublishAliasAllProperties` when any property changes. "
        "It compares references to parameters, and only in the code their values. "
        "Any other change updates `$LATEST` only: the alias still points to the old version, so its callers never get it. "
        "No canary runs either."
    ),
    severity="warning",
    confidence="certain",
    fix="unsafe",
    source="https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html",
    former_ids=("unpublished-parameter",),
    examples=[
        Example(
            bad="""
Parameters:
  Size: {Type: Number, Default: 128}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [hello-errors]}
      MemorySize: !Ref Size
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      DeploymentPreference: {Type: Canary10Percent5Minutes, Alarms: [hello-errors]}
      MemorySize: 256
""",
        ),
        Example(
            bad="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      Timeout: 3
""",
            good="""
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.13
      AutoPublishAlias: live
      AutoPublishAliasAllProperties: true
      Timeout: 3
""",
        ),
    ],
    check=check,
)
