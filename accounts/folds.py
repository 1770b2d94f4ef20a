"""From entries to the rows of sites, people and devices."""

from accounts.approval_entries import RoleApprovalAnswered, RoleApprovalAsked
from accounts.entries import (
    AccessReviewDecided,
    AccessReviewOpened,
    BadgeTested,
    DeviceEnrolled,
    DeviceLinked,
    DevicePlaced,
    DeviceRetired,
    IdleTimeSet,
    ObligationIncurred,
    ObligationMet,
    PersonDisabled,
    PersonEnabled,
    PersonJoined,
    PolicyAcknowledged,
    ProcedureVersioned,
    QualificationAsked,
    QualificationFailed,
    QualificationGranted,
    QualificationWithdrawn,
    RoleGranted,
    RoleRevoked,
    SecondPersonSet,
    SessionsEnded,
    SignInAlarmAnswered,
    SignInAlarmed,
    SignInLinked,
    SignInUnlinked,
    SiteOpened,
)
from accounts.enums import QualificationStatus
from accounts.models import (
    AccessReview,
    AccessReviewItem,
    Alarm,
    AskedSubject,
    Device,
    IdleTime,
    Obligation,
    Person,
    ProcedureVersion,
    Qualification,
    RoleApproval,
    RoleAssignment,
    SecondPersonRule,
    SignInLink,
    Site,
)
from records.folding import Folded, change, create, fold


@fold(SiteOpened)
def _site_opened(e: Folded[SiteOpened]) -> None:
    create(Site, e, id=e.stream, **e.payload.model_dump())


@fold(PersonJoined)
def _person_joined(e: Folded[PersonJoined]) -> None:
    create(Person, e, id=e.stream, active=True, joined_at=e.at, **e.payload.model_dump())


@fold(PersonDisabled)
def _person_disabled(e: Folded[PersonDisabled]) -> None:
    change(Person.objects.filter(id=e.stream), e, active=False, disabled_at=e.at)


@fold(PersonEnabled)
def _person_enabled(e: Folded[PersonEnabled]) -> None:
    change(
        Person.objects.filter(id=e.stream), e, active=True, disabled_at=None,
        identity_recheck=e.payload.identity_check, sessions_ended_at=e.at,
    )  # fmt: skip


@fold(BadgeTested)
def _badge_tested(e: Folded[BadgeTested]) -> None:
    change(Person.objects.filter(id=e.stream), e, badge_due_at=e.payload.due_at)


@fold(PolicyAcknowledged)
def _policy_acknowledged(e: Folded[PolicyAcknowledged]) -> None:
    change(Person.objects.filter(id=e.stream), e, policy=e.payload.policy, policy_at=e.at)


@fold(SecondPersonSet)
def _second_person_set(e: Folded[SecondPersonSet]) -> None:
    p = e.payload
    values = {"on_site": p.on_site, "reason": p.reason, "set_at": e.at,
              "set_by_name": e.actor_name}  # fmt: skip
    if not change(SecondPersonRule.objects.filter(id=p.rule), e, **values):
        create(SecondPersonRule, e, id=p.rule, second=p.second, **values)


@fold(SessionsEnded)
def _sessions_ended(e: Folded[SessionsEnded]) -> None:
    change(Person.objects.filter(id=e.stream), e, sessions_ended_at=e.at)


@fold(RoleGranted)
def _role_granted(e: Folded[RoleGranted]) -> None:
    p = e.payload
    create(
        RoleAssignment, e,
        id=p.assignment, person_id=e.stream, site=p.site, role=p.role, granted_at=e.at,
    )  # fmt: skip


@fold(RoleApprovalAsked)
def _approval_asked(e: Folded[RoleApprovalAsked]) -> None:
    p = e.payload
    create(
        RoleApproval, e,
        id=p.assignment, person_id=e.stream, site=p.site, role=p.role, approver=p.approver,
        approver_name=p.approver_name, granted_by=p.granted_by,
        granted_by_name=p.granted_by_name, paper=p.paper, asked_at=e.at, reason="",
    )  # fmt: skip


@fold(RoleApprovalAnswered)
def _approval_answered(e: Folded[RoleApprovalAnswered]) -> None:
    p = e.payload
    asked = RoleApproval.objects.filter(id=p.assignment)
    change(asked, e, answered_at=e.at, approved=p.approved, reason=p.reason)


@fold(RoleRevoked)
def _role_revoked(e: Folded[RoleRevoked]) -> None:
    change(RoleAssignment.objects.filter(id=e.payload.assignment), e, revoked_at=e.at)


@fold(QualificationGranted)
def _qualification_granted(e: Folded[QualificationGranted]) -> None:
    p = e.payload
    held = Qualification.objects.filter(id=p.qualification)
    again = {"label": p.label, "valid_until": p.valid_until, "version": p.procedure_version}
    if not change(held, e, status=QualificationStatus.VALID, **again):
        create(
            Qualification, e,
            id=p.qualification, person_id=e.stream, subject_kind=p.subject_kind, key=p.key,
            label=p.label, valid_until=p.valid_until, version=p.procedure_version,
        )  # fmt: skip


