"""Sentences of the audit trail about sites, people and devices."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import approval_entries as approved
from accounts import entries as said
from accounts.enums import AlarmKind, FactorKind, GuessKind, PeriodEnd, ReviewDecision, SecondPerson
from accounts.owed import ABOUT
from accounts.permissions import role_title
from accounts.subjects import words
from mes.ui.text import day_text
from records.presenters import presents

# What the entry calls a factor, as people call it.
FACTORS = {
    "username": gettext_lazy("user name"), "password": gettext_lazy("password"),
    "badge": gettext_lazy("badge"), "pin": gettext_lazy("PIN"),
    "passkey": gettext_lazy("passkey"), "user verification": gettext_lazy("user verification"),
    "code": gettext_lazy("one-time code"),
}  # fmt: skip


@presents(said.SiteOpened)
def _site_opened(p: said.SiteOpened) -> str:
    return _("Site %(code)s %(name)s opened, time zone %(zone)s") % p.model_dump()


@presents(said.PersonJoined)
def _person_joined(p: said.PersonJoined) -> str:
    said_of = p.model_dump()
    if p.another_human:
        return (
            _(
                "%(printed_name)s joined; identity checked: %(identity_check)s;"
                " not the human of the same name: %(another_human)s"
            )
            % said_of
        )
    return _("%(printed_name)s joined; identity checked: %(identity_check)s") % said_of


@presents(said.PersonDisabled)
def _person_disabled(p: said.PersonDisabled) -> str:
    return _("Account disabled: %(reason)s") % {"reason": p.reason}


@presents(said.PersonEnabled)
def _person_enabled(p: said.PersonEnabled) -> str:
    said_of = {"reason": p.reason, "check": p.identity_check}
    return _("Account enabled again: %(reason)s; identity checked: %(check)s") % said_of


@presents(said.PolicyAcknowledged)
def _policy_acknowledged(p: said.PolicyAcknowledged) -> str:
    return _("Policy of electronic signatures acknowledged, version %(v)s") % {"v": p.policy}


@presents(said.SecondPersonSet)
def _second_person_set(p: said.SecondPersonSet) -> str:
    said_of = {"second": SecondPerson(p.second).label, "reason": p.reason}
    if p.on_site:
        return _("%(second)s has to be on site; %(reason)s") % said_of
    return _("%(second)s may be remote; %(reason)s") % said_of


@presents(said.RoleGranted)
def _role_granted(p: said.RoleGranted) -> str:
    by = ", ".join(filter(None, (p.approver_name, p.paper)))
    said_of = {"role": role_title(p.role), "by": by}
    if p.approver_name:
        return _("Role granted: %(role)s; approved by %(by)s") % said_of
    if p.paper:
        return _("Role granted: %(role)s; on paper: %(by)s") % said_of
    return _("Role granted: %(role)s") % said_of


@presents(approved.RoleApprovalAsked)
def _approval_asked(p: approved.RoleApprovalAsked) -> str:
    said_of = {"role": role_title(p.role), "by": p.approver_name}
    return _("Asked to confirm the approval of %(role)s: %(by)s") % said_of


@presents(approved.RoleApprovalAnswered)
def _approval_answered(p: approved.RoleApprovalAnswered) -> str:
    by = p.signature.printed_name
    said_of = {"role": role_title(p.role), "by": by, "reason": p.reason}
    if p.approved:
        return _("Approval of %(role)s confirmed by %(by)s") % said_of
    return _("Approval of %(role)s refused by %(by)s: %(reason)s") % said_of


@presents(said.BadgeTested)
def _badge_tested(p: said.BadgeTested) -> str:
    said_of = {"badge": p.badge, "note": p.note, "until": day_text(p.due_at)}
    if p.passed:
        return _("Badge %(badge)s tested, good until %(until)s; %(note)s") % said_of
    return _("Badge %(badge)s failed its test; %(note)s") % said_of


@presents(said.RoleRevoked)
def _role_revoked(p: said.RoleRevoked) -> str:
    said_of = {"role": role_title(p.role), "reason": p.reason}
    return _("Role revoked: %(role)s; %(reason)s") % said_of


@presents(said.CredentialChanged)
def _credential_changed(p: said.CredentialChanged) -> str:
    return _("New secret set: %(kind)s") % {"kind": GuessKind(p.credential).label}


@presents(said.QualificationGranted)
def _qualification_granted(p: said.QualificationGranted) -> str:
    version = f" v{p.procedure_version}" if p.procedure_version else ""
    said_of = {"label": p.label + version, "until": day_text(p.valid_until)}
    return _("Qualified for %(label)s until %(until)s") % said_of


@presents(said.QualificationAsked)
def _qualification_asked(p: said.QualificationAsked) -> str:
    said_of = {"what": words(f"{p.subject_kind}:{p.key}"), "reason": p.reason}
    if p.asked:
        return _("Asked of whoever works there: %(what)s; %(reason)s") % said_of
    return _("Not asked any more: %(what)s; %(reason)s") % said_of


@presents(said.ProcedureVersioned)
def _procedure_versioned(p: said.ProcedureVersioned) -> str:
    said_of = {"label": p.label, "n": p.number, "from": p.counts_from}
    if p.counts_from < p.number:
        return (
            _("%(label)s is worked by as v%(n)s; training on v%(from)s or later counts") % said_of
        )
    return _("%(label)s is worked by as v%(n)s; it asks for training on it") % said_of


@presents(said.QualificationFailed)
def _qualification_failed(p: said.QualificationFailed) -> str:
    sentence = ngettext(
        "Failed for %(label)s: %(reason)s; suspended, %(n)d record since the last good one",
        "Failed for %(label)s: %(reason)s; suspended, %(n)d records since the last good one",
        len(p.streams),
    )
    return sentence % {"label": p.label, "reason": p.reason, "n": len(p.streams)}


@presents(said.QualificationWithdrawn)
def _qualification_withdrawn(p: said.QualificationWithdrawn) -> str:
    said_of = {"label": p.label, "reason": p.reason}
    return _("Qualification for %(label)s withdrawn: %(reason)s") % said_of


@presents(said.PeriodOpened)
def _period_opened(p: said.PeriodOpened) -> str:
    factors = " + ".join(str(FACTORS.get(one, one)) for one in p.factors)
    return _("Signed in with %(factors)s") % {"factors": factors}


@presents(said.PeriodClosed)
def _period_closed(p: said.PeriodClosed) -> str:
    return _("Signed-in period ended: %(reason)s") % {"reason": PeriodEnd(p.reason).label}


@presents(said.DeviceEnrolled)
def _device_enrolled(p: said.DeviceEnrolled) -> str:
    place = p.place_label or "–"
    return _("Tablet %(code)s enrolled for %(place)s") % {"code": p.code, "place": place}


@presents(said.DevicePlaced)
def _device_placed(p: said.DevicePlaced) -> str:
    return _("Tablet stands at %(place)s") % {"place": p.place_label}


@presents(said.IdleTimeSet)
def _idle_time_set(p: said.IdleTimeSet) -> str:
    said_of = {"room": p.room_class, "seconds": p.seconds, "reason": p.reason}
    return _("Entry locks in %(room)s after %(seconds)s s without a touch; %(reason)s") % said_of


@presents(said.DeviceLinked)
def _device_linked(p: said.DeviceLinked) -> str:
    return _("A browser took the enrolment: %(browser)s") % {"browser": p.browser}


@presents(said.DeviceRetired)
def _device_retired(p: said.DeviceRetired) -> str:
    return _("Tablet retired: %(reason)s") % {"reason": p.reason}


@presents(said.SignInAlarmed)
def _sign_in_alarmed(p: said.SignInAlarmed) -> str:
    said_of = {"what": AlarmKind(p.kind_of_alarm).label, "who": p.person_name or "–"}
    return _("Alarm of sign-in: %(what)s (%(who)s)") % said_of


@presents(said.SignInAlarmAnswered)
def _sign_in_alarm_answered(p: said.SignInAlarmAnswered) -> str:
    return _("Alarm of sign-in answered: %(note)s") % {"note": p.note}


@presents(said.TriesRefused)
def _tries_refused(p: said.TriesRefused) -> str:
    sentence = ngettext(
        "%(n)d try of a secret refused unread: %(kind)s",
        "%(n)d tries of a secret refused unread: %(kind)s",
        p.refused,
    )
    return sentence % {"n": p.refused, "kind": GuessKind(p.credential).label}


@presents(said.TriesAnswered)
def _tries_answered(p: said.TriesAnswered) -> str:
    own = ngettext(
        "%(n)d wrong try was one's own: %(kind)s",
        "%(n)d wrong tries were one's own: %(kind)s",
        p.tries,
    )
    others = ngettext(
        "%(n)d wrong try was not one's own: %(kind)s",
        "%(n)d wrong tries were not one's own: %(kind)s",
        p.tries,
    )
    return (own if p.own else others) % {"n": p.tries, "kind": GuessKind(p.credential).label}


@presents(said.CredentialUnblocked)
def _credential_unblocked(p: said.CredentialUnblocked) -> str:
    said_of = {"kind": GuessKind(p.credential).label, "check": p.identity_check}
    return _("Wrong tries forgotten: %(kind)s; identity checked: %(check)s") % said_of


@presents(said.SignInLinked)
def _sign_in_linked(p: said.SignInLinked) -> str:
    said_of = {"subject": p.subject, "check": p.identity_check}
    return _("Single sign-on linked: %(subject)s; identity checked: %(check)s") % said_of


@presents(said.SignInUnlinked)
def _sign_in_unlinked(p: said.SignInUnlinked) -> str:
    return _("Single sign-on ended: %(reason)s") % {"reason": p.reason}


@presents(said.SessionsEnded)
def _sessions_ended(p: said.SessionsEnded) -> str:
    return _("Signed out everywhere: %(reason)s") % {"reason": p.reason}


@presents(said.FactorAdded)
def _factor_added(p: said.FactorAdded) -> str:
    return _("Added for sign-in: %(factor)s") % {"factor": _factor(p.kind_of_factor, p.name)}


@presents(said.FactorRemoved)
def _factor_removed(p: said.FactorRemoved) -> str:
    said_of = {"factor": _factor(p.kind_of_factor, p.name), "reason": p.reason}
    return _("Taken away from sign-in: %(factor)s; %(reason)s") % said_of


def _factor(kind: str, name: str) -> str:
    label = str(FactorKind(kind).label)
    return f"{label} ({name})" if name else label


@presents(said.ObligationIncurred)
def _obligation_incurred(p: said.ObligationIncurred) -> str:
    about = ABOUT.get(p.about)
    return _("Owes: %(what)s") % {"what": about.sentence(p.words) if about else p.about}


@presents(said.ObligationMet)
def _obligation_met(p: said.ObligationMet) -> str:
    return _("What was owed is done")


@presents(said.AccessReviewOpened)
def _access_review_opened(p: said.AccessReviewOpened) -> str:
    said = ngettext(
        "Review of accounts opened: %(n)s person, due %(due)s",
        "Review of accounts opened: %(n)s people, due %(due)s",
        len(p.people),
    )
    return said % {"n": len(p.people), "due": day_text(p.due)}


@presents(said.AccessReviewDecided)
def _access_review_decided(p: said.AccessReviewDecided) -> str:
    said_of = {"name": p.printed_name, "what": ReviewDecision(p.decision).label}
    sentence = _("Account of %(name)s reviewed: %(what)s") % said_of
    return f"{sentence}; {p.note}" if p.note else sentence
