"""Refusals of a recipe's import, review and approval."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Param, Refusal, refuses
from recipes.messages import Message, RecipeNotReadable, summary

__all__ = ["RecipeNotReadable"]


class NotAllowedNow(Refusal):
    """The version is not in the status that this act needs."""

    code = "recipe.not_allowed_now"
    sentence = _("The version is “%(now)s”; it cannot become “%(then)s” now.")
    way_out = _("Open the version again and see where it stands.")


class DocumentKnown(Refusal):
    """The same document is a version already."""

    code = "recipe.document_known"
    sentence = _("This very document is already there: %(version)s.")
    way_out = _("Open that version, or change the document.")


class NumberTaken(Refusal):
    """Two people imported a version of one recipe at once."""

    code = "recipe.number_taken"
    sentence = _("Somebody imported a version of this recipe at the same moment.")
    way_out = _("Import it again: it becomes the version after that.")


class NotCompiled(Refusal):
    """The compiler finds errors: the recipe could not be executed. ``messages`` say where."""

    code = "recipe.not_compiled"
    status = 422
    sentence = _("The compiler finds %(count)s errors, the first: %(problem)s")
    way_out = _("Correct the document and import it as the next version.")
    messages: tuple[Message, ...] = ()

    def __init__(self, messages: Sequence[Message] = (), **params: Param) -> None:
        self.messages = tuple(messages)
        said = {"count": len(messages), "problem": summary(messages[:1])} if messages else params
        super().__init__(**said)


class SiteLacks(Refusal):
    """The site has not all that the recipe needs, and nobody said why it is approved already."""

    code = "recipe.site_lacks"
    status = 422
    sentence = _("This site has not all that the recipe needs (%(count)s), the first: %(problem)s")
    way_out = _("Get what is missing first, or say why the version is approved all the same.")


class SiteLacksMore(Refusal):
    """A running batch's document would ask for what the site has not."""

    code = "recipe.site_lacks_more"
    status = 422
    sentence = _("This site has not all that the change needs (%(count)s), the first: %(problem)s")
    way_out = _("Enter what is there and was never entered, or change to what this site has.")


