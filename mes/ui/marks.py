"""Draws a patient mark on a 40 grid, in ink only: it survives dark, print and a mono label."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mes.lib.marks import PatientMark

# Outline, and where the letters stand: baseline and size.
_SHAPES: Final = MappingProxyType(
    {
        "circle": ('<circle class="shape" cx="20" cy="20" r="18.4" stroke-width="3.2"/>', 26.2, 17),
        "square": (
            '<rect class="shape" x="2.1" y="2.1" width="35.8" height="35.8" rx="3" '
            'stroke-width="3.2"/>',
            26.4,
            18,
        ),
        "diamond": (
            '<path class="shape" d="M20 1.8 38.2 20 20 38.2 1.8 20z" stroke-width="3.2"/>',
            25,
            13.5,
        ),
        "house": (
            '<path class="shape" d="M3 15.5 20 2.4l17 13.1v22H3z" stroke-width="3.2"/>',
            32,
            16.5,
        ),
        "shield": (
            '<path class="shape" d="M2.4 3h35.2v21L20 38 2.4 24z" stroke-width="3.2"/>',
            21,
            16.5,
        ),
    }
)


def spoken(mark: PatientMark) -> str:
    """Return the mark as it is said aloud: "filled circle, K M"."""
    shapes = {
        "circle": pgettext("patient mark", "circle"),
        "square": pgettext("patient mark", "square"),
        "diamond": pgettext("patient mark", "diamond"),
        "house": pgettext("patient mark", "house"),
        "shield": pgettext("patient mark", "shield"),
    }
    fills = {
        "filled": pgettext("patient mark", "filled"),
        "outlined": pgettext("patient mark", "outlined"),
    }
    return _("%(fill)s %(shape)s, %(letters)s") % {
        "fill": fills[mark.fill],
        "shape": shapes[mark.shape],
        "letters": " ".join(mark.letters),
    }


def draw(mark: PatientMark, size: int) -> SafeString:
    """Return the inline SVG of a mark, `size` css px square, with its spoken name."""
    shape, baseline, letters = _SHAPES[mark.shape]
    return format_html(
        '<svg class="mark mark-{}" role="img" aria-label="{}" width="{}" height="{}" '
        'viewBox="0 0 40 40">{}<text class="letters" x="20" y="{}" font-size="{}">{}</text></svg>',
        mark.fill,
        spoken(mark),
        size,
        size,
        mark_safe(shape),  # noqa: S308 - a constant of this module
        baseline,
        letters,
        mark.letters,
    )
