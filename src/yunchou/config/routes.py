"""Every address of the product with who may call it. `routes --json` prints it and a test holds the product to it.

What can be read off the code is read off it: methods and whether signing in is asked for. The right and its scope are told
here, by name of the address; an address that nobody told about is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver

ALL_METHODS = ("GET", "POST")


@dataclass(frozen=True)
class Access:
    """Who may call an address.

    `right` is asked of the person within `scope`: "subject" (of the object in the address), "unit", "own" (only what is the
    person's), "rows" (of what the right shows), "any" (the right anywhere) or "" (whoever signed in). `public` says why
    nobody needs to sign in.
    """

    right: str = ""
    scope: str = ""
    public: str = ""


@dataclass(frozen=True)
class Route:
    """One address."""

    path: str
    name: str
    methods: tuple[str, ...]
    access: Access

    def as_dict(self) -> dict[str, Any]:
        kind = "public" if self.access.public else "token" if self.name.startswith("api") else "signed-in"
        told = asdict(self.access)
        return {
            "path": self.path,
            "name": self.name,
            "methods": list(self.methods),
            "access": kind,
            "right": told["right"],
            "scope": told["scope"],
            "why": told["public"],
        }


def _walk(
    patterns: list[Any], prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for entry in patterns:
        path = prefix + str(entry.pattern).removeprefix("^").removesuffix("$")
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry.url_patterns, path, inner)
        elif isinstance(entry, URLPattern):
            yield f"/{path}", f"{namespace}{entry.name or entry.lookup_str}", entry.callback


def _methods(view: Callable[..., Any]) -> tuple[str, ...]:
    """What `require_http_methods` and its shorthands allow; class-based views say it themselves."""
    if view_class := getattr(view, "view_class", None):
        return tuple(name.upper() for name in ("get", "post", "put", "delete") if hasattr(view_class, name))
    inner: Any = view
    while inner is not None:
        for cell in getattr(inner, "__closure__", None) or ():
            found = cell.cell_contents
            if (
                isinstance(found, list | tuple)
                and found
                and set(found) <= {"GET", "POST", "HEAD", "PUT", "DELETE", "PATCH"}
            ):
                return tuple(method for method in found if method != "HEAD")
        inner = getattr(inner, "__wrapped__", None)
    return ALL_METHODS


def all_routes() -> list[Route]:
    """Every address in the order in which Django tries them. Raises where nobody told who may call one."""
    from .access_table import access_of

    routes = []
    for path, name, view in _walk(get_resolver().url_patterns):
        access = access_of(name)
        if access is None:
            raise ImproperlyConfigured(f"{path} ({name}): say in config/access_table.py who may call it")
        routes.append(Route(path, name, _methods(view), access))
    return routes
