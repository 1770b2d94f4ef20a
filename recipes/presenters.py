"""Sentences for people about the entries of a recipe's version."""

from django.utils.translation import gettext as _

from recipes import entries as e
from records.presenters import presents


@presents(e.RecipeImported)
def _imported(p: e.RecipeImported) -> str:
    return _("%(code)s v%(number)s imported: %(stages)s stages, %(steps)s steps") % {
        "code": p.code, "number": p.number, "stages": p.stages, "steps": p.steps
    }  # fmt: skip


@presents(e.RecipeSubmitted)
def _submitted(p: e.RecipeSubmitted) -> str:
    return _("Sent to review; the compiler found no errors and %(warnings)s warnings") % {
        "warnings": p.warnings
    }


@presents(e.RecipeApproved)
def _approved(p: e.RecipeApproved) -> str:
    s = p.signature
    return _("Signed by %(name)s: %(meaning)s") % {"name": s.printed_name, "meaning": s.meaning}


@presents(e.RecipeMadeEffective)
def _made_effective(p: e.RecipeMadeEffective) -> str:
    return _("Made effective")


@presents(e.RecipeSuperseded)
def _superseded(p: e.RecipeSuperseded) -> str:
    return _("Superseded by v%(number)s") % {"number": p.number}


@presents(e.RecipeWithdrawn)
def _withdrawn(p: e.RecipeWithdrawn) -> str:
    return _("Withdrawn: %(reason)s") % {"reason": p.reason}
