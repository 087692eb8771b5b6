"""Mistakes that users make, one per function; each line says which type checkers report it."""

from gitlabgen import (
    Artifacts,
    Cache,
    Include,
    Job,
    Matrix,
    Need,
    Pipeline,
    Project,
    Rule,
    TriggerJob,
    comment,
    dumps,
    evolve,
    lint,
    override,
    var,
)
from gitlabgen.patterns import KubernetesTarget, Target, Test, container_service, serverless_service
from gitlabgen.sam import Alarm, Canary, Function, Hook, Route, Template

build = Job("build", script=["make"])
pipeline = Pipeline(jobs=[build])


def misspelt_keyword() -> object:
    """A misspelt keyword"""
    return Job("test", scirpt=["make test"])  # expect: mypy[call-arg] pyright[reportCallIssue]


def keyword_of_another_job() -> object:
    """A keyword that this kind of job does not have"""
    return TriggerJob("child", trigger="group/project", script=["make"])  # expect: mypy[call-arg] pyright[reportCallIssue]


def missing_name() -> object:
    """A job without a name"""
    return Job(script=["make test"])  # expect: mypy[call-arg] pyright[reportCallIssue]


def positional_script() -> object:
    """An argument without its name"""
    return Job("test", ["make test"])  # expect: mypy[arg-type, call-arg] pyright[reportCallIssue]


def string_for_needs() -> object:
    """A string for a list of needs"""
    return Job("test", script=["make test"], needs="build")  # expect: mypy[arg-type] pyright[reportArgumentType]


def string_for_tags() -> object:
    """A string for a list of tags"""
    return Job("test", script=["make test"], tags="docker")  # expect: mypy[arg-type] pyright[reportArgumentType]


def string_for_paths() -> object:
    """A string for a list of paths"""
    return Artifacts(paths="dist/")  # expect: mypy[arg-type] pyright[reportArgumentType]


def text_for_rule() -> object:
    """The text of a condition for a rule"""
    return Job("test", script=["make test"], rules=["$CI_COMMIT_TAG"])  # expect: mypy[list-item] pyright[reportArgumentType]


def rule_for_list() -> object:
    """One rule for a list of rules"""
    return Job("test", script=["make test"], rules=Rule(var.CI_COMMIT_TAG))  # expect: mypy[arg-type] pyright[reportArgumentType]


def unknown_word() -> object:
    """A misspelt word"""
    return Job("test", script=["make test"], when="allways")  # expect: mypy[arg-type] pyright[reportArgumentType]


def number_for_text() -> object:
    """A number for a text"""
    return Job("test", script=["make test"], timeout=30)  # expect: mypy[arg-type] pyright[reportArgumentType]


def number_in_script() -> object:
    """A number in a script"""
    return Job("test", script=["make test", 1])  # expect: mypy[list-item] pyright[reportArgumentType]


def text_for_number() -> object:
    """A text for a number"""
    return Job("test", script=["make test"], parallel="3")  # expect: mypy[arg-type] pyright[reportArgumentType]


def list_for_artifacts() -> object:
    """A list of paths for artifacts"""
    return Job("test", script=["make test"], artifacts=["dist/"])  # expect: mypy[arg-type] pyright[reportArgumentType]


def mapping_for_cache() -> object:
    """A mapping for a cache"""
    return Job("test", script=["make test"], cache={"paths": [".venv/"]})  # expect: mypy[arg-type] pyright[reportArgumentType]


def mapping_for_need() -> object:
    """A mapping for a need"""
    return Job("test", script=["make test"], needs=[{"job": "build"}])  # expect: mypy[dict-item, list-item] pyright[reportArgumentType]


def number_for_matrix() -> object:
    """A number for the mapping of a matrix"""
    return Job("test", script=["make test"], parallel=Matrix(3))  # expect: mypy[call-overload] pyright[reportArgumentType]


def class_for_value() -> object:
    """A class for a value"""
    return Job("test", script=["make test"], cache=Cache)  # expect: mypy[arg-type] pyright[reportArgumentType]


