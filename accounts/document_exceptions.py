"""Refusals about the documents of the system."""

from django.utils.translation import gettext_lazy as _

from mes.lib.refusals import Interlock, Refusal, refuses


class ChangesMissing(Refusal):
    """A version says what it changes."""

    code = "document.changes_missing"
    status = 422
    sentence = _("A version says what changed.")
    way_out = _("Write it in a sentence; of the first version, what the document is for.")


class NothingChanged(Refusal):
    """The text is that of the version in force."""

    code = "document.nothing_changed"
    sentence = _("Nothing has changed since version %(number)s, which is approved.")
    way_out = _("There is nothing to put forward until another text ships.")


class AlreadyPutForward(Refusal):
    """One version at a time waits for its approval."""

    code = "document.put_forward_already"
    sentence = _("Version %(number)s was put forward already, by %(author)s.")
    way_out = _("Let another person approve it or send it back; then put the next one forward.")


class TextReplaced(Refusal):
    """Another release runs than that whose text was read."""

    code = "document.text_replaced"
    sentence = _("Another text ships now than the one that you read. Nothing was saved.")
    way_out = _("Read it again, then put it forward.")


class AuthorMayNotApprove(Refusal):
    """Four eyes, by person."""

    code = "document.author_approves"
    sentence = _("%(person)s put this version forward, and does not approve it.")
    way_out = _("Ask another person who approves documents of the system.")
    interlock = Interlock.ABSOLUTE
    recorded = True


class VersionDecided(Refusal):
    """It was approved, or sent back."""

    code = "document.decided"
    sentence = _("This version was decided of already.")
    way_out = _("Open the document: its history says by whom.")


class DocumentChanged(Refusal):
    """Somebody did the same at the same moment."""

    code = "document.changed"
    sentence = _("This document was changed at the same moment. Nothing was saved.")
    way_out = _("Open it again.")


class TextLost(Refusal):
    """The kept text is not there, or does not fit its hash."""

    code = "document.text_lost"
    status = 410
    sentence = _("The kept text of this version is missing or was altered: it is not shown.")
    way_out = _("Tell an administrator: it is restored from a backup of the files.")


for _constraint in (
    "accounts_documentversion_number", "accounts_documentversion_one_waits",
    "accounts_documentversion_first", "accounts_documentversion_next",
    "accounts_documentversion_stays",
):  # fmt: skip
    refuses(_constraint, DocumentChanged)
