"""What all kinds of jobs share: where they stand in the pipeline, and when they run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from gitlabgen.gitlab._vocabulary import JobWhen
from gitlabgen.gitlab.keyword_types import (
    VARIABLE_WORDS,
    Delay,
    Flag,
    JobName,
    NamedEnvironment,
    Scalar,
    Text,
    between,
    is_set,
    nested,
)
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.kinds import Misfit, leaves
from gitlabgen.modeling.lazy import is_instance
from gitlabgen.modeling.model import Model, model

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

RESERVED: Final = frozenset(
    ("include", "before_script", "image", "services", "after_script", "variables", "stages", "cache", "spec")
)


@leaves(str)
def _name_of(value: str | Stage) -> str:
    return value if isinstance(value, str) else value.name


StageName = Annotated["str | Stage", _name_of]
"""A stage or its name; the name is what is kept."""


def _only_need(value: Any) -> Any:
    if _says_something(value):
        return value
    raise Misfit("can not be an empty hash")


def _says_something(need: Any) -> bool:
    return bool(vars(need).keys() - {"comment", "comments"})


def _job_variable(value: Any) -> Any:
    unknown = [key for key in ("description", "options") if is_set(getattr(value, key))]
    if unknown:
        raise Misfit(f"uses invalid data keys: {', '.join(unknown)}", "only variables of the whole pipeline have a form")
    return value


def kinds_of(needs: Any) -> list[str]:
    """Return the kind of each need, in GitLab's words.

    Args:
        needs: What a job or a rule needs.
    """
    return [_kind_of(need) for need in needs_list(needs)]


def needs_list(needs: Any) -> tuple[Any, ...]:
    """Return what a job needs as a list; nothing where it is not known.

    Args:
        needs: What a job or a rule needs: a list, or a single need with options.
    """
    if isinstance(needs, tuple):
        return needs
    return (needs,) if is_instance(needs, "gitlabgen.gitlab", "Need") and _says_something(needs) else ()


def _kind_of(need: Any) -> str:
    if not is_instance(need, "gitlabgen.gitlab", "Need"):
        return "job" if isinstance(need, str) else "reference"
    if is_set(need.project) or (is_set(need.pipeline) and is_set(need.job)):
        return "cross_dependency"
    if is_set(need.pipeline):
        return "bridge"
    return "job" if is_set(need.job) else "reference" if need.extra else "unknown"


def needs_misfits(kinds: list[str], *refused: str) -> Iterator[Misfit]:
    """Yield a problem for a need that names nothing, and for needs of refused kinds.

    Args:
        kinds: The kind of each need.
        refused: The kinds that cannot stand here.
    """
    if "unknown" in kinds:
        yield Misfit(":needs:need has an unsupported type", "name the job", ("needs", kinds.index("unknown")))
    found = [kind for kind in dict.fromkeys(kinds) if kind in refused]
    if found:
        hint = "name the `job` in the other pipeline" if found == ["bridge"] else "only jobs of this pipeline can be needed here"
        yield Misfit(f"uses invalid types: {', '.join(found)}", hint, ("needs", kinds.index(found[0])))


OnlyNeed = Annotated["Need", _only_need]
"""A single need that stands for a list of one."""

JobVariable = Annotated["Variable", _job_variable]
"""A variable with what a job's variable may have: a value and `expand`."""

Rules = Annotated[Sequence[object], nested(dict, "Rule", "Reference")]
"""A list inside a list of rules."""


