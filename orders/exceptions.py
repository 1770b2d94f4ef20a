"""Refusals of orders, identity and receipt."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal


class TextMissing(Refusal):
    """A text that must be there is empty or too long."""

    code = "orders.text_missing"
    status = 422
    sentence = _("A text of 1 to %(most)s characters is asked for.")


class WindowReversed(Refusal):
    """A window ends before it begins, or is longer than can be meant."""

    code = "order.window_reversed"
    status = 422
    sentence = _("The window ends before it begins.")
    way_out = _("Enter the first day first.")


class WindowOrder(Refusal):
    """The infusion is promised before the cells can be there."""

    code = "order.window_order"
    status = 422
    sentence = _("The infusion window begins before the collection window ends.")
    way_out = _("Check both windows with the treatment centre.")


class WindowPast(Refusal):
    """A promise for a day that has passed."""

    code = "order.window_past"
    status = 422
    sentence = _("The window lies in the past.")
    way_out = _("Agree on a new window with the treatment centre.")


class InputInvalid(Refusal):
    """A value that the recipe wants of the order is no positive number."""

    code = "order.input_invalid"
    status = 422
    sentence = _("%(name)s: “%(said)s” is not a positive number.")
    way_out = _("Enter a number with at most four decimals.")


class UrgencyUnknown(Refusal):
    """An urgency that does not exist."""

    code = "order.urgency_unknown"
    status = 422
    sentence = _("“%(said)s” is no urgency.")


class CentreUnknown(Refusal):
    """No registered centre of the site, or, to somebody from outside, not their own."""

    code = "order.centre_unknown"
    status = 422
    sentence = _("There is no treatment centre “%(said)s” at this site.")
    way_out = _("Choose one of the list. An administrator registers a new one.")


class CentreNeeded(Refusal):
    """Nobody has said to which centre this person belongs."""

    code = "order.centre_needed"
    sentence = _("It was not said yet to which treatment centre you belong.")
    way_out = _("Ask the plant's administrator to set it; what you entered before stays in sight.")


class SameCentre(Refusal):
    """Nothing would change."""

    code = "order.same_centre"
    sentence = _("The order is of this treatment centre already.")
    way_out = _("Choose another one.")


class RegisterMissing(Refusal):
    """The site may not issue chain-of-identity identifiers yet."""

    code = "coi.register_missing"
    sentence = _("This site has no register of chain-of-identity identifiers.")
    way_out = _("An administrator opens it with the site's facility code (ISBT 128).")


class RegisterOpen(Refusal):
    """A site or a facility code has a register already."""

    code = "coi.register_open"
    sentence = _("This site or facility code has its register already.")


class FacilityInvalid(Refusal):
    """No facility identification number of ISBT 128."""

    code = "coi.facility_invalid"
    status = 422
    sentence = _("“%(said)s” is no facility code.")
    way_out = _("Five characters, such as A9999.")


class SerialsUsedUp(Refusal):
    """All six digits of the year's serial are used."""

    code = "coi.serials_used_up"
    sentence = _("No chain-of-identity identifier is left in this register.")
    way_out = _("Call the administrator.")


class MarksUsedUp(Refusal):
    """Every patient mark stands on a live order."""

    code = "order.marks_used_up"
    sentence = _("No patient mark is free.")
    way_out = _("Close the orders that are finished.")


class CoiTaken(Refusal):
    """A chain of identity is given twice: the table refuses it (CI-1)."""

    code = "coi.taken"
    sentence = _("This chain-of-identity identifier is in use already. Nothing was saved.")
    way_out = _("Send the order again.")


class PatientUnknown(Refusal):
    """No patient of this pseudonym at the site."""

    code = "patient.unknown"
    status = 422
    sentence = _("There is no patient %(pseudonym)s at this site.")
    way_out = _("Leave the field empty for a new patient.")


class PatientErased(Refusal):
    """The patient's identity was erased: no new order under this pseudonym."""

    code = "patient.erased"
    sentence = _("The identity of %(pseudonym)s was erased on %(at)s.")
    way_out = _("Treat the person as a new patient.")
    instants = ("at",)


class IdentityNeeded(Refusal):
    """An identity that is still needed: cells of this person are under way."""

    code = "identity.needed"
    sentence = _("Order %(number)s of %(pseudonym)s still runs: its cells are matched against it.")
    way_out = _("Close or cancel the order first; then the identity can be erased.")
    recorded = True


class IdentityUnknown(Refusal):
    """No identifying data were recorded."""

    code = "identity.unknown"
    status = 404
    sentence = _("No identity is recorded for %(pseudonym)s.")
    way_out = _("Ask the treatment centre.")


class OrderStateRefused(Refusal):
    """The order's state does not allow this."""

    code = "order.state"
    sentence = _("Order %(order)s is “%(state)s”; it cannot become “%(wanted)s”.")
    way_out = _("Look at the order's history.")


class DinInvalid(Refusal):
    """No donation number, or one without its check character."""

    code = "collection.din_invalid"
    status = 422
    sentence = _("“%(said)s” is no donation number (%(reason)s).")
    way_out = _("Scan it, or type its 13 characters and the boxed check character.")


class DinTaken(Refusal):
    """A donation number stands on another order."""

    code = "collection.din_taken"
    sentence = _("This donation number belongs to a collection of the site already.")
    way_out = _("Check the number with the treatment centre.")


class TimesReversed(Refusal):
    """A collection ends before it began, or lies in the future."""

    code = "collection.times"
    status = 422
    sentence = _("The collection must begin before it ends, and end before it is received.")
    way_out = _("Check the times on the accompanying document.")


class RangeReversed(Refusal):
    """A temperature's low is above its high."""

    code = "collection.temperatures"
    status = 422
    sentence = _("The lower temperature is above the higher one.")
    way_out = _("Check the two values.")


class ReceiptUnreadable(Refusal):
    """What was scanned or typed at receipt does not have the form of an identifier."""

    code = "receipt.unreadable"
    status = 422
    sentence = _("“%(scanned)s” is not the identifier that is asked for (%(reason)s).")
    way_out = _("Scan again. Typed identifiers end in their boxed check character.")
    recorded = True


class NotIndependent(Refusal):
    """The same identifier twice proves nothing (CI-6)."""

    code = "receipt.not_independent"
    status = 422
    sentence = _("Both identifiers are the same one. Two independent ones are needed.")
    way_out = _("Scan the donation number or the patient's pseudonym as the second.")
    recorded = True


class ReceiptMismatch(Refusal):
    """The bag's identifiers are not this order's. Absolute: failed identity stops processing."""

    code = "receipt.mismatch"
    sentence = _(
        "%(said)s does not belong to this order. The bag was not received as this patient's."
    )
    way_out = _("Keep the bag. Receive it into quarantine, set it apart, and call the coordinator.")
    interlock = Interlock.ABSOLUTE
    recorded = True
