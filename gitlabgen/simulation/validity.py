"""What GitLab checks before it looks at the event: stages and needs that do not exist, and circles of needs.

The linter finds much more, and says where. These checks keep a simulation from answering for a configuration that GitLab rejects.
"""

from __future__ import annotations

from collections.abc import Iterator

from gitlabgen.analysis.pipelines import dependencies_of, needs_of
from gitlabgen.gitlab.needs import Need
from gitlabgen.gitlab.rules import Rule
from gitlabgen.gitlab.stage import listed_stages
from gitlabgen.modeling.kinds import is_interpolated
from gitlabgen.simulation.needs import job_needs, rule_needs
from gitlabgen.simulation.seeds import Plan, Seed

__all__: list[str] = []


def first_error(plan: Plan) -> str | None:
    """Return GitLab's first message about a configuration that cannot work for any event; None if it finds no problem.

    Args:
        plan: The configuration.
    """
    if plan.errors:
        return plan.errors[0].gitlab or plan.errors[0].message
    if plan.unknown is not None:
        return None  # what is missing may be in a file that was not read
    return next(_errors(plan), None)


def _errors(plan: Plan) -> Iterator[str]:
    stages = plan.stages
    orders = {seed.name: stages.get(seed.stage, -1) for seed in plan.seeds}
    places = {name: (order, index) for index, (name, order) in enumerate(orders.items())}
    may_have_circle = False
    for seed in plan.seeds:
        order = orders[seed.name]
        if order < 0 and not is_interpolated(seed.stage):
            yield f"{seed.job.name} job: chosen stage {seed.stage} does not exist; available stages are {listed_stages(stages)}"
        needs = seed.job.__dict__.get("needs")
        for need in needs if type(needs) is tuple and seed.cell is None else ():
            place = places.get(need) if type(need) is str else None
            if place is None or place[0] > order:
                yield from _need_errors(seed, orders)
                may_have_circle = True
                break
            may_have_circle = may_have_circle or place >= places[seed.name]
        if seed.cell is not None or isinstance(needs, Need):
            yield from _need_errors(seed, orders)
            may_have_circle = True
        if "rules" in seed.job.__dict__:
            yield from _rule_errors(seed, orders)
    for job, _, name in dependencies_of(plan.analysis) if _has_dependencies(plan) else ():
        if name not in plan.resolution.jobs and name not in orders and not is_interpolated(name):
            yield f"{job.name} job: undefined dependency: {name}"
    if may_have_circle and _has_circle(plan):
        yield "The pipeline has circular dependencies"


def _has_dependencies(plan: Plan) -> bool:
    return any("dependencies" in seed.job.__dict__ or "trigger" in seed.job.__dict__ for seed in plan.seeds)


def _need_errors(seed: Seed, orders: dict[str, int]) -> Iterator[str]:
    for need in job_needs(seed, None):
        if is_interpolated(need.name):
            continue
        if need.name not in orders:
            if not need.is_optional:
                yield f"{seed.name} job: undefined need: {need.name}"
        elif orders[need.name] > orders[seed.name] >= 0:
            yield f"{seed.name} job: need {need.name} is not defined in current or prior stages"


def _rule_errors(seed: Seed, orders: dict[str, int]) -> Iterator[str]:
    rules = seed.job.rules
    for rule in rules if isinstance(rules, tuple) else ():
        if isinstance(rule, Rule) and "needs" in rule.__dict__:
            for _, name, need in needs_of(rule_needs(rule)):
                if name not in orders and (need is None or need.optional is not True) and not is_interpolated(name):
                    yield f"{seed.name} job: undefined need: {name}"


def _has_circle(plan: Plan) -> bool:
    waiting = {seed.name: {need.name for need in job_needs(seed, None)} for seed in plan.seeds}
    free = [name for name, needs in waiting.items() if needs.isdisjoint(waiting)]
    users: dict[str, list[str]] = {}
    left = {}
    for name, needs in waiting.items():
        known = needs & waiting.keys()
        left[name] = len(known)
        for need in known:
            users.setdefault(need, []).append(name)
    done = 0
    while free:
        done += 1
        for user in users.get(free.pop(), ()):
            left[user] -= 1
            if not left[user]:
                free.append(user)
    return done < len(waiting)
