"""What a load balancer asks: alive, and ready."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from chalandise.discovery.queries import index_health


def live(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process runs."""
    return JsonResponse({"status": "alive"})


def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers and the search index can be read, else 503."""
    checks = {"database": _database_answers(), "search": index_health()}
    # Pages degrade gracefully without the index, so only the database decides.
    status = 200 if checks["database"] == "ok" else 503
    return JsonResponse(
        {"status": "ready" if status == 200 else "not ready", **checks}, status=status
    )


def _database_answers() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"
