"""XML in and out: a small tree, written plainly, read with a limit on everything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from typing import Any
from xml.sax.saxutils import XMLGenerator, escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.utils.translation import gettext as _

from recipes.opening import refuse

NAMESPACE = "http://www.mesa.org/xml/B2MML"
# A text of 2 MB in which every letter has to be written as five, and what is written around it.
MOST_BYTES = 12_000_000
DEEPEST = 60
MOST_ELEMENTS = 250_000
# Small things on a line of their own keep a large recipe a third smaller.
ON_ONE_LINE = frozenset({"Value", "FromID", "ToID", "Step", "Transition", "Constraint"})


@dataclass(slots=True)
class Element:
    """An element to be written: its name, attributes, and either text or children."""

    name: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: list[Element] = field(default_factory=list)


def written(root: Element) -> bytes:
    """Return a whole document in the namespace of B2MML, indented, as UTF-8."""
    out = StringIO()
    generator = XMLGenerator(out, encoding="UTF-8", short_empty_elements=True)
    generator.startDocument()
    _write(root, generator, depth=0, more={"xmlns": NAMESPACE})
    out.write("\n")
    return out.getvalue().encode()


def _write(one: Element, generator: Any, *, depth: int, more: Mapping[str, str]) -> None:
    generator.startElement(one.name, {**more, **one.attributes})
    lines = one.name not in ON_ONE_LINE
    for child in one.children:
        generator.characters("\n" + " " * (depth + 1) if lines else "")
        _write(child, generator, depth=depth + 1, more={})
    if one.children:
        generator.characters("\n" + " " * depth if lines else "")
    else:
        # A return would be read as a new line.
        generator.ignorableWhitespace(escape(one.text, {"\r": "&#13;"}))
    generator.endElement(one.name)


@dataclass(frozen=True, slots=True)
class Found:
    """An element that was read. Names are without their namespace."""

    name: str
    node: Any

    @property
    def text(self) -> str:
        """The element's own text, without the white space around it."""
        return str(self.node.text or "").strip()

    @property
    def own_text(self) -> str:
        """The element's own text as it stands."""
        return str(self.node.text or "")

    def attribute(self, name: str) -> str:
        """Return an attribute, or nothing."""
        return str(self.node.get(name, ""))

    def all(self, name: str) -> Iterator[Found]:
        """Yield the children of a name."""
        return (child for child in self.children() if child.name == name)

    def first(self, name: str) -> Found | None:
        """Return the first child of a name."""
        return next(self.all(name), None)

    def say(self, name: str) -> str:
        """Return the text of the first child of a name, or nothing."""
        found = self.first(name)
        return found.text if found else ""

    def children(self) -> Iterator[Found]:
        """Yield all children."""
        return (Found(_local(child.tag), child) for child in self.node)


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def fits(source: bytes) -> bool:
    """Say whether what was written is small enough to be read again."""
    elements = source.count(b"<") - source.count(b"</") - 1  # the declaration is none
    return len(source) <= MOST_BYTES and elements <= MOST_ELEMENTS


def is_xml(source: bytes) -> bool:
    """Say whether a text begins as XML does; YAML and JSON never do."""
    return source.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def parse(source: bytes) -> Found:
    """Read XML; raises RecipeNotReadable for a DTD, an entity, too much of anything, no XML."""
    if len(source) > MOST_BYTES:
        refuse("text.too_large", _("A BatchML file is at most 12 MB."))
    try:
        return _parsed(source)
    except DefusedXmlException:
        refuse("xml.dtd", _("The file has a document type or entities: such a file is not read."))
    except ParseError as error:
        line, column = error.position
        sentence = _("This is not XML: %(problem)s.") % {"problem": str(error).partition(":")[0]}
        refuse("xml.broken", sentence, mark=(line, column + 1))
    except (ValueError, LookupError):
        refuse("xml.broken", _("The encoding of the file is not known."), mark=(1, 1))


def _parsed(source: bytes) -> Found:
    depth = count = 0
    root: Any = None
    for event, node in iterparse(BytesIO(source), events=("start", "end"), forbid_dtd=True):
        root = node if root is None else root
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST:
            sentence = _("The file is nested deeper than %(most)s levels.") % {"most": DEEPEST}
            refuse("xml.too_deep", sentence)
        if count > MOST_ELEMENTS:
            refuse("xml.too_many", _("The file has too many elements."))
    return Found(_local(root.tag), root)
