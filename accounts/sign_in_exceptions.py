"""Refusals of signing in: of secrets, second factors, their blocks, and single sign-on."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal, refuses


class WrongCredential(Refusal):
    """Badge or user name, and secret, do not belong together.

    The ceremony keeps the attempt itself, on the stream of the person whose badge was used.
    """

    code = "credential.wrong"
    status = 403
    sentence = _("Badge or name and PIN or password do not match.")
    way_out = _("Try again. After five wrong tries it waits for fifteen minutes.")


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
    way_out = _("A PIN: choose a new one at a desk, “How I sign in”. Else ask an administrator.")


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


class WeakSecret(Refusal):
    """A PIN or password that is guessed too easily."""

    code = "credential.weak"
    status = 422
    sentence = _("A PIN has 6 to 8 digits and no simple row; a password at least 12 characters.")
    way_out = _("Choose another one.")


refuses("accounts_signinlink_once", SubjectTaken)
