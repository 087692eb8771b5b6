"""Deploy roles: what each account needs so that the pipeline can deploy, limited to what this stack uses."""

from gitlabgen import IdToken, Job, Pipeline, Project, Rule
from gitlabgen.sam import (
    Alarm,
    Canary,
    DeployRoles,
    Function,
    FunctionGlobals,
    Globals,
    HttpApi,
    Parameter,
    Route,
    SimpleTable,
    Sub,
    Template,
    bootstrap,
)

# Review stacks are in a separate account: any branch may deploy there, and packages of unmerged code never leave it.
review = DeployRoles(
    role="shop-review",
    prefix="shop",
    bucket="shop-review-packages",
    project="group/shop",
    review=True,
    package_days=30,
)
production = DeployRoles(
    role="shop-production",
    prefix="shop",
    bucket="shop-packages-{region}",
    project="group/shop",
    regions=["eu-central-1", "us-east-1"],
    max_session_seconds=2 * 3600,
)

# The deployment passes the role whose boundary applies: --parameter-overrides DeployRole=shop-production
canary = Canary(
    "Linear10PercentEvery1Minute",
    alarms=[Alarm.errors(), Alarm.throttles()],
    role=Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${DeployRole}-codedeploy"),
)
boundary = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${DeployRole}-boundary")
api = HttpApi("Api")
table = SimpleTable("Stock")
orders = Function(
    "Orders",
    runtime="python3.14",
    handler="orders.handler",
    code_uri="src/",
    policies=[{"DynamoDBCrudPolicy": {"TableName": table.ref}}],
    events={"List": Route("GET", "/orders", api=api)},
    canary=canary,
    auto_publish_alias_all_properties=True,
)
template = Template(
    "A shop",
    parameters={"DeployRole": Parameter("String")},
    globals_=Globals(function=FunctionGlobals(permissions_boundary=boundary)),
    resources=[api, table, orders],
    outputs={"ApiUrl": api.url},
)

ACCOUNT = "arn:aws:iam::123456789012:role"
OPTIONS = (
    f"--stack-name {production.prefix} --s3-bucket shop-packages-$AWS_DEFAULT_REGION --s3-prefix {production.prefix} "
    f"--role-arn {ACCOUNT}/{production.role}-execution --capabilities CAPABILITY_IAM "
    f"--parameter-overrides DeployRole={production.role} --no-fail-on-empty-changeset"
)
deploy = Job(
    "deploy",
    image="public.ecr.aws/sam/build-python3.14:1.146.0",
    # The role trusts this audience and this branch; the session is renewed from the file.
    id_tokens={"AWS_TOKEN": IdToken(aud=production.gitlab_url)},
    variables={"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ROLE_ARN": f"{ACCOUNT}/{production.role}"},
    script=[
        'export AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"',
        'printf %s "$AWS_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"',
        f"sam deploy --template-file template.yml {OPTIONS}",
    ],
    timeout=f"{(canary.duration_minutes or 0) + 60} minutes",
    environment="production",
    resource_group=production.prefix,
    interruptible=False,
    rules=[Rule(if_="$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH")],
)

project = Project(
    pipeline=Pipeline(jobs=[deploy]),
    template=template,
    files={
        "bootstrap-review.yml": bootstrap(review, template),
        "bootstrap-production.yml": bootstrap(production, template),
    },
)
