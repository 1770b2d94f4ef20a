"""The site, served from threads of the test process, on the database of the test."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test.testcases import LiveServerThread
from django.utils.http import http_date

from tests.support import axe


class KeptStaticFiles(StaticFilesHandler):
    """Static files that a browser may keep, as behind a real server: pages come faster.

    axe is served among them, with a date: a browser keeps compiled what it knows the age of.
    """

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == axe.ADDRESS:
            response: HttpResponseBase = HttpResponse(axe.SCRIPT, content_type="text/javascript")
            response["Last-Modified"] = http_date(0)
        else:
            response = super().get_response(request)
        response["Cache-Control"] = "max-age=3600"
        return response


@contextmanager
def serving() -> Iterator[str]:
    """Serve until the end of the block; give the address."""
    thread = LiveServerThread("localhost", KeptStaticFiles)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://localhost:{thread.port}"
    finally:
        thread.terminate()
