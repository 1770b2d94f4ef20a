"""The health page: does the whole chain answer, from the web through the outbox to a worker?"""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mes.lib import clock
from mes.lib.access import public
from records import canary, outbox


@public
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part works, else 503; say which part does not.

    ``canary_age`` is in seconds: since when work was last seen to come out of a worker.
    ``dead_letters`` wait for a person; they hold up nothing else.
    """
    database = _database()
    parts = {"database": database, "broker": _broker(), "worker": database and _worker()}
    healthy = all(parts.values())
    answer = {
        "healthy": healthy,
        **parts,
        "canary_age": _canary_age() if database else None,
        "dead_letters": outbox.dead() if database else None,
    }
    return JsonResponse(answer, status=200 if healthy else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        return False


def _broker() -> bool:
    try:
        client = redis.Redis.from_url(
            settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2
        )
        return bool(client.ping())
    except redis.RedisError:
        return False


def _worker() -> bool:
    return canary.is_singing()


def _canary_age() -> float | None:
    seen = canary.last_seen()
    return None if seen is None else round((clock.now() - seen).total_seconds(), 1)
