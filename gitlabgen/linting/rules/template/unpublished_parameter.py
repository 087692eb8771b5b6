"""`unpublished-parameter`: a parameter whose new value reaches the function, but makes no new version.

Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gitlabgen.analysis.template_values import names_in
from gitlabgen.analysis.templates import TemplateAnalysis
from gitlabgen.errors import Finding

__all__ = ["check"]

# What SAM looks at to tell whether a version is new, if nothing says otherwise.
_HASHED: Final = ("CodeUri", "Environment", "ImageUri", "InlineCode", "MemorySize", "SnapStart")
_OTHERS: Final = ("Handler", "Layers", "Runtime", "Timeout", "Architectures", "EphemeralStorage", "VpcConfig")


def check(subject: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each property of a canary's function that a parameter decides."""
    parameters = subject.section("Parameters")
    for canary in subject.canaries:
        properties = canary.function.properties
        if "AutoPublishCodeSha256" in properties:
            continue
        for key in (*_HASHED, *_OTHERS):
            for name in dict.fromkeys(names_in(properties.get(key))):
                if name in parameters:
                    message = (
                        f"{key} depends on the parameter {name!r}: a new value of it publishes no version and shifts nothing"
                    )
                    hint = "write the value out for each environment, or set AutoPublishCodeSha256"
                    yield subject.finding("unpublished-parameter", canary.function, (key,), message, hint, severity="warning")
