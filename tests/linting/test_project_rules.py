"""Rules that check a pipeline together with the template that it deploys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gitlabgen import Artifacts, Default, Job, Need, Pipeline, Project, lint
from gitlabgen.errors import Finding
from gitlabgen.sam import Function, Resource, Template, loads

DEPLOY = "aws cloudformation deploy --template-file packaged.yml --stack-name orders --no-fail-on-empty-changeset"
PACKAGE = "aws cloudformation package --template-file template.yml --s3-bucket b --output-template-file packaged.yml"
ORDERS = """
Parameters:
  Size: {Type: Number, Default: 1}
  Speed: {Type: String, Default: Linear10PercentEvery10Minutes}
  Table: {Type: String}
Globals: {Function: {Handler: app.handler, Runtime: python3.13}}
Resources:
  Shift:
    Type: AWS::Serverless::Function
    Properties:
      Role: r
      AutoPublishAlias: live
      DeploymentPreference: {Type: !Ref Speed, Role: r, Hooks: {PreTraffic: !Ref Hook}}
  Hook:
    Type: AWS::Serverless::Function
    Properties: {Role: r, FunctionName: !Sub "CodeDeployHook_${AWS::StackName}-before-traffic"}
Outputs:
  ApiUrl: {Value: x}
"""


def package(**keywords: Any) -> Job:
    """Return the job that packages the template."""
    return Job("package", stage="build", script=[PACKAGE], **{"artifacts": Artifacts(paths=["packaged.yml"]), **keywords})


def found(
    rule: str, *script: str, template: str | Template = ORDERS, jobs: tuple[Job, ...] = (), settings: Any = None, **deploy: Any
) -> list[Finding]:
    """Return a rule's findings for a project with a packaging job and a job that runs a script."""
    model = loads(template, filename="template.yml") if isinstance(template, str) else template
    job = Job("deploy", stage="deploy", script=[*script], **deploy)
    project = Project(pipeline=Pipeline(jobs=[*(jobs or (package(),)), job], **settings or {}), template=model)
    return [finding for finding in lint(project, persona="auditor") if finding.rule == rule]


def messages(findings: list[Finding]) -> list[tuple[str, str | None]]:
    """Return the messages and hints of findings."""
    return [(finding.message, finding.hint) for finding in findings]


def test_canary_outlasts_its_job() -> None:
    """The finding is at the line of the script, and names the shortest limit."""
    (finding,) = found("canary-outlasts-job", "echo", DEPLOY)
    assert finding.message == (
        "`deploy` shifts traffic for 90 minutes (`Linear10PercentEvery10Minutes`), "
        "but the wait of `aws cloudformation deploy` ends after 60 minutes."
    )
    assert finding.hint == (
        "allow more than 90 minutes for: wait of `aws cloudformation deploy` (60 minutes), "
        "job (default timeout of a project) (60 minutes)"
    )
    assert finding.facts == ("orders",)
    assert (finding.severity, finding.job, finding.path) == ("error", "deploy", "jobs:deploy:script")


@pytest.mark.parametrize(
    ("script", "keywords", "words"),
    [
        ([DEPLOY], {"timeout": "30 minutes"}, "job ends after 30 minutes."),
        ([DEPLOY], {"settings": {"default": Default(timeout="10m")}}, "job ends after 10 minutes."),
        (["aws sts assume-role --duration-seconds 900", DEPLOY], {}, "AWS session ends after 15 minutes."),
        (
            ["aws sts assume-role-with-web-identity", "sam deploy --max-wait-duration 120"],
            {},
            "AWS session ends after 60 minutes.",
        ),
        (["sam deploy --stack-name orders --max-wait-duration 20"], {}, "wait of `sam deploy` ends after 20 minutes."),
        (["sam deploy --max-wait-duration 120"], {"timeout": "2h"}, None),
        ([f"{DEPLOY} --parameter-overrides Speed=Canary10Percent5Minutes"], {}, None),
        (["sam deploy --parameter-overrides ParameterKey=Speed,ParameterValue=AllAtOnce"], {}, None),
        ([f"{DEPLOY} --no-execute-changeset"], {}, None),
        ([DEPLOY.replace("packaged", "other")], {}, None),
    ],
)
def test_limits_of_a_wait(script: list[str], keywords: dict[str, Any], words: str | None) -> None:
    """The command, the session and the job limit the wait; parameters select the canary."""
    findings = found("canary-outlasts-job", *script, **keywords)
    assert [finding.message.partition(", but the ")[2] for finding in findings] == ([] if words is None else [words])


