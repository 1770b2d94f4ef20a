"""Refusals about people, their secrets and their rights."""

from django.utils.translation import gettext_lazy as _

from accounts.refusals import AlreadyAnswered as AlreadyAnswered  # noqa: PLC0414
from accounts.refusals import AlreadyDecided as AlreadyDecided  # noqa: PLC0414
from accounts.refusals import ApproverMayNot as ApproverMayNot  # noqa: PLC0414
from accounts.refusals import BothComponentsNeeded as BothComponentsNeeded  # noqa: PLC0414
from accounts.refusals import IdentityPaperUsed as IdentityPaperUsed  # noqa: PLC0414
from accounts.refusals import IdentityPaperUsedBy as IdentityPaperUsedBy  # noqa: PLC0414
from accounts.refusals import NameTaken as NameTaken  # noqa: PLC0414
from accounts.refusals import NameTakenBy as NameTakenBy  # noqa: PLC0414
from accounts.refusals import NotOnSite as NotOnSite  # noqa: PLC0414
from accounts.refusals import PersonIsEnabled as PersonIsEnabled  # noqa: PLC0414
from accounts.refusals import PolicyNotAcknowledged as PolicyNotAcknowledged  # noqa: PLC0414
from accounts.refusals import ReasonMissing as ReasonMissing  # noqa: PLC0414
from accounts.refusals import ReviewDueInvalid as ReviewDueInvalid  # noqa: PLC0414
from accounts.refusals import ReviewIsOpen as ReviewIsOpen  # noqa: PLC0414
from accounts.subjects import words
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


class WrongCredential(Refusal):
    """Badge or user name, and secret, do not belong together.

    The ceremony keeps the attempt itself, on the stream of the person whose badge was used.
    """

    code = "credential.wrong"
    status = 403
    sentence = _("Badge or name and PIN or password do not match.")
    way_out = _("Try again. After five wrong tries it waits for fifteen minutes.")


class ShownHasChanged(Refusal):
    """What would be signed is not what was shown (21 CFR 11.70)."""

    code = "signature.shown_has_changed"
    sentence = _("What you were shown has changed meanwhile. Nothing was signed.")
    way_out = _("Read it again, then sign.")