def list_for_extra() -> object:
    """A list for a mapping"""
    return Job("test", script=["make test"], extra=["new_keyword"])  # expect: mypy[arg-type] pyright[reportArgumentType]


def misspelt_include() -> object:
    """A misspelt keyword of an include"""
    return Include(locals="ci/build.yml")  # expect: mypy[call-arg] pyright[reportCallIssue]


def need_of_boolean() -> object:
    """A boolean for the name of a job"""
    return Need(True)  # expect: mypy[arg-type] pyright[reportArgumentType]


def boolean_condition() -> object:
    """A boolean for a condition"""
    return Rule(if_=True)  # expect: mypy[arg-type] pyright[reportArgumentType]


def identity() -> object:
    """`is` in a condition"""
    return Rule(var.CI_COMMIT_TAG is None)  # expect: mypy[arg-type] pyright[reportArgumentType]


def negation() -> object:
    """`not` in a condition"""
    return Rule(not var.CI_COMMIT_TAG)  # expect: mypy[arg-type] pyright[reportArgumentType, reportGeneralTypeIssues]


def conjunction() -> object:
    """`and` in a condition"""
    return Rule(var.CI_COMMIT_TAG and var.DEPLOY == "yes")  # expect: mypy[unreachable]


def disjunction() -> object:
    """`or` in a condition"""
    return Rule(var.CI_COMMIT_BRANCH == "main" or var.CI_COMMIT_TAG)


def membership() -> object:
    """`in` in a condition"""
    return Rule(var.CI_COMMIT_BRANCH in ["main", "next"])  # expect: mypy[arg-type] pyright[reportArgumentType]


def search() -> object:
    """A text `in` a variable"""
    return Rule("main" in var.CI_COMMIT_BRANCH)  # expect: mypy[arg-type, operator] pyright[reportArgumentType, reportOperatorIssue]


def chained_comparison() -> object:
    """Two comparisons in one"""
    return Rule(var.CI_COMMIT_BRANCH == var.CI_DEFAULT_BRANCH == "main")


def missing_parentheses() -> object:
    """A comparison without parentheses"""
    return Rule(var.CI_COMMIT_BRANCH == "main" & var.CI_COMMIT_TAG)  # expect: mypy[arg-type, operator] pyright[reportOperatorIssue]


def compared_number() -> object:
    """A variable compared with a number"""
    return Rule(var.RETRIES == 3)  # expect: mypy[arg-type] pyright[reportArgumentType]


def variable_in_if() -> object:
    """A variable after `if`"""
    return [build] if var.CI_COMMIT_TAG else []  # expect: pyright[reportGeneralTypeIssues]


def condition_in_if() -> object:
    """A condition after `if`"""
    return [job for job in [build] if var.CI_COMMIT_BRANCH == "main"]  # expect: pyright[reportGeneralTypeIssues]


def swapped_comment() -> object:
    """The arguments of `comment` swapped"""
    return Job("test", script=comment("Run the tests.", ["make test"]))  # expect: mypy[call-overload] pyright[reportArgumentType, reportCallIssue]


def misspelt_keyword_of_child() -> object:
    """A misspelt keyword of `TriggerJob.child`"""
    return TriggerJob.child("child", "ci/child.yml", stgae="test")  # expect: mypy[call-arg] pyright[reportCallIssue]


def misspelt_override() -> object:
    """A misspelt keyword of `override`"""
    return override(pipeline, imgae="python:3.13")  # expect: mypy[call-arg] pyright[reportCallIssue]


def misspelt_evolve() -> object:
    """A misspelt keyword of `evolve`"""
    return evolve(build, scirpt=["make all"])


def project_for_pipeline() -> object:
    """A project for a pipeline"""
    return dumps(Project(pipeline=pipeline))  # expect: mypy[arg-type] pyright[reportArgumentType]


