"""Forms of lots and containers: they parse; services decide and save."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from materials.models import Material
from materials.services import Delivery
from materials.validators import MOST_DECIMALS
from mes.ui.fields import DayField


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class MaterialField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A material of the catalogue, with what it is and its unit."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the words of one choice."""
        return f"{obj.code} · {obj.title} ({obj.unit})"


class ReceiveLot(forms.Form):
    """A delivery of a material. Its expiry is the end of a day at the site."""

    material = MaterialField(
        label=_("Material"), queryset=Material.objects.none(), to_field_name="code"
    )
    code = forms.CharField(
        label=_("Lot code"), max_length=60, help_text=_("As it is scanned at the step")
    )
    supplier = forms.CharField(label=_("Supplier"), max_length=160)
    supplier_lot = forms.CharField(label=_("Supplier's lot number"), max_length=60)
    expires_on = DayField(label=_("Usable until the end of"), widget=_day())
    quantity = forms.DecimalField(
        label=_("Quantity"),
        max_digits=20,
        decimal_places=MOST_DECIMALS,
        help_text=_("In the unit of the material"),
    )
    location = forms.CharField(label=_("Where it lies"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["material"]
        assert isinstance(field, MaterialField)  # noqa: S101 - declared above
        field.queryset = Material.objects.order_by("code")

    def delivery(self) -> Delivery:
        """Return what came in, out of a valid form."""
        values = self.cleaned_data
        zone = ZoneInfo(timezone.get_current_timezone_name())
        expires_at = datetime.combine(values["expires_on"], time(23, 59, 59), tzinfo=zone)
        return Delivery(
            code=values["code"],
            material=values["material"].code,
            supplier=values["supplier"],
            supplier_lot=values["supplier_lot"],
            expires_at=expires_at,
            quantity=values["quantity"],
            location=values["location"],
        )


class Decide(forms.Form):
    """A decision on a lot, with its basis or reason."""

    text = forms.CharField(
        label=_("Basis or reason"),
        max_length=400,
        help_text=_("Certificate, test or deviation by its number"),
    )
    seq = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class NewMaterial(forms.Form):
    """A row of the catalogue."""

    code = forms.RegexField(r"^[A-Z0-9][A-Z0-9-]{1,39}$", label=_("Code"), max_length=40)
    title = forms.CharField(label=_("What it is"), max_length=160)
    unit = forms.CharField(
        label=_("Unit"), max_length=20, help_text=_("UCUM, such as mL, ug, {vial}")
    )
    reason = forms.CharField(label=_("Why it is added"), max_length=400)


class Move(forms.Form):
    """Where a container is now."""

    location = forms.CharField(label=_("Where it is now"), max_length=120)


class PrintLabel(forms.Form):
    """A label; a second one of the same container needs a reason."""

    reason = forms.CharField(
        label=_("Why another one"), max_length=200, required=False,
        help_text=_("Needed for every label after the first"),
    )  # fmt: skip
