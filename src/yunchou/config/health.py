"""`/healthz` says that the process lives, `/readyz` that it can do its work. Both are public and tell nothing else, but for
one word on backups that are overdue or fail, so that a monitor hears of it: the product goes on serving."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yunchou.kernel.backups.selectors import trouble
from yunchou.kernel.core.restoring import is_being_restored

# Migrations are applied while no web process serves the new code, so that once is enough.
_migrated = False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and has every migration, else 503 with the first thing that is missing."""
    if problem := _problem():
        return JsonResponse({"status": problem}, status=503)
    told = {"status": "ok"}
    if found := trouble():
        told["protection"] = found
    return JsonResponse(told)


def _problem() -> str:
    global _migrated
    if is_being_restored():
        return "restore unfinished"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "database unreachable"
    return "" if _migrated else "migrations missing"