def _block(name: str) -> Callable[[Any], Any]:
    """Return a check that makes a mapping of keywords the model of this name."""

    def check(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        from gitlabgen.gitlab import only
        from gitlabgen.gitlab._mappings import model_of

        return model_of(getattr(only, name), value)

    return check


OnlyBlock = Annotated["Only | Mapping[str, object]", _block("Only")]
"""A block or a mapping of its keywords; `Only` is what is kept."""

ExceptBlock = Annotated["Except | Mapping[str, object]", _block("Except")]
"""A block or a mapping of its keywords; `Except` is what is kept."""


@model
class BaseJob(Model):
    """What all kinds of jobs share.

    Args:
        name: The job's name, at most 255 characters.
        stage: The stage, `test` if not given.
        extends: The job, or jobs, from which this one takes over keywords.
        rules: When the job is part of a pipeline; the first rule that matches decides.
        needs: Jobs that must be finished before; a job, its name, or `Need`.
        variables: Variables for the job.
        when: When it starts, seen from the jobs before it.
        start_in: The delay of a delayed job.
        allow_failure: Whether the pipeline goes on after a failure.
        interruptible: Whether a newer pipeline may cancel the job.
        resource_group: Jobs of one group run one at a time.
        environment: Where the job deploys to.
        parallel: How often it runs side by side, or a matrix.
        inherit: Which defaults and global variables it takes over.
        manual_confirmation: What the person who starts a manual job is asked.
        only: Deprecated by GitLab; use `rules`.
        except_: Deprecated by GitLab; use `rules`.
    """

    keyword: ClassVar[str] = "jobs:{name}"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#job-keywords"
    from_mapping: ClassVar[bool] = False
    # Whether its name begins with a dot.
    is_hidden: ClassVar[bool] = False
    words: ClassVar[Mapping[str, str]] = {
        **VARIABLE_WORDS,
        "stage": ":stage config should be a string",
        "extends": " extends should be an array of strings or a string",
        "rules": " rules should be an array containing hashes and arrays of hashes",
        "needs": ":needs config can only be a hash or an array",
        "needs:": ":needs:need has an unsupported type",
        "allow_failure": " allow failure should be a hash or a boolean value",
        "interruptible": ":interruptible config should be a boolean value",
        "environment": ":environment config should be a hash or a string",
        "parallel": ":parallel should be an integer or a hash",
        "inherit": ":inherit config should be a hash",
        "only": ":only has to be either an array of conditions or a hash",
        "only:": ":only config should be an array of strings or regular expressions using re2 syntax",
        "except_": ":except has to be either an array of conditions or a hash",
        "except_:": ":except config should be an array of strings or regular expressions using re2 syntax",
    }

    name: str = field(kw_only=False, is_written=False)
    extends: JobName | Sequence[JobName] | None = None
    stage: StageName | Reference | None = None
    environment: NamedEnvironment | Environment | Reference | None = None
    resource_group: Text | None = field(default=None, since=(12, 7))
    needs: Sequence[JobName | Need | Reference | Sequence[object]] | OnlyNeed | Reference | None = field(
        default=None, since=(12, 2)
    )
    rules: Sequence[Rule | Reference | Rules] | Reference | None = field(default=None, since=(12, 3))
    only: Sequence[str] | OnlyBlock | Reference | None = field(default=None, deprecated="write `rules`")
    except_: Sequence[str] | ExceptBlock | Reference | None = field(default=None, deprecated="write `rules`")
    when: JobWhen | Reference | None = None
    start_in: Delay | None = None
    manual_confirmation: Text | None = field(default=None, since=(17, 1))
    allow_failure: bool | AllowFailure | Reference | None = None
    interruptible: Flag | None = None
    parallel: Annotated[int, between(1, 200)] | Matrix | Reference | None = None
    inherit: Inherit | Reference | None = field(default=None, since=(12, 9))
    variables: Mapping[str, Scalar | JobVariable] | Reference | None = None

    def misfits(self) -> Iterable[Misfit]:
        """Return problems of the name and between keywords."""
        return self._misfits()

    def _is_well_named(self) -> bool:
        return len(self.name) <= 255 and self.name not in RESERVED and self.name[:1] != "."

    def _misfits(self) -> Iterator[Misfit]:
        yield from self._name_misfits()
        if is_set(self.rules):
            clash = [key for key in ("only", "except_", "start_in") if is_set(getattr(self, key))]
            if clash:
                words = ", ".join(key.rstrip("_") for key in clash)
                yield Misfit(f"config key may not be used with `rules`: {words}")
            if self.rules == ():
                yield Misfit(":rules config can't be blank", "leave `rules` out, or add a rule", ("rules",))
        if self.when == "delayed":
            if not is_set(self.start_in):
                yield Misfit("should be a duration", "a delayed job needs its delay", ("start_in",), missing=True)
        elif is_set(self.start_in) and not is_set(self.rules):
            # A parent may say that the job is delayed.
            hint = 'only when="delayed" has a delay'
            yield Misfit("must be blank", hint, ("start_in",), missing=not is_set(self.when))

    def _name_misfits(self) -> Iterator[Misfit]:
        if len(self.name) > 255:
            yield Misfit("name is too long (maximum is 255 characters)")
        if self.name in RESERVED:
            yield Misfit(f"name is reserved: GitLab reads `{self.name}` as a keyword of its own", "choose another name")
        hidden = self.is_hidden
        if hidden != self.name.startswith(".") and self.name:
            hint = "a name with a dot in front is a HiddenJob" if not hidden else f'write HiddenJob(".{self.name}")'
            yield Misfit(f"name should {'' if hidden else 'not '}begin with a dot, got {self.name!r}", hint, ("name",))
