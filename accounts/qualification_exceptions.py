"""Refusals of qualifications and of what they are of."""

from django.utils.translation import gettext_lazy as _

from accounts.subjects import words
from mes.lib.refusals import Interlock, Param, Refusal


class QualificationEnded(Refusal):
    """Suspended or withdrawn already."""

    code = "qualification.ended"
    sentence = _("This qualification does not count any more.")
    way_out = _("Open the page again.")


class VersionOfNoProcedure(Refusal):
    """Only a procedure has versions."""

    code = "qualification.version_of_no_procedure"
    status = 422
    sentence = _("Only a qualification for a procedure has a version.")
    way_out = _("Leave the version empty, or choose a procedure.")


class SubjectNotAsked(Refusal):
    """A procedure and its simulation are asked by the recipe, not by the site."""

    code = "qualification.not_asked_by_site"
    status = 422
    sentence = _("A site asks by class of room or of equipment only.")
    way_out = _("What a procedure asks stands in its recipe.")


class NotQualified(Refusal):
    """The person is not, or no longer, qualified for the subject."""

    code = "person.not_qualified"
    status = 409
    sentence = _("%(person)s is not qualified for %(subject)s.")
    way_out = _("Let a qualified person do it, or ask QA.")
    interlock = Interlock.CONDITIONAL
    recorded = True

    @property
    def _shown(self) -> dict[str, Param]:
        return super()._shown | {"subject": words(str(self.params["subject"]))}
