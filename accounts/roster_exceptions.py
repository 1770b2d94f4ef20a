"""Refusals about shifts, rosters and absences."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import DutyKind
from mes.lib.refusals import Param, Refusal, refuses


class PersonAway(Refusal):
    """Who is away cannot be rostered."""

    code = "roster.person_away"
    sentence = _("%(person)s is away on %(day)s.")
    way_out = _("Roster another person, or end the absence first.")
    instants = ("day",)


class RoleMissing(Refusal):
    """Nobody is rostered for what their roles do not allow."""

    code = "roster.role_missing"
    sentence = _("%(person)s holds no role at this site that allows it: %(duty)s.")
    way_out = _("Roster a person who holds the role, or ask an administrator for it.")

    @property
    def _shown(self) -> dict[str, Param]:
        return super()._shown | {"duty": str(DutyKind(str(self.params["duty"])).label)}


class NumberMissing(Refusal):
    """Whoever is called needs a number."""

    code = "roster.number_missing"
    sentence = _("%(person)s has no telephone number.")
    way_out = _("Enter the number first; it is shown to whoever calls.")


class NumberNotReadable(Refusal):
    """Not a telephone number."""

    code = "roster.number_not_readable"
    status = 422
    sentence = _("A telephone number has 3 to 30 digits, spaces, and +, ( ), / or -.")
    way_out = _("Enter it as it is dialled.")


class DutyTaken(Refusal):
    """One person at a time leads, or is on call."""

    code = "roster.taken"
    sentence = _("Somebody else is rostered then: %(person)s.")
    way_out = _("Take them off first, or choose another shift.")

    def __init__(self, *, person: str = "–") -> None:
        super().__init__(person=person)


class DutyTwice(Refusal):
    """A person works one shift at a time, whatever the site."""

    code = "roster.twice"
    sentence = _("The person is rostered for that time already.")
    way_out = _("Take them off first, or choose another shift.")


class PastNeedsReason(Refusal):
    """What was is not changed without a word."""

    code = "roster.past_needs_reason"
    status = 422
    sentence = _("This shift has begun: changing it needs a reason.")
    way_out = _("Say why it is changed afterwards.")

    def __init__(self) -> None:
        super().__init__(field="reason")


class DaysReversed(Refusal):
    """The last day is before the first, or too far from it."""

    code = "roster.days"
    status = 422
    sentence = _("Give a first and a last day that are at most %(most)s days apart.")
    way_out = _("Correct the days.")


class ShiftCodeTaken(Refusal):
    """Two shifts under one code."""

    code = "shift.code_taken"
    sentence = _("This site has a shift with this code.")
    way_out = _("Choose another code.")


class ShiftEmpty(Refusal):
    """A shift that begins and ends at the same time."""

    code = "shift.empty"
    status = 422
    sentence = _("A shift cannot end when it begins.")
    way_out = _("Give two different times.")


refuses("accounts_shift_code", ShiftCodeTaken)
refuses("accounts_duty_one_at_a_time", DutyTwice)
refuses("accounts_duty_one_on_call", DutyTaken)
