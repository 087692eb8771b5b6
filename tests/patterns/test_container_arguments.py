"""`container_service`: what it says of arguments that do not fit."""

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
from gitlabgen.patterns.container_service import ContainerService
from gitlabgen.project import texts

TEST = Test(image="python:3.13-slim", script=["pytest"])
REVIEW = KubernetesReview(agent="acme/platform:review")
STAGING = KubernetesTarget("staging", agent="acme/platform:staging", namespace="shop")
PROD = KubernetesTarget("prod", agent="acme/platform:prod", namespace="shop")
FULL: dict[str, Any] = {"name": "shop", "test": TEST, "review": REVIEW, "deploy": [STAGING, PROD]}


def told(**arguments: Any) -> list[str]:
    """Return the messages about a service that asks for much, and for these things."""
    with pytest.raises(KeywordError) as caught:
        container_service(**{**FULL, **arguments})
    return [finding.message for finding in caught.value.findings]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"deploy": [PROD, PROD]}, "KubernetesTarget name is 'prod' twice"),
        ({"deploy": [PROD, gitlabgen.evolve(PROD, name="live")]}, "KubernetesTarget namespace is that of the target 'prod'"),
        ({"review": gitlabgen.evolve(REVIEW, agent=PROD.agent)}, "KubernetesReview agent is that of the target 'prod'"),
        ({"test": {}}, "container_service test can't be blank"),
        ({"name": ""}, "container_service name should be small letters"),
        ({"name": "x" * 41}, "container_service name should be small letters, digits and dashes, at most 40"),
        ({"image_name": "shop image"}, "container_service image_name should be what the manifests call the image"),
        ({"scan": ["sats"]}, "container_service scan 0 should be one of"),
        ({"extra": {"a": 1}}, "container_service extra has no place"),
        ({"test": {"build-image": TEST}}, "config has two jobs of the name 'build-image'"),
        ({"test": {"image": TEST}}, "jobs:image name is reserved"),
        ({"deploy": "prod"}, "container_service deploy should be a list"),
        ({"deploy": [STAGING, "prod"]}, "container_service deploy 1 should be a KubernetesTarget"),
    ],
)
def test_what_does_not_fit_is_told(arguments: dict[str, Any], message: str) -> None:
    """What cannot be deployed is a finding and no project."""
    assert any(message in found for found in told(**arguments))


def test_names_may_be_as_long_as_kubernetes_takes_them() -> None:
    """A target and its namespace have names of up to 63 characters."""
    made = KubernetesTarget("x" * 63, agent="a:b", namespace="y" * 63)
    assert (made.name, made.namespace) == ("x" * 63, "y" * 63)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: KubernetesTarget("Prod", agent="a:b", namespace="x"), "KubernetesTarget name should be small letters"),
        (
            lambda: KubernetesTarget("x" * 64, agent="a:b", namespace="x"),
            "name should be small letters, digits and dashes, at most 63",
        ),
        (
            lambda: KubernetesTarget("prod", agent="a:b", namespace="x" * 64),
            "namespace should be small letters, digits and dashes",
        ),
        (lambda: KubernetesTarget("review", agent="a:b", namespace="x"), "KubernetesTarget name should not be 'review'"),
        (lambda: KubernetesTarget("prod", agent="a/b", namespace="x"), "KubernetesTarget agent should name an agent"),
        (lambda: KubernetesTarget("prod", agent="", namespace="x"), "KubernetesTarget agent should name an agent"),
        (lambda: KubernetesTarget("prod", agent="a:b", namespace="x", deployments=[]), "deployments can't be blank"),
        (lambda: KubernetesTarget("prod", agent="a:b", namespace="x", deployments=["y", "y"]), "deployments has 'y' twice"),
        (lambda: KubernetesTarget("prod", agent="a:b", namespace="x", manifests="../x"), "manifests should be a path"),
        (lambda: KubernetesTarget("prod", agent="a:b", namespace="x", rollout_minutes=0), "must be greater than or equal to 1"),
        (lambda: KubernetesReview(agent="a:b", namespace="shop"), "namespace should hold $CI_MERGE_REQUEST_IID"),
        (lambda: KubernetesReview(agent="a:b", namespace="S-$CI_MERGE_REQUEST_IID"), "namespace should be small letters"),
        (lambda: gitlabgen.evolve(TEST, extra={"a": 1}), "Test extra has no place"),
        (lambda: ImageBuild("", context="."), "ImageBuild dockerfile should be a path"),
        (lambda: ImageBuild(sbom=None), "ImageBuild sbom can't be blank"),  # type: ignore[arg-type]
        (lambda: KubernetesTarget("prod", agent="a:b", namespace="x", rollout_minutes=None), "minutes can't be blank"),  # type: ignore[arg-type]
        (lambda: KubernetesReview(agent="a:b", auto_stop_in=None), "auto stop in can't be blank"),  # type: ignore[arg-type]
        (lambda: ImageBuild(target="a\nb"), "ImageBuild target should be a single line"),
        (lambda: ImageBuild(build_args={"a b": "x"}), "build args a b should be names of build arguments"),
    ],
)
def test_what_cannot_be_is_told_where_it_is_written(make: Any, message: str) -> None:
    """A part of a service is checked when it is made."""
    with pytest.raises(KeywordError) as caught:
        make()
    assert message in caught.value.findings[0].message


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


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    """A definition with many mistakes names each at its line, one of each, and nothing else."""
    (tmp_path / "gitlab_ci.py").write_text(textwrap.dedent(BROKEN), encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        load(str(tmp_path / "gitlab_ci.py"))
    assert [(finding.line, finding.message) for finding in caught.value.findings] == [
        (3, "container_service name can't be blank"),
        (4, "container_service config contains unknown keys: nam"),
        (5, "Test script can't be blank"),
        (5, "Test script can't be blank"),
        (5, "Test config contains unknown keys: scirpt"),
        (6, "ImageBuild dockerfile should be a string, got 5"),
        (7, "KubernetesReview agent should be a string, got the list ['x']"),
        (8, "KubernetesTarget agent can't be blank"),
        (8, "KubernetesTarget name is 'prod' twice"),
        (8, "KubernetesTarget namespace can't be blank"),
        (8, "container_service deploy 2 should be a KubernetesTarget, got 7"),
        (9, "container_service release should be a boolean value, got the string 'yes'"),
        (10, "container_service freeze can't be blank"),
        (12, "Test script should be a string or a list, got 7"),
    ]
    assert caught.value.findings[1].hint == "did you mean name?"
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
    """Return what a model can be given."""
    return [field.name for field in fields_of(made) if field.name not in OWN_FIELDS]


@pytest.mark.parametrize("name", fields(ContainerService))
def test_no_argument_ends_in_a_traceback(name: str) -> None:
    """Whatever stands in place of an argument is a finding with a line, or is fine."""
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
    """Whatever a part of a service was made of is a finding with a line, or is fine."""
    make, keywords = PARTS[part]
    for value in NONSENSE:
        with collecting() as problems:
            made = container_service(**{**FULL, part: make(**{**keywords, name: value})})
        assert texts(made)
        assert all(finding.file and finding.line for finding in problems)
