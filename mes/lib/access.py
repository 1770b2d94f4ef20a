"""How a view names the permission that it needs.

These only mark the view. The middleware of ``accounts`` enforces the mark and denies every
view that has none, so that a forgotten mark closes a page instead of opening it.
"""

from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])

PUBLIC = "public"
SIGNED_IN = "signed-in"


def requires(permission: str) -> Callable[[View], View]:
    """Mark a view with the one permission that opens it."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Mark a view that anybody may open without signing in."""
    return requires(PUBLIC)(view)


def signed_in(view: View) -> View:
    """Mark a view that every signed-in person may open (own profile, sign-out)."""
    return requires(SIGNED_IN)(view)


def permission_of(view: object) -> str | None:
    """Return the permission that a view names, or None when it forgot to."""
    return getattr(view, "permission", None) or getattr(
        getattr(view, "view_class", None) or getattr(view, "cls", None), "permission", None
    )
