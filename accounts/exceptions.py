"""Refusals about people, their secrets and their rights."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Param, Refusal, refuses


class NotSignedIn(Refusal):
    """No signed-in period, or one that has ended."""

    code = "not_signed_in"
    status = 403
    sentence = _("You are not signed in, or your period has ended.")
    way_out = _("Sign in and do it again. Nothing was saved.")


class EntryLocked(Refusal):
    """The tablet was left; entry waits for badge and PIN."""

    code = "entry.locked"
    status = 403
    sentence = _("Entry is locked. Nothing was saved.")
    way_out = _("Unlock with badge and PIN.")


class PersonIsDisabled(Refusal):
    """The account was disabled."""

    code = "person.disabled"
    status = 403
    sentence = _("The account of %(person)s is disabled.")
    way_out = _("Ask an administrator, who checks your identity on paper and enables it again.")


class NotAllowed(Refusal):
    """No role of the person at this site grants it."""

    code = "not_allowed"
    status = 403
    sentence = _("%(person)s may not do this at this site: %(permission)s.")
    way_out = _("Ask somebody who holds the role, or an administrator for it.")
    recorded = True


class NoRoleHere(Refusal):
    """The person holds no role at the site."""

    code = "role.none_here"
    status = 403
    sentence = _("%(person)s holds no role at this site.")
    way_out = _("Ask an administrator for a role.")


class SamePerson(Refusal):
    """Two people are needed and one came twice."""

    code = "person.same"
    status = 409
    sentence = _("%(person)s did this already; another person has to do the second part.")
    way_out = _("Call a second person.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class UsernameTaken(Refusal):
    """User names are given once, whatever their case, also those of disabled people."""

    code = "person.username_taken"
    sentence = _("This user name was given before.")
    way_out = _("Choose another one.")

    def __init__(self) -> None:
        super().__init__(field="username")


class BadgeTaken(Refusal):
    """A badge belongs to one person."""

    code = "person.badge_taken"
    sentence = _("This badge belongs to another person.")
    way_out = _("Take an unused badge.")

    def __init__(self) -> None:
        super().__init__(field="badge")


class BadgeOverdue(Refusal):
    """The badge was not tested in time, or failed its test (21 CFR 11.300(e))."""

    code = "badge.overdue"
    status = 403
    sentence = _("The badge of %(person)s is due for its test. It opens and signs nothing.")
    way_out = _("Have it tested by an administrator, or sign in at a desk with the password.")
    recorded = True


class BadgeNoteMissing(Refusal):
    """A test says how it was done."""

    code = "badge.note_missing"
    status = 422
    sentence = _("Say how the badge was tested.")
    way_out = _("For example: read at tablet T-01, number compared with the print.")


class IdentityNotChecked(Refusal):
    """An account needs the paper on which the identity was checked (21 CFR 11.100(b))."""

    code = "person.identity_not_checked"
    status = 422
    sentence = _("Say on which paper the person's identity was checked.")
    way_out = _("Check the identity first, then name the record.")


class UnknownRole(Refusal):
    """A role that the code does not define."""

    code = "role.unknown"
    status = 422
    sentence = _("There is no role %(role)s.")
    way_out = _("Choose one of the list.")


class RoleHeld(Refusal):
    """The person holds the role already."""

    code = "role.held"
    sentence = _("The person holds this role already.")


class ApprovalMissing(Refusal):
    """Rights are given because somebody else asked for them (Annex 11, 12.3)."""

    code = "role.approval_missing"
    status = 422
    sentence = _("Say who approved the role, and on which paper. Nothing was granted.")
    way_out = _("Let the quality unit approve it first, then choose who did and name the paper.")


class ApprovedByThemselves(Refusal):
    """Neither who grants a role nor who gets it approves it."""

    code = "role.approved_by_themselves"
    status = 403
    sentence = _("%(person)s cannot approve this role as well. Nothing was granted.")
    way_out = _("Choose somebody who neither grants the role nor gets it.")


class RolesConflict(Refusal):
    """Roles that one person may not hold together: managing access, or being from outside."""

    code = "role.conflict"
    sentence = _("%(role)s cannot be held together with %(other)s.")
    way_out = _("Revoke the other role first, or ask another person.")


class OwnAccess(Refusal):
    """Nobody gives rights to themselves or takes them."""

    code = "person.own_access"
    status = 403
    sentence = _("You cannot change your own roles, qualifications or account.")
    way_out = _("Ask another administrator.")
    interlock = Interlock.ABSOLUTE


class SiteCodeTaken(Refusal):
    """Two sites under one code."""

    code = "site.code_taken"
    sentence = _("There is a site with this code.")
    way_out = _("Choose another code.")


class UnknownZone(Refusal):
    """Not an IANA time zone."""

    code = "site.unknown_zone"
    status = 422
    sentence = _("%(zone)s is not a time zone of the IANA list.")
    way_out = _("Give a name such as Europe/Berlin.")


class CommentMissing(Refusal):
    """A review of the trail without a word of what was found."""

    code = "trail.comment_missing"
    status = 422
    sentence = _("A review says what was found.")
    way_out = _("Write what you looked at, and whether anything is to be followed up.")


for _constraint in ("accounts_person_username", "accounts_person_username_key"):
    refuses(_constraint, UsernameTaken)
refuses("accounts_person_badge", BadgeTaken)
refuses("accounts_roleassignment_once", RoleHeld)
refuses("accounts_site_code_key", SiteCodeTaken)


class ReasonMissing(Refusal):
    """What concerns everybody at a site says why."""

    code = "setting.reason_missing"
    status = 422
    sentence = _("Say why.")
    way_out = _("Write a reason, and send it again.")


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


refuses("accounts_person_paper", IdentityPaperUsed)
refuses("accounts_person_paper_again", IdentityPaperUsed)
