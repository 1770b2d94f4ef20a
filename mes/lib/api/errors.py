"""One shape for every refusal that the API gives."""

from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from mes.lib.refusals import Refusal


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into its status and ``{code, sentence, way_out, field, params}``.

    The framework's own errors get the same shape; anything else stays a server error.
    """
    if isinstance(error, Refusal):
        return Response(refusal_body(error), status=error.status)
    response = exception_handler(error, context)
    if response is not None and isinstance(error, APIException):
        response.data = _body(error, response.data)
    return response


def refusal_body(refusal: Refusal) -> dict[str, Any]:
    """Return what the API tells about a refusal."""
    return {
        "code": refusal.code,
        "sentence": str(refusal),
        "way_out": refusal.way_out_text,
        "field": refusal.field,
        "params": refusal.params,
    }


def _body(error: APIException, data: Any) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        return {"code": "invalid", "sentence": str(error.default_detail), "fields": data}
    return {"code": error.get_codes(), "sentence": str(error.detail)}
