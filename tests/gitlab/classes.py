"""The classes of keywords, as the index has them: a new one is tested because it exists."""

from __future__ import annotations

from gitlabgen import gitlab
from gitlabgen.modeling.model import Model

_FOUND = [getattr(gitlab, name) for name in gitlab.__all__]
# What all jobs share is no block of its own.
CLASSES: list[type[Model]] = [
    cls for cls in _FOUND if isinstance(cls, type) and issubclass(cls, Model) and cls is not gitlab.BaseJob
]
