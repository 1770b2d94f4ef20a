"""Our own line drawings on a 24 grid, 2 px round line, in the colour of the text around them.

The triangle and the octagon are filled plates in the two abnormal hues and used for nothing else.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

_LINES = {
    "scan": '<path d="M3 8V5.5A2.5 2.5 0 0 1 5.5 3H8M16 3h2.5A2.5 2.5 0 0 1 21 5.5V8M21 16v2.5a2.5 '
    "2.5 0 0 1-2.5 2.5H16M8 21H5.5A2.5 2.5 0 0 1 3 18.5V16M7.5 9v6M10.5 7.5v9M13.5 9v6"
    'M16.5 7.5v9"/>',
    "camera": '<path d="M3 9a2 2 0 0 1 2-2h2.2l1.3-2.2A1.6 1.6 0 0 1 9.9 4h4.2a1.6 1.6 0 0 1 1.4.8'
    'L16.8 7H19a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2z"/><circle cx="12" cy="13" r="3.6"/>',
    "keyboard": '<rect x="2.5" y="6" width="19" height="12" rx="2"/>'
    '<path d="M6.5 10h.01M10 10h.01M14 10h.01M17.5 10h.01M8 14h8"/>',
    "flag": '<path d="M6 21V4M6 4h12l-2.6 4.2L18 12.4H6"/>',
    "phone": '<path d="M8.2 3.6 5.4 4.4A2.2 2.2 0 0 0 3.8 7 19 19 0 0 0 17 20.2a2.2 2.2 0 0 0 '
    '2.6-1.6l.8-2.8-4.2-2.2-2 2A13 13 0 0 1 8.4 9.8l2-2z"/>',
    "back": '<path d="m15 5-7 7 7 7"/>',
    "next": '<path d="m9 5 7 7-7 7"/>',
    "down": '<path d="m5 9 7 7 7-7"/>',
    "tick": '<path d="m4.5 12.8 4.8 4.7L19.5 6.8"/>',
    "delete-left": '<path d="M8.6 5h10.9A1.5 1.5 0 0 1 21 6.5v11a1.5 1.5 0 0 1-1.5 1.5H8.6L2.5 12z'
    'M11.5 9.5l5 5M16.5 9.5l-5 5"/>',
    "badge": '<rect x="5" y="6.5" width="14" height="14.5" rx="2"/><path d="M9.5 6.5V3h5v3.5"/>'
    '<circle cx="12" cy="12" r="2.2"/><path d="M8.5 18c.6-2 1.9-3 3.5-3s2.9 1 3.5 3"/>',
    "lock": '<rect x="4.5" y="10.5" width="15" height="10.5" rx="2"/>'
    '<path d="M8 10.5V7.2a4 4 0 0 1 8 0v3.3M12 14.5v2.5"/>',
    "drop": '<path d="M12 3.2c3.4 4 5.8 7 5.8 10.4a5.8 5.8 0 0 1-11.6 0C6.2 10.2 8.6 7.2 12 3.2z'
    '"/>',
    "pen": '<path d="M4 20.5h16M5 16.6 15.6 6l3.4 3.4L8.4 20H5z"/>',
    "person": '<circle cx="12" cy="7.5" r="4"/><path d="M4.5 21a7.5 7.5 0 0 1 15 0"/>',
    "people": '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20.5a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 '
    '0 0 1 0 6.4M18 14.6a6.5 6.5 0 0 1 3.5 5.9"/>',
    "document": '<path d="M6 3h8l5 5v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2zM14 3v5h5'
    'M8 13h7M8 17h7"/>',
    "hand": '<path d="M7.5 12.5V6.4a1.6 1.6 0 0 1 3.2 0V4.6a1.6 1.6 0 0 1 3.2 0v1.8a1.6 1.6 0 0 1 '
    "3.2 0v2.2a1.6 1.6 0 0 1 3.1 0v5.9A6.5 6.5 0 0 1 13.7 21h-1.2a6.5 6.5 0 0 1-5-2.4l-3.8-4.7a1.7 "
    '1.7 0 0 1 2.5-2.2zM10.7 6.4v5M13.9 6.4v5M17.1 8.6v3"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.4 2"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.4 15.4 5.1 5.1"/>',
    "to-come": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="3 3.7"/>',
    "cross": '<path d="M6 6l12 12M18 6 6 18"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "move": '<path d="M4 12h16M15 7l5 5-5 5"/>',
    "undo": '<path d="M8 5 4 9l4 4M4 9h10.5a5.5 5.5 0 0 1 0 11H9"/>',
    "menu": '<path d="M4 7h16M4 12h16M4 17h16"/>',
    "microphone": '<rect x="9" y="3" width="6" height="11" rx="3"/>'
    '<path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>',
    "print": '<path d="M7 8V3.5h10V8M7 17H5a2 2 0 0 1-2-2v-5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2v5a2 2 '
    '0 0 1-2 2h-2M7 14h10v6.5H7z"/>',
    "tablet": '<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M10.5 15.8h3"/>',
    "offline": '<path d="M3.5 3.5l17 17M7.4 8.2A4.4 4.4 0 0 0 7.5 18h9.6M20 16.4a4.2 4.2 0 0 0-2.7'
    '-7.2 6 6 0 0 0-7.5-3.6"/>',
    "pause": '<path d="M8.5 5.5v13M15.5 5.5v13"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3.2-3.2a4 4 0 0 0-5.7-5.7L12 6.3M14 10a4 4 0 0 0-5.7 0'
    'l-3.2 3.2a4 4 0 0 0 5.7 5.7l1.2-1.2"/>',
    "box": '<path d="M4 8l8-4.5L20 8v8l-8 4.5L4 16zM4 8l8 4.5L20 8M12 12.5v8"/>',
    "flask": '<path d="M9 3.5h6M10 3.5V9l-5 9a2 2 0 0 0 1.8 3h10.4a2 2 0 0 0 1.8-3l-5-9V3.5'
    'M7.5 15h9"/>',
}

_PLATES = {
    "warning": '<path class="plate" d="M12 3.4 22 20.8H2z"/><path class="sign" d="M12 10v5"/>'
    '<path class="sign" d="M12 18.2h.01"/>',
    "stop": '<path class="plate" d="M7.8 2h8.4L22 7.8v8.4L16.2 22H7.8L2 16.2V7.8z"/>'
    '<rect class="sign" x="6.5" y="10.2" width="11" height="3.6"/>',
}

# The names under which pages ask, beside the drawing's own.
_OTHER_NAMES = {
    "chevron": "next",
    "chevron-right": "next",
    "chevron-left": "back",
    "chevron-down": "down",
    "triangle": "warning",
    "octagon": "stop",
    "dashed-circle": "to-come",
}

LINES: Final = MappingProxyType(_LINES)
PLATES: Final = MappingProxyType(_PLATES)


class NoSuchIcon(KeyError):
    """A template names an icon that is not drawn."""


def drawing(name: str) -> tuple[str, str]:
    """Return (css class, svg body) of an icon. Raises NoSuchIcon."""
    name = _OTHER_NAMES.get(name, name)
    if name in PLATES:
        return f"icon icon-{name}", PLATES[name]
    if name in LINES:
        return "icon icon-line", LINES[name]
    raise NoSuchIcon(name)


def names() -> tuple[str, ...]:
    """All names that `drawing` answers, in the order of the alphabet."""
    return tuple(sorted({*LINES, *PLATES, *_OTHER_NAMES}))
