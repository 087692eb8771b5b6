"""Faults that tests inject into calls: throttled, session expired, connection cut, region down.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

import dataclasses
from typing import Literal

from tests.patterns.cloudformation.errors import RefusedError

Kind = Literal["throttled", "expired", "denied", "internal", "cut-before", "cut-after"]
ERRORS = {
    "throttled": RefusedError("Rate exceeded", "Throttling", 400),
    "expired": RefusedError("The security token included in the request is expired", "ExpiredToken", 403),
    "denied": RefusedError("User is not authorized to perform this operation", "AccessDenied", 403),
    "internal": RefusedError(
        "The request processing has failed because of an unknown error, exception or failure.", "InternalFailure", 500
    ),
}


@dataclasses.dataclass
class Fault:
    """A fault of calls.

    Attributes:
        operation: The operation of CloudFormation, the name of another service such as `s3`, or `*`.
        kind: What happens. `cut-after` does what was asked, and cuts the connection then.
        times: How many calls it meets; None is all.
        account: The account, or None for all.
        region: The region, or None for all.
        skip: How many calls it lets pass first.
    """

    operation: str
    kind: Kind
    times: int | None = 1
    account: str | None = None
    region: str | None = None
    skip: int = 0

    def meets(self, names: set[str], account: str, region: str) -> bool:
        """Return whether it meets a call, and count it."""
        if self.operation not in {*names, "*"}:
            return False
        if self.account not in {None, account} or self.region not in {None, region} or self.times == 0:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True
