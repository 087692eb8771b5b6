"""Problems with models as findings: at the user's line, in plain words, with GitLab's message."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gitlabgen.errors import Finding, report
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.plans import language_of, location_of, plan_of
from gitlabgen.modeling.problems import Problem

if TYPE_CHECKING:
    from gitlabgen.modeling.model import Model

__all__ = ["located", "named", "related", "report_problem", "within"]


def report_problem(made: Model, problem: Problem) -> None:
    """Report a problem with a model as a finding at the user's line.

    Args:
        made: The model that was checked.
        problem: The problem.
    """
    # Most programs have no problem to report.
    from gitlabgen.modeling.corrections import correction
    from gitlabgen.modeling.spellings import spelled
    from gitlabgen.modeling.wording import message

    if problem.missing and getattr(made, "extends", None) is not None:
        return  # the job that it extends can provide it
    about = problem.about or made
    cls, language = type(about), language_of(about)
    subject = cls.keyword.format(name=getattr(about, "name", ""))
    step = str(problem.path[0]) if problem.path else "*"
    is_unchecked = language == "yaml" and not cls.unchecked.isdisjoint(("*", step))
    keys = [plan_of(cls).key(str(step)) for step in problem.path[:1]]
    path, key = problem.path, problem.key
    if key is not None and path[-1:] != (key,):
        path = (*path, key)
    at_key = key is not None or problem.kind in ("key", "unknown", "twice")
    where = position(location_of(about), path, plan_of(cls).signature_names, at_key=at_key)
    text = None if where is None else where.text or _number_in_python(where, problem.got)
    hint = problem.hint or correction(plan_of(cls), problem, language, text)
    first = None if problem.first is None else position(location_of(problem.first))
    found = Finding(
        rule=problem.rule,
        message=message(about, problem, language, text),
        severity="warning" if is_unchecked else "error",
        hint=spelled(hint, language),
        job=getattr(about, "name", None) if cls.is_job else None,
        path=":".join([subject, *keys]).strip(":"),
        url=type(made).docs_url or None,
        related=() if first is None else (related(problem.rule, "the first is here", first),),
        facts=_facts(problem),
        gitlab=None if is_unchecked else cls.vendor_sentence(subject, problem),
    )
    report(located(found, where))


def _number_in_python(where: Position, got: object) -> str | None:
    """Return a number as written in Python, such as `3.10`; None for other values."""
    if not isinstance(got, float) or where.column is None or where.end_column is None or where.language != "python":
        return None
    from linecache import getline

    text = getline(where.file, where.line or 0)[where.column - 1 : where.end_column - 1]
    return text if re.fullmatch(r"[0-9]+\.[0-9]+", text) and float(text) == got else None


def _facts(problem: Problem) -> tuple[str, ...]:
    """Return what distinguishes a problem from others with the same keyword: its kind, and the path in the value."""
    return (problem.kind, *map(str, problem.path[1:]))


def within(finding: Finding, *steps: str, job: str | None = None) -> Finding:
    """Return a finding about a block as a finding about its parent.

    Args:
        finding: The finding.
        steps: The path to the block, such as `jobs` and the job's name.
        job: The job that contains the block.
    """
    label = f"`{steps[-1]}`"
    sentence = finding.gitlab
    # A space ends the path in a few of GitLab's sentences.
    separator = "" if sentence is not None and sentence.startswith(" ") else ":"
    return finding._replace(
        job=job or finding.job,
        path=":".join([*steps, finding.path] if finding.path else steps),
        message=f"{label}: {finding.message}",
        gitlab=None if sentence is None else f"{':'.join(steps)}{separator}{sentence}",
    )


def named(finding: Finding, key: str, cls: type[Model]) -> Finding:
    """Return a finding about a model as a finding about an entry of a mapping.

    Args:
        finding: The finding; its path begins with the keyword of the mapping.
        key: The entry's key.
        cls: The class of the entries.
    """
    path = finding.path or ""
    keyword = cls.keyword if cls.keyword and path.startswith(cls.keyword) else path.partition(":")[0]
    written = f"`{keyword}"
    is_written = finding.message.startswith(written)
    return finding._replace(
        path=f"{keyword}:{key}{path.removeprefix(keyword)}",
        message=finding.message.replace(written, f"{written}:{key}", 1) if is_written else f"`{key}`: {finding.message}",
        gitlab=finding.gitlab and cls.entry_sentence(key, finding.gitlab),
    )


def located(finding: Finding, at: Position | None) -> Finding:
    """Return the finding at a position; unchanged if the position is None.

    Args:
        finding: The finding.
        at: The position.
    """
    if at is None:
        return finding
    others = [related(finding.rule, message, position) for message, position in at.related]
    # The positions of the user's calls come last: the others belong to the problem itself.
    return _at_position(finding, at)._replace(related=(*finding.related, *others))


def _at_position(finding: Finding, at: Position) -> Finding:
    return finding._replace(file=at.file or None, line=at.line, column=at.column, end_line=at.end_line, end_column=at.end_column)


def related(rule: str, message: str, at: Position) -> Finding:
    """Return a finding about a position that belongs to another finding.

    Args:
        rule: The rule.
        message: What is there.
        at: The position.
    """
    return _at_position(Finding(rule=rule, message=message, severity="info"), at)
