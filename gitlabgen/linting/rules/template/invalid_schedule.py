"""`invalid-schedule`: EventBridge rejects the expression of a schedule.

Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html and
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from gitlabgen.analysis.template_values import choices, flat
from gitlabgen.analysis.templates import FUNCTION, TemplateAnalysis, TemplateResource, mapping
from gitlabgen.errors import Finding
from gitlabgen.linting.rule import Example, LintRule

__all__ = ["RULE"]

_FIELDS: Final = ("minutes", "hours", "day of the month", "month", "day of the week", "year")
_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4


class _Schedule(NamedTuple):
    """A schedule, with the path to it in the resource, and whether it belongs to EventBridge Scheduler."""

    path: tuple[str, ...]
    value: Any
    is_scheduler: bool


def check(analysis: TemplateAnalysis) -> Iterator[Finding]:
    """Yield a finding for each schedule that EventBridge rejects, at the default of its parameter if it comes from there."""
    for resource in analysis.resources.values():
        for schedule in _schedules(resource):
            for value in choices(schedule.value):
                text, parameter = _text(analysis, value)
                problem = None if text is None else _problem(text, is_scheduler=schedule.is_scheduler)
                if problem is not None:
                    where = analysis.spot(resource, schedule.path)
                    if parameter is not None:
                        where = analysis.spot_at(("Parameters", parameter, "Default"))
                    message, hint = problem
                    if hint is not None and parameter is not None and value != {"Ref": parameter}:
                        hint = hint.replace("`cron(", "`").replace(")`", "`")  # the text around the parameter has them
                    yield RULE.finding(where, f"`{resource.name}`: {message}", hint, facts=(str(text),))


def _schedules(resource: TemplateResource) -> Iterator[_Schedule]:
    if resource.type in ("AWS::Events::Rule", "AWS::Scheduler::Schedule"):
        value = resource.properties.get("ScheduleExpression")
        yield _Schedule(("ScheduleExpression",), value, resource.type == "AWS::Scheduler::Schedule")
    if resource.type in (FUNCTION, "AWS::Serverless::StateMachine"):
        for name, event in mapping(resource.properties.get("Events")).items():
            kind, properties = mapping(event).get("Type"), mapping(mapping(event).get("Properties"))
            key = {"Schedule": "Schedule", "ScheduleV2": "ScheduleExpression"}.get(str(kind))
            if key is not None:
                yield _Schedule(("Events", name, "Properties", key), properties.get(key), kind == "ScheduleV2")


def _text(analysis: TemplateAnalysis, value: Any) -> tuple[str | None, str | None]:
    """Return an expression, and the parameter whose default it contains; None if it is unknown."""
    text = flat(value)
    names = re.findall(r"\$\{([^}]*)\}", text or "")
    if text is None or not names:
        return text, None
    default = mapping(analysis.section("Parameters").get(names[0])).get("Default")
    if len(names) > 1 or not isinstance(default, str) or not default:
        return None, None
    return text.replace(f"${{{names[0]}}}", default), names[0]


def _problem(text: str, *, is_scheduler: bool) -> tuple[str, str | None] | None:
    """Return why EventBridge rejects an expression, and how to fix it."""
    match = re.fullmatch(r"(cron|rate|at)\((.*)\)", text.strip())
    if match is None:
        kinds = "`cron(…)`, `rate(…)` or `at(…)`" if is_scheduler else "`cron(…)` or `rate(…)`"
        message = f"EventBridge needs {kinds}, got `{text}`."
        return message, _corrected(text.split()) if len(text.split()) in (5, 6) else None
    if match[1] == "cron":
        return _cron_problem(match[2].split())
    return _rate_problem(match[2], is_scheduler=is_scheduler) if match[1] == "rate" else None


def _cron_problem(fields: list[str]) -> tuple[str, str | None] | None:
    text = f"`cron({' '.join(fields)})`"
    if len(fields) != len(_FIELDS):
        message = f"{text} has {len(fields)} fields, but EventBridge needs {len(_FIELDS)}: {', '.join(_FIELDS)}."
        return message, _corrected(fields) if len(fields) == len(_FIELDS) - 1 else None
    if [fields[_DAY_OF_MONTH], fields[_DAY_OF_WEEK]].count("?") != 1:
        message = f"{text} needs `?` as the day of the month or as the day of the week, and a value for the other one."
        return message, _corrected(fields)
    for name, field, (least, most) in zip(_FIELDS, fields, _RANGES, strict=True):
        numbers = (int(part) for item in field.split(",") for part in item.split("/")[0].split("-") if part.isdigit())
        wrong = next((number for number in numbers if not least <= number <= most), None)
        if wrong is not None:
            return f"{text}: the {name} must be between {least} and {most}, got {wrong}.", None
    return None


def _corrected(fields: list[str]) -> str | None:
    """Return the expression that means the same for EventBridge; None if it has none."""
    minutes, hours, day, month, weekday, *year = fields
    if "?" not in (day, weekday):
        if "*" not in (day, weekday):
            return "make two schedules, one for each kind of day"
        if not year:
            if "/" in weekday or "#" in weekday:
                return None
            weekday = re.sub(r"\b[0-7]\b", lambda match: _DAYS[int(match[0])], weekday)
        day, weekday = (day, "?") if weekday == "*" else ("?", weekday)
    elif day == weekday:
        day = "*"
    return f"write `cron({' '.join((minutes, hours, day, month, weekday, *(year or ['*'])))})`"


def _rate_problem(rate: str, *, is_scheduler: bool) -> tuple[str, str | None] | None:
    match = re.fullmatch(r"\s*([0-9]+)\s+(minute|hour|day)(s?)\s*", rate)
    if match is None or int(match[1]) == 0:
        return f"`rate({rate})` must be a positive number of minutes, hours or days.", None
    plural = "" if int(match[1]) == 1 else "s"
    if is_scheduler or match[3] == plural:
        return None
    kind = "plural" if plural else "singular"
    return f"`rate({rate})` needs the {kind} of the unit.", f"write `rate({match[1]} {match[2]}{plural})`"


RULE: Final = LintRule(
    id="invalid-schedule",
    summary="EventBridge rejects the expression of a schedule.",
    why=(
        "`cron(…)` of EventBridge has six fields, the last one for the year. "
        "One of both days must be `?`, and days of the week begin with 1 for Sunday. "
        "An expression in the format of Unix is rejected when the stack is deployed."
    ),
    severity="error",
    confidence="certain",
    source="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html",
    examples=[
        Example(
            bad="""
Resources:
  Nightly:
    Type: AWS::Events::Rule
    Properties: {ScheduleExpression: cron(0 5 * * *)}
""",
            good="""
Resources:
  Nightly:
    Type: AWS::Events::Rule
    Properties: {ScheduleExpression: cron(0 5 * * ? *)}
""",
        )
    ],
    check=check,
)
