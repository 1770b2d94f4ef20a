"""The policy of electronic signatures: what a person acknowledges before their first one.

It is code, reviewed with the code. A change of its words is a new version, and everybody
acknowledges again (21 CFR 11.10(j)).
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

from mes.lib.evidence import JSON

VERSION: Final = "1"
SENTENCES: Final = (
    _("My electronic signature binds me in the same way as my signature by hand."),
    _("I sign only what I have read, and only what I myself did, checked or decided."),
    _("I tell nobody my PIN or password, and lend nobody my badge or passkey."),
    _("I report at once when a secret may be known, or a badge is lost."),
    _("Everything that is signed with my signature counts as done by me."),
)


def policy_content(sentences: tuple[str, ...]) -> JSON:
    """Return what an acknowledgement is bound to: the version, and the words as they were read."""
    return {"policy": VERSION, "sentences": list(sentences)}