MACHINE = """
Parameters:
  Kind: {Type: String, Default: LINEAR}
Conditions:
  IsLinear: !Equals [!Ref Kind, LINEAR]
Resources:
  Flow:
    Type: AWS::Serverless::StateMachine
    Properties:
      AutoPublishAlias: live
      DeploymentPreference: {Type: !If [IsLinear, LINEAR, CANARY], Percentage: 10, Interval: 10}
"""


@pytest.mark.parametrize(
    ("template", "options", "words"),
    [
        (MACHINE, "", "shifts executions for 90 minutes (`LINEAR`)"),
        (MACHINE, " --parameter-overrides Kind=CANARY", None),
        (MACHINE.replace("Interval: 10", "Interval: 75"), " --parameter-overrides Kind=CANARY", "for 75 minutes (`CANARY`)"),
        (MACHINE.replace("Interval: 10", "Interval: 75").replace("Percentage: 10, ", ""), "", "for 75 minutes (`LINEAR`)"),
        (MACHINE.replace("!If [IsLinear, LINEAR, CANARY]", "ALL_AT_ONCE"), "", None),
        (MACHINE.replace("Interval: 10", "Enabled: false, Interval: 10"), "", None),
        (MACHINE.replace("Interval: 10", "Interval: !Ref Kind"), "", None),
    ],
)
def test_bake_time_and_executions_count(template: str, options: str, words: str | None) -> None:
    """The bake time of a hook and the shift of a state machine's executions extend the wait."""
    findings = found("canary-outlasts-job", DEPLOY + options, template=template)
    assert [str(words) in finding.message for finding in findings] == ([] if words is None else [True])


def test_template_without_canary() -> None:
    """A template without a canary has no finding."""
    assert found("canary-outlasts-job", DEPLOY, template=Template(resources=[Function("F", role="r")])) == []


def test_deployment_without_changes() -> None:
    """A deployment must have an option for empty change sets."""
    assert messages(found("unchanged-deploy-fails", "sam deploy")) == [
        ("`deploy`: `sam deploy` exits with an error when nothing has changed.", "add `--no-fail-on-empty-changeset`")
    ]
    assert found("unchanged-deploy-fails", DEPLOY) == []


def test_aws_cli_2_accepts_an_empty_change_set() -> None:
    """Version 2 of the AWS CLI does not fail; the version is known only from the image."""
    line = "aws cloudformation deploy --stack-name orders"
    newer = "public.ecr.aws/aws-cli/aws-cli:2.31.0"
    assert len(found("unchanged-deploy-fails", line)) == 1
    assert len(found("unchanged-deploy-fails", line, image="amazon/aws-cli:1.2.3")) == 1
    assert found("unchanged-deploy-fails", line, image=newer) == []
    assert found("unchanged-deploy-fails", line, settings={"default": Default(image=newer)}) == []


def test_hook_name_includes_the_stack_name() -> None:
    """The length of a hook name includes the stack name, if it is known."""
    stack = "a-stack-with-a-name-of-forty-letters-or-so"
    (finding,) = found("invalid-hook-name", DEPLOY.replace("orders", stack))
    assert finding.message == f"`Hook` has a name of 72 characters in the stack `{stack}`, but Lambda allows at most 64."
    assert finding.hint == f"shorten `CodeDeployHook_{stack}-before-traffic`"
    assert (finding.file, finding.line) == ("template.yml", 16)
    for name in ("orders", "$CI_PROJECT_NAME-and-then-many-more-words-that-fill-it"):
        assert found("invalid-hook-name", DEPLOY.replace("orders", name)) == []
    assert found("invalid-hook-name", "sam deploy") == []


@pytest.mark.parametrize(
    ("resource", "capability", "why"),
    [
        (Function("F"), "CAPABILITY_IAM", "SAM makes a role for `F`"),
        (Resource("R", "AWS::IAM::Policy", {}), "CAPABILITY_IAM", "`R` is of the type `AWS::IAM::Policy`"),
        (Resource("R", "AWS::IAM::Role", {"RoleName": "r"}), "CAPABILITY_NAMED_IAM", "`R` has a `RoleName`"),
        (Resource("A", "AWS::Serverless::Application", {}), "CAPABILITY_AUTO_EXPAND", "`A` nests an application"),
    ],
)
def test_required_capabilities(resource: Any, capability: str, why: str) -> None:
    """The resources of a template decide which capabilities a deployment needs."""
    template = Template(resources=[resource])
    assert messages(found("missing-capability", DEPLOY, template=template)) == [
        (f"`deploy` fails without the capability `{capability}`: {why}.", f"add `--capabilities {capability}`")
    ]
    assert found("missing-capability", f"{DEPLOY} --capabilities {capability}", template=template) == []
    assert found("missing-capability", "sam deploy", template=template) == []


