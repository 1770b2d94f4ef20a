"""The health page: does the whole chain answer, from the web through the outbox to a worker?"""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mes.lib.access import public
from mes.state import State, database_answers, state

AWAY: dict[str, Any] = {
    "healthy": False, "database": False, "broker": None, "relay": None, "worker": None,
    "canary_age": None, "oldest_message": None, "dead_letters": None, "checkpoints": None,
    "checkpoint_age": None, "verification": None, "verification_age": None,
}  # fmt: skip


@public
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every part works, else 503; say which part does not.

    Times are in seconds. ``canary_age``: since work was last seen to come out of a worker.
    ``oldest_message``: since when the first of those that are due waits. ``checkpoints``: whether
    records are being sealed. ``verification``: whether everything was looked at of late and the
    newest run found nothing; ``verification_age``: since everything was. Like dead letters these
    are for people to answer and hold up nobody, so they make no answer bad.
    """
    if not database_answers():
        return JsonResponse(AWAY, status=503)
    found = state()
    return JsonResponse(_said(found), status=200 if found.works else 503)


def _said(found: State) -> dict[str, Any]:
    return {
        "healthy": found.works,
        "database": True,
        "broker": found.broker,
        "relay": found.relay_works,
        "worker": found.worker_works,
        "canary_age": _seconds(found.canary),
        "oldest_message": _seconds(found.oldest),
        "dead_letters": found.dead,
        "checkpoints": found.sealing.works,
        "checkpoint_age": _seconds(found.sealing.age),
        "verification": found.verifying.works,
        "verification_age": _seconds(found.verifying.whole),
    }


def _seconds(since: timedelta | None) -> float | None:
    return None if since is None else round(since.total_seconds(), 1)
