"""Square codes for labels and screens, as SVG that a page may hold without inline style."""

import re
from dataclasses import dataclass

import zxingcpp
from django.utils.html import format_html
from django.utils.safestring import SafeString

_SIZE = re.compile(r'<svg width="(\d+)" height="(\d+)"')
_PATH = re.compile(r'<path d="([0-9MLHVZhvmlz. -]+)"')


@dataclass(frozen=True, slots=True)
class Symbol:
    """The modules of a symbol: size and one path, in modules."""

    width: int
    height: int
    path: str


def data_matrix(text: str) -> Symbol:
    """Return the Data Matrix of a text. Raises ValueError when the text cannot be encoded."""
    return _symbol(text, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)


def qr_code(text: str) -> Symbol:
    """Return the QR code of a text. Raises ValueError when the text cannot be encoded."""
    return _symbol(text, zxingcpp.BarcodeFormat.QRCode)


def _symbol(text: str, kind: zxingcpp.BarcodeFormat, **options: bool) -> Symbol:
    drawn = zxingcpp.create_barcode(text, kind, **options).to_svg()
    size, path = _SIZE.search(drawn), _PATH.search(drawn)
    if size is None or path is None:
        raise ValueError("The symbol could not be drawn.")
    return Symbol(int(size.group(1)), int(size.group(2)), path.group(1))


def draw(symbol: Symbol, *, label: str) -> SafeString:
    """Return the inline SVG of a symbol; ``label`` is what assistive technology says."""
    return format_html(
        '<svg class="symbol" role="img" aria-label="{}" viewBox="0 0 {} {}" '
        'shape-rendering="crispEdges"><rect width="{}" height="{}" fill="#fff"/>'
        '<path d="{}" fill="#000"/></svg>',
        label, symbol.width, symbol.height, symbol.width, symbol.height, symbol.path,
    )  # fmt: skip