def test_sufficient_capabilities() -> None:
    """`CAPABILITY_NAMED_IAM` includes `CAPABILITY_IAM`; a variable or an unknown template is not checked."""
    template = Template(resources=[Function("F"), Resource("R", "AWS::IAM::Role", {"RoleName": "r"})])
    assert found("missing-capability", f"{DEPLOY} --capabilities CAPABILITY_NAMED_IAM", template=template) == []
    assert found("missing-capability", f"{DEPLOY} --capabilities $CAPABILITIES", template=template) == []
    assert found("missing-capability", DEPLOY.replace("packaged", "other"), template=template) == []
    assert (
        found("missing-capability", f"{DEPLOY} --capabilities CAPABILITY_NAMED_IAM", template=Template(resources=[Function("F")]))
        == []
    )
    shared = loads(ORDERS.replace(", Role: r, Hooks", ", Hooks"))
    (finding,) = found("missing-capability", DEPLOY, template=shared)
    assert finding.message.endswith(": SAM makes a role for CodeDeploy.")


def test_unknown_and_missing_parameters() -> None:
    """The template must define each parameter that is set, and a parameter without a default must be set."""
    findings = found("unknown-parameter", f"{DEPLOY} --parameter-overrides Sise=2 Zzz=1 $OVERRIDES --region x")
    assert messages(findings) == [
        ("`deploy` sets the parameter `Sise`, which the template does not have.", "did you mean `Size`?"),
        ("`deploy` sets the parameter `Zzz`, which the template does not have.", "use one of Size, Speed, Table"),
    ]
    assert found("unknown-parameter", f"{DEPLOY} --parameter-overrides 'Size=2 Table=t'") == []
    assert found("unknown-parameter", f"{DEPLOY} --parameter-overrides A=1".replace("packaged", "other")) == []
    assert messages(found("missing-parameter", DEPLOY)) == [
        (
            "`deploy` does not set `Table`, which has no default, so the first deployment fails.",
            "add `--parameter-overrides Table=…`",
        )
    ]
    (finding,) = found("unknown-parameter", f"{DEPLOY} --parameter-overrides Zzz=1", template=Template())
    assert finding.hint == "remove it"
    for script in ("sam deploy", f"{DEPLOY} --parameter-overrides Table=t", f"{DEPLOY} --parameter-overrides file://p.json"):
        assert found("missing-parameter", script) == []


def test_racing_deployments() -> None:
    """A stack that outlives its pipeline needs a resource group."""
    assert messages(found("racing-deploys", DEPLOY)) == [
        (
            "Two pipelines may deploy to the stack `orders` at once: `deploy` has no `resource_group`.",
            "add `resource_group='orders'`",
        )
    ]
    assert found("racing-deploys", DEPLOY, resource_group="orders") == []
    assert found("racing-deploys", DEPLOY.replace("orders", "qa-$CI_PIPELINE_ID")) == []


@pytest.mark.parametrize(
    ("rule", "keywords", "hint"),
    [
        ("blocking-cleanup", {"jobs": (Job("remove", stage="test", script=["sam delete"]),)}, "add `allow_failure=True`"),
        ("interruptible-deploy", {"interruptible": True}, "write `interruptible=False`"),
        ("retried-deploy", {"retry": 2}, "write `retry=Retry(1, when=['runner_system_failure'])`"),
        ("unguarded-deploy", {}, "add `rules=[Rule('$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH')]`"),
    ],
)
def test_hints_in_python(rule: str, keywords: dict[str, Any], hint: str) -> None:
    """Hints for a Python definition are Python."""
    (finding,) = found(rule, DEPLOY, **keywords)
    assert finding.hint == hint


def test_canary_of_a_new_stack() -> None:
    """A new stack has no old version, unless it is deployed twice."""
    fresh = DEPLOY.replace("orders", "qa-$CI_PIPELINE_ID")
    (finding,) = found("unexercised-canary", fresh)
    assert finding.message == "`deploy` deploys a stack that is new in every pipeline, so its canary never shifts traffic."
    assert (finding.severity, finding.hint) == ("info", "deploy the last release to it first")
    assert found("unexercised-canary", fresh, fresh) == []
    assert found("unexercised-canary", DEPLOY) == []


