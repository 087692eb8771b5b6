"""Pipelines made of pipelines, and changed jobs."""

from gitlabgen import (
    BaseJob,
    HiddenJob,
    Job,
    Pipeline,
    Reference,
    Rule,
    evolve,
    fill,
    map_jobs,
    merge,
    override,
    prefixed,
    renamed,
    replace,
    select,
    var,
    without,
)

lint = Job("lint", script=["ruff check"])
test = Job("test", script=["pytest"], needs=[lint])
quality = Pipeline(stages=["test"], jobs=[lint, test, HiddenJob(".base", image="alpine")])
delivery = Pipeline(jobs=[Job("deploy", script=["make deploy"])])

slow: Job = evolve(test, name="slow", script=["pytest --slow"], needs=None)
whole: Pipeline = merge(quality, delivery, [slow])
tagged: Pipeline = override(whole, "lint", test, tags=["docker"], interruptible=True, rules=[Rule(var.CI_COMMIT_TAG)])
filled: Pipeline = fill(tagged, lambda job: job.stage == "test", image="python:3.13", timeout=Reference(".base", "timeout"))
untagged: Pipeline = override(filled, tags=None)
some: Pipeline = without(select(prefixed(filled, "app:"), "app:lint", "app:test"), "app:lint")
other: Pipeline = replace(renamed(quality, {"test": "unit"}), Job("unit", script=["pytest"]))
listed = override([lint, test], retry=1)


def without_needs(job: BaseJob) -> BaseJob | None:
    """Return a job without its needs; None for one without a script."""
    if isinstance(job, Job):
        return evolve(job, needs=None)
    return None


mapped = map_jobs(whole, without_needs)
scripts = [job.script for job in mapped.jobs if isinstance(job, Job)]
found = [name for name in ("lint", "test") if name in mapped and mapped[name].needs is None]
