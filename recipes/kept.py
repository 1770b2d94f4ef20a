"""Documents as the database keeps them, compared with the hashes that name them (``verify``)."""

from collections.abc import Iterable

from records import beside
from records.beside import Flaw

# Canonical documents have the hash of content, texts as they were written the plain one.
UNLIKE = """
SELECT r.hash FROM recipes_document r
 WHERE {written} AND r.hash NOT IN (encode(sha256('mes:content:v1'::bytea || r.content), 'hex'),
                                    encode(sha256(r.content), 'hex')) ORDER BY r.hash
"""
LOST = """
SELECT r.content_hash FROM recipes_recipeversion r WHERE {written} UNION
SELECT r.source_hash FROM recipes_recipeversion r WHERE {written} EXCEPT
SELECT hash FROM recipes_document ORDER BY 1
"""


@beside.compares
def documents(written: str) -> Iterable[Flaw]:
    """Name documents that are not what their hash says, and those that a version misses."""
    unlike = [row[0] for row in beside.rows(UNLIKE.format(written=written))]
    lost = [row[0] for row in beside.rows(LOST.format(written=written))]
    return [
        *beside.told("recipes_document", unlike, "is not what its hash says"),
        *beside.told("recipes_document", lost, "a recipe's version names it, and it is gone"),
    ]
