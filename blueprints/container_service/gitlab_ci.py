"""A small shop in a container: one image, built once, deployed to staging and production by its digest."""

from gitlabgen import Artifacts, Cache, CacheKey
from gitlabgen.gitlab import Reports
from gitlabgen.patterns import ImageBuild, KubernetesReview, KubernetesTarget, Test, container_service

NAME = "shop"
DOMAIN = "example.com"
AGENTS = "acme/platform"  # the project in GitLab with the agents for Kubernetes

PYTHON = "python:3.13-slim"
smoke = Test(image=PYTHON, script=['python smoke.py "$CI_ENVIRONMENT_URL"'])

project = container_service(
    name=NAME,
    test={
        "lint": Test(image=PYTHON, script=["pip install ruff==0.14.0", "ruff check", "ruff format --check"]),
        "test": Test(
            image=PYTHON,
            script=["pip install -r requirements-test.txt", "pytest --junitxml=junit.xml"],
            variables={"PIP_CACHE_DIR": "$CI_PROJECT_DIR/.cache/pip"},
            cache=Cache(key=CacheKey(files=["requirements-test.txt"]), paths=[".cache/pip"]),
            artifacts=Artifacts(reports=Reports(junit="junit.xml"), when="always"),
        ),
    },
    image=ImageBuild("Dockerfile", build_args={"VERSION": "$CI_COMMIT_SHORT_SHA"}),
    review=KubernetesReview(
        agent=f"{AGENTS}:review",
        url=f"https://mr-$CI_MERGE_REQUEST_IID.review.{NAME}.{DOMAIN}",
        smoke=smoke,
    ),
    deploy=[
        KubernetesTarget(
            "staging", agent=f"{AGENTS}:staging", namespace=NAME, url=f"https://staging.{NAME}.{DOMAIN}", smoke=smoke
        ),
        KubernetesTarget(
            "prod", agent=f"{AGENTS}:prod", namespace=NAME, url=f"https://{NAME}.{DOMAIN}", smoke=smoke, gate="manual"
        ),
    ],
)
