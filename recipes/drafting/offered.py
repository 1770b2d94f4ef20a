"""What a field of the editor can be answered with: what the site has, what the draft names. Pure.

Nobody has to know a code letter by letter; whoever does may still write what is not there yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recipes.drafting.changes import Plain
from recipes.site import Site

# A browser shows no more at once, and a page need not carry more.
MOST = 500
USUAL_UNITS = (
    "mL", "L", "uL", "g", "mg", "ug", "kg", "min", "h", "d", "Cel", "%", "1", "kPa", "[pH]",
    "mmol/L", "ng/mL", "{cells}", "{cells}/mL", "{cells}/kg", "{pieces}", "{vials}", "{TU}/mL",
    "[EU]/mL", "[CFU]", "{copies}/{cells}",
)  # fmt: skip
LISTS = {
    "material": "materials", "qualification": "qualifications", "role": "roles", "unit": "units",
    "test": "tests",
}  # fmt: skip


def list_of(path: str) -> str:
    """Return the list that a field is answered from; empty for others."""
    parts = path.split("/")
    field, inside = parts[-1], parts[:-1]
    if field == "class":
        return "rooms" if inside[-1:] == ["room"] else "classes"
    if field == "as":  # in a step it names what a stage has; in a stage it is the name
        return "equipment" if "steps" in inside else ""
    return LISTS.get(field, "")


def offered(data: Plain, site: Site | None) -> dict[str, list[str]]:
    """Return the lists: sorted, each answer once; the site's are empty without a site."""
    here = site or Site(site="-")
    stages = list(_things(data, "stages"))
    found: dict[str, Iterable[Plain]] = {
        "materials": [*(here.materials or ()), *_named(data, "bill_of_materials", "material")],
        "rooms": [
            *(one.class_ for one in here.rooms or ()),
            *(_mapping(stage.get("room")).get("class") for stage in stages),
        ],
        "classes": [
            *(one.class_ for one in here.equipment or ()),
            *_named(data, "bill_of_equipment", "class"),
        ],
        "qualifications": [
            *(one.qualification for one in here.qualifications or ()),
            *(name for stage in stages for name in _named(stage, "staff", "qualification")),
        ],
        "roles": here.roles or (),
        "tests": _named(data, "tests", "key"),
        "equipment": [name for stage in stages for name in _named(stage, "equipment", "as")],
        "units": [*USUAL_UNITS, *(one.unit for one in here.units)],
    }
    return {name: _each(answers) for name, answers in found.items()}


def _each(answers: Iterable[Plain]) -> list[str]:
    return sorted({one for one in answers if isinstance(one, str)})[:MOST]


def _named(owner: Plain, field: str, name: str) -> Iterator[Plain]:
    return (thing.get(name) for thing in _things(owner, field))


def _things(owner: Plain, field: str) -> Iterator[dict[str, Plain]]:
    found = _mapping(owner).get(field)
    return (one for one in (found if isinstance(found, list) else ()) if isinstance(one, dict))


def _mapping(thing: Plain) -> dict[str, Plain]:
    return thing if isinstance(thing, dict) else {}
