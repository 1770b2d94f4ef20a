"""Forms of batches at the desk: they parse; services decide."""

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from batches.enums import Purpose
from orders.models import Order
from orders.selectors import waiting_for_batch
from recipes.models import RecipeVersion
from recipes.selectors import effective_versions


class Issue(forms.Form):
    """Which order, made from which effective recipe."""

    order = forms.TypedChoiceField(label=_("Order"), coerce=UUID)
    recipe_version = forms.TypedChoiceField(label=_("Recipe"), coerce=UUID)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices)

    def __init__(self, *args: object, orders: list[Order], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        versions = effective_versions()
        self.fields["order"].choices = [(o.id, _order(o)) for o in orders]  # type: ignore[attr-defined]
        self.fields["recipe_version"].choices = [  # type: ignore[attr-defined]
            (version.id, _recipe(version)) for version in versions
        ]


def issue_form(data: object, *, order: str) -> Issue:
    """Return the form, with the orders that wait and the recipe of the order's product."""
    orders = waiting_for_batch()
    chosen = next((one for one in orders if str(one.id) == order), None)
    version = chosen and _version_for(chosen)
    initial = {"order": order, "recipe_version": version, "purpose": Purpose.PATIENT}
    return Issue(data, orders=orders, initial=initial)


def _version_for(order: Order) -> UUID | None:
    versions = effective_versions()
    return next((version.id for version in versions if version.code == order.product), None)


def _order(order: Order) -> str:
    return f"{order.number} · {order.coi} · {order.product}"


def _recipe(version: RecipeVersion) -> str:
    return f"{version.code} {version.label}"


class Reasoned(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ProposeRedline(Reasoned):
    """The rest of a batch as text, and why it is made otherwise."""

    text = forms.CharField(
        label=_("What is left to do, as YAML"), strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code"}),
    )  # fmt: skip
    field_order = ["text", "reason"]


class SignRedline(forms.Form):
    """Both components of a signature at a desk (21 CFR 11.200)."""

    username = forms.CharField(
        label=_("User name"), max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip
