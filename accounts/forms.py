"""Forms of people and tablets: they parse; services decide."""

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import CredentialKind, SubjectKind
from accounts.models import Person, TreatmentCentre
from accounts.permissions import ROLES
from mes.ui.fields import DayField


class DeskSignIn(forms.Form):
    """User name and password."""

    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("Only if you have a generator of codes"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        if not settings.MES_CODES:
            del self.fields["code"]
        waiting = "password" if self.is_bound else "username"
        self.fields[waiting].widget.attrs["autofocus"] = True


PIN_WORDS = {
    "typed": _("Badge"),
    "old": _("PIN until now"),
    "new": _("Your own PIN, 6 to 8 digits"),
    "again": _("Your own PIN once more"),
}
PASSWORD_WORDS = {
    "typed": _("User name"),
    "old": _("Password until now"),
    "new": _("Your own password, at least 12 characters"),
    "again": _("Your own password once more"),
}


class OwnSecret(forms.Form):
    """The secret that is replaced, and the person's own one, twice."""

    typed = forms.CharField(max_length=60)
    old = forms.CharField(max_length=200, strip=False)
    new = forms.CharField(max_length=200, strip=False)
    again = forms.CharField(max_length=200, strip=False)
    code = forms.CharField(
        label=_("One-time code"),
        help_text=_("Only if you have a generator of codes"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(
        self, kind: CredentialKind, data: QueryDict | None = None, *, by_password: bool = False
    ) -> None:
        """``by_password``: a PIN, of who is signed in at a desk and gives the password instead."""
        super().__init__(data)
        labels = PIN_WORDS if kind is CredentialKind.PIN else PASSWORD_WORDS
        if by_password:
            labels = {**labels, "old": _("Your password")}
        for name, label in labels.items():
            self.fields[name].label = label
        for name in ("old", "new", "again"):
            complete = "current-password" if name == "old" else "new-password"
            attrs = {"autocomplete": complete}
            if kind is CredentialKind.PIN:
                attrs["inputmode"] = "numeric"
            self.fields[name].widget = forms.PasswordInput(attrs=attrs)
        self.fields["typed"].widget.attrs.update({"autocomplete": "username", "autofocus": True})
        if kind is CredentialKind.PIN or not settings.MES_CODES:
            del self.fields["code"]
        if by_password:
            del self.fields["typed"]
            self.fields["old"].widget.attrs = {
                "autocomplete": "current-password", "autofocus": True
            }  # fmt: skip

    def clean_again(self) -> str:
        """Refuse two different new ones."""
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("The two are not the same."))
        return again


class TabletSignIn(forms.Form):
    """Badge and PIN."""

    badge = forms.CharField(max_length=40)
    pin = forms.RegexField(r"^[0-9]{6,8}$", strip=False)


class Join(forms.Form):
    """A new person, whose identity was checked on paper."""

    printed_name = forms.CharField(
        label=_("Printed name"), max_length=120, help_text=_("As it stands below signatures")
    )
    username = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9._-]{1,59}$", label=_("User name"), max_length=60
    )
    badge = forms.CharField(label=_("Badge"), max_length=40)
    identity_check = forms.CharField(
        label=_("Identity checked on"),
        max_length=200,
        help_text=_("The paper of the identity check with its number, where it is kept"),
    )
    another_human = forms.CharField(
        label=_("How you know that it is another human"),
        max_length=300,
        help_text=_("Such as both papers compared; it is kept with the account"),
    )

    def __init__(self, data: QueryDict | None = None, *, asks: bool = False) -> None:
        """``asks``: an account of the same name or number is there, so that the last is asked."""
        super().__init__(data)
        if not asks and "another_human" not in (data or ()):
            del self.fields["another_human"]


class GrantRole(forms.Form):
    """One more role of a person at this site."""

    role = forms.ChoiceField(
        label=_("Role"), choices=lambda: [(key, role.title) for key, role in ROLES.items()]
    )
    approver = forms.ChoiceField(
        label=_("Approved by"), help_text=_("Who reviews the audit trail of this site")
    )
    paper = forms.CharField(
        label=_("Paper of the approval"),
        help_text=_("With its number, where it is kept"),
        max_length=200,
    )

    def __init__(self, *, approvers: list[Person]) -> None:
        super().__init__()
        if approvers:
            chosen = [("", "–"), *((str(one.id), one.printed_name) for one in approvers)]
            self.fields["approver"].choices = chosen  # type: ignore[attr-defined]
        else:
            del self.fields["approver"]


