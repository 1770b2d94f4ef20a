"""Forms of orders and receipts: they parse; services decide and save."""

from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import TreatmentCentre
from mes.ui.fields import DayField
from orders.enums import Urgency
from orders.rules import Reading
from orders.services import Announcement, Identity, NewOrder, Receipt
from orders.validators import Window


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _moment() -> forms.DateTimeInput:
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


_MOMENT_FORMS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def centre_choices(centres: list[TreatmentCentre]) -> list[tuple[str, str]]:
    """Return registered centres to choose from, by code."""
    return [("", "–"), *((one.code, one.title) for one in centres)]


# Under a field whose text goes into the ledger, which forgets nothing.
NO_NAMES = _("No patient's name: what is written here stays for good")


class CentreField(forms.ChoiceField):
    """Offers open centres; one that was closed meanwhile is refused by the service, in words."""

    def valid_value(self, value: Any) -> bool:
        """Leave it to the act, which looks again."""
        return True


class EnterOrder(forms.Form):
    """What a centre asks for. Days are those of the site."""

    product = forms.CharField(
        label=_("Product"),
        max_length=60,
        help_text=_("Code of the recipe"),
        widget=forms.TextInput(attrs={"list": "products"}),
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
    centre = CentreField(label=_("Treatment centre"))
    contact = forms.CharField(label=_("Who to call there"), max_length=120, required=False)
    collection_from = DayField(label=_("Collection, first day"), widget=_day())
    collection_until = DayField(label=_("Collection, last day"), widget=_day())
    infusion_from = DayField(label=_("Infusion, first day"), widget=_day())
    infusion_until = DayField(label=_("Infusion, last day"), widget=_day())
    patient_weight = forms.CharField(label=_("Weight of the patient"), max_length=12)
    pseudonym = forms.CharField(
        label=_("Known patient"),
        max_length=40,
        required=False,
        help_text=_("Pseudonym of an earlier order; empty for a new patient"),
    )
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    birth_date = forms.DateField(label=_("Birth date"), widget=_day(), required=False)
    hospital_number = forms.CharField(label=_("Hospital number"), max_length=60, required=False)

    sealed = ("name", "birth_date", "hospital_number")

    def __init__(
        self, data: QueryDict | None = None, *, centres: list[TreatmentCentre] | None
    ) -> None:
        """``centres`` to choose from; None for somebody from outside, who orders for their own."""
        super().__init__(data)
        if centres is None:
            del self.fields["centre"]
        else:
            self.fields["centre"].choices = centre_choices(centres)  # type: ignore[attr-defined]

    def payload(self) -> dict[str, str]:
        """Return what the command's key stands for: never the identity."""
        values = self.cleaned_data
        return {n: str(v) for n, v in values.items() if n not in self.sealed and v is not None}

    def wanted(self, *, zone: str) -> NewOrder:
        """Return the order out of a valid form; days become windows in the site's zone."""
        v = self.cleaned_data
        return NewOrder(
            product=v["product"],
            centre=v.get("centre", ""),
            contact=v["contact"],
            collection=Window.of_days(v["collection_from"], v["collection_until"], zone=zone),
            infusion=Window.of_days(v["infusion_from"], v["infusion_until"], zone=zone),
            urgency=v["urgency"],
            inputs={"patient_weight": v["patient_weight"]},
            pseudonym=v["pseudonym"],
            identity=Identity(
                name=v["name"],
                birth_date=v["birth_date"].isoformat() if v["birth_date"] else "",
                hospital_number=v["hospital_number"],
            ),
        )


class SetCentre(forms.Form):
    """Of which registered centre an order is."""

    centre = CentreField(label=_("Treatment centre"))
    centre_reason = forms.CharField(
        label=_("Why"), max_length=400, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    seq = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, centres: list[TreatmentCentre], seq: int = 0
    ) -> None:
        super().__init__(data, initial={"seq": seq}, auto_id="set_%s")
        self.offers = bool(centres)
        self.fields["centre"].choices = centre_choices(centres)  # type: ignore[attr-defined]


class Announce(forms.Form):
    """What the centre says it sends."""

    din = forms.CharField(
        label=_("Donation number"),
        max_length=60,
        help_text=_("Scanned, or typed with its boxed check character"),
    )
    bags = forms.IntegerField(label=_("Bags"), min_value=1, max_value=20, initial=1)
    started_at = forms.DateTimeField(
        label=_("Collection began"), widget=_moment(), required=False, input_formats=_MOMENT_FORMS
    )
    ended_at = forms.DateTimeField(
        label=_("Collection ended"), widget=_moment(), required=False, input_formats=_MOMENT_FORMS
    )
    low = forms.DecimalField(
        label=_("Transport not below"), required=False, max_digits=5, decimal_places=1
    )
    high = forms.DecimalField(
        label=_("Transport not above"), required=False, max_digits=5, decimal_places=1
    )

    def announcement(self) -> Announcement:
        """Return the announcement out of a valid form."""
        v = self.cleaned_data
        return Announcement(
            din=read_by_form(v["din"], ""),
            bags=v["bags"],
            started_at=v["started_at"],
            ended_at=v["ended_at"],
            low=v["low"],
            high=v["high"],
        )


def read_by_form(text: str, how: str) -> Reading:
    """Return an identifier as a form sent it. Without a word it was scanned if it looks so."""
    looks_scanned = text.lstrip().startswith(("]", "=", "&"))
    scanned = how == "scanned" or (not how and looks_scanned)
    return Reading(text, "scanned" if scanned else "typed")


class ReceiveBag(forms.Form):
    """One bag on the bench: two identifiers, then what it is like."""

    first = forms.CharField(label=_("Chain of identity"), max_length=200)
    first_how = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    second = forms.CharField(label=_("Donation number or patient"), max_length=200)
    second_how = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    label = forms.CharField(
        label=_("The bag's own label"),
        max_length=60,
        required=False,
        help_text=_("Empty: we give it one"),
    )
    volume = forms.DecimalField(label=_("Volume"), max_digits=8, decimal_places=1)
    low = forms.DecimalField(
        label=_("Logger, lowest"), required=False, max_digits=5, decimal_places=1
    )
    high = forms.DecimalField(
        label=_("Logger, highest"), required=False, max_digits=5, decimal_places=1
    )
    logger = forms.CharField(label=_("Logger"), max_length=60, required=False)
    ended_at = forms.DateTimeField(
        label=_("Collection ended"),
        widget=_moment(),
        required=False,
        input_formats=_MOMENT_FORMS,
        help_text=_("If the centre has not announced it"),
    )
    location = forms.CharField(label=_("Where it stands now"), max_length=120)
    seen = forms.CharField(
        label=_("What is wrong with the bag"),
        max_length=300,
        required=False,
        help_text=_("Leave empty when nothing is"),
    )
    # Shown only after a refused identity.
    reason = forms.CharField(label=_("Why it is set apart"), max_length=400, required=False)

    def payload(self) -> dict[str, str]:
        """Return what the command's key stands for."""
        return {n: str(v) for n, v in self.cleaned_data.items() if v is not None}

    def receipt(self, container: UUID) -> Receipt:
        """Return the receipt out of a valid form, for a container with this id."""
        v = self.cleaned_data
        return Receipt(
            first=read_by_form(v["first"], v["first_how"]),
            second=read_by_form(v["second"], v["second_how"]),
            volume=cast("Decimal", v["volume"]),
            label=v["label"],
            low=v["low"],
            high=v["high"],
            logger=v["logger"],
            seen=v["seen"],
            location=v["location"],
            ended_at=cast("datetime | None", v["ended_at"]),
            container=container,
        )


class Why(forms.Form):
    """A decision on an order, with its reason."""

    text = forms.CharField(label=_("Why"), max_length=400, help_text=NO_NAMES)
    seq = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ShowIdentity(forms.Form):
    """Why somebody wants to see who a patient is."""

    purpose = forms.CharField(
        label=_("What for"), max_length=200, help_text=_("Kept with your name and the time")
    )


class RecordIdentity(forms.Form):
    """Identifying data, sealed when sent."""

    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    birth_date = forms.DateField(label=_("Birth date"), widget=_day(), required=False)
    hospital_number = forms.CharField(label=_("Hospital number"), max_length=60, required=False)

    def identity(self) -> Identity:
        """Return the identity out of a valid form."""
        v: dict[str, Any] = self.cleaned_data
        return Identity(
            name=v["name"],
            birth_date=v["birth_date"].isoformat() if v["birth_date"] else "",
            hospital_number=v["hospital_number"],
        )


class OpenRegister(forms.Form):
    """The register of chain-of-identity identifiers of a site."""

    facility = forms.CharField(
        label=_("Facility code"),
        max_length=5,
        help_text=_("ISBT 128; A9990 to A9999 are for validation and demonstrations"),
    )
    unwanted = forms.CharField(
        label=_("Pairs of letters that no mark shall have"),
        max_length=400,
        required=False,
        help_text=_("With spaces between"),
    )
