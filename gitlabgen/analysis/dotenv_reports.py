"""The variables that jobs write into their dotenv reports.

Source: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportsdotenv
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from gitlabgen.analysis.commands import SCRIPTS, script_lines
from gitlabgen.analysis.walking import values_in
from gitlabgen.gitlab.base_job import BaseJob

if TYPE_CHECKING:
    from gitlabgen.analysis.pipelines import PipelineAnalysis

__all__ = ["dotenv_variables", "texts_of_scripts"]

_WRITTEN: Final = re.compile(r"""\b(?:echo|printf)\s+(?:-\w+\s+)*["']?([A-Za-z_]\w*)=""")


def dotenv_variables(analysis: PipelineAnalysis) -> dict[str, list[str]]:
    """Return the names of the jobs that write each variable into a dotenv report, by the variable's name.

    Args:
        analysis: The pipeline.
    """
    found: dict[str, list[str]] = {}
    for job in analysis.jobs_with("artifacts"):
        reports = getattr(getattr(job, "artifacts", None), "reports", None)
        if reports is None:
            continue
        paths = [path for path in values_in(getattr(reports, "dotenv", None)) if isinstance(path, str)]
        for line in texts_of_scripts(job) if paths else ():
            if any(path in line for path in paths):
                for name in dict.fromkeys(_WRITTEN.findall(line)):
                    found.setdefault(name, []).append(job.name)
    return found


def texts_of_scripts(job: BaseJob) -> list[str]:
    """Return the entries of a job's scripts.

    Args:
        job: The job.
    """
    return [text for keyword in SCRIPTS for _, text in script_lines(getattr(job, keyword, None), ())]
