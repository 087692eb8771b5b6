"""Probes: calls of the new version before anybody else calls it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Final, TypedDict

from gitlabgen.modeling.kinds import NULL
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem
from gitlabgen.sam.canaries.proofs import proven
from gitlabgen.sam.events.route import Method
from gitlabgen.sam.template_model import TemplateModel

if TYPE_CHECKING:
    from typing import Unpack

    class _Options(TypedDict, total=False):
        calls: int
        max_errors: int
        at_once: int
        timeout: int
        comment: str


__all__ = ["Probe"]

_MOST_CALLS: Final = 10_000
_MOST_ERRORS: Final = 100
_MOST_AT_ONCE: Final = 100
# The code keeps 30 seconds for its report.
_SHORTEST: Final = 60
_LONGEST: Final = 900


@model
class Probe(TemplateModel):
    """Calls of the new version before it gets traffic; `Probe.http`, `Probe.event` and `Probe.none` create it.

        Canary("Linear10PercentEvery1Minute", alarms=[Alarm.errors()], probe=Probe.http("GET", "/", calls=150))

    A hook makes the calls when CodeDeploy deploys a version, so not in the first deployment of a function. If more of them fail
    than allowed, no traffic moves. A call fails if the function fails or exceeds its time-out; an HTTP request also fails with a
    status of 500 or above. All calls are alike, and have effects like any others: choose one that may be repeated.

    Args:
        method: The method of an HTTP request.
        path: The path of an HTTP request, with its query.
        headers: Headers of an HTTP request, in addition to those that each request has.
        body: The body of an HTTP request.
        authorizer: What the API's authorizer adds to an HTTP request, as the function finds it in `requestContext`.
        payload: An event, instead of a request. In each call, `$context.requestId` in it becomes a new id.
        reason: Why no calls are made.
        calls: How many calls are made, at most 10,000.
        max_errors: How many of them may fail.
        at_once: How many of them run at the same time; they count for the concurrency of the function.
        timeout: The seconds after which the probe fails if calls are missing; at least 60.

    Source: https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-lambda
    """

    keyword: ClassVar[str] = "Probe"
    docs_url: ClassVar[str] = (
        "https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html#appspec-hooks-lambda"
    )
    from_mapping: ClassVar[bool] = False

    method: Method | None = None
    path: str | None = None
    headers: Mapping[str, str] | None = None
    body: str | None = None
    authorizer: Mapping[str, object] | None = None
    payload: Mapping[str, object] | None = None
    reason: str | None = None
    calls: int = 150
    max_errors: int = 0
    at_once: int = 5
    timeout: int = 300

    @staticmethod
    def http(
        method: Method,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: str | None = None,
        authorizer: Mapping[str, object] | None = None,
        **options: Unpack[_Options],
    ) -> Probe:
        """Return a probe with a request, as the function gets it from its API or from its URL.

        Args:
            method: The method.
            path: The path, with its query; a route of the function must match it, or the function must have a URL.
            headers: Headers, in addition to those that each request has.
            body: The body.
            authorizer: What the API's authorizer adds, as the function finds it in `requestContext`.
            options: `calls`, `max_errors`, `at_once` and `timeout`.

        Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
        """
        return Probe(method=method, path=path, headers=headers, body=body, authorizer=authorizer, **options)

    @staticmethod
    def event(payload: Mapping[str, object], **options: Unpack[_Options]) -> Probe:
        """Return a probe with an event, for functions without routes.

        Args:
            payload: The event, such as `{"Records": []}`.
            options: `calls`, `max_errors`, `at_once` and `timeout`.
        """
        return Probe(payload=payload, **options)

    @staticmethod
    def none(reason: str) -> Probe:
        """Return a probe without calls, for functions whose calls must not be repeated.

        Args:
            reason: Why no calls are made; it becomes a comment in the template.
        """
        return Probe(reason=reason)

    @property
    def proves(self) -> str | None:
        """What the calls prove, as the log of the hook says it; None without calls."""
        return None if self.reason is not None else proven(self.calls, self.max_errors)

    def problems(self) -> Iterator[Problem]:
        """Yield problems with what is called, and with numbers that Lambda does not allow or that prove nothing."""
        kinds = [self.method is not None or self.path is not None, self.payload is not None, self.reason is not None]
        if sum(kinds) != 1:
            yield Problem("should have either a request, an event or a reason", "write Probe.http, Probe.event or Probe.none")
        elif kinds[0]:
            yield from self._request_problems()
        elif self.reason is not None and not str(self.reason).strip():
            yield Problem("is empty", "say why no calls are made", ("reason",))
        if self.payload is not None and not _is_json(self.payload):
            yield Problem("is not JSON", "an event has only texts, numbers, lists and mappings", ("payload",))
        yield from self._number_problems()

    def _request_problems(self) -> Iterator[Problem]:
        if self.method is None or self.path is None:
            yield Problem("is missing", path=("method" if self.method is None else "path",))
        elif self.method == "ANY":
            yield Problem("should be one method, got 'ANY'", path=("method",))
        if isinstance(self.path, str) and not self.path.startswith("/"):
            yield Problem(f"should begin with '/', got {self.path!r}", path=("path",))
        if self.authorizer is not None and not _is_json(self.authorizer):
            yield Problem("is not JSON", "use only texts, numbers, lists and mappings", ("authorizer",))

    def _number_problems(self) -> Iterator[Problem]:
        limits = {
            "calls": (1, _MOST_CALLS),
            "max_errors": (0, min(_MOST_ERRORS, self.calls - 1 if isinstance(self.calls, int) else _MOST_ERRORS)),
            "at_once": (1, _MOST_AT_ONCE),
            "timeout": (_SHORTEST, _LONGEST),
        }
        for name, (least, most) in limits.items():
            value = getattr(self, name)
            if isinstance(value, int) and not least <= value <= max(least, most):
                yield Problem(f"should be between {least} and {max(least, most)}, got {value}", path=(name,))


def json_text(value: object) -> str:
    """Return a value as JSON.

    Args:
        value: A value in which models wrote `None` as `NULL`.

    Raises:
        TypeError: If it contains anything else, such as an intrinsic function.
        ValueError: If it contains a number that JSON does not have.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_null)


def _null(value: object) -> None:
    if value is not NULL:
        raise TypeError(f"{value!r} is not JSON")


def _is_json(value: object) -> bool:
    try:
        json_text(value)
    except (TypeError, ValueError):
        return False
    return True
