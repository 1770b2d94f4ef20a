"""May this person do this with this version? Each check raises its refusal."""

from collections.abc import Sequence
from uuid import UUID

from accounts.permissions import Permission, role_title, roles_granting
from accounts.selectors import roles_of
from mes.lib.evidence import JSON
from recipes import approvers, compiler, places, reader
from recipes.approvers import ANY, Approvers
from recipes.document import Recipe
from recipes.entries import CodedGap
from recipes.enums import CommentState, VersionStatus
from recipes.exceptions import (
    ApprovedBefore,
    ApproversUnknown,
    CommentEnded,
    CommentsOpen,
    DocumentKnown,
    NoSuchPlace,
    NotCompiled,
    NotInReview,
    NotYoursToResolve,
    OwnRecipe,
    RoleNotAsked,
    SignerIsAnother,
    SiteLacks,
    SiteLacksMore,
    TextMissing,
)
from recipes.gaps import AS_WRITTEN, Said, said
from recipes.here import described
from recipes.messages import Message, more_than
from recipes.models import RecipeApproval, RecipeComment, RecipeVersion
from recipes.pins import pinned_codes, with_library
from recipes.selectors import approvals_of, comments_of
from recipes.site import Site
from recipes.stored import Stored
from records.commands import Actor


def check_compiles(recipe: Recipe) -> tuple[Message, ...]:
    """Return the compiler's messages, what this site's library says of pins included.

    Raises NotCompiled when one of them is an error, or when the document was stored under rules
    that have become stricter: it stays readable, and is not approved again.
    """
    refused = reader.faults_of(recipe) if isinstance(recipe, Stored) else ()
    messages = () if refused else _said_of(recipe)
    errors = refused or compiler.errors(messages)
    if errors:
        raise NotCompiled(errors)
    return messages


def check_compiles_as_before(before: Recipe, after: Recipe) -> None:
    """Raise NotCompiled when the compiler finds in a changed document what it does not find before.

    What only later rules find in a document was approved under the earlier ones, and its batch
    runs on: a change of the rest is not refused for it.
    """
    new = more_than(_wrong(after), _wrong(before))
    if new:
        raise NotCompiled(new)


def _wrong(recipe: Recipe) -> tuple[Message, ...]:
    unread = reader.faults_of(recipe) if isinstance(recipe, Stored) else ()
    return (*unread, *compiler.errors(_said_of(recipe)))


def _said_of(recipe: Recipe) -> tuple[Message, ...]:
    return compiler.compile_recipe(recipe, site=with_library(pinned_codes(recipe)))


def check_site(lacking: Sequence[Message], *, reason: str) -> tuple[CodedGap, ...]:
    """Return what the site lacks, each sentence once, at its first place.

    Raises SiteLacks when something lacks and no reason says why that may be.
    """
    first = {_said(one): one.path for one in reversed(lacking)}
    each = dict.fromkeys(map(_said, lacking))
    if each and not reason.strip():
        raise SiteLacks(field="reason", count=len(each), problem=lacking[0].sentence)
    return tuple(CodedGap.of(first[what], what) for what in each)


def check_lacks_no_more(before: Recipe, after: Recipe, *, site: UUID | None) -> None:
    """Raise SiteLacksMore when a changed document needs what the site has not, and did not before.

    What lacked when the version was approved was answered then.
    """
    here = described(site)
    if here is None:
        return
    known = {one.sentence for one in _lacking(before, here)}
    more = [one for one in _lacking(after, here) if one.sentence not in known]
    if more:
        raise SiteLacksMore(count=len(more), problem=more[0].sentence)


def _lacking(recipe: Recipe, here: Site) -> list[Message]:
    found = compiler.errors(compiler.compile_recipe(recipe, site=here))
    return [one for one in found if compiler.of_the_site(one)]


def _said(message: Message) -> Said:
    """Return a message as it is kept. One without a code is kept as written: none is dropped."""
    return message.said or said(AS_WRITTEN, sentence=message.sentence)


def approval_content(version: RecipeVersion, lacking: Sequence[Message]) -> JSON:
    """Return what an approver is shown: the document, and what the site lacks, in no language."""
    missing: JSON = [[one.path, _said(one).code, _said(one).params] for one in lacking]
    return {"document": version.content_hash, "lacking": missing}


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


def check_role(
    rule: Approvers, given: Sequence[RecipeApproval], *, person: UUID, site: UUID | None, name: str
) -> str | None:
    """Return the role in which a person signs next, None for any. Raises RoleNotAsked."""
    signed = [approval.role for approval in given]
    role = rule.role_of(roles_of(person, site) if site else (), signed)
    if role is None:
        asked = ", ".join(role_title(one) for one in dict.fromkeys(rule.asked_now(signed)))
        raise RoleNotAsked(person=name, roles=asked)
    return None if role == ANY else role


def check_answered(version: UUID) -> None:
    """Every comment was answered. Raises CommentsOpen, which names where they stand."""
    waiting = [one for one in comments_of(version) if one.state == CommentState.OPEN]
    if waiting:
        places_of = dict.fromkeys(one.path or "–" for one in waiting)
        raise CommentsOpen(count=len(waiting), places=", ".join(places_of))


def check_approvers(roles: Sequence[str]) -> None:
    """A rule that can be fulfilled, of at least two signatures. Raises ApproversUnknown."""
    known = {ANY, *roles_granting(Permission.RECIPES_APPROVE)}
    if not approvers.LEAST <= len(roles) <= approvers.MOST or not set(roles) <= known:
        raise ApproversUnknown(field="roles")


def check_said(text: str) -> str:
    """Return the words that were given. Raises TextMissing."""
    if not text.strip():
        raise TextMissing(field="text")
    return text.strip()


def check_in_review(version: RecipeVersion) -> None:
    """Raise NotInReview unless the version is in review."""
    if version.status != VersionStatus.IN_REVIEW:
        raise NotInReview(now=str(VersionStatus(version.status).label))


def check_place(recipe: Recipe, path: str) -> None:
    """Raise NoSuchPlace unless the path is that of a stage, an operation or a step, or empty."""
    if path and path not in places.places_of(recipe):
        raise NoSuchPlace(field="path", path=path)


def check_goes_on(comment: RecipeComment) -> None:
    """Raise CommentEnded when the comment is resolved."""
    if comment.state == CommentState.RESOLVED:
        raise CommentEnded()


def check_may_resolve(
    version: RecipeVersion, comment: RecipeComment, *, person: UUID | None
) -> None:
    """The asker settles a comment, or one who did not write the version. Raises
    NotYoursToResolve."""
    wrote = person == version.author or str(person) in version.writers
    if person != comment.by and wrote:
        raise NotYoursToResolve(asker=comment.by_name)
