"""The pipelines to write: as models, as a plain tree, and as gcip's objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from gitlabgen import Artifacts, Cache, Job, Pipeline, Rule

__all__ = ["Words", "pipeline", "scalars", "tree", "words"]


class Words(NamedTuple):
    """The values of one job: 26 scalars including keys, about 580 bytes of YAML.

    With `distinct`, only `when` is the same in all jobs, because GitLab allows few words.
    """

    name: str
    stage: str
    image: str
    need: str
    condition: str
    when: Literal["always"]
    cache_key: str
    cache_path: str
    script: list[str]
    artifact: str
    expire_in: str


def words(size: int, *, distinct: bool = False) -> list[Words]:
    """Return the values of each job; every job but the first needs the previous one."""
    return list(_words(size, distinct=distinct))


def _words(size: int, *, distinct: bool) -> Iterator[Words]:
    need = ""
    for number in range(size):
        name = f"test service {number}"
        own = f"-{number}" if distinct else ""
        yield Words(
            name=name,
            stage=f"build{own}",
            image=f"registry.example.com/ci/python:3.12{own}",
            need=need,
            condition=f'$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH && $CI_PIPELINE_SOURCE != "schedule{own}"',
            when="always",
            cache_key=f"$CI_COMMIT_REF_SLUG-python{own}",
            cache_path=f".cache/pip{own}/",
            script=[
                f"python -m pip install --requirement requirements.txt --disable-pip-version-check{own}",
                f"make build SERVICE=service-{number}",
                f'make test REPORT="dist/report.xml" ARGUMENTS="--verbose: yes{own}"',
            ],
            artifact=f"dist/service-{number}/",
            expire_in=f"{number + 1} days" if distinct else "1 week",
        )
        need = name


def _stages(values: Sequence[Words]) -> list[str]:
    return list(dict.fromkeys(word.stage for word in values))


def pipeline(values: Sequence[Words]) -> Pipeline:
    """Return the pipeline as models, checked when built."""
    jobs = [
        Job(
            word.name,
            stage=word.stage,
            image=word.image,
            needs=[word.need] if word.need else [],
            rules=[Rule(word.condition, when=word.when)],
            cache=Cache(key=word.cache_key, paths=[word.cache_path]),
            script=word.script,
            artifacts=Artifacts(paths=[word.artifact], expire_in=word.expire_in),
        )
        for word in values
    ]
    return Pipeline(stages=_stages(values), jobs=jobs)


def tree(values: Sequence[Words]) -> dict[str, Any]:
    """Return the same pipeline as plain dicts and lists, with keys in the library's output order."""
    jobs = {
        word.name: {
            "stage": word.stage,
            "image": word.image,
            "needs": [word.need] if word.need else [],
            "rules": [{"if": word.condition, "when": word.when}],
            "cache": {"key": word.cache_key, "paths": [word.cache_path]},
            "script": word.script,
            "artifacts": {"paths": [word.artifact], "expire_in": word.expire_in},
        }
        for word in values
    }
    return {"stages": _stages(values), **jobs}


def scalars(node: object) -> int:
    """Return the number of scalars in a tree, including keys."""
    if isinstance(node, dict):
        return sum(1 + scalars(value) for value in node.values())
    return sum(map(scalars, node)) if isinstance(node, list) else 1
