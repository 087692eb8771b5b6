"""Deploy roles: what each account needs so that the pipeline can deploy, limited to what this stack uses."""

from gitlabgen import IdToken, Job, Pipeline, Project, Rule
from gitlabgen.sam import (
    Alarm,
    Canary,
    DeployRoles,
    Existing,
    Function,
    FunctionGlobals,
    Globals,
    HttpApi,
    Parameter,
    Route,
    SimpleTable,
    Sub,
    Template,
    account_bootstrap,
    bootstrap,
)

# Review stacks are in a separate account: any branch may deploy there, and packages of unmerged code never leave it.
review = DeployRoles(
    "shop-review",
    account="111111111111",
    regions=["eu-central-1"],
    bucket="shop-packages-111111111111-{region}",
    project="group/shop",
    review=True,
    package_days=30,
)
production = DeployRoles(
    "shop-prod",
    account="333333333333",
    regions=["eu-central-1", "us-east-1"],
    bucket="shop-packages-333333333333-{region}",
    project="group/shop",
    stack="shop-prod",
    max_session_seconds=2 * 3600,
)

# The deployment passes the prefix whose boundary applies: --parameter-overrides Prefix=shop-prod
canary = Canary(
    "Linear10PercentEvery1Minute",
    alarms=[Alarm.errors(), Alarm.throttles()],
    role=Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Prefix}-codedeploy"),
)
boundary = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/${Prefix}-boundary")
api = HttpApi("Api")
table = SimpleTable("Stock")
orders = Function(
    "Orders",
    runtime="python3.14",
    handler="orders.handler",
    code_uri="src/",
    policies=[{"DynamoDBCrudPolicy": {"TableName": table.ref}}],
    # Another service owns the queue: declared here, the function may use it, and the boundary lets it.
    uses=[Existing.queue("billing", access="write")],
    events={"List": Route("GET", "/orders", api=api)},
    canary=canary,
    auto_publish_alias_all_properties=True,
)
template = Template(
    "A shop",
    parameters={"Prefix": Parameter("String")},
    globals_=Globals(function=FunctionGlobals(permissions_boundary=boundary)),
    resources=[api, table, orders],
    outputs={"ApiUrl": api.url},
)

ACCOUNT = f"arn:aws:iam::{production.account}:role"
BUCKET = f"shop-packages-{production.account}-$AWS_DEFAULT_REGION"
OPTIONS = (
    f"--stack-name {production.prefix} --s3-bucket {BUCKET} --s3-prefix {production.prefix} "
    f"--role-arn {ACCOUNT}/{production.prefix}-execution --capabilities CAPABILITY_IAM "
    f"--parameter-overrides Prefix={production.prefix} --no-fail-on-empty-changeset"
)
deploy = Job(
    "deploy",
    image="public.ecr.aws/sam/build-python3.14:1.146.0",
    # The role trusts this audience and this branch; the session is renewed from the file.
    id_tokens={"AWS_TOKEN": IdToken(aud=production.gitlab_url)},
    variables={"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ROLE_ARN": f"{ACCOUNT}/{production.deploy_role}"},
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
        # Once for each account, by its owner; then once for each target and region: --parameter-overrides Prefix=shop-prod
        "bootstrap/account.yml": account_bootstrap(),
        "bootstrap/service.yml": bootstrap([review, production], template),
    },
)
