"""The way of a version as the bar shows it, and the one command that is next for a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Permission, permissions_of, role_title
from accounts.selectors import roles_of
from recipes import compiler
from recipes.approvers import ANY, Approvers
from recipes.enums import VersionStatus
from recipes.messages import Message, Weight
from recipes.models import RecipeApproval, RecipeVersion
from records.commands import Actor


def summary_words(messages: tuple[Message, ...]) -> str:
    """Return how many errors and warnings there are, in words."""
    errors = len(compiler.errors(messages))
    warnings = sum(message.severity == Weight.WARNING for message in messages)
    notes = len(messages) - errors - warnings
    parts = [
        ngettext("%d error", "%d errors", errors) % errors if errors else _("no errors"),
        ngettext("%d warning", "%d warnings", warnings) % warnings if warnings else "",
        ngettext("%d note", "%d notes", notes) % notes if notes else "",
    ]
    return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class Way:
    """A version on its way, as one person sees it. The services decide again."""

    version: RecipeVersion
    messages: tuple[Message, ...]
    approvals: list[RecipeApproval]
    actor: Actor
    rule: Approvers = field(default_factory=Approvers)
    open_comments: int = 0

    @cached_property
    def _allowed(self) -> frozenset[Permission]:
        person, site = self.actor.person, self.actor.site
        return permissions_of(list(roles_of(person, site))) if person and site else frozenset()

    @property
    def may_write(self) -> bool:
        """The person may write recipes."""
        return Permission.RECIPES_WRITE in self._allowed

    @property
    def may_approve(self) -> bool:
        """The person may approve recipes of others."""
        return Permission.RECIPES_APPROVE in self._allowed

    @cached_property
    def errors(self) -> int:
        """How many errors the compiler finds."""
        return len(compiler.errors(self.messages))

    @cached_property
    def own(self) -> bool:
        """The person wrote this version or has approved it."""
        signed = any(approval.person == self.actor.person for approval in self.approvals)
        wrote = str(self.actor.person) in self.version.writers
        return signed or wrote or self.version.author == self.actor.person

    @property
    def offers(self) -> dict[str, bool]:
        """Which forms stand on the page."""
        status = self.version.status
        draft = status == VersionStatus.DRAFT
        live = not draft and status not in VersionStatus.ended
        review = status == VersionStatus.IN_REVIEW
        return {
            "sign": review and self.may_approve and not self.own,
            "discard": draft and self.may_write,
            "comment": review and (self.may_write or self.may_approve),
            "send_back": review and self.may_approve,
            "withdraw": live and self.may_approve,
            "share": self.may_write and status in VersionStatus.approved,
        }

    @property
    def missing(self) -> list[str]:
        """Whose signatures are still to come, in words."""
        left = self.rule.missing([approval.role for approval in self.approvals])
        return [_("who may approve") if role == ANY else role_title(role) for role in left]

    def bar(self) -> dict[str, Any]:
        """Return the gates and the one command that is next."""
        gates = [
            self._compiler(),
            self._review(),
            *self._signatures(),
            self._effective(),
        ]
        return {"label": _("Way of this version"), "gates": gates, "primary": self._primary()}

    def _compiler(self) -> dict[str, str]:
        state = "blocked" if self.errors else "clear"
        text = summary_words(self.messages)
        return {"name": _("Compiler"), "state": state, "text": text, "url": "#compiler"}

    def _review(self) -> dict[str, str]:
        asked = self.version.status != VersionStatus.DRAFT
        said = {"name": _("Review"), "url": reverse("recipes:comments", args=[self.version.id])}
        if asked and self.open_comments:
            waits = ngettext("%d comment waits", "%d comments wait", self.open_comments)
            return {**said, "state": "open", "text": waits % self.open_comments}
        if not asked and self.version.sent_back_reason:
            return {**said, "state": "blocked", "text": _("sent back")}
        state = "clear" if asked else "to-come"
        return {**said, "state": state, "text": _("asked for") if asked else _("not asked for")}

    def _signatures(self) -> list[dict[str, str]]:
        given = [("clear", approval.printed_name) for approval in self.approvals]
        asked = [*given, *(("to-come", words) for words in self.missing)]
        return [
            {"name": _("Approval %(number)s") % {"number": number}, "state": state, "text": text}
            for number, (state, text) in enumerate(asked, 1)
        ]

    def _effective(self) -> dict[str, str]:
        status = VersionStatus(self.version.status)
        if status in VersionStatus.ended:
            return {"name": _("Effective"), "state": "blocked", "text": str(status.label)}
        now = status == VersionStatus.EFFECTIVE
        return {
            "name": _("Effective"),
            "state": "clear" if now else "to-come",
            "text": _("batches are made from it") if now else _("to come"),
        }

    def _primary(self) -> dict[str, str]:
        following = {
            VersionStatus.DRAFT: self._submit,
            VersionStatus.IN_REVIEW: self._approve,
            VersionStatus.APPROVED: self._make_effective,
        }.get(VersionStatus(self.version.status))
        return following() if following else {}

    def _submit(self) -> dict[str, str]:
        label = _("Send to review")
        if self.errors:
            waits = ngettext("Waits for %d error", "Waits for %d errors", self.errors)
            return _waits(label, waits % self.errors)
        return _command(self.may_write, "submit", label)

    def _approve(self) -> dict[str, str]:
        if not self.may_approve:
            return _waits(_("Approve"), _("Waits for those who may approve"))
        if self.own:
            return _waits(_("Approve"), _("Another person must approve"))
        if self.open_comments:
            return _waits(_("Approve"), _("Waits for answers to comments"))
        return {"url": "#sign", "label": _("Approve…")}

    def _make_effective(self) -> dict[str, str]:
        return _command(self.may_approve, "make-effective", _("Make effective"))


def _command(allowed: bool, form: str, label: str) -> dict[str, str]:
    if allowed:
        return {"form": form, "label": label}
    return _waits(label, _("Your role does not do this"))


def _waits(label: str, why: str) -> dict[str, str]:
    return {"waiting": label, "note": why}