def query(key: str, stack: str = "orders") -> str:
    """Return a line that reads an output."""
    return (
        f"""URL="$(aws cloudformation describe-stacks --stack-name {stack} --query "Stacks[0].Outputs[?OutputKey=='{key}']")" """
    )


def test_unknown_outputs() -> None:
    """A job may only read outputs that the template of a known stack defines."""
    assert messages(found("unknown-output", DEPLOY, query("ApiUri"))) == [
        (
            "`deploy` reads the output `ApiUri`, which the template of the stack `orders` does not have.",
            "did you mean `ApiUrl`?",
        )
    ]
    assert messages(found("unknown-output", DEPLOY, query("Zzz"))) == [
        ("`deploy` reads the output `Zzz`, which the template of the stack `orders` does not have.", "use one of ApiUrl")
    ]
    (finding,) = found("unknown-output", "sam deploy", query("Zzz").replace("--stack-name orders", ""), template=Template())
    assert finding.message == "`deploy` reads the output `Zzz`, which the template does not have."
    assert finding.hint == "add it to the template"
    for script in ([DEPLOY, query("ApiUrl")], [DEPLOY, query("Zzz", "other")], [DEPLOY, "aws s3 ls --query Zzz"]):
        assert found("unknown-output", *script) == []
    assert found("unknown-output", DEPLOY.replace("packaged", "other"), query("Zzz")) == []
    looped = ORDERS.replace("  ApiUrl:", "  Fn::ForEach::Urls:")
    assert found("unknown-output", DEPLOY, query("Zzz"), template=looped) == []


def test_stack_names() -> None:
    """Misspelt stack names are reported, and names that CloudFormation rejects."""
    delete = "aws cloudformation delete-stack --stack-name"
    assert messages(found("unknown-stack", DEPLOY, f"{delete} oders")) == [
        ("`deploy` uses the stack `oders`, but no job deploys a stack of that name.", "did you mean `orders`?")
    ]
    assert messages(found("invalid-stack-name", f"{delete} my_stack")) == [
        ("`deploy` uses the stack `my_stack`, but a stack's name cannot contain `_`.", "did you mean `my-stack`?")
    ]
    for line in (
        f"{delete} orders",
        f"{delete} orders-staging",
        f"{delete} $STACK",
        "mytool --stack-name my_stack",
        f"{delete} arn:aws:x",
    ):
        assert found("unknown-stack", DEPLOY, line) == []
        assert found("invalid-stack-name", DEPLOY, line) == []


def test_template_is_not_passed() -> None:
    """A job can deploy a template of the project, one that it writes itself, or an artifact that it gets."""
    jobs = (package(artifacts=None),)
    assert messages(found("template-not-passed", DEPLOY, jobs=jobs)) == [
        (
            "`deploy` reads `packaged.yml`, which `package` does not keep as an artifact.",
            "add `packaged.yml` to the artifacts of `package`",
        )
    ]
    assert messages(found("template-not-passed", DEPLOY, needs=[])) == [
        (
            "`deploy` reads `packaged.yml`, but does not get the artifacts of `package`.",
            "add `package` to the needs of `deploy`",
        )
    ]
    assert len(found("template-not-passed", DEPLOY, dependencies=[])) == 1
    assert len(found("template-not-passed", DEPLOY, needs=[Need("package", artifacts=False)])) == 1
    assert messages(found("template-not-passed", DEPLOY.replace("packaged", "pakaged"))) == [
        ("`deploy` reads `pakaged.yml`, which no job writes.", "did you mean `packaged.yml`?")
    ]


@pytest.mark.parametrize(
    ("script", "keywords"),
    [
        ([DEPLOY], {"needs": ["package"]}),
        ([DEPLOY], {"dependencies": ["package"]}),
        ([DEPLOY], {"jobs": (package(artifacts=Artifacts(untracked=True)),)}),
        ([DEPLOY], {"jobs": (package(artifacts=Artifacts(paths=["*.yml"])),)}),
        ([DEPLOY.replace("packaged", "$CI_PROJECT_DIR/out/packaged")], {}),
        ([PACKAGE, DEPLOY], {"needs": []}),
        ([DEPLOY.replace("packaged.yml", "template.yml")], {}),
        ([DEPLOY.replace("packaged.yml", "$TEMPLATE")], {}),
        ([DEPLOY.replace("packaged.yml", "something/else.json")], {}),
        (["sam deploy"], {}),
    ],
)
def test_template_is_passed(script: list[str], keywords: dict[str, Any]) -> None:
    """A job that may have its template has no finding."""
    assert found("template-not-passed", *script, **keywords) == []


