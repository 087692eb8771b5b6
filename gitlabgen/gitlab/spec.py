"""`spec`: the header of a file that is included with inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar, Final

from gitlabgen.gitlab._vocabulary import ComponentFact, InputType
from gitlabgen.gitlab.inputs import input_problems, value_sentence
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import If, Scalar, is_set, kind_problems
from gitlabgen.gitlab.wording import Sentence, TypeErrors
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.lists import ListOf
from gitlabgen.modeling.model import model
from gitlabgen.modeling.problems import Problem

__all__ = ["Spec", "SpecInclude", "SpecInput", "SpecInputRule"]

_KINDS: Final = ("local", "project", "remote")


@model
class SpecInputRule(KeywordModel):
    """The options and the default of an input under a condition.

    Args:
        if_: The condition on other inputs, such as `$[[ inputs.environment ]] == "production"`; without it, always.
        options: The allowed values, at most 50.
        default: The default value; without options, it can be changed to any other.

    Source: https://docs.gitlab.com/ci/yaml/#specinputsrules
    """

    keyword: ClassVar[str] = "spec:inputs:rules"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#specinputsrules"

    if_: If | None = field(default=None, kw_only=False)
    options: ListOf[Scalar] | None = None
    default: Scalar | ListOf[object] | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem for a rule without a default, and for a default that is not one of its options."""
        if self.default is None:
            yield Problem(
                "rule must define 'options' with at least one value and a 'default'",
                plain="should have `options` and one of them as `default`",
            )
        if not isinstance(self.options, tuple):
            return
        if len(self.options) > 50:
            yield Problem(
                "cannot define more than 50 options",
                None,
                ("options",),
                f"has {len(self.options)} options, at most 50 are allowed",
            )
        if is_set(self.default) and self.options and self.default not in self.options:
            yield Problem(f"{self.default!r} must be one of the options", None, ("default",), "should be one of the `options`")


@model
class SpecInput(KeywordModel):
    """A value that is given when the file is included.

    Args:
        type: `string`, `number`, `boolean` or `array`; GitLab's default is `string`.
        default: The value if none is given; an input without a default is required.
        description: The purpose of the input.
        options: The allowed values, at most 50.
        regex: What a string must match.
        rules: Options and defaults under conditions; not together with `options` or `default`.

    Source: https://docs.gitlab.com/ci/yaml/#specinputs
    """

    keyword: ClassVar[str] = "spec:inputs"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#specinputs"
    type_errors: ClassVar[TypeErrors] = {
        "type": Sentence("input type unknown value: {}"),
        "options": Sentence("input options should be an array"),
    }

    type: InputType | None = field(default=None, values_since={"array": (16, 11)})
    default: Scalar | ListOf[object] | None = None
    description: str | None = field(default=None, since=(16, 5))
    options: ListOf[Scalar] | None = field(default=None, since=(16, 6))
    regex: str | None = field(default=None, since=(16, 5))
    rules: Sequence[SpecInputRule] | None = field(default=None, since=(18, 7))

    def problems(self) -> Iterator[Problem]:
        """Yield problems with the default, with keywords that the type does not allow, and conflicts between keywords."""
        yield from input_problems(self)
        for name in ("options", "default"):
            if self.rules is not None and getattr(self, name) is not None:
                plain = f"cannot have both `rules` and `{name}`"
                yield Problem(f"config these keys cannot be used together: rules, {name}", plain=plain, key=name)

    @classmethod
    def entry_sentence(cls, key: str, sentence: str) -> str:
        """Return GitLab's message about the input of this name: those about its values have another form.

        Args:
            key: The name.
            sentence: The message without the name.
        """
        text = value_sentence(sentence.removeprefix(SpecInputRule.keyword).removeprefix(cls.keyword).lstrip())
        return f"`{key}` input: {text}" if text else f"header:{super().entry_sentence(key, sentence)}"


@model
class SpecInclude(KeywordModel):
    """A file with further inputs: exactly one kind of include, with its options.

    Args:
        local: A path in this repository.
        project: Another project of this GitLab, with `file` and `ref`.
        file: One or more paths in that project.
        ref: The branch, tag or commit of that project.
        remote: A URL, preferably with `integrity`.
        integrity: `sha256-` and the base64 hash of the remote file.
        cache: Whether, or how long, the remote file is cached.

    Source: https://docs.gitlab.com/ci/yaml/#specinclude
    """

    keyword: ClassVar[str] = "spec:include"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#specinclude"

    local: str | None = None
    project: str | None = None
    file: str | Sequence[str] | None = None
    ref: str | None = None
    remote: str | None = None
    integrity: str | None = None
    cache: bool | str | None = None

    def problems(self) -> Iterator[Problem]:
        """Yield a problem unless there is exactly one kind of include."""
        yield from kind_problems(self, _KINDS)
        if is_set(self.project) and not is_set(self.file):
            yield Problem("config must specify the file where to fetch the config from", plain="names a project, but no `file`")
        if is_set(self.integrity) and not is_set(self.remote) and (is_set(self.local) or is_set(self.project)):
            yield Problem(
                "integrity can only be specified for remote includes", plain="has `integrity`, which is for remote includes only"
            )


@model
class Spec(KeywordModel):
    """The header of a file that is included with inputs, written as a separate YAML document.

    Args:
        description: The purpose of the file, at most 256 characters.
        component: The properties of the component that the file can use: `name`, `sha`, `version` and `reference`.
        include: Files with further inputs.
        inputs: The inputs by name; `None` for a required string.

    Source: https://docs.gitlab.com/ci/yaml/#spec
    """

    keyword: ClassVar[str] = "spec"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/#spec"
    type_errors: ClassVar[TypeErrors] = {
        "inputs": Sentence("config should be a hash", "inputs"),
        ("inputs", 1): Sentence("config should be a hash", "inputs:{key}"),
    }

    description: str | None = None
    component: ListOf[ComponentFact] | None = field(default=None, since=(18, 6))
    include: Sequence[SpecInclude] | None = field(default=None, since=(18, 9))
    inputs: Mapping[str, SpecInput | None] | None = None

    @classmethod
    def vendor_sentence(cls, subject: str, problem: Problem) -> str | None:
        """Return GitLab's message for a problem; None if it has none.

        Args:
            subject: The path of the block.
            problem: The problem.
        """
        return super().vendor_sentence(f"header:{subject}", problem)

    def problems(self) -> Iterable[Problem]:
        """Return a problem for a description that is too long."""
        if isinstance(self.description, str) and len(self.description) > 256:
            return (Problem("is too long (maximum is 256 characters)", None, ("description",), "has more than 256 characters"),)
        return ()
