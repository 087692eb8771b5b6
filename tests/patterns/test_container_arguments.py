"""`container_service`: messages about invalid arguments."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

import gitlabgen
from gitlabgen import KeywordError
from gitlabgen.definitions.loading import load
from gitlabgen.errors import DefinitionError, collecting
from gitlabgen.modeling.fields import OWN_FIELDS, fields_of
from gitlabgen.patterns import ImageBuild, KubernetesReview, KubernetesTarget, Test, container_service
from gitlabgen.patterns.containers.service import ContainerService
from gitlabgen.project import texts
from tests.sam.messages import said

TEST = Test(image="python:3.13-slim", script=["pytest"])
REVIEW = KubernetesReview(agent="acme/platform:review")
STAGING = KubernetesTarget("staging", agent="acme/platform:staging", namespace="shop")
PROD = KubernetesTarget("prod", agent="acme/platform:prod", namespace="shop")
FULL: dict[str, Any] = {"name": "shop", "test": TEST, "review": REVIEW, "deploy": [STAGING, PROD]}


def messages(**arguments: Any) -> list[str]:
    """Return the messages about a service with many features and these arguments."""
    with pytest.raises(KeywordError) as caught:
        container_service(**{**FULL, **arguments})
    return [said(finding) for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"deploy": [PROD, PROD]}, "`KubernetesTarget`: `name` is 'prod' for two targets; they would share their jobs"),
        (
            {"deploy": [PROD, gitlabgen.evolve(PROD, name="live")]},
            "`KubernetesTarget`: `namespace` is also the namespace of the target 'prod'; give each target another namespace",
        ),
        (
            {"review": gitlabgen.evolve(REVIEW, agent=PROD.agent)},
            (
                "`KubernetesReview`: `agent` is also the agent of the target 'prod'; give merge requests another agent: "
                "unmerged code could deploy to the target"
            ),
        ),
        ({"test": {}}, "`container_service`: `test` is empty; add a Test(…): untested code is not deployed"),
        (
            {"name": ""},
            (
                "`container_service`: `name` should be lowercase letters, digits and dashes, at most 40, with a letter "
                "first, got ''"
            ),
        ),
        (
            {"name": "x" * 41},
            (
                "`container_service`: `name` should be lowercase letters, digits and dashes, at most 40, with a letter "
                "first, got 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'"
            ),
        ),
        (
            {"image_name": "shop image"},
            (
                "`container_service`: `image_name` should be the name of the image in the manifests, got 'shop image'; "
                "write it without a tag: 'shop'"
            ),
        ),
        (
            {"scan": ["sats"]},
            (
                "`container_service`: `scan[0]` should be one of container-scanning, dependency-scanning, sast, "
                "secret-detection, got 'sats'; did you mean `sast`?"
            ),
        ),
        ({"extra": {"a": 1}}, "`container_service` takes no `extra`; change the jobs of the project instead"),
        ({"test": {"build-image": TEST}}, "`build-image` is the name of two jobs; rename one of them"),
        ({"test": {"image": TEST}}, "`image` is a keyword of GitLab, and cannot be the name of a job; choose another name"),
        ({"deploy": "prod"}, "`container_service`: `deploy` should be a list, got the string 'prod'"),
        ({"deploy": [STAGING, "prod"]}, "`container_service`: `deploy[1]` should be a KubernetesTarget, got the string 'prod'"),
    ],
)
def test_invalid_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    """Each invalid argument is a finding, and no project is returned."""
    assert message in messages(**arguments)


def test_names_may_have_the_maximum_length() -> None:
    """Names of targets and namespaces have up to 63 characters."""
    made = KubernetesTarget("x" * 63, agent="a:b", namespace="y" * 63)
    assert (made.name, made.namespace) == ("x" * 63, "y" * 63)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: KubernetesTarget("Prod", agent="a:b", namespace="x"),
            (
                "`KubernetesTarget`: `name` should be lowercase letters, digits and dashes, at most 63, with a letter "
                "first, got 'Prod'"
            ),
        ),
        (
            lambda: KubernetesTarget("review", agent="a:b", namespace="x"),
            "`KubernetesTarget`: `name` cannot be 'review': this name is reserved for merge requests",
        ),
        (
            lambda: KubernetesTarget("prod", agent="a/b", namespace="x"),
            "`KubernetesTarget`: `agent` should be an agent such as 'path/to/project:agent', got 'a/b'",
        ),
        (
            lambda: KubernetesTarget("prod", agent="", namespace="x"),
            "`KubernetesTarget`: `agent` should be an agent such as 'path/to/project:agent', got ''",
        ),
        (
            lambda: KubernetesTarget("prod", agent="a:b", namespace="x", deployments=[]),
            "`KubernetesTarget`: `deployments` is empty; leave it out for the Deployment with the service's name",
        ),
        (
            lambda: KubernetesTarget("prod", agent="a:b", namespace="x", deployments=["y", "y"]),
            "`KubernetesTarget`: `deployments[1]` repeats 'y'",
        ),
        (
            lambda: KubernetesTarget("prod", agent="a:b", namespace="x", manifests="../x"),
            "`KubernetesTarget`: `manifests` should be a path in the repository, got '../x'; use no spaces and no `..`",
        ),
        (
            lambda: KubernetesTarget("prod", agent="a:b", namespace="x", rollout_minutes=0),
            "`KubernetesTarget`: `rollout_minutes` must be at least 1, got 0",
        ),
        (
            lambda: KubernetesReview(agent="a:b", namespace="shop"),
            (
                "`KubernetesReview`: `namespace` should contain $CI_MERGE_REQUEST_IID, got 'shop'; each merge request "
                "needs another namespace"
            ),
        ),
        (
            lambda: KubernetesReview(agent="a:b", namespace="S-$CI_MERGE_REQUEST_IID"),
            (
                "`KubernetesReview`: `namespace` should be lowercase letters, digits and dashes, at most 63, with a "
                "letter first, got 'S-$CI_MERGE_REQUEST_IID'"
            ),
        ),
        (lambda: gitlabgen.evolve(TEST, extra={"a": 1}), "`Test` takes no `extra`; change the jobs of the project instead"),
        (
            lambda: ImageBuild("", context="."),
            "`ImageBuild`: `dockerfile` should be a path in the repository, got ''; use no spaces and no `..`",
        ),
        (lambda: ImageBuild(sbom=None), "`ImageBuild`: `sbom` cannot be None"),  # type: ignore[arg-type]
        (
            lambda: KubernetesTarget("prod", agent="a:b", namespace="x", rollout_minutes=None),  # type: ignore[arg-type]
            "`KubernetesTarget`: `rollout_minutes` cannot be None",
        ),
        (lambda: KubernetesReview(agent="a:b", auto_stop_in=None), "`KubernetesReview`: `auto_stop_in` cannot be None"),  # type: ignore[arg-type]
        (lambda: ImageBuild(target="a\nb"), "`ImageBuild`: `target` should be a single line, got 'a\\nb'"),
        (
            lambda: ImageBuild(build_args={"a b": "x"}),
            (
                "`ImageBuild`: `build_args:a b` is not the name of a build argument; use letters, digits and '_', with no "
                "digit first"
            ),
        ),
    ],
)
def test_invalid_parts_are_refused(make: Any, message: str) -> None:
    """A part of a service is checked when it is constructed."""
    with pytest.raises(KeywordError) as caught:
        make()
    assert [said(finding) for finding in caught.value.findings] == [message]


BROKEN = """\
    from gitlabgen.patterns import ImageBuild, KubernetesReview, KubernetesTarget, Test, container_service

    project = container_service(
        nam="shop",
        test={"unit": Test(script=[]), "lint": Test(scirpt=["ruff"])},
        image=ImageBuild(dockerfile=5),
        review=KubernetesReview(agent=["x"]),
        deploy=[KubernetesTarget("prod", namespace="shop"), KubernetesTarget("prod", agent="a:b", namespace=None), 7],
        release="yes",
        freeze=None,
    )
    after = Test(script=7)
