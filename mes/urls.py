"""The addresses of the site: each app under its own name, the API under its version."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView

from mes.health import health
from mes.incidents import system_incidents
from mes.jump import jump
from mes.letters import dead_letters
from mes.lib.access import SIGNED_IN, public, requires
from mes.system import system

# Apps whose pages stand at the root: sign-in and home; the board.
AT_ROOT = ("accounts", "planning")


def _has(module: str) -> bool:
    """Say whether an app brings this module; an app without pages or without an API is whole."""
    parent = module.rpartition(".")[0]
    return find_spec(parent) is not None and find_spec(module) is not None


def _pages() -> list[URLResolver]:
    return [
        path("" if app in AT_ROOT else f"{app}/", include(f"{app}.urls"))
        for app in settings.APPS
        if _has(f"{app}.urls")
    ]


def _api() -> list[URLResolver]:
    return [
        path(f"api/v1/{app}/", include((f"{app}.api.urls", f"{app}-api")))
        for app in settings.APPS
        if _has(f"{app}.api.urls")
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("system/", system, name="system"),
    path("incidents/", system_incidents, name="incidents"),
    path("letters/", dead_letters, name="letters"),
    path("jump/", jump, name="jump"),
    path("language/", public(set_language), name="set_language"),
    path("api/v1/schema/", requires(SIGNED_IN)(SpectacularAPIView.as_view()), name="schema"),
    *_api(),
    *_pages(),
]
