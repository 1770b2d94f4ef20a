"""People in templates."""

from django import template

from accounts import permissions

register = template.Library()


@register.filter
def role_title(key: str) -> str:
    """Return what people call a role; its key when the code no longer knows it."""
    return permissions.role_title(key)