"""


def test_all_problems_are_reported_together(tmp_path: Path) -> None:
    """Each problem of a definition is reported once, with its line."""
    (tmp_path / "gitlab_ci.py").write_text(textwrap.dedent(BROKEN), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load(str(tmp_path / "gitlab_ci.py"))
    assert [(finding.line, finding.message) for finding in caught.value.findings] == [
        (3, "`container_service`: `name` is missing"),
        (4, "`container_service` has no keyword `nam`"),
        (5, "`Test`: `script` is empty"),
        (5, "`Test`: `script` is missing"),
        (5, "`Test` has no keyword `scirpt`"),
        (6, "`ImageBuild`: `dockerfile` should be a string, got 5"),
        (7, "`KubernetesReview`: `agent` should be a string, got the list ['x']"),
        (8, "`KubernetesTarget`: `agent` is missing"),
        (8, "`KubernetesTarget`: `name` is 'prod' for two targets"),
        (8, "`KubernetesTarget`: `namespace` is missing"),
        (8, "`container_service`: `deploy[2]` should be a KubernetesTarget, got 7"),
        (9, "`container_service`: `release` should be a boolean, got the string 'yes'"),
        (10, "`container_service`: `freeze` cannot be None"),
        (12, "`Test`: `script` should be a string or a list, got 7"),
    ]
    assert caught.value.findings[1].hint == "did you mean `name`?"
    assert [*tmp_path.iterdir()] == [tmp_path / "gitlab_ci.py"]


NONSENSE: tuple[Any, ...] = (
    None,
    5,
    "",
    "x",
    "a b",
    [],
    {},
    [[]],
    [None],
    {"a": 5},
    {5: "a"},
    object(),
    TEST,
    [TEST],
    ImageBuild,
)
PARTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "image": (ImageBuild, {}),
    "review": (KubernetesReview, {"agent": "a:review", "smoke": TEST}),
    "deploy": (
        lambda **keywords: [KubernetesTarget(**keywords)],
        {"name": "prod", "agent": "a:prod", "namespace": "x", "smoke": TEST},
    ),
}


def fields(made: Any) -> list[str]:
    """Return the names of a model's own fields."""
    return [field.name for field in fields_of(made) if field.name not in OWN_FIELDS]


@pytest.mark.parametrize("name", fields(ContainerService))
def test_no_argument_ends_in_a_traceback(name: str) -> None:
    """Any value of an argument is valid, or a finding with a line."""
    for value in NONSENSE:
        with collecting() as problems:
            made = container_service(**{**FULL, name: value})
        assert texts(made)
        assert all(finding.file and finding.line for finding in problems)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        *(("image", name) for name in fields(ImageBuild)),
        *(("review", name) for name in fields(KubernetesReview)),
        *(("deploy", name) for name in fields(KubernetesTarget)),
    ],
)
def test_no_part_ends_in_a_traceback(part: str, name: str) -> None:
    """Any value of a part's argument is valid, or a finding with a line."""
    make, keywords = PARTS[part]
    for value in NONSENSE:
        with collecting() as problems:
            made = container_service(**{**FULL, part: make(**{**keywords, name: value})})
        assert texts(made)
        assert all(finding.file and finding.line for finding in problems)
