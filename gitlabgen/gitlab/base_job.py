"""The base of all kinds of jobs: their position in the pipeline, and when they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from gitlabgen.gitlab._vocabulary import JobWhen
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import (
    VARIABLE_ERRORS,
    Delay,
    Flag,
    JobName,
    NamedEnvironment,
    Ref,
    Scalar,
    Text,
    between,
    in_backticks,
    is_open,
    is_set,
    nested,
)
from gitlabgen.gitlab.value_forms import more_than
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import leaves
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import InvalidValue, Problem
from gitlabgen.modeling.spellings import Spelling, assignment, either

if TYPE_CHECKING:
    from gitlabgen.gitlab.allow_failure import AllowFailure
    from gitlabgen.gitlab.environment import Environment
    from gitlabgen.gitlab.inherit import Inherit
    from gitlabgen.gitlab.needs import Need
    from gitlabgen.gitlab.only import Except, Only
    from gitlabgen.gitlab.parallel import Matrix
    from gitlabgen.gitlab.reference import Reference
    from gitlabgen.gitlab.rules import Rule
    from gitlabgen.gitlab.stage import Stage
    from gitlabgen.gitlab.variables import Variable

__all__ = ["BaseJob"]

RESERVED: Final = frozenset(("include", "before_script", "image", "services", "after_script", "variables", "stages", "cache"))


@leaves(str)
def _name_of(value: str | Stage) -> str:
    return value if isinstance(value, str) else value.name


StageName = Annotated["str | Stage", _name_of]
"""A stage or its name; the name is stored."""


def _only_need(value: Any) -> Any:
    if _has_keywords(value):
        return value
    raise InvalidValue("can not be an empty hash", plain="is empty")


def _has_keywords(need: Any) -> bool:
    return bool(vars(need).keys() - {"comment", "comments"})


def _job_variable(value: Any) -> Any:
    unknown = [key for key in ("description", "options") if is_set(getattr(value, key))]
    if unknown:
        raise InvalidValue(
            f"uses invalid data keys: {', '.join(unknown)}",
            "only variables of the whole pipeline can have them",
            plain=f"cannot have {in_backticks(unknown)}",
            key=unknown[0],
        )
    return value


def kinds_of(needs: Any) -> list[str]:
    """Return the kind of each need, in GitLab's words.

    Args:
        needs: The `needs` of a job or a rule.
    """
    return [_kind_of(need) for need in needs_list(needs)]


def needs_list(needs: Any) -> tuple[Any, ...]:
    """Return the needs of a job as a list; empty if they are not known.

    Args:
        needs: The `needs` of a job or a rule: a list, or a single need with options.
    """
    if isinstance(needs, tuple):
        return needs
    return (needs,) if is_instance(needs, "gitlabgen.gitlab", "Need") and _has_keywords(needs) else ()


def _kind_of(need: Any) -> str:
    if not is_instance(need, "gitlabgen.gitlab", "Need"):
        return "job" if isinstance(need, str) else "reference"
    if is_set(need.project) or (is_set(need.pipeline) and is_set(need.job)):
        return "cross_dependency"
    if is_set(need.pipeline):
        return "bridge"
    return "job" if is_set(need.job) else "reference" if need.extra else "unknown"


def needs_problems(kinds: list[str], *refused: str) -> Iterator[Problem]:
    """Yield a problem for a need without a job, and for needs of refused kinds.

    Args:
        kinds: The kind of each need.
        refused: The kinds that are not allowed here.
    """
    if "unknown" in kinds:
        yield Problem(
            "has an unsupported type", "name the job", ("needs", kinds.index("unknown")), "names no job", entry="needs:need"
        )
    found = [kind for kind in dict.fromkeys(kinds) if kind in refused]
    if found:
        hint = "name the `job` in the other pipeline" if found == ["bridge"] else "only jobs of this pipeline are allowed here"
        plain = "names a pipeline without a job" if found == ["bridge"] else "names a job of another pipeline"
        yield Problem(f"uses invalid types: {', '.join(found)}", hint, ("needs", kinds.index(found[0])), plain)


OnlyNeed = Annotated["Need", _only_need]
"""A single need in place of a list."""

JobVariable = Annotated["Variable", _job_variable]
"""A variable of a job: it can only have a value and `expand`."""

Rules = Annotated[ListOf[object], nested(dict, "Rule", "Reference")]
"""A list inside a list of rules."""


def _block(name: str) -> Callable[[Any], Any]:
    """Return a check that converts a mapping of keywords to the model of this name."""

    def check(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        from gitlabgen.gitlab import only
        from gitlabgen.gitlab._mappings import model_of

        return model_of(getattr(only, name), value)

    return check


OnlyBlock = Annotated["Only | Mapping[str, object]", _block("Only")]
"""A block or a mapping of its keywords; `Only` is stored."""

ExceptBlock = Annotated["Except | Mapping[str, object]", _block("Except")]
"""A block or a mapping of its keywords; `Except` is stored."""


@model
class BaseJob(KeywordModel):
    """The keywords that all kinds of jobs share.

    Args:
        name: The job's name, at most 255 characters.
        stage: The stage; GitLab's default is `test`.
        extends: The job or jobs from which this job inherits keywords.
        rules: When the job is part of a pipeline; the first rule that matches decides.
        needs: Jobs that must finish first; a job, its name, or `Need`.
        variables: Variables for the job.
        when: When the job starts, depending on the jobs before it.
        start_in: The delay of a delayed job.
        allow_failure: Whether the pipeline continues after a failure.
        interruptible: Whether a newer pipeline may cancel the job.
        resource_group: Jobs of one group run one at a time.
        environment: Where the job deploys to.
        parallel: The number of parallel jobs, or a matrix.
        inherit: The defaults and global variables that the job inherits.
        manual_confirmation: The question that GitLab asks before a manual job starts.
        only: Deprecated by GitLab; use `rules`.
        except_: Deprecated by GitLab; use `rules`.
    """

    keyword: ClassVar[str] = "jobs:{name}"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#job-keywords"
    from_mapping: ClassVar[bool] = False
    # Whether the job's name begins with a dot.
    is_hidden: ClassVar[bool] = False
    is_job: ClassVar[bool] = True
    type_errors: ClassVar[TypeErrors] = {
        **VARIABLE_ERRORS,
        "stage": Sentence("config should be a string", "stage"),
        "extends": Sentence("extends should be an array of strings or a string"),
        "rules": Sentence("rules should be an array containing hashes and arrays of hashes"),
        "needs": Sentence("config can only be a hash or an array", "needs"),
        ("needs", 1): Sentence("has an unsupported type", "needs:need"),
        "allow_failure": Sentence("allow failure should be a hash or a boolean value"),
        "interruptible": Sentence("config should be a boolean value", "interruptible"),
        "environment": Sentence("config should be a hash or a string", "environment"),
        "parallel": Sentence("should be an integer or a hash", "parallel"),
        "inherit": Sentence("config should be a hash", "inherit"),
        "only": Sentence("has to be either an array of conditions or a hash", "only"),
        ("only", 1): Sentence("config should be an array of strings or regular expressions using re2 syntax", "only"),
        "except_": Sentence("has to be either an array of conditions or a hash", "except"),
        ("except_", 1): Sentence("config should be an array of strings or regular expressions using re2 syntax", "except"),
    }

    name: str = field(kw_only=False, is_written=False)
    extends: JobName | Sequence[JobName] | None = None
    stage: StageName | Reference | None = None
    environment: NamedEnvironment | Environment | Reference | None = None
    resource_group: Text | None = field(default=None, since=(12, 7))
    needs: ListOf[JobName | Need | ListOf[object]] | OnlyNeed | Reference | None = field(default=None, since=(12, 2))
    rules: ListOf[Rule | Reference | Rules] | Reference | None = field(default=None, since=(12, 3))
    only: ListOf[Ref | Reference] | OnlyBlock | Reference | None = field(default=None, deprecated="use `rules`")
    except_: ListOf[Ref | Reference] | ExceptBlock | Reference | None = field(default=None, deprecated="use `rules`")
    when: JobWhen | Reference | None = None
    start_in: Delay | None = field(default=None, since=(11, 4))
    manual_confirmation: Text | None = field(default=None, since=(17, 1))
    allow_failure: bool | AllowFailure | Reference | None = None
    interruptible: Flag | None = field(default=None, since=(12, 3))
    parallel: Annotated[int, between(1, 200)] | Matrix | Reference | None = field(
        default=None, forms_since=(more_than(50, "jobs", (15, 9)),)
    )
    inherit: Inherit | Reference | None = field(default=None, since=(12, 9))
    variables: Mapping[str, Scalar | JobVariable | Reference] | Reference | None = None

    @classmethod
    def vendor_sentence(cls, subject: str, problem: Problem) -> str | None:
        """Return GitLab's message for a problem; None if it has none.

        Args:
            subject: The path of the job, such as `jobs:deploy`.
            problem: The problem.
        """
        if problem.kind == "type" and problem.path == ("extends",):
            return f"{subject.removeprefix('jobs:')}: unknown keys in `extends` ({problem.got})"
        return super().vendor_sentence(subject, problem)

    def problems(self) -> Iterable[Problem]:
        """Return problems with the name, and conflicts between keywords."""
        return self._problems()

    def _is_well_named(self) -> bool:
        return len(self.name) <= 255 and self.name not in RESERVED and self.name[:1] != "."

    def _problems(self) -> Iterator[Problem]:
        yield from self._name_problems()
        if is_set(self.rules):
            clash = [key for key in ("only", "except_", "start_in") if is_set(getattr(self, key))]
            if clash:
                words = [key.rstrip("_") for key in clash]
                plain = either("cannot have `rules` together with {}", Spelling(in_backticks(clash), in_backticks(words)))
                yield Problem(f"config key may not be used with `rules`: {', '.join(words)}", plain=plain, key=clash[0])
            if self.rules == ():
                yield Problem("config can't be blank", "remove `rules`, or add a rule", ("rules",), "is empty", entry="rules")
        if self.when == "delayed":
            if not is_set(self.start_in):
                verb = "add {}" if self.start_in is None else "write {}"
                yield Problem(
                    "should be a duration",
                    None if is_set(self.rules) else either(verb, assignment("start_in", "30 minutes")),
                    ("start_in",),
                    "is missing: a delayed job needs a delay",
                    missing=True,
                )
        elif is_set(self.start_in) and not is_set(self.rules) and not is_open(self.when):
            # A parent can make the job delayed.
            verb = "add" if self.when is None else "write"
            hint = either(f"{verb} {{}}, or remove `start_in`", assignment("when", "delayed"))
            yield Problem(
                "must be blank",
                hint,
                ("start_in",),
                "is only for delayed jobs",
                key="start_in",
                missing=not is_set(self.when),
            )

    def _name_problems(self) -> Iterator[Problem]:
        if len(self.name) > 255:
            yield Problem(
                "name is too long (maximum is 255 characters)", plain="has a name of more than 255 characters", key="name"
            )
        if self.name in RESERVED:
            message = "is a keyword of GitLab, and cannot be the name of a job"
            yield Problem(message, "choose another name", is_ours=True, key="name")
        hidden = self.is_hidden
        if hidden != self.name.startswith(".") and self.name:
            hint = f'write HiddenJob(".{self.name}")' if hidden else "use HiddenJob for a name that begins with a dot"
            yield Problem(f"should {'' if hidden else 'not '}begin with a dot", hint, ("name",), is_ours=True)