class OwnRecipe(Refusal):
    """The author of a version would approve it (21 CFR 211.186: independently checked)."""

    code = "recipe.own_work"
    status = 403
    sentence = _("%(person)s wrote this version and cannot approve it.")
    way_out = _("Ask somebody else who may approve recipes.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class ApprovedBefore(Refusal):
    """One person would approve twice."""

    code = "recipe.approved_before"
    sentence = _("%(person)s has approved this version already; another person is needed.")
    way_out = _("Ask somebody else who may approve recipes.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class SignerIsAnother(Refusal):
    """The one who signs is not the one who is signed in."""

    code = "recipe.signer_is_another"
    status = 403
    sentence = _("%(signer)s signs, but %(person)s is signed in.")
    way_out = _("Sign with your own name and password.")


class DraftClosed(Refusal):
    """The draft is no longer written."""

    code = "recipe.draft_closed"
    sentence = _("This draft is “%(state)s”; it is not written any more.")
    way_out = _("Open a new draft from the version that it became.")


class ChangedMeanwhile(Refusal):
    """Somebody else changed, renamed or removed what a change would replace."""

    code = "recipe.changed_meanwhile"
    sentence = _("“%(place)s” is not as you saw it: %(by)s changed the draft at %(at)s.")
    way_out = _("Look at it as it is now, and change it again if you still want to.")
    instants = ("at",)


class NameTwice(Refusal):
    """Two things in one list would have the same name, or one would have none."""

    code = "recipe.name_twice"
    status = 422
    sentence = _("There is a “%(name)s” in this list already, or the name is empty.")
    way_out = _("Choose another key.")


class DraftTooLarge(Refusal):
    """A draft holds at most what a text may (2 MB, 5,000 steps)."""

    code = "recipe.draft_too_large"
    status = 422
    sentence = _("A recipe is at most 2 MB of text with 5000 steps.")
    way_out = _("Divide the recipe, or take out what is not needed.")


class NothingToUndo(Refusal):
    """The person has changed nothing that could be taken back, or all of it was."""

    code = "recipe.nothing_to_undo"
    sentence = _("There is nothing of yours to take back or to bring back.")
    way_out = _("What others changed, they can take back.")


class RoleNotAsked(Refusal):
    """The site asks for the signature of another role now."""

    code = "recipe.role_not_asked"
    status = 403
    sentence = _("%(person)s does not hold the role whose signature is asked for now: %(roles)s.")
    way_out = _("Ask somebody who holds it.")


class CommentsOpen(Refusal):
    """Comments on the version wait for an answer."""

    code = "recipe.comments_open"
    sentence = _("%(count)s comments wait for an answer: %(places)s.")
    way_out = _("Let its writers answer them, or send the version back.")


class CommentEnded(Refusal):
    """The comment is resolved."""

    code = "recipe.comment_ended"
    sentence = _("This comment is resolved; nothing is added to it.")
    way_out = _("Write another comment at the same place.")


class NotYoursToResolve(Refusal):
    """Who wrote the version would settle an objection to it."""

    code = "recipe.comment_not_yours"
    status = 403
    sentence = _("Who wrote the version answers this comment, but does not resolve it.")
    way_out = _("%(asker)s resolves it, or another person who may approve.")


class NotInReview(Refusal):
    """Comments belong to a review."""

    code = "recipe.not_in_review"
    sentence = _("The version is “%(now)s”; comments are written while it is in review.")
    way_out = _("Open the version again and see where it stands.")


class NoSuchPlace(Refusal):
    """The version has no stage, operation or step at this path."""

    code = "recipe.no_such_place"
    status = 422
    sentence = _("There is no “%(path)s” in this version.")
    way_out = _("Choose the place on the version's page.")


class TextMissing(Refusal):
    """A comment without words."""

    code = "recipe.text_missing"
    status = 422
    sentence = _("Words are asked for.")
    way_out = _("Write what you mean.")


class ApproversUnknown(Refusal):
    """A rule that nobody could fulfil, or of fewer signatures than the law asks."""

    code = "recipe.approvers_unknown"
    status = 422
    sentence = _("Two to six signatures are asked for, each of a role that may approve.")
    way_out = _("Choose a role for each signature.")


class ReasonMissing(Refusal):
    """A withdrawal, a return or a rule without a reason."""

    code = "recipe.reason_missing"
    status = 422
    sentence = _("A reason is asked for.")
    way_out = _("Say why.")


class PatientsNotPossible(Refusal):
    """A rehearsal without patients, or with a seed that is no number of up to six digits."""

    code = "recipe.patients_not_possible"
    status = 422
    sentence = _("A rehearsal has at least one patient, and a seed from 0 to %(most)s.")
    way_out = _("Give a number of patients and a seed.")


refuses("recipes_version_number", NumberTaken)
refuses("recipes_version_one_effective", NumberTaken)


class NotYetApproved(Refusal):
    """An operation comes into the library out of a version that two people have approved."""

    code = "recipe.operation_not_approved"
    sentence = _("%(version)s is not approved: its operations are not for other recipes yet.")
    way_out = _("Take the operation out of an approved version.")


class OperationKnown(Refusal):
    """The newest version in the library is this very operation."""

    code = "recipe.operation_known"
    sentence = _("%(operation)s is this very operation already.")
    way_out = _("Nothing is to be done.")


class OperationGone(Refusal):
    """The version of an operation was taken out of the library."""

    code = "recipe.operation_withdrawn"
    sentence = _("%(operation)s was taken out of the library: %(reason)s")
    way_out = _("Take another version of it.")


class PackageBroken(Refusal):
    """A package that was altered, cut off, or is none."""

    code = "recipe.package_broken"
    status = 422
    sentence = _("This is no sound package of a recipe: %(problem)s.")
    way_out = _("Ask the sending site for it again.")


class PackageOfAStranger(Refusal):
    """Nobody here has said that packages signed by this key are taken."""

    code = "recipe.package_of_a_stranger"
    status = 422
    sentence = _("The package is signed by the key %(key)s, which nobody here has accepted.")
    way_out = _(
        "Ask the sending site by telephone whether this is its key; then let an administrator put"
        " its public key beside this site's own."
    )


class PictureGone(Refusal):
    """A picture of the recipe is not in the store of files."""

    code = "recipe.picture_gone"
    sentence = _("The picture %(sha256)s of this version is not in the store of files.")
    way_out = _("Restore the store of files, then make the package again.")
