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


class SameName(Refusal):
    """Nothing would change."""

    code = "centre.same_name"
    sentence = _("The treatment centre has this name already.")
    way_out = _("Write its new name.")


class CentreIsClosed(Refusal):
    """A closed centre takes nothing new, and is closed once."""

    code = "centre.closed"
    sentence = _("%(centre)s is closed: it takes no new order and no new person.")
    way_out = _("Choose another treatment centre, or let an administrator open it again.")


class CentreIsOpen(Refusal):
    """Only a closed centre is opened again."""

    code = "centre.open"
    sentence = _("%(centre)s is open.")
    way_out = _("Look at it again: somebody may have opened it meanwhile.")


class CentreHasOrders(Refusal):
    """Whose order it is must be known, and somebody there called, until the order has ended."""

    code = "centre.has_orders"
    sentence = _("%(centre)s still has open orders: %(orders)s. It was not closed.")
    way_out = _("A coordinator closes or cancels them, or gives them to another treatment centre.")


class CentreHasPeople(Refusal):
    """Nobody loses the sight of their orders without a word."""

    code = "centre.has_people"
    sentence = _("People still belong to %(centre)s: %(people)s. It was not closed.")
    way_out = _("On the page of each, choose another centre, revoke the role or end the account.")


class CentreChanged(Refusal):
    """It was closed, or got something, at the same moment."""

    code = "centre.changed"
    sentence = _("The treatment centre was changed at the same moment. Nothing was saved.")
    way_out = _("Look at it again, then decide.")


refuses("accounts_centre_code", CentreTaken)
refuses("accounts_centre_name", CentreTaken)
# What a rule has not seen, because it came at the same moment: the tables refuse it.
refuses("accounts_centre_takes_nothing", CentreChanged)
refuses("accounts_centre_has_people", CentreChanged)
refuses("orders_centre_has_orders", CentreChanged)
