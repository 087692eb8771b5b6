"""What the conditions of a pipeline and of its jobs see: variables by name, and answers that were found before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from gitlabgen.gitlab import expressions
from gitlabgen.gitlab.environment import Environment
from gitlabgen.gitlab.expressions import Expression, parsed_or_none, walk
from gitlabgen.simulation.evaluation import Verdict, verdict
from gitlabgen.simulation.expansion import expand_text
from gitlabgen.simulation.job_variables import JobEnvironment, environment_level, job_level
from gitlabgen.simulation.predefined import JOB_NAMES
from gitlabgen.simulation.unknown import Truth, Unknown
from gitlabgen.simulation.variables import Layer, Value, Variable, VariableLayer, Variables
from gitlabgen.simulation.yaml_variables import text_of, yaml_variables

if TYPE_CHECKING:
    from gitlabgen.simulation.event_facts import EventFacts
    from gitlabgen.simulation.seeds import Seed

__all__: list[str] = []


class Condition(NamedTuple):
    """A condition that was read.

    Args:
        expression: The expression; None if GitLab rejects the text.
        names: The names of the variables in it.
        is_of_job: Whether it reads a variable that GitLab sets for each job.
    """

    expression: Expression | None
    names: frozenset[str]
    is_of_job: bool


@lru_cache(maxsize=1 << 14)
def condition(text: str) -> Condition:
    """Return a condition from its text.

    Args:
        text: The text of `if`.
    """
    expression = parsed_or_none(text)
    nodes = () if expression is None else walk(expression)
    names = frozenset(node.name for node in nodes if isinstance(node, expressions.Variable))
    return Condition(expression, names, not JOB_NAMES.isdisjoint(names))


def verdict_of(text: str, look_up: Callable[[str], Value]) -> Verdict:
    """Return the verdict of a condition; one that GitLab cannot evaluate is false.

    Args:
        text: The condition.
        look_up: Returns the value of a variable.
    """
    expression = condition(text).expression
    return Verdict(False, ()) if expression is None else verdict(expression, look_up)


class PipelineScope:
    """What the conditions of `workflow`, of includes, and of jobs without own variables see.

    Args:
        facts: What is known of the event and the project.
        yaml: The variables that the configuration sets for all jobs.
        before: The predefined variables of the project and the pipeline; by default, all that jobs see.
    """

    def __init__(self, facts: EventFacts, yaml: Layer, before: Layer | None = None) -> None:
        self.facts = facts
        self.yaml = yaml
        levels = facts.unset, before or facts.before, yaml, *facts.replacements(yaml)
        self.variables = Variables((*levels, facts.after(None)))
        self._values: dict[str, Value] = {}
        self.truths: dict[str, Truth] = {}

    def look_up(self, name: str) -> Value:
        """Return the value of a variable as conditions read it.

        Args:
            name: The variable.
        """
        if name not in self._values:
            self._values[name] = self.variables.seen_by_if(name)
        return self._values[name]

    def holds(self, text: str) -> Truth:
        """Return whether a condition holds.

        Args:
            text: The condition.
        """
        truth = self.truths.get(text)
        if truth is None:
            truth = self.truths[text] = verdict_of(text, self.look_up).truth
        return truth


class JobScope:
    """What the clauses of a job see: also the variables of the job and of its matrix, and those that GitLab sets for it.

    Args:
        pipeline: What all jobs see.
        seed: The job.
    """

    def __init__(self, pipeline: PipelineScope, seed: Seed) -> None:
        self.pipeline = pipeline
        self.facts = pipeline.facts
        self.seed = seed

    @cached_property
    def own(self) -> VariableLayer:
        """The variables of the job, and those of its matrix."""
        return VariableLayer([*self._own()])

    def _own(self) -> Iterator[Variable]:
        job, resolution = self.seed.job, self.seed.plan.resolution
        yield from yaml_variables(job.variables, f"jobs:{job.name}:variables", resolution)
        for key, value in self.seed.matrix.variables.items():
            yield Variable(key, text_of(value, resolution), f"jobs:{job.name}:parallel:matrix")

    @cached_property
    def inherited(self) -> Layer:
        """The variables of the pipeline that the job inherits."""
        inherits, yaml = getattr(self.seed.job.inherit, "variables", None), self.pipeline.yaml
        if inherits is False or isinstance(inherits, tuple):
            names = inherits or ()
            return VariableLayer([variable for variable in yaml if variable.key in names])
        return yaml

    @cached_property
    def environment(self) -> str | Unknown | None:
        """The name of the job's environment with variables filled in; None if it has none."""
        name = environment_name(self.seed.job.environment)
        if name is None or "$" not in name:
            return name
        # The variables of environments are not known before the name is.
        layers = (self.facts.unset, self._of_job, self.facts.before, self.inherited, self.own, self.facts.after(None))
        return expand_text(name, Variables(layers), unknown="blank", nested=True)

    @cached_property
    def _of_job(self) -> Layer:
        """The variables that GitLab sets for the job, without those of its environment."""
        seed = self.seed
        when = seed.job.when if isinstance(seed.job.when, str) else None
        cell = seed.matrix
        index = None if seed.cell is None else cell.number
        return VariableLayer(job_level(seed.name, group=seed.group, stage=seed.stage, when=when, index=index, total=cell.total))

    @cached_property
    def _of_environment(self) -> Layer:
        """The variables that GitLab sets for the job because of its environment."""
        if self.environment is None:
            return VariableLayer(())
        given = self.seed.job.environment
        words = [getattr(given, name, None) for name in ("action", "deployment_tier", "url")]
        texts = [word if isinstance(word, str) else None for word in words]
        return VariableLayer(environment_level(JobEnvironment(self.environment, *texts), self.facts.project))

    @cached_property
    def variables(self) -> Variables:
        """All variables that the clauses of the job see."""
        facts = self.facts
        after = facts.after(self.environment)
        below = (facts.unset, self._of_job, self._of_environment, facts.before)
        return Variables((*below, self.inherited, self.own, *facts.replacements(self.inherited, self.own), after))

    def look_up(self, name: str) -> Value:
        """Return the value of a variable as conditions read it.

        Args:
            name: The variable.
        """
        return self.variables.seen_by_if(name)

    def holds(self, text: str) -> Truth:
        """Return whether a condition holds.

        Args:
            text: The condition.
        """
        read = condition(text)
        if read.is_of_job or (not self.seed.is_plain and any(map(self._is_own, read.names))):
            return verdict_of(text, self.look_up).truth
        return self.pipeline.holds(text)

    def _is_own(self, name: str) -> bool:
        """Return whether a variable can have another value for this job than for all jobs."""
        if self.own.get(name) is not None:
            return True
        if self.inherited is not self.pipeline.yaml and self.pipeline.yaml.get(name) is not None:
            return True
        return name in self.facts.scoped and self.seed.job.environment is not None


def environment_name(environment: Any) -> str | None:
    """Return the name of an environment as written; None without an environment.

    Args:
        environment: The value of `environment`.
    """
    name = environment.name if isinstance(environment, Environment) else environment
    return name if isinstance(name, str) else None
