"""Analyse a resolved pipeline once, for all rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any, Final

from gitlabgen.analysis.commands import SCRIPTS, Command, commands_of, values_of
from gitlabgen.analysis.sam_configs import SamConfigs
from gitlabgen.analysis.variables import VariableFacts
from gitlabgen.analysis.walking import joined_texts, values_in
from gitlabgen.errors import Finding, Suggestions
from gitlabgen.gitlab.base_job import BaseJob, needs_list
from gitlabgen.gitlab.keyword_types import is_set
from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.parallel import Matrix
from gitlabgen.gitlab.pipeline import Pipeline
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.stage import DEFAULT_STAGE, DEFAULT_STAGES
from gitlabgen.modeling.callsites import Position, position
from gitlabgen.modeling.kinds import NULL, is_interpolated
from gitlabgen.modeling.plans import location_of
from gitlabgen.resolution.configuration import Resolution, was_read
from gitlabgen.resolution.interpolation import blocks_in
from gitlabgen.resolution.job_expansion import cells
from gitlabgen.resolution.open_names import OpenNames
from gitlabgen.resolution.repositories import GitRepository, Repository

__all__ = ["PipelineAnalysis"]

_EMPTY: Final[tuple[Any, ...]] = ()

# Rules know AWS commands only, and each of these contains one of the markers.
_MARKERS: Final = ("aws", "sam ", "samcli", "cloudformation")


def needs_of(needs: Any) -> Iterator[tuple[int, str, Need | None]]:
    """Yield the needs on jobs of this pipeline: the index, the name, and the `Need` if it has options.

    Args:
        needs: The `needs` of a job, or of one of its rules.
    """
    for index, need in enumerate(needs if type(needs) is tuple else needs_list(needs)):
        if type(need) is str:
            yield index, need, None
        elif isinstance(need, Need) and isinstance(need.job, str) and need.project is None and need.pipeline is None:
            yield index, need.job, need


def dependencies_of(analysis: PipelineAnalysis) -> Iterator[tuple[BaseJob, tuple[str | int, ...], str]]:
    """Yield each job name in `dependencies` and in `trigger:include:job`, with the job that uses it and the path.

    Args:
        analysis: The pipeline.
    """
    for job in analysis.jobs_with("dependencies"):
        dependencies = getattr(job, "dependencies", None)
        for index, name in enumerate(dependencies if isinstance(dependencies, tuple) else ()):
            if isinstance(name, str):
                yield job, ("dependencies", index), name
    for job in analysis.jobs_with("trigger"):
        include = getattr(getattr(job, "trigger", None), "include", None)
        for index, item in enumerate(include if isinstance(include, tuple) else (include,)):
            if isinstance(getattr(item, "job", None), str):
                yield job, ("trigger", "include", index), item.job


class PipelineAnalysis:
    """A resolved pipeline, with facts that several rules need.

    Args:
        resolution: The resolved pipeline.
        target: The GitLab version that reads the pipeline, if known.
        repository: The repository with the files that the pipeline includes.
        strict: Whether a check that an unread include leaves undecided is an error.
        is_part: Whether another pipeline triggers or includes this one, and so decides when its jobs run.
        forwarded: Returns the variables that a trigger passes, which win over those of the pipeline; None for unknown values.
        limits: The limits of the GitLab server.
        project_variables: Names of variables that the settings of the project define.
        configs: The configuration files of SAM.
    """

    def __init__(
        self,
        resolution: Resolution,
        target: tuple[int, int] | None = None,
        *,
        repository: Repository | None = None,
        strict: bool = False,
        is_part: bool = False,
        forwarded: Callable[[], Mapping[str, str | None]] = dict,
        limits: Limits = DEFAULT_LIMITS,
        project_variables: frozenset[str] = frozenset(),
        configs: SamConfigs | None = None,
    ) -> None:
        self._configs = configs
        self.resolution = resolution
        self.root: Pipeline = resolution.root
        self.target = target
        self.strict = strict
        self.limits = limits
        self.project_variables = project_variables
        self.is_part = is_part or resolution.is_fragment or resolution.root.spec is not None
        self._forwarded = forwarded
        # Another repository includes a fragment.
        self._git = repository if isinstance(repository, GitRepository) and not resolution.is_fragment else None
        self.jobs: Mapping[str, BaseJob] = resolution.jobs
        self.pipeline: Pipeline = resolution.pipeline
        self._suggestions = Suggestions()
        self._texts: dict[str, str] = {}

    @cached_property
    def own_jobs(self) -> frozenset[int]:
        """The identities of the jobs that the root file itself has."""
        return frozenset(map(id, self.root.jobs))

    @property
    def was_read(self) -> bool:
        """Whether the pipeline, or a part of it, was read from a file."""
        return bool(self.root.include) or was_read(self.root)

    @property
    def tracked(self) -> frozenset[str] | None:
        """The paths of the files that git tracks; None if they are unknown."""
        return None if self._git is None else self._git.tracked()

    @property
    def refs(self) -> frozenset[str] | None:
        """The names of all branches and tags; None unless git knows all."""
        return None if self._git is None else self._git.refs()

    @property
    def unknown(self) -> str | None:
        """What is not known of the configuration, for the end of a sentence; None if all of it was read."""
        unknown = self.resolution.unknown
        if self.resolution.is_fragment and not unknown:
            return "unknown (the file that includes this one can define it)"
        return f"unknown (include {unknown[0]}{' and others' if unknown[1:] else ''})" if unknown else None

    @property
    def has_known_stages(self) -> bool:
        """Whether the stages and their order are known, although a part of the configuration may be unknown."""
        return not self.resolution.is_fragment and (not self.unknown or is_set(self.root.stages))

    def is_incomplete(self, job: BaseJob) -> bool:
        """Return whether a part of a job is unknown.

        Args:
            job: The job.
        """
        return job.name in self.resolution.incomplete

    @cached_property
    def _jobs_by_keyword(self) -> dict[str, list[BaseJob]]:
        index: dict[str, list[BaseJob]] = {}
        for job in self.jobs.values():
            for keyword, value in job.__dict__.items():
                if value is NULL:
                    continue
                jobs = index.get(keyword)
                if jobs is None:
                    jobs = index[keyword] = []
                jobs.append(job)
        return index

    def jobs_with(self, keyword: str) -> Sequence[BaseJob]:
        """Return the jobs that have a keyword; one whose value is null is absent.

        Args:
            keyword: The keyword's name in Python.
        """
        return self._jobs_by_keyword.get(keyword, _EMPTY)

    def texts_of(self, keyword: str) -> str:
        """Return the texts inside the values of a keyword in all jobs, one per line.

        Args:
            keyword: The keyword's name in Python.
        """
        text = self._texts.get(keyword)
        if text is None:
            text = self._texts[keyword] = joined_texts([job.__dict__[keyword] for job in self.jobs_with(keyword)])
        return text

    @property
    def keywords(self) -> Iterable[str]:
        """The keywords that jobs have, with their names in Python."""
        return self._jobs_by_keyword

    def setting(self, job: BaseJob, keyword: str) -> Any:
        """Return the value of a keyword for a job, which may come from `default`; None if it has none.

        Args:
            job: The job.
            keyword: The keyword's name in Python.
        """
        own = getattr(job, keyword, None)
        if is_set(own):
            return own
        inherited = getattr(job.inherit, "default", None)
        if inherited is False or (isinstance(inherited, tuple) and keyword not in inherited):
            return None
        shared = getattr(self.pipeline.default, keyword, None)
        shared = shared if is_set(shared) else getattr(self.pipeline, keyword, None)
        return shared if is_set(shared) else None

    def mentions(self, job: BaseJob, words: Iterable[str]) -> bool:
        """Return whether the scripts or variables of a job, including inherited ones, contain one of the words.

        Args:
            job: The job.
            words: The words, in lowercase.
        """
        parts = [self.setting(job, keyword) for keyword in (*SCRIPTS, "hooks")]
        text = repr([*parts, job.variables, self.pipeline.variables]).lower()
        return any(word in text for word in words)

    @cached_property
    def commands(self) -> Sequence[Command]:
        """The AWS commands in the scripts of all jobs, job by job."""
        if not any(map(_may_have_commands, map(self.texts_of, SCRIPTS))):
            return _EMPTY
        jobs = {job.name for key in SCRIPTS for job in self.jobs_with(key) if _may_have_commands(job.__dict__[key])}
        return [
            command
            for name, job in self.jobs.items()
            if name in jobs
            for command in commands_of(job, self.variables(job), _MARKERS, self._configs)
        ]

    def variables(self, job: BaseJob) -> dict[str, str]:
        """Return the variables with known values of a job.

        Args:
            job: The job.
        """
        inherited = getattr(job.inherit, "variables", None)
        values = {} if inherited is False else self._shared_variables
        if isinstance(inherited, tuple):
            values = {name: value for name, value in values.items() if name in inherited}
        merged = {**values, **values_of(job.variables), **self.forwarded}
        return {name: value for name, value in merged.items() if value is not None}

    @cached_property
    def forwarded(self) -> Mapping[str, str | None]:
        """The variables that a trigger passes; None for unknown values."""
        return self._forwarded()

    @cached_property
    def variable_facts(self) -> VariableFacts:
        """Where variables are used and set."""
        return VariableFacts(self)

    @cached_property
    def _shared_variables(self) -> dict[str, str]:
        return values_of(self.pipeline.variables)

    @cached_property
    def deployments(self) -> list[Command]:
        """The commands that create or update a stack."""
        return [command for command in self.commands if command.deploys]

    @cached_property
    def stages(self) -> dict[str, int]:
        """The position of each stage by name."""
        stages = self.pipeline.stages
        if isinstance(stages, tuple):
            names = [stage for stage in stages if isinstance(stage, str)]
            # An empty list removes `.pre` and `.post`, too.
            names = [".pre", *names, ".post"] if stages else []
        else:
            names = [".pre", *DEFAULT_STAGES, ".post"]
        order = [name for name in dict.fromkeys(names) if name not in (".pre", ".post")]
        order = [".pre", *order, ".post"] if names else []
        return {name: index for index, name in enumerate(order)}

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """The names of the jobs that `parallel` creates, by the name of the original job."""
        made = {
            job.name: tuple(cell.name for cell in cells(job.name, job.parallel))
            for job in self.jobs_with("parallel")
            if isinstance(job.parallel, int | Matrix)
        }
        return {name: names for name, names in made.items() if names != (name,)}

    @cached_property
    def parents(self) -> dict[str, str]:
        """The name of the original job for each job that `parallel` creates."""
        return {child: name for name, children in self.children.items() for child in children if child not in self.jobs}

    def job(self, name: str) -> BaseJob | None:
        """Return a job by its name, or by the name of a job that `parallel` creates from it.

        Args:
            name: The name.
        """
        found = self.jobs.get(name)
        return found if found is not None or not self.children else self.jobs.get(self.parents.get(name, ""))

    def is_known(self, name: str) -> bool:
        """Return whether a job has this name, or may have it once the inputs are known.

        Args:
            name: The name.
        """
        return self.job(name) is not None or is_interpolated(name) or bool(self._becoming(name))

    def cell_name(self, job: BaseJob) -> str:
        """Return the name of the first job that `parallel` creates from a job, or else the job's own name.

        Args:
            job: The job.
        """
        return self.children.get(job.name, (job.name,))[0]

    @cached_property
    def _open_names(self) -> OpenNames:
        return OpenNames(filter(self.resolution.is_unknown, (*self.jobs, *self.parents)))

    @cached_property
    def _open_parallels(self) -> dict[str, list[str]]:
        """The texts with unknown inputs in `parallel`, by the name of the job."""
        parallels = {
            job.name: [*filter(self.resolution.is_unknown, values_in(job.parallel))] for job in self.jobs_with("parallel")
        }
        return {name: texts for name, texts in parallels.items() if texts}

    def _becoming(self, name: str) -> list[str]:
        """Return the texts with unknown inputs that may become the name of a job."""
        found = self._open_names.becoming(name)
        originals = name.partition(": [")[0], name.rpartition(" ")[0]
        return [*([] if found is None else [found]), *(text for job in originals for text in self._open_parallels.get(job, ()))]

    def undecided_name(self, name: str, original: str | None = None) -> str | None:
        """Return why it is unknown whether a job has this name, for the end of a sentence; None if it is known.

        Args:
            name: The name.
            original: The name of the job from which `parallel` creates a job of this name, if that is known.
        """
        if self.job(name) is not None:
            return None
        because = self.unknown_input(name, *self._becoming(name))
        return because or (self.unknown if self.job(original or name) is None else None)

    def unknown_input(self, *texts: str) -> str | None:
        """Return that an input in a text has no value, for the end of a sentence; None if all have values.

        Args:
            texts: The texts.
        """
        names = (expression.split("|")[0].strip() for text in texts for expression in blocks_in(text))
        name = next((name for name in names if name.removeprefix("inputs.") in self.resolution.unknown_inputs), None)
        return name and f"unknown (the input `{name.removeprefix('inputs.')}` has no value)"

    @cached_property
    def rules(self) -> list[tuple[BaseJob, int, Rule]]:
        """The rules of all jobs: the job, the index and the rule."""
        return [
            (job, index, rule)
            for job in self.jobs_with("rules")
            if type(job.rules) is tuple
            for index, rule in enumerate(job.rules)
            if isinstance(rule, Rule)
        ]

    @cached_property
    def rule_keywords(self) -> frozenset[str]:
        """The keywords that rules of jobs have, with their names in Python."""
        return frozenset(chain.from_iterable(rule.__dict__ for _, _, rule in self.rules))

    def rules_with(self, keyword: str) -> Sequence[tuple[BaseJob, int, Rule]]:
        """Return the rules that have a keyword: the job, the index and the rule.

        Args:
            keyword: The keyword's name in Python.
        """
        return [found for found in self.rules if keyword in found[2].__dict__] if keyword in self.rule_keywords else _EMPTY

    @cached_property
    def needs(self) -> list[tuple[BaseJob, int, str, Need | None]]:
        """The needs of all jobs: the job, the index, the name, and the `Need` if it has options."""
        found: list[tuple[BaseJob, int, str, Need | None]] = []
        for job in self.jobs_with("needs"):
            needs = job.__dict__["needs"]
            # Most needs are one name.
            if type(needs) is tuple and len(needs) == 1 and type(needs[0]) is str:
                found.append((job, 0, needs[0], None))
            else:
                found += ((job, index, name, need) for index, name, need in needs_of(needs))
        return found

    def needed_names(self, job: BaseJob) -> frozenset[str]:
        """Return the names of the jobs that a job needs.

        Args:
            job: The job.
        """
        return self._needed_names.get(job.name, frozenset())

    @cached_property
    def _needed_names(self) -> dict[str, frozenset[str]]:
        names: dict[str, set[str]] = {}
        for job, _, name, _ in self.needs:
            names.setdefault(job.name, set()).add(name)
        return {job: frozenset(found) for job, found in names.items()}

    @cached_property
    def rule_needs(self) -> Sequence[tuple[BaseJob, int, Rule]]:
        """The rules that replace the needs of their jobs: the job, the index and the rule."""
        return self.rules_with("needs")

    @cached_property
    def orders(self) -> dict[str, int]:
        """The position of each job's stage by job name, including jobs from `parallel`; -1 if the stage does not exist."""
        stages = self.stages
        orders = {name: stages.get(job.__dict__.get("stage") or DEFAULT_STAGE, -1) for name, job in self.jobs.items()}
        # The parent that is not known may set the stage.
        orders |= {name: -1 for name in self.resolution.incomplete if name in orders and self.jobs[name].stage is None}
        return orders | {child: orders[name] for child, name in self.parents.items()}

    def later_uses(self, uses: Iterable[tuple[BaseJob, int, str, Any]]) -> Iterator[tuple[BaseJob, int, str]]:
        """Yield the uses of jobs in later stages: the job, the index and the name. Unknown stages are skipped.

        Args:
            uses: The job, the index, the name of the job that it uses, and anything else.
        """
        if not self.has_known_stages:
            return
        orders = self.orders
        if any(map(self.resolution.is_unknown, self.stages)):
            return  # the unknown stage may be one of the others
        for job, index, name, _ in uses:
            if orders.get(name, -1) > orders[job.name] >= 0:
                yield job, index, name

    def misspelt(self, name: str, names: Iterable[str]) -> str | None:
        """Return a known name that differs in one letter, and so was probably meant; None if no name does.

        Args:
            name: An unknown name.
            names: The known names.
        """
        return self._suggestions.misspelt(name, names)

    def near(self, name: str) -> str | None:
        """Return the most similar job name; None if no name is similar.

        Args:
            name: A name that no job has.
        """
        return self._suggestions.closest(name, self.jobs)

    def hint(self, name: str) -> tuple[str | None, tuple[Finding, ...]]:
        """Return a hint with the most similar job name, and a related finding at that job; None and () if no name is similar.

        Args:
            name: A name that no job has.
        """
        near = self.near(name)
        return (None, ()) if near is None else self.hint_at(near)

    def hint_at(self, near: str) -> tuple[str, tuple[Finding, ...]]:
        """Return a hint with a job's name, and a related finding at that job.

        Args:
            near: The name of a job.
        """
        where = position(location_of(self.jobs[near])) or Position("")
        here = Finding(rule="job", message=f"{near!r} is here", severity="info", file=where.file or None, line=where.line)
        return f"did you mean `{near}`?", (here,)


def _may_have_commands(script: Any) -> bool:
    """Return whether a script may have AWS commands. Parsing all scripts would be slow."""
    try:
        text = script if type(script) is str else "\n".join(script)
    except TypeError:  # nested lists, or a reference
        text = repr(script)
    return any(word in text for word in _MARKERS)