class ProofSpent(Refusal):
    """Badge and PIN, or name and password, were given for another command or too long ago."""

    code = "signature.proof_spent"
    status = 403
    sentence = _("The proof that %(person)s is here was used already, or has grown old.")
    way_out = _("Give both components again. Nothing was signed.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class LockedOut(Refusal):
    """Too many wrong tries of this person here."""

    code = "credential.locked_out"
    status = 403
    sentence = _("Too many wrong tries here. The next is possible in %(minutes)s minutes.")
    way_out = _("Wait, or use another tablet.")


class TriedTooSoon(Refusal):
    """The next try of this person has to wait a little: the third was wrong."""

    code = "credential.too_soon"
    status = 403
    sentence = _("After three wrong tries the next one waits %(seconds)s s.")
    way_out = _("Wait a moment, then try again.")


class SourceSlowed(Refusal):
    """Many people were tried from here; who is not known here waits between tries."""

    code = "credential.source_slowed"
    status = 403
    sentence = _("Too many people were tried from here. The next try waits %(seconds)s s.")
    way_out = _("Wait a moment, or use another tablet or desk.")


class CredentialBlocked(Refusal):
    """Too many wrong tries in all places: the secret is of no use any more."""

    code = "credential.blocked"
    status = 403
    sentence = _("This secret is blocked after too many wrong tries.")
    way_out = _(
        "If it is your PIN: sign in at a desk and choose a new one under “How I sign in”. Else ask "
        "an administrator, who checks your identity and unblocks it."
    )


class AlarmAnswered(Refusal):
    """Somebody else has answered the alarm."""

    code = "sign_in.alarm_answered"
    sentence = _("This alarm was answered already.")
    way_out = _("Open the page again.")


class CodeNeeded(Refusal):
    """The person has a generator of codes, and gave none."""

    code = "credential.code_needed"
    status = 403
    sentence = _("Enter the one-time code as well.")
    way_out = _("Your generator shows it; then send the password again.")


class SecondFactorNeeded(Refusal):
    """From outside of the site a password alone is not enough."""

    code = "credential.second_factor_needed"
    status = 403
    sentence = _("From outside of the site a password alone neither signs you in nor signs.")
    way_out = _("Use a passkey, or sign in with a one-time code, or come inside of the site.")


class WrongCode(Refusal):
    """A code that the generator did not show, that is too old, or that was used before."""

    code = "credential.wrong_code"
    status = 403
    sentence = _("This code is not right, or was used before.")
    way_out = _("Wait for the next code of your generator, or use one of your codes on paper.")


class WrongFactor(Refusal):
    """A passkey that nobody has, or an answer to another question."""

    code = "factor.wrong"
    status = 403
    sentence = _("This passkey does not belong to anybody here, or the page was too old.")
    way_out = _("Try again, or sign in with user name and password.")


class FactorHeld(Refusal):
    """One generator of codes is enough."""

    code = "factor.held"
    sentence = _("You have a generator of codes already.")
    way_out = _("Remove it first.")


class NotYourAccount(Refusal):
    """Factors are added by their person only."""

    code = "factor.not_yours"
    status = 403
    sentence = _("Only the person adds a passkey or a generator of codes.")
    way_out = _("Ask the person to do it.")
    interlock = Interlock.ABSOLUTE


class NotOffered(Refusal):
    """This way of signing in is not turned on here."""

    code = "sign_in.not_offered"
    status = 404
    sentence = _("This way of signing in is not turned on here.")
    way_out = _("Sign in with user name and password.")


class SubjectUnknown(Refusal):
    """The provider knows them, but no administrator has said who they are."""

    code = "sign_in.subject_unknown"
    status = 403
    sentence = _("%(subject)s is linked to nobody here.")
    way_out = _("Ask an administrator to link it to your account.")


class SingleSignOnFailed(Refusal):
    """The provider said no, said something else, or what it said was not signed by it."""

    code = "sign_in.single_sign_on_failed"
    status = 403
    sentence = _("Single sign-on did not succeed.")
    way_out = _("Try again, or sign in with user name and password.")


class SubjectMissing(Refusal):
    """A link needs to say to what."""

    code = "sign_in.subject_missing"
    status = 422
    sentence = _("Say what the provider calls the person: its subject.")
    way_out = _("The page that the person saw at the first attempt names it.")


class SubjectTaken(Refusal):
    """A subject is one person."""

    code = "sign_in.subject_taken"
    sentence = _("This subject is linked to a person already.")
    way_out = _("End the other link first.")


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


class OwnSecretNeeded(Refusal):
    """The secret was set by somebody else or is too old: it opens and signs nothing."""

    code = "credential.own_needed"
    status = 403
    sentence = _("This secret has to be replaced by one that only you know.")
    way_out = _("Choose your own, then sign in or sign with it.")


class SameSecret(Refusal):
    """The new secret is the old one."""

    code = "credential.same"
    status = 422
    sentence = _("The new secret is the old one.")
    way_out = _("Choose another one.")


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


class WeakSecret(Refusal):
    """A PIN or password that is guessed too easily."""

    code = "credential.weak"
    status = 422
    sentence = _("A PIN has 6 to 8 digits and no simple row; a password at least 12 characters.")
    way_out = _("Choose another one.")


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


class ReviewerIsAnother(Refusal):
    """The trail is reviewed as oneself."""

    code = "trail.another_person"
    status = 403
    sentence = _("%(signer)s gave the proof, but %(person)s is signed in.")
    way_out = _("Sign as yourself, or let %(signer)s sign in.")


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
refuses("accounts_signinlink_once", SubjectTaken)
refuses("accounts_device_code", DeviceCodeTaken)
refuses("accounts_site_code_key", SiteCodeTaken)
