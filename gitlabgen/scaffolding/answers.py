"""The questions about a blueprint's constants: their defaults, and which answers are valid."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from gitlabgen.errors import DefinitionError, Finding, did_you_mean, few
from gitlabgen.patterns.serverless.targets import NAME
from gitlabgen.sam.deploy_roles import PROJECT, REGION
from gitlabgen.scaffolding.constants import Constant, Value

__all__ = ["Question", "given_answers", "placeholders", "questions_about", "suggested"]

_LONGEST_NAME: Final = 40
_LONGEST_SUGGESTION: Final = 30  # names of buckets are made from it, with at most 63 characters
_DOMAIN: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+"


@attrs.frozen
class _Kind:
    """What a constant of a blueprint means.

    Args:
        prompt: What is asked for.
        pattern: A regular expression for its texts.
        what: A description of the pattern.
        is_placeholder: Whether the project cannot work with the blueprint's own value.
    """

    prompt: str
    pattern: str
    what: str
    is_placeholder: bool = True


_KINDS: Final = {
    "NAME": _Kind(
        "Service name",
        rf"(?=.{{1,{_LONGEST_NAME}}}$){NAME}",
        f"lowercase letters, digits and single dashes, with a letter first, at most {_LONGEST_NAME}",
        is_placeholder=False,
    ),
    "PROJECT": _Kind("Path of the project in GitLab", PROJECT, "the path of a project, such as group/project"),
    "REGION": _Kind("Region of AWS", REGION, "a region such as eu-central-1", is_placeholder=False),
    "ACCOUNTS": _Kind("Accounts of AWS", r"[0-9]{12}", "12 digits"),
    "DOMAIN": _Kind("Domain", rf"(?=.{{1,253}}$){_DOMAIN}", "a domain such as example.com"),
    "AGENTS": _Kind("Project with the agents for Kubernetes", PROJECT, "the path of a project, such as group/project"),
}


@attrs.frozen
class Question:
    """A question about a constant of a definition.

    Args:
        constant: The constant.
        kind: What the constant means.
    """

    constant: Constant
    kind: _Kind

    @property
    def setting(self) -> str:
        """The name of the setting that answers it."""
        return self.constant.name.lower()

    @property
    def prompt(self) -> str:
        """What is asked for."""
        if isinstance(self.constant.value, str):
            return self.kind.prompt
        return f"{self.kind.prompt} for {', '.join(self.constant.value)}: one for all, or separated by commas"

    def answered(self, text: str) -> Value:
        """Return the value for an answer; for several texts, the answer has one for all, or one for each.

        Args:
            text: The answer, in which an empty text keeps the blueprint's.

        Raises:
            ValueError: If it is not valid, with the reason.
        """
        value = self.constant.value
        if isinstance(value, str):
            return self._checked(text)
        texts = [part.strip() for part in text.split(",")]
        texts = texts * len(value) if len(texts) == 1 else texts
        if len(texts) != len(value):
            raise ValueError(f"should be one for all, or one for each of {', '.join(value)}, got {text!r}")
        return {key: self._checked(text) if text else value[key] for key, text in zip(value, texts, strict=True)}

    def _checked(self, text: str) -> str:
        if not re.fullmatch(self.kind.pattern, text, re.ASCII):
            raise ValueError(f"should be {self.kind.what}, got {text!r}")
        return text

    def values(self, given: Any) -> Value:
        """Return the value for a setting; a table may leave out keys.

        Args:
            given: A text or a number, or a table of them.

        Raises:
            ValueError: If it is not valid, with the reason.
        """
        if not isinstance(given, dict):
            return self.answered(str(given))
        value = self.constant.value
        if isinstance(value, str):
            raise ValueError(f"should be {self.kind.what}, got a table")  # noqa: TRY004 - the caller reports it as a problem of the value
        unknown = next((key for key in given if key not in value), None)
        if unknown is not None:
            raise ValueError(f"has no `{unknown}`, only {', '.join(value)}")
        return {**value, **{key: self._checked(str(text)) for key, text in given.items()}}


def questions_about(constants: Mapping[str, Constant]) -> list[Question]:
    """Return the questions about a definition, in the order of its constants.

    Args:
        constants: The constants by name.
    """
    return [Question(constant, _KINDS[name]) for name, constant in constants.items() if name in _KINDS]


def suggested(question: Question, name: Value | None, *, folder: str, project: str | None) -> Value:
    """Return the answer that is suggested for a question.

    Args:
        question: The question.
        name: The service's name, if it is known already.
        folder: The name of the project's folder.
        project: The path of the project in GitLab, if it is known.
    """
    value = question.constant.value
    if question.setting == "name":
        return _as_name(folder) or value
    if question.setting == "project" and isinstance(value, str):
        return project or f"{value.rpartition('/')[0]}/{name}"
    return value


def _as_name(folder: str) -> str:
    """Return a service's name made from a folder's; empty if it has no letters."""
    plain = unicodedata.normalize("NFKD", folder).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).lstrip("0123456789-")
    return words[:_LONGEST_SUGGESTION].rstrip("-")


def placeholders(questions: Sequence[Question], values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the values that the user has to replace before the project can work, by setting.

    Args:
        questions: The questions.
        values: The values by the names of the constants.
    """
    name = values.get("NAME")
    return {
        question.setting: left
        for question in questions
        if question.kind.is_placeholder
        and (left := _unchanged(values[question.constant.name], suggested(question, name, folder="", project=None)))
    }


def _unchanged(value: Value, own: Value) -> Value | None:
    """Return what is the same in both; None if nothing is."""
    if isinstance(value, dict) and isinstance(own, dict):
        return {key: text for key, text in value.items() if text == own[key]} or None
    return value if value == own else None


def given_answers(words: Sequence[str], questions: Sequence[Question]) -> dict[str, Value]:
    """Return the values of `--set` by the names of the constants.

    Args:
        words: `K=V` with a plain text or a TOML value; `K.L=V` for one text of several.
        questions: The questions.

    Raises:
        DefinitionError: If a setting is unknown or not valid; with all findings.
    """
    known = {question.setting: question for question in questions}
    settings: dict[str, Any] = {}
    findings: list[Finding] = []
    for word in words:
        key, equals, text = word.partition("=")
        setting, dot, part = key.strip().partition(".")
        if not equals or not setting:
            findings.append(_finding(f"--set takes KEY=VALUE, got {word!r}", "write --set name=orders"))
        elif setting not in known:
            hint = did_you_mean(setting, known, f"use one of {few(known)}" if known else "it has no settings")
            findings.append(_finding(f"the blueprint has no setting {setting!r}", hint))
        elif dot:
            table = settings.get(setting)
            settings[setting] = {**(table if isinstance(table, dict) else {}), part: _plain(text)}
        else:
            settings[setting] = _plain(text)
    found: dict[str, Value] = {}
    for setting, given in settings.items():
        try:
            found[setting.upper()] = known[setting].values(given)
        except ValueError as error:
            findings.append(_finding(f"`{setting}` {error}", None))
    if findings:
        raise DefinitionError(*findings)
    return found


def _plain(text: str) -> Any:
    """Return the text of a TOML string, or a TOML table; any other text stays, such as a number with its zeros."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text.strip()
    return value if isinstance(value, str | dict) else text.strip()


def _finding(message: str, hint: str | None) -> Finding:
    return Finding(rule="invalid-setting", message=message, hint=hint)
