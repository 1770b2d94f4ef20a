"""Refusals of the ceremony of signing, and of who may be second."""

from django.utils.translation import gettext_lazy as _

from accounts.enums import SecondPerson
from mes.lib.refusals import Interlock, Param, Refusal


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
