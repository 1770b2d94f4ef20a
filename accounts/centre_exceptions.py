"""Refusals about treatment centres and who belongs to one."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal, refuses


class CentreMissing(Refusal):
    """A centre has a code and a name."""

    code = "centre.missing"
    status = 422
    sentence = _("A treatment centre has a code and a name.")
    way_out = _("Write both, such as TC-07 and Hamburg Nord.")


class CentreTaken(Refusal):
    """A centre is registered once: by its code and by its name."""

    code = "centre.taken"
    sentence = _("A treatment centre with this code or name is registered already.")
    way_out = _("Choose it from the list, or take another code.")


class CentreOfOutside(Refusal):
    """Who works at the site belongs to no treatment centre."""

    code = "centre.of_outside"
    sentence = _("Only somebody with the role of a treatment centre belongs to one.")
    way_out = _("Grant the role first, then choose the centre.")


class SameCentre(Refusal):
    """Nothing would change."""

    code = "centre.same"
    sentence = _("The person belongs there already.")
    way_out = _("Choose another treatment centre.")


refuses("accounts_centre_code", CentreTaken)
refuses("accounts_centre_name", CentreTaken)
