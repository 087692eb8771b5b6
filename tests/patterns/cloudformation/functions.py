"""Lambda: functions with their versions and aliases.

Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
"""

from __future__ import annotations

import dataclasses
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from tests.patterns.cloudformation.errors import BrokenError

# Properties that belong to the function and not to its versions.
# Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
BESIDE = {"Code", "FunctionName", "RecursiveLoop", "ReservedConcurrentExecutions", "RuntimeManagementConfig", "Tags"}


@dataclasses.dataclass(frozen=True)
class Version:
    """What a version holds.

    Attributes:
        number: Its number, or `$LATEST`.
        code: The archive, or the text of code in the template.
        configuration: The function's properties that a version holds.
    """

    number: str
    code: bytes = dataclasses.field(repr=False)
    configuration: Mapping[str, Any]

    def holds(self, other: Version) -> bool:
        """Return whether both hold the same."""
        return self.code == other.code and dict(self.configuration) == dict(other.configuration)

    def file(self, name: str) -> str:
        """Return the text of a file in the archive."""
        return zipfile.ZipFile(io.BytesIO(self.code)).read(name).decode()


@dataclasses.dataclass
class Alias:
    """An alias: the share of calls that each version gets.

    Attributes:
        arn: Its ARN.
        shares: The shares by version, which add up to 1.
        shifting: Whether a CodeDeploy deployment runs.
    """

    arn: str
    shares: dict[str, float]
    shifting: bool = False


class Function:
    """A function.

    Args:
        name: Its name.
        arn: Its ARN.
        latest: What `$LATEST` holds.
    """

    def __init__(self, name: str, arn: str, latest: Version) -> None:
        self.name, self.arn, self.latest = name, arn, latest
        self.versions: dict[str, Version] = {}
        self.aliases: dict[str, Alias] = {}
        self.taken_back: set[str] = set()
        self._last = 0

    def publish(self, *, kept_version_blocks: bool) -> str:
        """Publish a version, and return its number.

        Lambda publishes none if nothing has changed since the last one, and CloudFormation calls that an error.

        Source: https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html
        """
        numbers = [number for number in self.versions if kept_version_blocks or number not in self.taken_back]
        if numbers and self.versions[numbers[-1]].holds(self.latest):
            raise BrokenError(
                f"A version for this Lambda function exists ( {numbers[-1]} ). Modify the function to create a new version."
            )
        self._last += 1
        number = str(self._last)
        self.versions[number] = dataclasses.replace(self.latest, number=number)
        return number
