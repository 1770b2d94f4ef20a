"""May this person do this with this version? Each check raises its refusal."""

from uuid import UUID

from recipes import compiler
from recipes.document import Recipe
from recipes.enums import VersionStatus
from recipes.exceptions import (
    ApprovedBefore,
    DocumentKnown,
    NotCompiled,
    OwnRecipe,
    SignerIsAnother,
)
from recipes.messages import Message, summary
from recipes.models import RecipeVersion
from recipes.selectors import approvals_of
from records.commands import Actor


def check_compiles(recipe: Recipe) -> tuple[Message, ...]:
    """Return the compiler's messages. Raises NotCompiled when one of them is an error."""
    messages = compiler.compile_recipe(recipe)
    errors = compiler.errors(messages)
    if errors:
        raise NotCompiled(count=len(errors), problem=summary(errors[:1]))
    return messages


def check_new(recipe: Recipe) -> None:
    """Raise DocumentKnown when a version that has not ended has this very document."""
    known = RecipeVersion.objects.filter(content_hash=recipe.content_hash).exclude(
        status__in=VersionStatus.ended
    )
    for version in known[:1]:
        raise DocumentKnown(version=str(version))


def check_may_approve(version: RecipeVersion, *, person: UUID, name: str) -> None:
    """Author and approver differ, and so do the approvers: by person, whatever their roles.

    Raises OwnRecipe or ApprovedBefore (both absolute). Rule: 21 CFR 211.186(a).
    """
    if version.author == person or str(person) in version.writers:
        raise OwnRecipe(person=name, streams=[version.id])
    if any(approval.person == person for approval in approvals_of(version.id)):
        raise ApprovedBefore(person=name, streams=[version.id])


def check_signs_self(actor: Actor, *, signer: UUID, name: str) -> None:
    """Raise SignerIsAnother when one is signed in and another signs."""
    if actor.person != signer:
        raise SignerIsAnother(signer=name, person=actor.name)
