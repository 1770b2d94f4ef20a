"""Refusals of tablets: their codes, places and idle times."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal, refuses


class DeviceCodeTaken(Refusal):
    """Two tablets of a site under one code."""

    code = "device.code_taken"
    sentence = _("This site has a tablet with this code.")
    way_out = _("Choose another code.")


class DeviceUnknown(Refusal):
    """A browser that is no enrolled tablet, or no longer one."""

    code = "device.unknown"
    status = 403
    sentence = _("This is not an enrolled tablet, or another browser has become it.")
    way_out = _("Ask an administrator for an address that makes it the tablet.")


class EnrolmentUsed(Refusal):
    """The address of an enrolment made another browser the tablet before."""

    code = "device.enrolment_used"
    status = 403
    sentence = _("This address has made a tablet already. It does so once.")
    way_out = _("Ask an administrator for a new address.")


class IdleTimeRange(Refusal):
    """Too short to work, or too long to be a lock."""

    code = "idle_time.range"
    status = 422
    sentence = _("Entry locks after 30 to 3600 seconds.")
    way_out = _("Give a number between them.")


refuses("accounts_device_code", DeviceCodeTaken)
