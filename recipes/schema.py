"""The JSON Schema of a recipe's document: what an editor needs to help while one writes."""

from __future__ import annotations

from functools import cache
from typing import Any

from recipes.document import Recipe

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a recipe as it is written in YAML or JSON.

    What passes it can still be refused: the reader and the compiler check what a schema
    cannot say (units, references, limits, texts in every language).
    """
    body = Recipe.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": DIALECT, **body, "title": "Recipe"}
