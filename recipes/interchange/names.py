"""Names, texts and values of another system's file, as a document can have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ValidationError, create_model
from pydantic.fields import FieldInfo

from recipes.drafting.changes import Plain
from recipes.interchange.tree import Found
from recipes.parts import Part

LONGEST_KEY = 60
CLASS = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*", re.ASCII)
LANGUAGE = re.compile(r"([A-Za-z]{2})(?:[-_]([A-Za-z]{2}))?", re.ASCII)


def slug(given: str) -> str:
    """Return a key of a name: ``Mixer 100 L`` is ``mixer-100-l``, ``7`` is ``part-7``."""
    found = re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-")[:LONGEST_KEY].strip("-")
    return found if found[:1].isalpha() else f"part-{found}"[:LONGEST_KEY].strip("-")


def class_of(given: str) -> str:
    """Return the class of a room or a unit: as it is written, if a document can have it so."""
    fits = CLASS.fullmatch(given) and len(given) <= LONGEST_KEY
    return given if fits else slug(given)


def keys_of(names: Iterable[str]) -> list[str]:
    """Return a key for each name, none twice: the second ``heat`` is ``heat-2``."""
    found: dict[str, None] = {}
    for name in names:
        key = wanted = slug(name.rpartition("/")[2] or name)
        number = 1
        while key in found:
            number += 1
            key = f"{wanted[: LONGEST_KEY - 5]}-{number}"
        found[key] = None
    return list(found)


def text_of(found: Found, instead: str) -> dict[str, Plain]:
    """Return the descriptions of an element by language, those of one language together."""
    said: dict[str, Plain] = {}
    for one in found.all("Description"):
        if one.text:
            language = _language(one.attribute("languageID"))
            before = f"{said[language]}\n" if language in said else ""
            said[language] = f"{before}{one.own_text}"
    return said or {"en": instead or "…"}


def _language(given: str) -> str:
    found = LANGUAGE.fullmatch(given.strip())
    if found is None:
        return "en"
    first, country = found[1].lower(), found[2]
    return f"{first}-{country.upper()}" if country else first


def names_of(model: type) -> Mapping[str, str]:
    """Return the fields of a part: what each is called in a document, and in the schema."""
    return {one.alias or name: name for name, one in _fields(model).items()}


def _fields(model: type) -> Mapping[str, FieldInfo]:
    fields: Mapping[str, FieldInfo] = vars(model)["__pydantic_fields__"]
    return fields


def takes(model: type, field: str, value: Plain) -> bool:
    """Tell whether a field of a part can have this value."""
    try:
        _alone(model, names_of(model)[field]).model_validate({field: value})
    except ValidationError:
        return False
    return True


@lru_cache(maxsize=512)
def _alone(model: type, name: str) -> type[BaseModel]:
    """Return a part that has one field of another."""
    field: dict[str, Any] = {name: (_fields(model)[name].annotation, _fields(model)[name])}
    return create_model("Alone", __config__=Part.model_config, **field)