@fold(QualificationFailed)
def _qualification_failed(e: Folded[QualificationFailed]) -> None:
    held = Qualification.objects.filter(id=e.payload.qualification)
    change(held, e, status=QualificationStatus.SUSPENDED)


@fold(QualificationWithdrawn)
def _qualification_withdrawn(e: Folded[QualificationWithdrawn]) -> None:
    held = Qualification.objects.filter(id=e.payload.qualification)
    change(held, e, status=QualificationStatus.WITHDRAWN)


@fold(QualificationAsked)
def _qualification_asked(e: Folded[QualificationAsked]) -> None:
    p = e.payload
    if not change(AskedSubject.objects.filter(id=p.rule), e, asked=p.asked):
        create(
            AskedSubject, e, id=p.rule, subject_kind=p.subject_kind, key=p.key, asked=p.asked
        )  # fmt: skip


@fold(ProcedureVersioned)
def _procedure_versioned(e: Folded[ProcedureVersioned]) -> None:
    create(ProcedureVersion, e, id=e.stream, effective_at=e.at, **e.payload.model_dump())


@fold(DeviceEnrolled)
def _device_enrolled(e: Folded[DeviceEnrolled]) -> None:
    create(Device, e, id=e.stream, active=True, **e.payload.model_dump())


@fold(DevicePlaced)
def _device_placed(e: Folded[DevicePlaced]) -> None:
    change(Device.objects.filter(id=e.stream), e, **e.payload.model_dump())


@fold(DeviceLinked)
def _device_linked(e: Folded[DeviceLinked]) -> None:
    """A link of old had no id, and changed no row."""
    if e.payload.link is not None:
        change(Device.objects.filter(id=e.stream), e, link=e.payload.link)


@fold(IdleTimeSet)
def _idle_time_set(e: Folded[IdleTimeSet]) -> None:
    p = e.payload
    if not change(IdleTime.objects.filter(id=p.idle_time), e, seconds=p.seconds):
        create(IdleTime, e, id=p.idle_time, room_class=p.room_class, seconds=p.seconds)


@fold(DeviceRetired)
def _device_retired(e: Folded[DeviceRetired]) -> None:
    change(Device.objects.filter(id=e.stream), e, active=False)


@fold(SignInAlarmed)
def _sign_in_alarmed(e: Folded[SignInAlarmed]) -> None:
    p = e.payload
    create(
        Alarm, e,
        id=p.alarm, kind=p.kind_of_alarm, person=p.person, person_name=p.person_name or "",
        credential=p.credential, device=p.device, address=p.address or "", people=p.people,
        raised_at=e.at,
    )  # fmt: skip


@fold(SignInAlarmAnswered)
def _sign_in_alarm_answered(e: Folded[SignInAlarmAnswered]) -> None:
    p = e.payload
    change(
        Alarm.objects.filter(id=p.alarm), e,
        answered_at=e.at, answered_by=e.actor, note=p.note,
    )  # fmt: skip


@fold(SignInLinked)
def _sign_in_linked(e: Folded[SignInLinked]) -> None:
    p = e.payload
    create(
        SignInLink, e,
        id=p.link, person_id=e.stream, provider=p.provider, subject=p.subject, linked_at=e.at,
    )  # fmt: skip


@fold(SignInUnlinked)
def _sign_in_unlinked(e: Folded[SignInUnlinked]) -> None:
    change(SignInLink.objects.filter(id=e.payload.link), e, unlinked_at=e.at)


@fold(ObligationIncurred)
def _obligation_incurred(e: Folded[ObligationIncurred]) -> None:
    p = e.payload
    create(
        Obligation, e, id=p.obligation, site=p.site, about=p.about, subject=p.subject,
        place=p.place, words=p.words, incurred_at=e.at,
    )  # fmt: skip


@fold(ObligationMet)
def _obligation_met(e: Folded[ObligationMet]) -> None:
    change(Obligation.objects.filter(id=e.payload.obligation), e, met_at=e.at)


@fold(AccessReviewOpened)
def _access_review_opened(e: Folded[AccessReviewOpened]) -> None:
    create(
        AccessReview, e,
        id=e.stream, opened_at=e.at, opened_by_name=e.actor_name, due_at=e.payload.due,
    )  # fmt: skip
    for one in e.payload.people:
        create(
            AccessReviewItem, e, review=e.stream, person=one.person,
            printed_name=one.printed_name, roles=list(one.roles),
        )  # fmt: skip


@fold(AccessReviewDecided)
def _access_review_decided(e: Folded[AccessReviewDecided]) -> None:
    p = e.payload
    change(
        AccessReviewItem.objects.filter(review=e.stream, person=p.person), e,
        decision=p.decision, note=p.note, decided_at=e.at, decided_by=e.actor,
        decided_by_name=e.actor_name,
    )  # fmt: skip
    if p.closes:
        change(AccessReview.objects.filter(id=e.stream), e, closed_at=e.at)
