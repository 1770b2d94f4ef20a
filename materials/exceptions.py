"""Refusals of lots, containers and labels."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal


class NotAQuantity(Refusal):
    """Zero, negative, or more digits than can be kept exactly."""

    code = "materials.not_a_quantity"
    status = 422
    sentence = _("%(said)s is not a quantity that can be kept.")
    way_out = _("Enter a number above zero with at most six decimals.")


class TextMissing(Refusal):
    """A text that must be there is empty or too long."""

    code = "materials.text_missing"
    status = 422
    sentence = _("A text of 1 to %(most)s characters is asked for.")


class MaterialUnknown(Refusal):
    """No material of this code at the site."""

    code = "material.unknown"
    status = 422
    sentence = _("There is no material %(material)s.")
    way_out = _("Choose a material of the catalogue, or have it added first.")


class MaterialTaken(Refusal):
    """A material code is given twice at one site."""

    code = "material.taken"
    sentence = _("This material code is in the catalogue already.")
    way_out = _("Use the existing material.")


class LotTaken(Refusal):
    """A lot code is given twice at one site."""

    code = "lot.taken"
    sentence = _("This lot code is in use at this site already.")
    way_out = _("Open the existing lot, or receive the delivery under a code of its own.")


class LotUnknown(Refusal):
    """The scan finds no lot."""

    code = "lot.unknown"
    status = 422
    sentence = _("“%(scanned)s” is no lot of this site. Nothing was taken.")
    way_out = _("Scan the lot's label again, or ask materials to receive the lot.")
    interlock = Interlock.CONDITIONAL
    recorded = True


class WrongMaterial(Refusal):
    """The lot is of another material than the step asks for."""

    code = "lot.wrong_material"
    sentence = _("Lot %(lot)s is %(found)s; this step asks for %(material)s. Nothing was taken.")
    way_out = _("Scan another lot. Usable: %(usable)s.")
    interlock = Interlock.CONDITIONAL
    recorded = True


class LotExpired(Refusal):
    """The lot's expiry had come at the instant of the act."""

    code = "lot.expired"
    sentence = _("Lot %(lot)s of %(material)s expired on %(expired)s. Nothing was taken.")
    way_out = _("Scan another lot. Usable: %(usable)s. Otherwise ask QA.")
    interlock = Interlock.CONDITIONAL
    recorded = True
    instants = ("expired",)


class LotNotReleased(Refusal):
    """The quality unit has not released the lot, or took the release back."""

    code = "lot.not_released"
    sentence = _("Lot %(lot)s of %(material)s is in quarantine. Nothing was taken.")
    way_out = _("Scan another lot. Usable: %(usable)s. Otherwise ask QA.")
    interlock = Interlock.CONDITIONAL
    recorded = True


class LotRejected(Refusal):
    """The quality unit rejected the lot: a step's concession cannot undo that (211.84(e))."""

    code = "lot.rejected"
    sentence = _("Lot %(lot)s of %(material)s was rejected by QA. Nothing was taken.")
    way_out = _("Put the lot aside. Scan another lot. Usable: %(usable)s.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class LotExhausted(Refusal):
    """Less is left than the step takes; what is not there cannot be conceded."""

    code = "lot.exhausted"
    sentence = _(
        "Lot %(lot)s holds %(left)s %(unit)s; the step takes %(asked)s %(unit)s. Nothing was taken."
    )
    way_out = _("Scan another lot. Usable: %(usable)s.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class LotRanOut(Refusal):
    """What the table itself says to a stock below zero."""

    code = "lot.ran_out"
    sentence = _("The lot does not hold that much any more. Nothing was taken.")
    way_out = _("Scan another lot.")


class LotStatusRefused(Refusal):
    """The lot's status does not allow this decision."""

    code = "lot.status"
    sentence = _("Lot %(lot)s is “%(status)s”; it cannot become “%(wanted)s”.")
    way_out = _("Look at the lot's history.")


class ContainerUnknown(Refusal):
    """The scan finds no container."""

    code = "container.unknown"
    status = 422
    sentence = _("“%(scanned)s” is no container of this site. Nothing was done.")
    way_out = _("Scan the container's own label again. If it is damaged, call the shift lead.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class ContainerAmbiguous(Refusal):
    """The scanned number is right, and several containers have it."""

    code = "container.ambiguous"
    status = 422
    sentence = _("Several containers carry %(scanned)s. Nothing was done.")
    way_out = _("Scan the container's own label.")


class ScanUnreadable(Refusal):
    """The scan or typed text does not have the form of an identifier (ISBT 128)."""

    code = "scan.unreadable"
    status = 422
    sentence = _("“%(scanned)s” is not the identifier that is asked for (%(reason)s).")
    way_out = _("Scan again. Typed identifiers end in their boxed check character.")
    recorded = True


class WrongContainer(Refusal):
    """Another patient's container. Absolute: nobody can pass it."""

    code = "container.wrong_patient"
    sentence = _(
        "This container belongs to %(other)s, this work to %(coi)s. Another patient's material "
        "must not be here. Nothing was done."
    )
    way_out = _("Leave it closed. Bring it back to %(place)s. Then scan this patient's container.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class IdentifierMismatch(Refusal):
    """Two identifiers that must agree do not. Absolute: failed identity stops processing."""

    code = "identity.mismatch"
    sentence = _(
        "%(said)s does not belong to %(coi)s. The identity is not proven. Nothing was done."
    )
    way_out = _("Keep the container closed and apart, and call the shift lead.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class ContainerVoid(Refusal):
    """The container, or the label that was scanned, is void."""

    code = "container.void"
    sentence = _("The label %(label)s is void. Nothing was done.")
    way_out = _("Scan the container's present label. Destroy the void one.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class ContainerGone(Refusal):
    """The container was used up before."""

    code = "container.consumed"
    sentence = _("Container %(label)s was used up before. Nothing was done.")
    way_out = _("Scan the container that holds the material now.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class ContainerInQuarantine(Refusal):
    """Doubts keep the container in quarantine; QA may concede the step."""

    code = "container.quarantine"
    sentence = _("Container %(label)s is in quarantine: %(reason)s. Nothing was done.")
    way_out = _("Ask QA.")
    interlock = Interlock.CONDITIONAL
    recorded = True


class ContainerStatusRefused(Refusal):
    """The container's status does not allow this."""

    code = "container.status"
    sentence = _("Container %(label)s is “%(status)s”; it cannot become “%(wanted)s”.")
    way_out = _("Look at the container's history.")


class LabelTaken(Refusal):
    """A container label is given twice at one site."""

    code = "container.label_taken"
    sentence = _("This container label is in use at this site already.")
    way_out = _("Scan the label of the container in your hands.")


class LabelUnknown(Refusal):
    """No such printed label of this container."""

    code = "label.unknown"
    status = 422
    sentence = _("Label %(label)s was never issued for this container.")
    way_out = _("Scan the printed label again.")
    recorded = True


class LabelStateRefused(Refusal):
    """What became of the label is known already."""

    code = "label.state"
    sentence = _("Label %(label)s is “%(state)s”; it cannot become “%(wanted)s”.")
    way_out = _("Look at the container's labels.")