def test_artifacts_without_the_template() -> None:
    """Artifacts of other files do not include the template."""
    for artifacts in (Artifacts(paths=["dist/"]), Artifacts(when="always", paths=["x"], untracked=False)):
        assert len(found("template-not-passed", DEPLOY, jobs=(package(artifacts=artifacts),))) == 1


def test_shell_syntax_in_scripts() -> None:
    """Pipeline variables, continued lines, conditions and all forms of options are parsed; lines with open quotes are skipped."""
    settings = {"variables": {"STACK": "orders", "AGAIN": "$AGAIN", "A": "$B", "B": "$A"}}
    lines = [
        "if ! aws --region x cloudformation deploy \\\n --template-fil=packaged.yml --stack-name ${STACK}; then exit 1; fi",
        "FOO=1 && aws $AGAIN $A\n'open",
        "X=1",
        "sam build --template template.yml && sam deploy --stack-name $STACK -t .aws-sam/build/template.yaml",
    ]
    findings = found("racing-deploys", *lines, settings=settings)
    assert len({finding.line for finding in findings}) == 1
    assert all("deploy to the stack `orders`" in finding.message for finding in findings)
    assert len(found("unchanged-deploy-fails", *lines, settings=settings, variables={"A": "b"})) == 2
    (finding, _) = found("missing-parameter", lines[0], f"echo; ({DEPLOY})", settings=settings)[:1] * 2
    assert "Table" in finding.message


def test_script_that_is_a_string() -> None:
    """A script that is a single string is parsed line by line."""
    job = Job("deploy", script=f"set -e\n{DEPLOY}\n")
    project = Project(pipeline=Pipeline(jobs=[package(), job]), template=loads(ORDERS))
    assert "racing-deploys" in {finding.rule for finding in lint(project)}


def test_cyclic_packages() -> None:
    """A template that is packaged from itself is unknown."""
    line = "sam package --template-file a.yml --output-template-file a.yml"
    assert found("missing-parameter", line, DEPLOY.replace("packaged", "a")) == []


def test_nested_substitutions() -> None:
    """Commands in nested substitutions are read; a script that is not closed has none."""
    nested = "echo $(echo $(aws cloudformation delete-stack --stack-name my_stack)) ; ( true )"
    (finding,) = found("invalid-stack-name", nested)
    assert "`my_stack`" in finding.message
    assert found("invalid-stack-name", "$(" * 20 + "aws cloudformation delete-stack --stack-name my_stack") == []


def test_incomplete_troposphere_resource() -> None:
    """An error while rendering the template is a finding, and the pipeline is still linted."""
    from troposphere.sns import SubscriptionResource

    broken = Template(resources=[SubscriptionResource("S")])
    project = Project(pipeline=Pipeline(jobs=[Job("a", script=["x"], needs=["b"])]), template=broken)
    assert {finding.rule for finding in lint(project)} == {"invalid-keyword", "undefined-need"}


def test_troposphere_resources_are_linted() -> None:
    """A troposphere resource has no location, so the finding is at the template's resources."""
    from troposphere.sns import Topic

    (finding,) = lint(Template(resources=[Topic("T", TopicName="topic-${AWS::StackName}")]))
    assert finding.message == "`T`: `${AWS::StackName}` is not filled in without `!Sub`."
    assert finding.hint == "wrap the string in Sub(…)"
    assert (finding.file, finding.path) == ("tests/linting/test_project_rules.py", "Resources:T:TopicName")


def test_finding_is_at_the_argument_of_the_builder() -> None:
    """A finding is at the exact argument, even in a canary that several functions share."""
    from gitlabgen.sam import Canary

    shared = Canary("Canary10Percent5Minutes", alarms=["by-name"], extra={"Bake": 5})
    functions = [Function(name, handler="a.b", runtime="nodejs16.x", canary=shared) for name in ("A", "B")]
    found_ = {finding.rule: finding for finding in lint(Template(resources=functions))}
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    assert "extra=" in lines[(found_["unknown-canary-key"].line or 0) - 1]
    assert "runtime=" in lines[(found_["deprecated-runtime"].line or 0) - 1]


