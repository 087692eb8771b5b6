"""Lazy imports: packages that import their exports on first use, and checks for classes that may not be loaded."""

from __future__ import annotations

import sys

# Imported for type checkers only, because every start of the program loads this module.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

__all__ = ["exporter", "is_instance", "lend", "module_of"]

_exports: dict[str, dict[str, str]] = {}
_lent: dict[str, dict[str, str]] = {}


def exporter(package: str, modules: Mapping[str, str], packages: tuple[str, ...] = ()) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package that loads a module when one of its names is first used.

    Args:
        package: The package's name.
        modules: The full name of the module that defines each exported name.
        packages: Sub-packages that are exported themselves.
    """
    _exports[package] = {**modules}

    def find(name: str) -> Any:
        from importlib import import_module

        if name in packages:
            return import_module(f"{package}.{name}")
        module = _exports[package].get(name) or _lent.get(package, {}).get(name)
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(module), name)
        setattr(sys.modules[package], name, found)
        return found

    return find


def lend(package: str, modules: Mapping[str, str]) -> None:
    """Let a package export names that a higher layer defines, without importing that layer.

    Args:
        package: The package that exports the names.
        modules: The full name of the module that defines each name.
    """
    _lent[package] = {**modules}


def module_of(user: str, name: str) -> str | None:
    """Return the module that defines an exported name; None if no package exports the name.

    Args:
        user: The module that uses the name; its package is searched first.
        name: The exported name.
    """
    own = ".".join(user.split(".")[:2])
    packages = (_exports.get(own, {}), *_exports.values())
    return next((names[name] for names in packages if name in names), None)


def is_instance(value: object, package: str, name: str) -> bool:
    """Return whether a value is an instance of a class, or of a subclass, that may not be loaded yet.

    A class that is not loaded has no instances, so nothing is imported for the check.

    Args:
        value: Any value.
        package: The package that exports the class, or another library's module.
        name: The class's name.
    """
    loaded = sys.modules.get(_exports.get(package, {}).get(name, package))
    return loaded is not None and isinstance(value, getattr(loaded, name))