def text_for_model() -> object:
    """A text for a model"""
    return lint("build: {script: [make]}")  # expect: mypy[arg-type] pyright[reportArgumentType]


def index_for_name() -> object:
    """A number for the name of a job"""
    return pipeline[0]  # expect: mypy[index] pyright[reportArgumentType]


def misspelt_property() -> object:
    """A misspelt property of a resource"""
    return Function("Hello", code_url="src/")  # expect: mypy[call-arg] pyright[reportCallIssue]


def text_for_memory() -> object:
    """A text for a number of a resource"""
    return Function("Hello", memory_size="512")  # expect: mypy[arg-type] pyright[reportArgumentType]


def string_for_architectures() -> object:
    """A string for a list of a resource"""
    return Function("Hello", architectures="arm64")  # expect: mypy[arg-type] pyright[reportArgumentType]


def job_as_resource() -> object:
    """A job in a template"""
    return Template(resources=[build])  # expect: mypy[list-item] pyright[reportArgumentType]


def unknown_event_of_hook() -> object:
    """A misspelt event of a hook"""
    return Hook("PreTrafic", "hooks/smoke.py")  # expect: mypy[arg-type] pyright[reportArgumentType]


def misspelt_threshold() -> object:
    """A misspelt option of an alarm"""
    return Alarm.errors(treshold=5)  # expect: mypy[call-arg] pyright[reportCallIssue]


def number_for_region() -> object:
    """A number for a region"""
    return Target("prod", account="111111111111", region=1, role="deploy", bucket="packages")  # expect: mypy[arg-type] pyright[reportArgumentType]


def missing_bucket() -> object:
    """A target without a bucket"""
    return Target("prod", account="111111111111", region="eu-central-1", role="deploy")  # expect: mypy[call-arg] pyright[reportCallIssue]


def unknown_gate() -> object:
    """A misspelt word of a target"""
    return KubernetesTarget("prod", namespace="shop", agent="group/agents:prod", gate="manuel")  # expect: mypy[arg-type] pyright[reportArgumentType]


def misspelt_argument_of_pattern() -> object:
    """A misspelt argument of a pattern"""
    return container_service(name="shop", tests=Test(script=["make test"]))  # expect: mypy[call-arg] pyright[reportCallIssue]


def pipeline_for_template() -> object:
    """A pipeline for a template"""
    return serverless_service(pipeline, name="shop", test=Test(script=["make test"]), deploy=[])  # expect: mypy[arg-type] pyright[reportArgumentType]


def number_beyond_its_range() -> object:
    """A number beyond its range"""
    return Job("test", script=["make test"], retry=5)


def text_that_is_no_duration() -> object:
    """A text that is not a duration"""
    return Job("test", script=["make test"], timeout="soon")


def unknown_canary() -> object:
    """A misspelt type of a canary"""
    return Canary("Linear10PercentEvery1Minutes")


def unknown_method() -> object:
    """A misspelt method of a route"""
    return Route("GTE", "/")


def conflicting_keywords() -> object:
    """Two keywords that exclude each other"""
    return Job("test", script=["make test"], rules=[Rule(var.CI_COMMIT_TAG)], only=["tags"])


def job_twice() -> object:
    """Two jobs of the same name"""
    return Pipeline(jobs=[build, Job("build", script=["make all"])])


def undefined_need() -> object:
    """A need that does not exist"""
    return Pipeline(jobs=[build, Job("test", script=["make test"], needs=["biuld"])])


def undefined_stage() -> object:
    """A stage that does not exist"""
    return Pipeline(stages=["build"], jobs=[Job("test", stage="tset", script=["make test"])])


def old_runtime() -> object:
    """A runtime that Lambda no longer supports"""
    return Template(resources=[Function("Hello", code_uri="src/", handler="app.handler", runtime="python3.8")])


def misspelt_variable() -> object:
    """A misspelt variable of GitLab"""
    return Pipeline(jobs=[Job("test", script=["make test"], rules=[Rule(var.CI_COMIT_TAG)])])
