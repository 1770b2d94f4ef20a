"""Addresses of the pages in these tests: one section that exists; the others fall back to paths."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty(request: HttpRequest) -> HttpResponse:
    """Answer with nothing."""
    return HttpResponse()


urlpatterns = [path("vein-to-vein/", include(([path("", empty, name="index")], "orders")))]
