"""One run of the linter: the selected rules, and the findings of all pipelines, templates and projects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from gitlabgen.errors import Finding, GitlabgenError
from gitlabgen.gitlab.limits import DEFAULT_LIMITS, Limits
from gitlabgen.linting.catalogue import Group, checks
from gitlabgen.linting.rule import Persona

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis
    from gitlabgen.analysis.sam_configs import SamConfigs
    from gitlabgen.analysis.template_folders import TemplateFolder
    from gitlabgen.analysis.templates import TemplateAnalysis
    from gitlabgen.resolution.configuration import Resolution
    from gitlabgen.resolution.repositories import Repository
    from gitlabgen.simulation.events import Event
    from gitlabgen.simulation.project_facts import ProjectFacts

__all__ = ["Run"]


class Run:
    """Runs the selected rules, and collects their findings.

    Args:
        target: The GitLab version that reads the pipelines, if known.
        strict: Whether a check that an unread include leaves undecided is an error.
        persona: The persona that reads the findings.
        selected: Names of rules that run whatever their persona.
        limits: The limits of the GitLab server.
        project: What only the server knows about the project.
        events: The events that rules look at, by name.
    """

    def __init__(
        self,
        target: tuple[int, int] | None,
        persona: Persona,
        selected: Iterable[str],
        *,
        strict: bool,
        limits: Limits = DEFAULT_LIMITS,
        project: ProjectFacts | None = None,
        events: Mapping[str, Event] | None = None,
    ) -> None:
        self.findings: list[Finding] = []
        self._target = target
        self._strict = strict
        self.limits = limits
        self._project = project
        self._events = events
        self.configs: SamConfigs | None = None
        self._persona = persona
        self._selected = frozenset(selected)

    def check(self, group: Group, analysis: object) -> None:
        """Run the rules of a group on an analysis.

        Args:
            group: The group.
            analysis: The analysis of a pipeline, a template or a project.
        """
        for check in checks(group, self._persona, self._selected):
            self.findings += check(analysis)

    def pipeline(
        self,
        resolution: Resolution,
        repository: Repository | None = None,
        *,
        is_part: bool = False,
        forwarded: Callable[[], Mapping[str, str | None]] = dict,
    ) -> PipelineAnalysis:
        """Run the rules on a pipeline, and return its analysis.

        Args:
            resolution: The pipeline.
            repository: The repository with the files that it includes.
            is_part: Whether another pipeline triggers or includes it.
            forwarded: Returns the variables that a trigger passes to it; None for unknown values.
        """
        from gitlabgen.analysis.pipelines import PipelineAnalysis

        before = len(self.findings)
        self.findings += resolution.findings
        analysis = PipelineAnalysis(
            resolution,
            self._target,
            repository=repository,
            strict=self._strict,
            is_part=is_part,
            forwarded=forwarded,
            limits=self.limits,
            project_variables=frozenset() if self._project is None else self._project.variable_names,
            configs=self.configs,
        )
        self.check("pipeline", analysis)
        if analysis.commands or analysis.jobs_with("environment"):
            self.check("deployment", analysis)
        if not analysis.is_part:
            self._check_events(analysis, repository)
        if resolution.is_fragment:  # what another file may define is no problem of this one
            self.findings[before:] = [finding for finding in self.findings[before:] if not finding.is_skipped_check]
        return analysis

    def _check_events(self, analysis: PipelineAnalysis, repository: Repository | None) -> None:
        from gitlabgen.linting.event_views import DEFAULT_EVENTS, EventAnalysis

        events = DEFAULT_EVENTS if self._events is None else self._events
        self.check("event", EventAnalysis(analysis, repository, self._project, events))

    def template(self, model: Any, folder: TemplateFolder | None = None) -> TemplateAnalysis | None:
        """Run the rules on a template, and return its analysis; None if the template cannot be rendered.

        Args:
            model: The template.
            folder: Its folder with the code of its functions, if it is known.
        """
        from gitlabgen.analysis.templates import TemplateAnalysis

        try:
            analysis = TemplateAnalysis(model, folder)
        except GitlabgenError as error:  # troposphere finds one of its objects incomplete
            self.findings += error.findings
            return None
        self.check("template", analysis)
        return analysis
