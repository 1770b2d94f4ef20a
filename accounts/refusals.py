"""Refusals of the ceremony, of reviews and of second accounts; ``exceptions`` has them all."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import SecondPerson
from mes.lib.refusals import Interlock, Param, Refusal, refuses


class BothComponentsNeeded(Refusal):
    """One component signs only in the unbroken period that both have opened (11.200(a)(1))."""

    code = "signature.both_needed"
    status = 403
    sentence = _("A PIN or password alone does not sign here.")
    way_out = _("Give both: badge and PIN, or user name and password. Nothing was signed.")


class PolicyNotAcknowledged(Refusal):
    """No signature before the person has said that they answer for it (21 CFR 11.10(j))."""

    code = "signature.policy_not_acknowledged"
    status = 403
    sentence = _("%(person)s has not acknowledged the policy of electronic signatures yet.")
    way_out = _("Read it on this sheet, tick it, and sign again. Nothing was signed.")


class NotOnSite(Refusal):
    """The site wants this second person on site, and nothing proves that they are."""

    code = "signature.not_on_site"
    status = 403
    sentence = _("%(second)s has to be on site. Nothing proves that %(person)s is.")
    way_out = _("Sign at a tablet or a desk of the site, or let somebody sign who is there.")
    interlock = Interlock.ABSOLUTE
    recorded = True

    @property
    def _shown(self) -> dict[str, Param]:
        shown = super()._shown
        kept = str(shown["second"])
        return shown | {"second": str(dict(SecondPerson.choices).get(kept, kept))}


class ReasonMissing(Refusal):
    """What concerns everybody at a site says why."""

    code = "setting.reason_missing"
    status = 422
    sentence = _("Say why.")
    way_out = _("Write a reason, and send it again.")


class ReviewIsOpen(Refusal):
    """One review of accounts at a time."""

    code = "access_review.open"
    sentence = _("A review of the accounts of this site is open.")
    way_out = _("Finish it first.")


class ReviewDueInvalid(Refusal):
    """A review is due within a year, and not in the past."""

    code = "access_review.due"
    status = 422
    sentence = _("A review is due on a day to come, within a year.")
    way_out = _("Choose another day.")


class AlreadyDecided(Refusal):
    """Somebody else has decided of this person."""

    code = "access_review.decided"
    sentence = _("This person was decided of already.")
    way_out = _("Open the page again.")


class AlreadyAnswered(Refusal):
    """An approval is confirmed or refused once."""

    code = "role.approval_answered"
    sentence = _("You have answered this already.")
    way_out = _("Open the page again. An administrator grants or revokes the role.")


class ApproverMayNot(Refusal):
    """A role is approved by an active member of the site's quality unit."""

    code = "role.approver_may_not"
    status = 403
    sentence = _("This person cannot approve roles at this site. Nothing was granted.")
    way_out = _("Choose one of the list: who reviews the audit trail of this site.")


class IdentityPaperUsed(Refusal):
    """A paper is one human's, and on it stands one account."""

    code = "person.identity_paper_used"
    sentence = _("An account stands on this paper of an identity check already.")
    way_out = _("The human of that account needs no second one. Another human has another paper.")

    def __init__(self, **account: str) -> None:
        params: dict[str, Param] = {**account}
        super().__init__(field="identity_check", streams=(), **params)


class IdentityPaperUsedBy(IdentityPaperUsed):
    """The same, where the account is one of the site."""

    code = "person.identity_paper_used_by"
    sentence = _("On this paper stands the account of %(person)s already, user name %(username)s.")


class PersonIsEnabled(Refusal):
    """The account is open: there is nothing to enable."""

    code = "person.enabled"
    sentence = _("The account of %(person)s is not disabled.")
    way_out = _("Open the page again.")


class NameTaken(Refusal):
    """Four eyes are two people, and a person is an account: a human has one."""

    code = "person.name_taken"
    sentence = _("There is an account with this printed name already.")
    way_out = _(
        "If it is the same human, no second account is made: ask for a role for the first, or for"
        " it to be enabled again."
        " If it is another one, write how you know."
    )

    def __init__(self, **account: str) -> None:
        params: dict[str, Param] = {**account}
        super().__init__(field="another_human", streams=(), **params)


class NameTakenBy(NameTaken):
    """The same, where the account is one of the site."""

    code = "person.name_taken_by"
    sentence = _("%(person)s has an account already, user name %(username)s.")


refuses("accounts_accessreview_one_open", ReviewIsOpen)
refuses("accounts_person_one_human", NameTaken)
refuses("accounts_person_paper", IdentityPaperUsed)
refuses("accounts_person_paper_again", IdentityPaperUsed)