def test_child_pipeline_is_not_unguarded() -> None:
    """In a project, only the main pipeline decides when its jobs run."""
    pipeline = Pipeline(jobs=[Job("deploy", environment="production", resource_group="production", script=["make"])])
    alone, child = lint(pipeline), lint(Project(files={"child.yml": pipeline}))
    assert [finding.rule for finding in alone] == ["unguarded-deploy"]
    assert [finding.rule for finding in lint(Project(pipeline=pipeline))] == ["unguarded-deploy"]
    assert child == []


def test_deployments_without_a_template() -> None:
    """Rules that do not need a template run without one."""
    pipeline = Pipeline(jobs=[Job("deploy", script=[DEPLOY]), Job("query", script=[["aws s3 ls --stack-name my_stack"]])])
    found_ = {finding.rule for finding in lint(pipeline, persona="auditor")}
    expected = {"missing-environment", "racing-deploys", "unseen-aws-credentials", "unguarded-deploy", "invalid-stack-name"}
    assert found_ == expected


BUILD = "sam build --template-file template.yml"
SAM_PACKAGE = "sam package --template-file .aws-sam/build/template.yaml --s3-bucket b --output-template-file packaged.yml"
SAM_DEPLOY = "sam deploy --template-file packaged.yml --stack-name orders --parameter-overrides Sise=2"


def test_template_from_other_jobs() -> None:
    """The deployed template is found even if other jobs build and package it, in any folder."""
    build = Job("build", stage="build", script=[BUILD], artifacts=Artifacts(paths=[".aws-sam/"]))
    package_ = Job("package", stage="test", script=[SAM_PACKAGE], artifacts=Artifacts(paths=["packaged.yml"]))
    message = "`deploy` sets the parameter `Sise`, which the template does not have."
    assert messages(found("unknown-parameter", SAM_DEPLOY, jobs=(build, package_))) == [(message, "did you mean `Size`?")]
    moved = [Job("build", stage="build", script=[f"{BUILD} --build-dir out"])]
    moved += [Job("package", stage="test", script=[SAM_PACKAGE.replace(".aws-sam/build", "out")])]
    assert messages(found("unknown-parameter", SAM_DEPLOY, jobs=(*moved,))) == [(message, "did you mean `Size`?")]
    assert found("template-not-passed", SAM_DEPLOY, jobs=(build, package_)) == []


def test_built_template_is_not_passed_to_the_packaging_job() -> None:
    """A packaging job needs the built template as an artifact, like a job that deploys."""
    build = Job("build", stage="build", script=[BUILD])
    package_ = Job("package", stage="test", script=[SAM_PACKAGE], artifacts=Artifacts(paths=["packaged.yml"]))
    assert messages(found("template-not-passed", SAM_DEPLOY, jobs=(build, package_))) == [
        (
            "`package` reads `.aws-sam/build/template.yaml`, which `build` does not keep as an artifact.",
            "add `.aws-sam/build/template.yaml` to the artifacts of `build`",
        )
    ]


def test_ambiguous_template_is_unknown() -> None:
    """If two jobs package different templates to the same path, a job uses its own; otherwise the template is unknown."""
    other = Job("other", stage="build", script=[PACKAGE.replace("template.yml", "other.yml")])
    line = f"{DEPLOY} --parameter-overrides Sise=2"
    assert found("unknown-parameter", line, jobs=(package(), other)) == []
    assert len(found("unknown-parameter", PACKAGE, line, jobs=(package(), other))) == 1


@pytest.mark.parametrize(
    ("keywords", "limit"),
    [
        ({}, "AWS session ends after 60 minutes."),
        ({"variables": {"AWS_WEB_IDENTITY_TOKEN_FILE": "token"}}, "job ends after 70 minutes."),
        ({"before_script": ["export AWS_WEB_IDENTITY_TOKEN_FILE=token"]}, "job ends after 70 minutes."),
    ],
)
def test_renewed_session_is_limited_by_the_job(keywords: dict[str, Any], limit: str) -> None:
    """The AWS CLI renews a session with a token file, so the session does not limit the wait."""
    line = "sam deploy --template-file packaged.yml --stack-name orders --max-wait-duration 200"
    assume = "aws sts assume-role-with-web-identity --role-arn r"
    (finding,) = found("canary-outlasts-job", assume, line, timeout="70 minutes", **keywords)
    assert finding.message.endswith(f", but the {limit}")
