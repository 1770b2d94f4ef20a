"""Forms of recipes: they parse; the reader and the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, role_title, roles_granting
from recipes.approvers import ANY, MOST


class ImportRecipe(forms.Form):
    """A recipe as a file or as text; the file counts when both are given."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(
            "YAML or JSON, at most 2 MB; BatchML of another system, at most 12 MB; another site's"
            " package."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".yaml,.yml,.json,.xml,.zip,text/plain"}),
    )
    text = forms.CharField(
        label=_("Or the text itself"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "false", "class": "code"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two; ``source`` holds its bytes."""
        values = super().clean() or {}
        file, text = values.get("file"), values.get("text", "")
        source = file.read() if file else text.replace("\r\n", "\n").encode()
        if not source.strip():
            raise forms.ValidationError(_("Choose a file or paste the text."))
        return {**values, "source": source}


class NewRecipe(forms.Form):
    """What a recipe needs before it can be written: a code, and what it is called."""

    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9._-]*$", label=_("Code"), max_length=60,
        help_text=_("Capitals, digits and hyphens, such as CART19-PRODIGY."),
    )  # fmt: skip
    title = forms.CharField(label=_("Title"), max_length=200)


class DraftText(forms.Form):
    """A draft as text."""

    text = forms.CharField(
        label=_("The recipe as YAML"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 34, "spellcheck": "false", "class": "code"}),
    )


class AskRehearsal(forms.Form):
    """How many simulated patients, and the seed that chance begins with."""

    patients = forms.IntegerField(label=_("Patients"), min_value=1, max_value=10_000)
    seed = forms.IntegerField(label=_("Seed"), min_value=0, max_value=999_999)


class SignApproval(forms.Form):
    """Both components of a signature at a desk (21 CFR 11.200)."""

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


class Reasoned(forms.Form):
    """Why something is done."""

    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


class WhyApproved(Reasoned):
    """Why a version is approved although its site has not all that it needs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "why_%s", **kwargs})
        field = self.fields["reason"]
        field.label = _("Why it is approved all the same")
        field.help_text = _("How and by when this site will have it.")


class Said(forms.Form):
    """Words of a comment, an answer or a resolution."""

    text = forms.CharField(
        label=_("Words"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class Commented(Said):
    """A comment and its place."""

    path = forms.ChoiceField(label=pgettext_lazy("in a recipe", "Place"), required=False)
    field_order = ["path", "text"]

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["path"] = forms.ChoiceField(
            label=pgettext_lazy("in a recipe", "Place"),
            required=False,
            choices=[("", _("The whole recipe")), *places],
        )


class SetApprovers(forms.Form):
    """Which signatures a version needs: a role for each, as many as are chosen."""

    in_order = forms.BooleanField(
        label=_("In this order"), required=False,
        help_text=_("Each signature waits for the one before."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Reason"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = [(key, role_title(key)) for key in roles_granting(Permission.RECIPES_APPROVE)]
        choices = [("", "–"), (ANY, _("Whoever may approve")), *held]
        own = dict(self.fields)
        self.fields.clear()
        for number in range(1, MOST + 1):
            self.fields[f"role_{number}"] = forms.ChoiceField(
                label=gettext("Signature %(number)s") % {"number": number}, required=False,
                choices=choices,
            )  # fmt: skip
        self.fields.update(own)

    @property
    def roles(self) -> list[str]:
        """The roles that were chosen, in their order."""
        given = [self.cleaned_data.get(f"role_{number}", "") for number in range(1, MOST + 1)]
        return [role for role in given if role]


class Withdraw(forms.Form):
    """Why a version ends."""

    reason = forms.CharField(label=_("Reason"), max_length=1000)


class PublishOperation(forms.Form):
    """Under which code an operation of a version comes into the library."""

    path = forms.CharField(max_length=200, widget=forms.HiddenInput)
    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9._-]*$", label=_("Code in the library"), max_length=60,
        help_text=_("Capitals, digits and hyphens. A code that is there gets its next version."),
    )  # fmt: skip


class TakeOperation(forms.Form):
    """Into which stage of which draft an operation of the library comes."""

    place = forms.ChoiceField(label=_("Draft and stage"))

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["place"]
        field.choices = places
