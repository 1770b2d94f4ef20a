"""Forms of QA and QC: they parse; services decide."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from quality.models import Sample
from recipes.document import Recipe, Test

Options = Sequence[tuple[str, str]]


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Judge(forms.Form):
    """The answer to an exception."""

    comment = forms.CharField(label=_("Comment"), max_length=4000, widget=_area(2))
    judgement = forms.ChoiceField(choices=[("accepted", ""), ("deviation", "")])


class Ask(forms.Form):
    """A question about an exception, and to whom it is put."""

    question = forms.CharField(label=_("Question"), max_length=4000, widget=_area(2))

    def __init__(self, *args: Any, people: Mapping[UUID, str], **kwargs: Any) -> None:
        """``people`` are those who may be asked, with their names; the first is proposed."""
        super().__init__(*args, **kwargs)
        choices = [(str(person), name) for person, name in people.items()]
        self.fields["person"] = forms.ChoiceField(label=_("Who is asked"), choices=choices)
        self.order_fields(["person", "question"])


class Comment(forms.Form):
    """The answer to a question about an exception."""

    text = forms.CharField(label=_("Your comment"), max_length=4000, widget=_area(5))


class Reason(forms.Form):
    """A reason for a hold, its end, or a refusal."""

    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=_area(2))


class Conclusion(forms.Form):
    """What the investigation of a deviation came to."""

    conclusion = forms.CharField(
        label=_("Root cause and conclusion"), max_length=4000, widget=_area(5)
    )


class Grant(forms.Form):
    """The grant of a concession."""

    until = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=_("Local time of the site; at most 24 hours ahead"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=_area(2))
    risk = forms.CharField(label=_("Risk for the cells"), max_length=4000, widget=_area(2))


class Receive(forms.Form):
    """The receipt of a sample."""

    condition = forms.CharField(
        label=_("Condition on receipt"),
        max_length=400,
        help_text=_("Temperature, volume, seal, label"),
    )


class Enter(forms.Form):
    """A result as the analyst gives it; answers come from the pinned recipe."""

    value = forms.CharField(label=_("Result"), max_length=200)
    method = forms.CharField(label=_("Method"), max_length=200)
    equipment = forms.CharField(label=_("Equipment"), max_length=200, required=False)
    interim = forms.BooleanField(
        label=_("Interim reading"),
        required=False,
        help_text=_("Not the final result: it meets no criterion"),
    )
    raw = forms.FileField(
        label=_("Raw data"), required=False, help_text=_("Kept by its hash, at most 10 MB")
    )

    def __init__(self, *args: Any, test: Test, language: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {})
        kwargs["initial"].setdefault("method", test.method or "")
        super().__init__(*args, **kwargs)
        if test.options:
            self.fields["value"] = forms.ChoiceField(
                label=_("Result"),
                choices=[(option.key, option.text.say(language)) for option in test.options],
                widget=forms.RadioSelect,
            )
        else:
            self.fields["value"].widget.attrs["inputmode"] = "decimal"


class Correct(Enter):
    """A result that replaces an earlier one."""

    reason = forms.CharField(label=_("Reason for the correction"), max_length=4000, widget=_area(2))


class Proof(forms.Form):
    """The two components: at a desk user name and password, or badge and PIN."""

    username = forms.CharField(label=_("User name"), max_length=60, required=False)
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    badge = forms.CharField(label=_("Badge"), max_length=40, required=False)
    pin = forms.CharField(max_length=8, required=False)


def tests_of(sample: Sample, recipe: Recipe) -> list[Test]:
    """Return the tests that a sample was drawn for, as the recipe has them."""
    found = (recipe.test_by_key.get(key) for key in sample.tests)
    return [test for test in found if test is not None]


class Correction(forms.Form):
    """The values of a step as they should have been, and how it came to the wrong ones."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=_area(2))

    def __init__(
        self, *args: Any, asked: Sequence[tuple[str, str, Options]], **kwargs: Any
    ) -> None:
        """``asked`` are name, title and answers of each value; no answers for a typed one."""
        super().__init__(*args, **kwargs)
        own: dict[str, forms.Field] = {
            f"v-{name}": forms.ChoiceField(label=title, choices=list(options))
            if options else forms.CharField(label=title, max_length=2000)
            for name, title, options in asked
        }  # fmt: skip
        self.fields = own | self.fields

    def values(self) -> dict[str, str]:
        """Return the values by the names that the step knows."""
        given = self.cleaned_data
        return {name[2:]: given[name] for name in given if name.startswith("v-")}
