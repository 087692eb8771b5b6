"""Strategies for random models, drawn from the shapes of their keywords; new keywords are drawn automatically."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st

from gitlabgen import gitlab
from gitlabgen.errors import collecting
from gitlabgen.modeling.kinds import Anything, Checked, ItemsOf, MappingOf, ModelNamed, OneOf, Scalar, Shape, Word
from gitlabgen.modeling.model import NULL, Model, comment, construct, evolve
from gitlabgen.modeling.plans import plan_of
from gitlabgen.modeling.problems import InvalidValue
from tests.codec.places import has_home
from tests.gitlab import classes

_T = TypeVar("_T")

INPUT = "$[[ inputs.x ]]"
OWN_FIELDS = ("comment", "comments", "extra")
# A separate test reports classes that no keyword accepts.
CLASSES: dict[str, type[Model]] = {cls.__name__: cls for cls in classes.CLASSES if has_home(cls)}
KEYS = {name.rstrip("_") for cls in CLASSES.values() for name in plan_of(cls).names}

_TRICKY = [
    "",
    "yes",
    "on",
    "012",
    "12:30",
    "2012-10-17",
    "1e3",
    "0x1F",
    "null",
    "~",
    "a: b",
    "- a",
    "# a",
    "a\nb\n",
    "!x",
    "<<",
    "é😀",
]
texts = st.sampled_from(_TRICKY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
words = st.text("abcXYZ_019", min_size=1, max_size=5)
scalars = texts | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False)
notes = st.text(st.sampled_from("ab #:\n\t-'\"é\u2028\x85\0"), min_size=1, max_size=12)
references = st.builds(lambda path: gitlab.Reference(*path), st.lists(texts, min_size=1, max_size=3))
trees = st.recursive(
    scalars | st.just(NULL) | references,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
# Texts that pass the checks of `Annotated`.
_checked_texts = st.sampled_from(["30 minutes", "1h 30m", "never", "$WHEN", "job", '$CI_COMMIT_BRANCH == "main"']) | texts
_odd_keys = st.sampled_from(["comment", "comments", "extra", "if_", "except_", "on", "12:30", "$schema", ""])


def values_of(shape: OneOf, strings: st.SearchStrategy[str] = texts) -> st.SearchStrategy[Any]:
    """Return a strategy for the values that a shape accepts."""
    return st.one_of(*(_values(alternative, strings) for alternative in shape.shapes))


def _values(shape: Shape, strings: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    match shape:
        case Checked():
            return values_of(shape.inner, _checked_texts).filter(lambda value: passes(shape.check, value))
        case Scalar():
            numbers = {bool: st.booleans(), int: st.integers(0, 300), float: st.floats(allow_nan=False)}
            return strings if shape.type is str else numbers[shape.type]
        case Word():
            return st.sampled_from(shape.words)
        case ItemsOf():
            return st.lists(st.deferred(lambda: values_of(shape.item) | st.just(INPUT)), max_size=3)
        case MappingOf():
            return st.dictionaries(texts, st.deferred(lambda: values_of(shape.value) | st.just(NULL)), max_size=3)
        case ModelNamed(name="Condition" | "Var"):
            return st.sampled_from([gitlab.var.A == "b", gitlab.var.A])
        case ModelNamed(name="BaseJob"):
            return st.builds(gitlab.Job, words)
        case ModelNamed(name=name):
            return st.deferred(lambda: models(CLASSES[name]))
    assert isinstance(shape, Anything)
    return trees


def passes(check: Callable[[Any], Any], value: Any) -> bool:
    """Return whether a value passes the check of an annotation."""
    with collecting() as problems:
        try:
            check(value)
        except InvalidValue:
            return False
    return not problems


@cache
def names_of(cls: type[Model]) -> list[str]:
    """Return the keywords of a class that can be drawn independently."""
    fixed = {"name", "content"} if issubclass(cls, gitlab.BaseJob) else {"path"} if cls is gitlab.Reference else {"jobs"}
    if cls is gitlab.TriggerJob:  # GitLab supports these only for jobs with scripts
        fixed |= {"manual_confirmation", "start_in"}
    return sorted(plan_of(cls).names - {*OWN_FIELDS, *fixed})


@st.composite
def keywords_of(draw: st.DrawFn, cls: type[Model], required: str | None = None) -> dict[str, Any]:
    """Draw a valid combination of keywords of a class.

    Args:
        draw: Draws from a strategy.
        cls: The model's class.
        required: A keyword that is always drawn.
    """
    if cls is gitlab.Reference:
        return {"path": draw(st.lists(texts, min_size=1, max_size=3))}
    plan = plan_of(cls)
    free = names_of(cls)
    chosen = {*draw(st.lists(st.sampled_from(free), unique=True, max_size=3)), *plan.required, *([required] if required else [])}
    keywords = {name: draw(_keyword(cls, name)) for name in sorted(chosen.intersection(free))}
    if draw(st.integers(0, 3)) == 0:
        keys = (_odd_keys | texts).filter(lambda key: key not in KEYS or key in OWN_FIELDS)
        keywords["extra"] = draw(st.dictionaries(keys, trees, min_size=1, max_size=2))
    _reconcile(cls.__name__, keywords, required)
    if issubclass(cls, gitlab.BaseJob):
        dot = "." if cls is gitlab.HiddenJob else ""
        unkeyed = texts.filter(lambda name: name not in KEYS and not name.startswith("."))
        keywords["name"] = dot + draw(words | unkeyed)
    if cls is gitlab.TriggerJob:
        keywords.setdefault("trigger", "group/project")
    return keywords


@cache
def _keyword(cls: type[Model], name: str) -> st.SearchStrategy[Any]:
    special: dict[tuple[str, str], st.SearchStrategy[Any]] = {
        ("Artifacts", "expose_as"): words,
        ("Cache", "key"): words | st.deferred(lambda: models(gitlab.CacheKey)) | references,
        ("Cache", "policy"): st.sampled_from(["pull", "push", "pull-push", "$POLICY"]) | references,
        ("Environment", "name"): words | references,
        ("HiddenJob", "coverage"): words.map("/{}/".format),
        ("Job", "coverage"): words.map("/{}/".format),
        ("Workflow", "rules"): st.lists(st.deferred(lambda: models(gitlab.Rule).map(_never)), max_size=2),
        ("Include", "rules"): st.lists(st.deferred(lambda: models(gitlab.Rule).map(_of_include)), max_size=2),
    }
    drawn = special.get((cls.__name__, name))
    if drawn is None:
        drawn = values_of(plan_of(cls).shapes[name])
        if (cls.__name__, name) == ("Matrix", "matrix"):
            drawn = drawn.filter(lambda value: value != [])
    return drawn | st.sampled_from([NULL, INPUT])


def _never(rule: gitlab.Rule) -> gitlab.Rule:
    return rule if rule.when is None else evolve(rule, when="never", start_in=None)


def _of_include(rule: gitlab.Rule) -> gitlab.Rule:
    return gitlab.Rule(rule.if_, changes=rule.changes, exists=rule.exists, when="never")


def _reconcile(cls: str, keywords: dict[str, Any], required: str | None) -> None:
    """Change keywords that the constructor would refuse, but keep the required one."""

    def only_one(*names: str, default: Any) -> None:
        present = [name for name in names if name in keywords]
        kept = required if required in names else next(iter(present), names[0])
        for name in present:
            if name != kept:
                del keywords[name]
        keywords.setdefault(str(kept), default)

    _reconcile_jobs(cls, keywords, required)
    if cls == "Artifacts":
        if {"access", "public"} <= {*keywords}:
            only_one("access", "public", default=None)
        if "expose_as" in keywords:
            keywords["paths"] = ["dist"]
    if cls == "CacheKey":
        only_one("files", "files_commits", default=["go.sum"])
    if cls in ("Changes", "Exists"):
        only_one("paths", "regexp", default=["src/*"])
    if cls == "Exists" and "ref" in keywords:
        keywords.setdefault("project", "a/b")
    if cls == "Rule" and not keywords:
        keywords["when"] = "on_success"
    if cls == "Need":
        keywords.setdefault("job", "build")
    if cls == "Include":
        only_one("local", "project", "remote", "template", "artifact", "component", default="x")
        if "project" in keywords:
            keywords.setdefault("file", "x")
        if "artifact" in keywords:
            keywords.setdefault("job", "x")
    if cls == "SpecInclude":
        only_one("local", "project", "remote", default="x")
        if "project" in keywords:
            keywords.setdefault("file", "x")
        if "remote" not in keywords:
            keywords.pop("integrity", None)
    _reconcile_inputs(cls, keywords, required)
    if cls == "Trigger":
        only_one("project", "include", default="a/b")
    if cls == "Variable" and isinstance(keywords.get("options"), list):
        keywords["value"] = next(iter(keywords["options"]), INPUT)
        keywords["options"] = keywords["options"] or [INPUT]


def _reconcile_jobs(cls: str, keywords: dict[str, Any], required: str | None) -> None:
    if "start_in" in keywords:
        keywords["when"] = "delayed"
        keywords.pop("rules", None)
    elif keywords.get("when") == "delayed":
        keywords["when"] = "always"
    if {"only", "except_"} & {*keywords} and required != "rules" and cls != "Include":
        keywords.pop("rules", None)
    elif keywords.get("rules") is not None:
        for name in ("only", "except_"):
            keywords.pop(name, None)
        if keywords["rules"] == []:
            keywords["rules"] = NULL
    if keywords.get("script") in ("", []):
        keywords["script"] = "make"


def _reconcile_inputs(cls: str, keywords: dict[str, Any], required: str | None) -> None:
    if cls == "SpecInput" and "rules" in keywords:
        if required in ("options", "default"):
            del keywords["rules"]
        else:
            keywords.pop("options", None)
            keywords.pop("default", None)
    if cls == "SpecInputRule":
        keywords.setdefault("default", NULL)
        if isinstance(keywords.get("options"), list):
            keywords["options"] = [*keywords["options"], keywords["default"]]


@cache
def models(cls: type[Model], required: str | None = None) -> st.SearchStrategy[Any]:
    """Return a strategy for models of a class that the constructor accepts."""
    if cls is gitlab.Pipeline:
        return pipelines()
    return (
        st.tuples(keywords_of(cls, required), st.none() | notes)
        .map(lambda drawn: made(cls, *drawn))
        .filter(lambda model: model is not None)
    )


def made(cls: type[Model], keywords: dict[str, Any], head: str | None = None) -> Model | None:
    """Return a model, or None if the constructor refuses it."""
    with collecting() as problems:
        model = construct(cls, (), {**keywords, "comment": head}, None)
    return None if problems else model


# Content of hidden blocks that are not jobs, which GitLab does not check.
_contents = st.lists(trees, max_size=3) | scalars | st.just(NULL) | st.just({"script": {"a": 1}, "b": [NULL]})
jobs = st.one_of(
    models(gitlab.Job),
    models(gitlab.TriggerJob),
    models(gitlab.HiddenJob),
    st.builds(gitlab.HiddenJob, words.map(".{}".format), content=_contents, comment=st.none() | notes),
)


@st.composite
def pipelines(draw: st.DrawFn) -> gitlab.Pipeline:
    """Draw a whole pipeline."""
    drawn = st.tuples(pipeline_keywords(), st.none() | notes).map(lambda pair: made(gitlab.Pipeline, *pair))
    pipeline = draw(drawn.filter(lambda pipeline: pipeline is not None))
    assert isinstance(pipeline, gitlab.Pipeline)
    return pipeline


@st.composite
def pipeline_keywords(draw: st.DrawFn) -> dict[str, Any]:
    """Draw the keywords of a pipeline; other top-level keys without a mapping are `extra`."""
    keywords = draw(keywords_of(gitlab.Pipeline).filter(lambda keywords: not isinstance(keywords.get("spec"), str)))
    keywords["jobs"] = draw(st.lists(jobs, max_size=3, unique_by=lambda job: job.name))
    taken = {job.name for job in keywords["jobs"]}  # keys are unique
    extra = keywords.pop("extra", {}).items()
    keywords["extra"] = {
        key: value for key, value in extra if not isinstance(value, dict) and key not in taken and not key.startswith(".")
    }
    if not keywords["extra"]:
        del keywords["extra"]
    return keywords


@st.composite
def with_comments(draw: st.DrawFn, value: Any) -> Any:
    """Draw the value with random comments inside."""
    if isinstance(value, list):
        value = [draw(with_comments(item)) for item in value]
    elif isinstance(value, dict):
        value = {key: draw(with_comments(item)) for key, item in value.items()}
    return comment(value, draw(notes)) if draw(st.booleans()) else value


def batched(names: Sequence[_T]) -> list[Sequence[_T]]:
    """Return the names in batches, so that one test covers several."""
    return [names[start : start + 6] for start in range(0, len(names), 6)]
