"""`artifacts:reports`: files that GitLab reads and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gitlabgen.gitlab._vocabulary import CoverageFormat
from gitlabgen.gitlab.keyword_model import KeywordModel
from gitlabgen.gitlab.keyword_types import Strings, Text
from gitlabgen.modeling.fields import field
from gitlabgen.modeling.model import model

if TYPE_CHECKING:
    from gitlabgen.gitlab.reference import Reference

__all__ = ["CoverageReport", "Reports"]


@model
class CoverageReport(KeywordModel):
    """Coverage that a merge request shows line by line.

    Args:
        coverage_format: `cobertura` or `jacoco`.
        path: The report's file.

    Source: https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportscoverage_report
    """

    keyword: ClassVar[str] = "artifacts:reports:coverage_report"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/artifacts_reports/#artifactsreportscoverage_report"

    coverage_format: CoverageFormat | Reference = field(values_since={"jacoco": (17, 3)})
    path: Text


@model
class Reports(KeywordModel):
    """Files that GitLab reads and shows, by kind; each is a file or a list of files.

    Args:
        junit: Results of unit tests.
        dotenv: Variables for later jobs.
        coverage_report: Coverage line by line.
        accessibility: The accessibility of pages, as pa11y reports it.
        annotations: Links on the job's page.
        api_fuzzing: Bugs found by random requests to an API.
        browser_performance: The performance of pages in a browser.
        codequality: Code Quality issues, shown in merge requests.
        container_scanning: Vulnerabilities of container images.
        coverage_fuzzing: Bugs found by coverage-guided fuzzing.
        cyclonedx: The software bill of materials, in the CycloneDX format.
        dast: Vulnerabilities found by tests of the running application.
        dependency_scanning: Vulnerabilities of dependencies.
        license_scanning: Licenses of dependencies.
        load_performance: The performance under load.
        lsif: Code intelligence for the code viewer.
        metrics: Values that a merge request compares with the target branch.
        repository_xray: The libraries that the repository uses, for code suggestions.
        requirements: The requirements that are satisfied.
        sarif: Security findings in the SARIF format.
        sast: Vulnerabilities found by static analysis.
        secret_detection: Secrets found in the code.
        terraform: The changes of a Terraform plan.

    Source: https://docs.gitlab.com/ci/yaml/artifacts_reports/
    """

    keyword: ClassVar[str] = "artifacts:reports"
    docs_url: ClassVar[str] = "https://docs.gitlab.com/ci/yaml/artifacts_reports/"

    junit: str | Strings | None = None
    dotenv: str | Strings | None = field(default=None, since=(12, 9))
    coverage_report: CoverageReport | Reference | None = field(default=None, since=(14, 10))
    accessibility: str | Strings | None = field(default=None, since=(12, 8))
    annotations: str | Strings | None = field(default=None, since=(16, 3))
    api_fuzzing: str | Strings | None = field(default=None, since=(13, 4))
    browser_performance: str | Strings | None = field(default=None, since=(14, 0))
    codequality: str | Strings | None = None
    container_scanning: str | Strings | None = None
    coverage_fuzzing: str | Strings | None = field(default=None, since=(13, 4))
    cyclonedx: str | Strings | None = field(default=None, since=(15, 3))
    dast: str | Strings | None = None
    dependency_scanning: str | Strings | None = None
    license_scanning: str | Strings | None = field(default=None, since=(12, 8))
    load_performance: str | Strings | None = field(default=None, since=(13, 2))
    lsif: str | Strings | None = None
    metrics: str | Strings | None = None
    repository_xray: str | Strings | None = field(default=None, since=(16, 7))
    requirements: str | Strings | None = field(default=None, since=(13, 1))
    sarif: str | Strings | None = field(default=None, since=(18, 11))
    sast: str | Strings | None = None
    secret_detection: str | Strings | None = field(default=None, since=(13, 1))
    terraform: str | Strings | None = field(default=None, since=(13, 0))