class RegisterCentre(forms.Form):
    """A treatment centre that orders at this site."""

    code = forms.CharField(
        label=pgettext_lazy("of a treatment centre", "Code"), max_length=20,
        help_text=_("As orders name it, such as TC-07"),
    )  # fmt: skip
    name = forms.CharField(label=pgettext_lazy("of a treatment centre", "Name"), max_length=98)


class RenameCentre(forms.Form):
    """Another name for a treatment centre."""

    name = forms.CharField(label=_("New name"), max_length=98)
    reason = forms.CharField(label=_("Why"), max_length=200)


class Reason(forms.Form):
    """Why something is done: its label says what."""

    reason = forms.CharField(max_length=200)

    def __init__(self, data: QueryDict | None = None, *, label: object) -> None:
        super().__init__(data)
        self.fields["reason"].label = label  # type: ignore[assignment]


class PutForward(forms.Form):
    """What a version of a document changes."""

    changes = forms.CharField(
        label=_("What changed"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Of the first version: what the document is for"),
    )  # fmt: skip


class ChooseCentre(forms.Form):
    """To which treatment centre somebody from outside belongs."""

    centre = forms.ChoiceField(label=_("Treatment centre"), required=False)
    reason = forms.CharField(label=_("Why"), max_length=200)

    def __init__(self, *, centres: list[TreatmentCentre], chosen: UUID | None) -> None:
        super().__init__(initial={"centre": str(chosen or "")}, auto_id="centre_%s")
        named = [(str(one.id), one.title) for one in centres]
        none = ("", _("none"))
        self.fields["centre"].choices = [none, *named]  # type: ignore[attr-defined]


class SetSecret(forms.Form):
    """A first or a new PIN or password."""

    kind = forms.ChoiceField(label=_("Secret"), choices=CredentialKind.choices)
    secret = forms.CharField(
        label=_("New secret"),
        max_length=200,
        strip=False,
        help_text=_("A PIN has 6 to 8 digits, a password at least 12 characters"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class Enrol(forms.Form):
    """A tablet of this site."""

    code = forms.RegexField(r"^[A-Za-z0-9._-]{1,40}$", label=_("Code"), max_length=40)
    label = forms.CharField(label=pgettext_lazy("name of a device", "Label"), max_length=120)


class SetIdleTime(forms.Form):
    """After how long entry locks in rooms of a class."""

    room_class = forms.CharField(
        label=_("Class of room"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "room-classes"}),
    )
    seconds = forms.IntegerField(label=_("Seconds without a touch"))
    idle_reason = forms.CharField(label=_("Why"), max_length=200)


class Qualify(forms.Form):
    """Grant a qualification, or renew it: the same subject is prolonged."""

    person = forms.TypedChoiceField(label=_("Person"), coerce=UUID)
    subject_kind = forms.ChoiceField(label=_("Kind of subject"), choices=SubjectKind.choices)
    subject = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$",
        label=_("Subject"),
        help_text=_("As recipes ask for it, such as PRODIGY-TCT"),
        widget=forms.TextInput(attrs={"list": "subjects"}),
    )
    version = forms.IntegerField(
        label=_("Version of the procedure"),
        help_text=_("Empty: the one that is effective"),
        min_value=1,
        max_value=9999,
        required=False,
    )
    valid_until = DayField(
        label=_("Valid until the end of"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, data: QueryDict | None = None, *, people: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["person"].choices = people  # type: ignore[attr-defined]


class AskSubject(forms.Form):
    """What the site asks of whoever works in a class of rooms, or with a class of equipment."""

    subject_kind = forms.ChoiceField(
        label=_("Kind of subject"),
        choices=[(key, SubjectKind(key).label) for key in SubjectKind.by_site],
    )
    class_code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$",
        label=_("Class"),
        help_text=_("Of room or equipment, such as grade-C or prodigy"),
    )
    reason = forms.CharField(label=_("Why"), max_length=300)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data, auto_id="ask_%s")


class EndQualification(forms.Form):
    """A failed assessment, or a withdrawal, with its reason."""

    held = forms.UUIDField()
    person = forms.UUIDField()
    reason = forms.CharField(max_length=300)
