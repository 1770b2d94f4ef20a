"""Refusals of work that was done on paper and of its packs."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal


class PaperNotUnderstood(Refusal):
    """A step from paper without the pack's number or the time on the paper."""

    code = "paper.not_understood"
    status = 422
    sentence = _("The number of the pack and day and time on the paper are asked for.")
    way_out = _("Copy them from the sheet; the number stands at its head.")


class PackUnknown(Refusal):
    """A pack that this batch has not, another batch's as well."""

    code = "paper.unknown_pack"
    status = 422
    sentence = _("Batch %(batch)s has no paper pack %(pack)s. Nothing was recorded.")
    way_out = _("Compare batch and pack at the head of the sheet; open the batch that it names.")


class StepNotInPack(Refusal):
    """A step that stands on no sheet of the pack."""

    code = "paper.step_not_in_pack"
    status = 422
    sentence = _("This step does not stand on paper pack %(pack)s. Nothing was recorded.")
    way_out = _(
        "Give the pack that it stands on. If there is none, record it as done now, and report "
        "under “Something happened” what the paper says."
    )


class PaperBeforePack(Refusal):
    """A time on paper at which the sheet was not there yet."""

    code = "paper.before_pack"
    status = 422
    sentence = _("%(at)s is before paper pack %(pack)s was made, at %(made)s.")
    way_out = _("Compare day and time with the sheet, and the number of the pack.")
    instants = ("at", "made")


class PaperInFuture(Refusal):
    """A time on paper that is still to come."""

    code = "paper.in_future"
    status = 422
    sentence = _("%(at)s is still to come.")
    way_out = _("Compare day and time with the sheet.")
    instants = ("at",)


class PaperBeforeStep(Refusal):
    """A time on paper before that of the step that comes first."""

    code = "paper.before_step"
    status = 422
    sentence = _("%(at)s is before the step that comes first was done, at %(done)s.")
    way_out = _(
        "Compare day and time with both sheets. If the paper says so, call the shift lead: record "
        "it as done now, and report under “Something happened” what the paper says."
    )
    instants = ("at", "done")


class PackNotReadable(Refusal):
    """What a pack says is not there any more as it was made."""

    code = "paper.not_readable"
    sentence = _("What paper pack %(pack)s says cannot be read any more as it was made.")
    way_out = _("Make the next pack, and tell who runs the system.")
