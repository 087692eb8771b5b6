"""Templates that commands name: read from the repository, linted once, and joined with the pipeline."""

from __future__ import annotations

import pytest

from gitlabgen import Include, Job, Pipeline, Project, lint
from gitlabgen.errors import Finding
from gitlabgen.sam import loads
from tests.linting.test_project_rules import ORDERS
from tests.resolution.test_includes import Files

DEPLOY = "sam deploy --stack-name s --no-fail-on-empty-changeset --parameter-overrides Sise=1"
AWS = "aws cloudformation deploy --stack-name s --no-fail-on-empty-changeset"


def job(*script: str, name: str = "deploy") -> Job:
    """Return a job that deploys, without other findings."""
    return Job(name, script=[*script], environment="s", resource_group="s", when="manual")


def found(*jobs: Job, **files: str) -> list[str]:
    """Return the rules of the findings about parameters and templates, with files `NAME.yaml`; `__` means `/`."""
    repository = Files({f"{name.replace('__', '/')}.yaml": text for name, text in files.items()})
    return rules(lint(Pipeline(jobs=jobs), repository=repository))


def rules(findings: list[Finding]) -> list[str]:
    """Return the rules of findings about parameters, and of errors in templates."""
    known = ("unknown-parameter", "invalid-yaml", "invalid-property", "hook-permission", "template-not-passed")
    return [finding.rule for finding in findings if finding.rule in known]


@pytest.mark.parametrize(
    "script",
    [
        [DEPLOY],
        ["sam build", DEPLOY],
        [f"{DEPLOY} -t template.yaml"],
        [f"{DEPLOY} --template-file $CI_PROJECT_DIR/template.yaml"],
        ["sam package --output-template-file out.yaml", f"{DEPLOY} -t out.yaml"],
        [f"{AWS} --template-file ./template.yaml --parameter-overrides Sise=1"],
    ],
)
def test_a_pipeline_is_joined_with_its_template(script: list[str]) -> None:
    """The rules for pipeline and template together apply to a repository without a Python definition."""
    assert "unknown-parameter" in found(job(*script), template=ORDERS)


@pytest.mark.parametrize(
    "script",
    [
        [DEPLOY],
        [f"{DEPLOY} -t other.yaml"],
        ["cd $FOLDER", DEPLOY],
        ["cd elsewhere", DEPLOY],
        [f"{DEPLOY} -t /template.yaml"],
        [f"{DEPLOY} -t ../template.yaml"],
        ["make other.yaml", f"{AWS} --template-file other.yaml --parameter-overrides Sise=1"],
    ],
)
def test_unknown_templates(script: list[str]) -> None:
    """A template that is not there, made by a command, or outside the repository is no error."""
    assert found(job(*script), part__template=ORDERS) == []


def test_each_folder_has_its_template() -> None:
    """`cd` decides which template is the default, and where a built one is."""
    other = ORDERS.replace("Size:", "Sise:")
    jobs = [job("cd a", "sam build", DEPLOY, name="a"), job("cd b", "sam build", DEPLOY, name="b")]
    assert found(*jobs, a__template=other, b__template=other) == []
    assert found(*jobs, a__template=other, b__template=ORDERS) == ["unknown-parameter"]


def test_the_yaml_ending_comes_first() -> None:
    """SAM looks for `template.yaml` before `template.yml`."""
    repository = Files({"template.yml": ORDERS, "template.yaml": ORDERS.replace("Size:", "Sise:")})
    assert rules(lint(Pipeline(jobs=[job(DEPLOY)]), repository=repository)) == []
    del repository["template.yaml"]
    assert rules(lint(Pipeline(jobs=[job(DEPLOY)]), repository=repository)) == ["unknown-parameter"]


def test_a_template_is_linted_once() -> None:
    """Several commands and pipelines share a template; its findings are in its file."""
    jobs = [job("sam validate", name="a"), job("sam build -t template.yaml", "sam validate -t ./template.yaml", name="b")]
    properties = "Properties: {Handler: a.b, Runtime: python3.13, Timeout: 0}"
    text = f"Resources:\n  Late:\n    Type: AWS::Serverless::Function\n    {properties}\n"
    findings = lint(Pipeline(jobs=jobs), repository=Files({"template.yaml": text}))
    assert [(finding.rule, finding.file, finding.line) for finding in findings] == [("invalid-keyword", "template.yaml", 4)]


@pytest.mark.parametrize("text", ["a: [", "- a\n", ""])
def test_a_broken_template(text: str) -> None:
    """A file that is no template has a finding, and nothing is joined."""
    assert found(job(DEPLOY), job("sam build", name="b"), template=text) == ["invalid-yaml"]


def test_templates_of_a_project_come_first() -> None:
    """A project's template takes the place of the written file, also in the project's folder; others are read."""
    project = Project(pipeline=Pipeline(jobs=[job(DEPLOY)]), template=loads(ORDERS.replace("Size:", "Sise:")))
    assert rules(lint(project, repository=Files({"template.yml": ORDERS}))) == []
    below = Project(pipeline=Pipeline(jobs=[job(f"{DEPLOY} -t s/template.yml")]), template=loads(ORDERS))
    assert rules(lint(below, repository=Files({}), folder="s")) == ["unknown-parameter"]
    assert rules(lint(below, repository=Files({}))) == []
    named = Project(pipeline=Pipeline(jobs=[job(DEPLOY)]), template=loads(ORDERS), template_path="infra.yml")
    assert rules(lint(named)) == ["unknown-parameter"]
    text = Project(pipeline=Pipeline(jobs=[job(DEPLOY)]), files={"template.yaml": ORDERS})
    assert rules(lint(text)) == ["unknown-parameter"]


def test_only_sam_splits_parameters() -> None:
    """AWS's command keeps a quoted value with blanks; SAM splits it."""
    line = " --template-file template.yaml --parameter-overrides 'Size=good Sise=1'"
    assert found(job(AWS + line), template=ORDERS) == []
    sam = "sam deploy --stack-name s --no-fail-on-empty-changeset"
    assert found(job(sam + line), template=ORDERS) == ["unknown-parameter"]


def test_a_copy_in_another_folder_is_unknown() -> None:
    """A template in a folder that no command writes may be a copy."""
    lines = ["sam package --output-template-file packaged.yaml", "mv packaged.yaml out", f"{DEPLOY} -t out/packaged.yaml"]
    assert found(job(*lines), template=ORDERS) == []


def test_an_unread_include_can_set_the_timeout() -> None:
    """Without a known default, a canary is compared only with the limits of its job."""
    line = "sam deploy --stack-name s --no-fail-on-empty-changeset --max-wait-duration 120"
    include = [Include(project="a/b", file="c.yml")]
    repository = Files({"template.yaml": ORDERS})
    for includes, expected in ((None, ["canary-outlasts-job"]), (include, [])):
        findings = lint(Pipeline(include=includes, jobs=[job(line)]), repository=repository)
        assert [finding.rule for finding in findings if finding.rule == "canary-outlasts-job"] == expected
