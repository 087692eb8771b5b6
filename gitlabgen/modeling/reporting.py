"""Problems of models as findings: at the user's line, in GitLab's or AWS's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gitlabgen.errors import Finding, report
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.plans import location_of, plan_of

if TYPE_CHECKING:
    from gitlabgen.modeling.kinds import Misfit
    from gitlabgen.modeling.model import Model

__all__ = ["located", "report_misfit"]


def report_misfit(made: Model, misfit: Misfit, rule: str = "invalid-keyword") -> None:
    """Report a misfit of a model as a finding with the user's line."""
    if misfit.missing and getattr(made, "extends", None) is not None:
        return  # the job that it extends may bring it
    cls = type(made)
    about = misfit.about or made
    subject = type(about).keyword.format(name=getattr(about, "name", ""))
    path = ":".join([subject, *(str(step).rstrip("_") for step in misfit.path[:1])]).strip(":")
    where = position(location_of(about), misfit.path, plan_of(type(about)).signature_names)
    first = None if misfit.first is None else position(location_of(misfit.first))
    found = Finding(
        rule=rule,
        message=_message(type(about), subject, misfit),
        hint=misfit.hint,
        job=getattr(about, "name", None) if subject.startswith("jobs:") else None,
        path=path,
        url=cls.docs_url or None,
        related=() if first is None else (_first(rule, first),),
    )
    report(located(found, where))


def located(finding: Finding, place: Position | None) -> Finding:
    """Return the finding at a place; as it is, if the place is not known.

    Args:
        finding: What is wrong.
        place: Where.
    """
    return finding if place is None else finding._replace(**place._asdict() | {"file": place.file or None})


def _first(rule: str, place: Position) -> Finding:
    return Finding(rule=rule, message="the first is here", severity="info", file=place.file, line=place.line, column=place.column)


def _message(cls: type[Model], subject: str, misfit: Misfit) -> str:
    """Return a message in GitLab's form: where the block stands, the attribute, and what is wrong with it."""
    text = _known(cls.words, misfit) or misfit.message
    first = str(misfit.path[0]) if misfit.path else ""
    if text.startswith((":", " ")):  # goes behind the place as it is
        said = subject + text
    elif text.startswith(("contains unknown keys", "takes ")):
        said = f"{subject} config {text}"
    elif not first:
        said = f"{subject} {text}"
    elif cls.words.get(first, "").startswith(":"):  # GitLab checks the keyword for itself, at a place of its own
        place = ":".join([subject, first.rstrip("_"), *(step for step in misfit.path[1:] if isinstance(step, str))])
        said = f"{place} config {text}"
    else:
        steps = [str(step).rstrip("_") for step in misfit.path if misfit.got is not None or not isinstance(step, int)]
        attribute = " ".join(steps)
        # GitLab speaks of `expire in`, and AWS of `stage_name`.
        said = f"{subject} {attribute.replace('_', ' ') if 'gitlab' in cls.docs_url else attribute} {text}"
    return said.lstrip(": ")


def _known(words: Mapping[str, str], misfit: Misfit) -> str | None:
    """Return a class's own words for a misfit: by the keyword, with a colon behind it for each level inside its value."""
    first = str(misfit.path[0]) if misfit.path else ""
    if misfit.message == "can't be blank":
        return words.get(f"{first}.missing")
    if misfit.got is None:
        return None
    levels = ":" * (len(misfit.path) - 1)
    kinds = [".key"] if misfit.message.startswith("key ") else [levels[:end] for end in range(len(levels), -1, -1)]
    found = next((words[first + kind] for kind in kinds if first + kind in words), None)
    if found is not None and isinstance(misfit.got, dict) and " a hash" in found:
        return None  # whoever wrote a mapping did what GitLab says: Python wants the model
    if found is None or "{}" in found:
        return found and found.format(str(misfit.got).lower() if isinstance(misfit.got, bool) else misfit.got)
    return found + "".join(misfit.message.partition(", got ")[1:])
