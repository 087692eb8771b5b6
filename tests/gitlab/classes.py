"""The classes of keywords that `gitlabgen.gitlab` exports: new classes are tested automatically."""

from __future__ import annotations

from gitlabgen import gitlab
from gitlabgen.modeling.model import Model

_EXPORTED = [getattr(gitlab, name) for name in gitlab.__all__]
# `BaseJob` is abstract: it only holds what all jobs share.
CLASSES: list[type[Model]] = [
    cls for cls in _EXPORTED if isinstance(cls, type) and issubclass(cls, Model) and cls is not gitlab.BaseJob
]
