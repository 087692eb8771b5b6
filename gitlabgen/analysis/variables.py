"""The variables of a pipeline: where they are used, compared and set."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from gitlabgen.analysis.walking import joined_texts, texts_in, values_in
from gitlabgen.gitlab.base_job import BaseJob
from gitlabgen.gitlab.include import Include
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.gitlab.rules import Rule
from gitlabgen.modeling.fields import OWN_FIELDS
from gitlabgen.modeling.model import Model
from gitlabgen.modeling.problems import Path

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis

__all__ = ["VariableFacts"]

_NOT_USED: Final = frozenset(("jobs", "spec", *OWN_FIELDS))
_NEVER_USED: Final = frozenset(("name", "stage", "rules", *OWN_FIELDS))  # rules are looked through on their own
_PLAIN: Final = frozenset(("if_", "when", "allow_failure", *OWN_FIELDS))
# `$$NAME` and `\$NAME` are the text `$NAME`. Searches are fast because the pattern begins with a character.
_USE: Final = r"\$(?<![\\$]\$)(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(:?[-+=?])?)"


class Use(NamedTuple):
    """A use of a variable, as `$NAME` or `${NAME}`.

    Args:
        owner: The job, or the pipeline.
        path: The path from there to the text.
        name: The variable.
        has_default: Whether the text says what to do without the variable, as in `${NAME:-text}`.
    """

    owner: Model
    path: Path
    name: str
    has_default: bool

    @property
    def title(self) -> str:
        """The beginning of a message about it."""
        return _title(self.owner)


class WrittenCondition(NamedTuple):
    """A condition in its place.

    Args:
        owner: The job, or the pipeline.
        path: The path from there to the condition.
        text: The condition.
        kind: What it decides.
    """

    owner: Model
    path: Path
    text: str
    kind: Literal["workflow", "include", "job"]

    @property
    def title(self) -> str:
        """The beginning of a message about it."""
        return _title(self.owner) or f"`{self.kind}`: "


class Setting(NamedTuple):
    """A variable that the configuration sets.

    Args:
        owner: The job, or the pipeline.
        path: The path from there to the value.
        name: The variable.
        value: The value, or a `Variable`.
    """

    owner: Model
    path: Path
    name: str
    value: Any

    @property
    def title(self) -> str:
        """The beginning of a message about it."""
        return _title(self.owner)


def _title(owner: Model) -> str:
    return f"`{owner.name}`: " if isinstance(owner, BaseJob) else ""


class VariableFacts:
    """Where a pipeline uses and sets variables.

    Almost all names and conditions are right, so rules first ask for the names and the texts, without their places.

    Args:
        analysis: The pipeline.
    """

    def __init__(self, analysis: PipelineAnalysis) -> None:
        self._analysis = analysis
        self._resolution = analysis.resolution

    @cached_property
    def used_names(self) -> frozenset[str]:
        """The names of all variables that the pipeline uses."""
        analysis = self._analysis
        shared = (text for _, text in texts_in(analysis.pipeline, "$", without=_NOT_USED))
        jobs = (analysis.texts_of(keyword) for keyword in analysis.keywords if keyword not in _NEVER_USED)
        rules = (
            joined_texts([rule.__dict__[keyword] for _, _, rule in analysis.rules_with(keyword)])
            for keyword in analysis.rule_keywords - _PLAIN
        )
        texts = chain(shared, self._condition_texts, jobs, rules)
        return frozenset(plain or braced for text in texts for plain, braced, _ in re.findall(_USE, text))

    @cached_property
    def _uses(self) -> list[Use]:
        find = re.compile(_USE).finditer
        return [
            Use(owner, path, found[1] or found[2], found[3] is not None)
            for owner in (self._resolution.pipeline, *self._resolution.jobs.values())
            for path, text in texts_in(owner, "$", without=_NOT_USED)
            for found in find(text)
        ]

    def uses_of(self, names: Collection[str]) -> list[Use]:
        """Return all uses of some variables, in order.

        Args:
            names: The variables.
        """
        if self.used_names.isdisjoint(names):
            return []
        return [use for use in self._uses if use.name in names]

    @cached_property
    def conditions(self) -> list[WrittenCondition]:
        """All conditions, in order."""
        return [*self._include_conditions(), *self._workflow_conditions(), *self._job_conditions()]

    @cached_property
    def _condition_texts(self) -> frozenset[str]:
        """The texts of all conditions; jobs often share them."""
        found: set[Any] = {rule.if_ for _, _, rule in self._analysis.rules}
        old = (job for keyword in ("only", "except_") for job in self._analysis.jobs_with(keyword))
        for conditions in (self._include_conditions(), self._workflow_conditions(), *map(_conditions_of, old)):
            found.update(condition.text for condition in conditions)
        return frozenset(text for text in found if isinstance(text, str))

    def conditions_with(self, is_suspect: Callable[[str], object]) -> list[WrittenCondition]:
        """Return the conditions whose texts may have a problem, in order.

        Args:
            is_suspect: Returns whether a text may have the problem.
        """
        suspects = {text for text in self._condition_texts if is_suspect(text)}
        return [condition for condition in self.conditions if condition.text in suspects] if suspects else []

    def include_conditions(self) -> list[WrittenCondition]:
        """Return the conditions of includes, in order."""
        return [*self._include_conditions()]

    def _include_conditions(self) -> Iterator[WrittenCondition]:
        for file in self._resolution.files:
            is_list = isinstance(file.include, tuple)
            for index, entry in enumerate(file.include if isinstance(file.include, tuple) else (file.include,)):
                if isinstance(entry, Include):
                    path = ("include", index) if is_list else ("include",)
                    yield from _conditions(file, path, entry.rules, "include")

    def _workflow_conditions(self) -> Iterator[WrittenCondition]:
        pipeline = self._resolution.pipeline
        return _conditions(pipeline, ("workflow",), getattr(pipeline.workflow, "rules", None), "workflow")

    def _job_conditions(self) -> Iterator[WrittenCondition]:
        for job in self._resolution.jobs.values():
            yield from _conditions_of(job)

    @cached_property
    def settings(self) -> list[Setting]:
        """All variables that `variables` sets, at the top level, in jobs and in rules."""
        pipeline = self._resolution.pipeline
        workflow = getattr(pipeline.workflow, "rules", None)
        jobs = {job.name for job in self._analysis.jobs_with("variables")}
        jobs.update(job.name for job, _, _ in self._analysis.rules_with("variables"))
        return [
            *_settings(pipeline, ("variables",), pipeline.variables),
            *_rule_settings(pipeline, ("workflow", "rules"), workflow),
            *(found for name, job in self._resolution.jobs.items() if name in jobs for found in _job_settings(job)),
        ]

    @cached_property
    def set_names(self) -> frozenset[str]:
        """The names of all variables that the configuration, the trigger of the pipeline, or the project sets."""
        parallel = (job.parallel for job in self._analysis.jobs_with("parallel"))
        matrices = (found.matrix for found in parallel if isinstance(found, Matrix))
        rows = (row for matrix in matrices for row in (matrix if isinstance(matrix, tuple) else (matrix,)))
        cells = (str(name) for row in rows if isinstance(row, Mapping) for name in row)
        return frozenset(
            (*(setting.name for setting in self.settings), *cells, *self._analysis.forwarded, *self._analysis.project_variables)
        )

    @cached_property
    def _replaced(self) -> frozenset[str]:
        """The names of variables to which a rule, a trigger or the project may give another value."""
        replaced = (setting.name for setting in self.settings if "rules" in setting.path)
        return frozenset((*replaced, *self._analysis.forwarded, *self._analysis.project_variables))

    def value_in(self, condition: WrittenCondition, name: str) -> str:
        """Return the text that a variable of the files has in a condition; "" if it has none, or if it is not known.

        Args:
            condition: The condition.
            name: The variable.
        """
        if name in self._replaced or condition.kind == "include" or self._resolution.is_fragment:
            return ""
        shared = _mapping(self._analysis.pipeline.variables)
        job = condition.owner
        if not isinstance(job, BaseJob):
            return self.text_of(shared.get(name))
        own = _mapping(job.variables)
        inherited = getattr(job.inherit, "variables", None)
        inherits = inherited is not False and (not isinstance(inherited, tuple) or name in inherited)
        return self.text_of(own[name] if name in own else shared.get(name) if inherits else None)

    @staticmethod
    def text_of(value: Any) -> str:
        """Return the value of a variable in which GitLab fills in other variables; "" without one.

        Args:
            value: The value, or a `Variable`.
        """
        if getattr(value, "expand", None) is False:
            return ""
        value = getattr(value, "value", value)
        return value if isinstance(value, str) else ""

    def is_named(self, name: str) -> bool:
        """Return whether a variable is set in the configuration, or named without `$`, as scripts do to set it.

        Args:
            name: The variable.
        """
        return name in self.set_names or re.search(rf"(?<![\w$])(?<!\$\{{){name}(?!\w)", self._text) is not None

    @cached_property
    def _text(self) -> str:
        """All texts and keys of all files."""
        texts: list[str] = []
        for value in (inner for file in self._resolution.files for inner in values_in(file)):
            if isinstance(value, str):
                texts.append(value)
            elif isinstance(value, Mapping):
                texts += map(str, value)
        return "\n".join(texts)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _conditions(
    owner: Model, path: Path, rules: object, kind: Literal["workflow", "include", "job"]
) -> Iterator[WrittenCondition]:
    for index, rule in enumerate(rules if isinstance(rules, tuple) else ()):
        if isinstance(rule, Rule) and isinstance(rule.if_, str):
            yield WrittenCondition(owner, (*path, "rules", index, "if_"), rule.if_, kind)


def _conditions_of(job: BaseJob) -> Iterator[WrittenCondition]:
    yield from _conditions(job, (), job.rules, "job")
    for keyword in ("only", "except_"):
        written = getattr(getattr(job, keyword, None), "variables", None)
        for index, text in enumerate(written if isinstance(written, tuple) else ()):
            if isinstance(text, str):
                yield WrittenCondition(job, (keyword, "variables", index), text, "job")


def _job_settings(job: BaseJob) -> Iterator[Setting]:
    yield from _settings(job, ("variables",), job.variables)
    yield from _rule_settings(job, ("rules",), job.rules)


def _rule_settings(owner: Model, path: Path, rules: object) -> Iterator[Setting]:
    for index, rule in enumerate(rules if isinstance(rules, tuple) else ()):
        yield from _settings(owner, (*path, index, "variables"), getattr(rule, "variables", None))


def _settings(owner: Model, path: Path, variables: object) -> Iterator[Setting]:
    for name, value in variables.items() if isinstance(variables, Mapping) else ():
        # What is not a string is reported when the file is read.
        if isinstance(name, str):
            yield Setting(owner, (*path, name), name, value)
