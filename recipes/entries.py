"""Entries of a recipe's version."""

from uuid import UUID

from records.entries import Payload, entry
from records.signatures import Signature

STREAM = "recipe-version"


@entry("recipe.imported", version=1, stream=STREAM)
class RecipeImported(Payload):
    """A document became a version. The actor is its author.

    ``content_hash`` names the canonical document, ``source_hash`` the text as it was written,
    comments included; both are kept by their hash.
    """

    code: str
    number: int
    title: dict[str, str]
    content_hash: str
    source_hash: str
    stages: int
    steps: int


@entry("recipe.submitted", version=1, stream=STREAM)
class RecipeSubmitted(Payload):
    """The author asks for review; the compiler found no errors."""

    compiler: str
    warnings: int


@entry("recipe.approved", version=1, stream=STREAM)
class RecipeApproved(Payload):
    """One person's approval; ``completes`` when it is the last that is needed."""

    signature: Signature
    completes: bool


@entry("recipe.made_effective", version=1, stream=STREAM)
class RecipeMadeEffective(Payload):
    """From now on batches are made from this version; ``replaces`` is the one before."""

    replaces: UUID | None = None


@entry("recipe.superseded", version=1, stream=STREAM)
class RecipeSuperseded(Payload):
    """A later version took this one's place. Batches that run keep theirs."""

    by: UUID
    number: int


@entry("recipe.withdrawn", version=1, stream=STREAM)
class RecipeWithdrawn(Payload):
    """No batch is made from this version (any more)."""

    reason: str
