"""Refusals of printed names."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Refusal


class NameNotPlain(Refusal):
    """A printed name with characters that nobody sees, or letters of several scripts."""

    code = "person.name_not_plain"
    status = 422
    sentence = _(
        "The printed name has a character that cannot be seen, or letters of several scripts."
    )
    way_out = _("Type it anew, in the letters of one script, as the paper shows it.")
