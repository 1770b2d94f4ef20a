"""Documents that were stored: read by their shape alone, whatever today's rules would refuse.

A record stays readable for its life. A rule of reading that came after a document was approved
keeps it from being approved again, not from being read, executed to its end, or verified.
"""

from __future__ import annotations

import logging
import types
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, RootModel, ValidationError
from pydantic.fields import FieldInfo

from recipes.document import Recipe

log = logging.getLogger(__name__)


class Stored(Recipe):
    """A document that today's rules of reading refuse."""


def read(plain: Mapping[str, Any]) -> Recipe:
    """Return a stored document; one that would be refused today is read without its rules."""
    try:
        return Recipe.model_validate(plain)
    except ValidationError as error:
        log.warning("a stored recipe is read without rules that came later: %s", error)
        found: Recipe = _part(Stored, plain)
        return found


def part(model: type[BaseModel], plain: Mapping[str, Any]) -> Any:
    """Return a part of a stored document, such as an operation of the library, in that way."""
    try:
        return model.model_validate(plain)
    except ValidationError:
        return _part(model, plain)


def _part(model: type[BaseModel], plain: Mapping[str, Any]) -> Any:
    fields: Mapping[str, FieldInfo] = model.model_fields
    values: dict[str, Any] = {}
    for name, info in fields.items():
        called = info.alias or name
        if called in plain:
            values[name] = _value(info.annotation, info.metadata, plain[called])
        elif info.is_required():
            values[name] = None
    return model.model_construct(**values)


def _value(annotation: Any, marks: Any, given: Any) -> Any:
    """Return a value as its type has it: converted, and not judged."""
    for mark in marks:
        if isinstance(mark, BeforeValidator) and given is not None:
            given = _converted(mark, given)
    if given is None or isinstance(given, BaseModel):
        return given
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(inside[0], inside[1:], given)
    if origin in {Union, types.UnionType}:
        return _one_of([one for one in inside if one is not type(None)], given)
    if origin is tuple and isinstance(given, list):
        return tuple(_value(inside[0], (), one) for one in given)
    return _of_type(annotation, given) if isinstance(annotation, type) else given


def _converted(mark: BeforeValidator, given: Any) -> Any:
    convert: Any = mark.func
    try:
        return convert(given)
    except ValueError:
        return given


def _one_of(kinds: list[Any], given: Any) -> Any:
    """Return a value of one of several types: of steps the one that its kind names."""
    if len(kinds) == 1:
        return _value(kinds[0], (), given)
    steps = (one for one in kinds if isinstance(given, dict) and hasattr(one, "model_fields"))
    for one in steps:
        if given.get("kind") in get_args(one.model_fields["kind"].annotation):
            return _part(one, given)
    return given


def _of_type(kind: type, given: Any) -> Any:
    if issubclass(kind, RootModel):
        return kind.model_construct(root=given)
    if issubclass(kind, BaseModel) and isinstance(given, dict):
        return _part(kind, given)
    if issubclass(kind, Enum) and given in {one.value for one in kind}:
        return kind(given)
    return given
