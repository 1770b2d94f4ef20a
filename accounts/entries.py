"""What the ledger says of sites, people and devices."""

from uuid import UUID

from records.entries import Fields, Instant, Payload, Value, entry, upcast


@entry("site.opened", version=1, stream="site")
class SiteOpened(Payload):
    code: str
    name: str
    zone: str
    jurisdiction: str


@entry("person.joined", version=1, stream="person")
class PersonJoined1(Payload):
    """As it was said before it named the site."""

    username: str
    printed_name: str
    badge: str
    identity_check: str


@upcast("person.joined", version=1)
def _joined_somewhere(fields: Fields) -> Fields:
    return {**fields, "home": None}


@entry("person.joined", version=2, stream="person")
class PersonJoined2(Payload):
    """As it was said before anybody asked whether the human had an account already."""

    username: str
    printed_name: str
    badge: str
    identity_check: str
    home: UUID | None


@upcast("person.joined", version=2)
def _nobody_asked(fields: Fields) -> Fields:
    return {**fields, "another_human": None}


@entry("person.joined", version=3, stream="person")
class PersonJoined(Payload):
    """``identity_check`` names the paper on which the identity was checked, ``home`` the site.

    ``another_human`` says how it is known that this is not the human of an account with the same
    printed name: empty where there was none, None where nobody asked.
    """

    username: str
    printed_name: str
    badge: str
    identity_check: str
    home: UUID | None
    another_human: str | None


@entry("person.disabled", version=1, stream="person")
class PersonDisabled(Payload):
    reason: str


@entry("person.enabled", version=1, stream="person")
class PersonEnabled(Payload):
    """The account is open again, after the identity was checked anew on this paper.

    Roles that were held when it ended are revoked by the same act.
    """

    reason: str
    identity_check: str


@entry("badge.tested", version=1, stream="person")
class BadgeTested(Payload):
    """A badge was tested; from ``due_at`` on it is of no use until it is tested again."""

    badge: str
    passed: bool
    due_at: Instant
    note: str


@entry("policy.acknowledged", version=1, stream="person")
class PolicyAcknowledged(Payload):
    """The person will answer for what bears their signature (21 CFR 11.10(j)).

    ``content_hash`` is that of the words as they were read in ``language``.
    """

    policy: str
    language: str
    content_hash: str
    factors: tuple[str, ...]


@entry("role.granted", version=1, stream="person")
class RoleGranted1(Payload):
    """As it was said before a grant named who had approved it."""

    assignment: UUID
    site: UUID
    role: str


@upcast("role.granted", version=1)
def _approved_by_nobody(fields: Fields) -> Fields:
    return {**fields, "approved_by": ""}


@entry("role.granted", version=2, stream="person")
class RoleGranted2(Payload):
    """As it was said while ``approved_by`` was free text: a name, a comma and the paper."""

    assignment: UUID
    site: UUID
    role: str
    approved_by: str = ""


@upcast("role.granted", version=2)
def _approved_in_words(fields: Fields) -> Fields:
    kept = {name: value for name, value in fields.items() if name != "approved_by"}
    name, _, paper = str(fields.get("approved_by", "")).partition(",")
    return {**kept, "approver": None, "approver_name": name.strip(), "paper": paper.strip()}


@entry("role.granted", version=3, stream="person")
class RoleGranted(Payload):
    """The actor grants; ``approver`` is who asked for it, as ``paper`` shows.

    No approver: the system granted, or nobody at the site could approve yet. A name alone is of
    an older entry.
    """

    assignment: UUID
    site: UUID
    role: str
    approver: UUID | None
    approver_name: str
    paper: str


@entry("role.revoked", version=1, stream="person")
class RoleRevoked(Payload):
    assignment: UUID
    role: str
    reason: str


@entry("credential.changed", version=1, stream="person")
class CredentialChanged(Payload):
    """That a secret was set; the secret and its hash are not said."""

    credential: str


@entry("qualification.granted", version=1, stream="person")
class QualificationGranted1(Payload):
    """As it was said before a qualification knew the version of its procedure."""

    qualification: UUID
    subject_kind: str
    key: str
    label: str
    valid_until: Instant


@upcast("qualification.granted", version=1)
def _of_no_version(fields: Fields) -> Fields:
    return {**fields, "procedure_version": None}


@entry("qualification.granted", version=2, stream="person")
class QualificationGranted(Payload):
    """Grants, or prolongs what was granted before for the same subject.

    ``procedure_version`` is the one on which the person was trained.
    """

    qualification: UUID
    subject_kind: str
    key: str
    label: str
    valid_until: Instant
    procedure_version: int | None = None


@entry("qualification.failed", version=1, stream="person")
class QualificationFailed(Payload):
    """An assessment was failed: suspended until it is granted again.

    ``streams`` are those to which the person appended entries since ``since``, the last good one.
    """

    qualification: UUID
    label: str
    reason: str
    since: Instant
    streams: tuple[UUID, ...]


@entry("qualification.withdrawn", version=1, stream="person")
class QualificationWithdrawn(Payload):
    qualification: UUID
    label: str
    reason: str


@entry("qualification.asked", version=1, stream="site")
class QualificationAsked(Payload):
    """The site asks for a qualification, or no more: by class of room or of equipment."""

    rule: UUID
    subject_kind: str
    key: str
    asked: bool
    reason: str


@entry("procedure.versioned", version=1, stream="*")
class ProcedureVersioned(Payload):
    """A version of a procedure is worked by from now on; stands on the version's own stream.

    A qualification for a version before ``counts_from`` does not count for it.
    """

    key: str
    label: str
    number: int
    counts_from: int


@entry("obligation.incurred", version=1, stream="person")
class ObligationIncurred(Payload):
    """The person owes something: ``about`` says what, ``subject`` and ``place`` say where.

    ``words`` fill the sentence that is made when it is shown.
    """

    obligation: UUID
    site: UUID | None
    about: str
    subject: UUID
    place: str
    words: dict[str, str]


@entry("obligation.met", version=1, stream="person")
class ObligationMet(Payload):
    """What was owed was done, or is not wanted any more; the entry's command did it."""

    obligation: UUID


@entry("period.opened", version=1, stream="person")
class PeriodOpened(Payload):
    """A signed-in period begins: it attributes the person's acts until it is closed."""

    period: UUID
    device: UUID | None
    factors: tuple[str, ...]


@entry("period.closed", version=1, stream="person")
class PeriodClosed(Payload):
    period: UUID
    reason: str


@entry("device.enrolled", version=1, stream="device")
class DeviceEnrolled(Payload):
    """A tablet, bound to a room or place given as (kind, uuid, label)."""

    code: str
    label: str
    place_kind: str | None
    place: UUID | None
    place_label: str | None
    idle_seconds: int


@entry("device.placed", version=1, stream="device")
class DevicePlaced(Payload):
    """The tablet stands at a room or place from now on; its class says when entry locks."""

    place_kind: str
    place: UUID
    place_label: str
    room_class: str


@entry("idle_time.set", version=1, stream="site")
class IdleTimeSet(Payload):
    """After how many seconds without a touch entry locks in rooms of a class."""

    idle_time: UUID
    room_class: str
    seconds: int
    reason: str


@entry("second_person.set", version=1, stream="site")
class SecondPersonSet(Payload):
    """Whether a kind of second person has to be on site when they sign."""

    rule: UUID
    second: str
    on_site: bool
    reason: str


@entry("device.linked", version=1, stream="device")
class DeviceLinked1(Payload):
    """As it was said before a link had an id: such a browser is no tablet any more."""

    browser: str


@upcast("device.linked", version=1)
def _linked_by_no_id(fields: Fields) -> Fields:
    return {**fields, "link": None}


@entry("device.linked", version=2, stream="device")
class DeviceLinked(Payload):
    """A browser took the enrolment ``link``: from now on it is this tablet, and no other one."""

    browser: str
    link: UUID | None


@entry("device.retired", version=1, stream="device")
class DeviceRetired(Payload):
    reason: str


@entry("sign_in.alarmed", version=1, stream="*")
class SignInAlarmed(Payload):
    """Somebody tries secrets. Stands on the tablet's stream, else on that of the person who is
    tried, else on the register of sign-in, where older ones about a person stand, too.

    ``address`` is that of a desk; ``people`` counts those who were tried in vain there.
    """

    alarm: UUID
    kind_of_alarm: str
    person: UUID | None
    person_name: str | None
    credential: str
    device: UUID | None
    address: str | None
    people: int


@entry("sign_in.alarm_answered", version=1, stream="*")
class SignInAlarmAnswered(Payload):
    alarm: UUID
    note: str


@entry("sign_in.tries_refused", version=1, stream="person")
class TriesRefused(Payload):
    """So many tries were refused before any hash, since the one that an entry of its own names.

    ``device`` or ``address`` is where the first of them came from.
    """

    credential: str
    refused: int
    since: Instant
    device: UUID | None
    address: str | None


@entry("sign_in.tries_answered", version=1, stream="person")
class TriesAnswered(Payload):
    """The person said whether wrong tries of their secret were their own. Then they are forgotten.

    ``tries`` reached the hash since ``since`` (None: none is left to ask about).
    """

    credential: str
    tries: int
    since: Instant | None
    own: bool


@entry("credential.unblocked", version=1, stream="person")
class CredentialUnblocked(Payload):
    """Wrong tries were forgotten after the person's identity was checked in this way."""

    credential: str
    identity_check: str


@entry("sign_in.linked", version=1, stream="person")
class SignInLinked(Payload):
    """The subject of an OpenID provider is this person, as an administrator has checked."""

    link: UUID
    provider: str
    subject: str
    identity_check: str


@entry("sign_in.unlinked", version=1, stream="person")
class SignInUnlinked(Payload):
    link: UUID
    reason: str


@entry("factor.added", version=1, stream="person")
class FactorAdded(Payload):
    """A passkey or a generator of codes; its key is not said."""

    factor: UUID
    kind_of_factor: str
    name: str


@entry("factor.removed", version=1, stream="person")
class FactorRemoved(Payload):
    factor: UUID
    kind_of_factor: str
    name: str
    reason: str


@entry("person.sessions_ended", version=1, stream="person")
class SessionsEnded(Payload):
    """Whoever was signed in as this person, anywhere, is out: a secret or factor may be known."""

    reason: str


REVIEW_STREAM = "access-review"


class Reviewed(Value):
    """A person as a review of accounts found them: name and roles at the site."""

    person: UUID
    printed_name: str
    roles: tuple[str, ...]


@entry("access_review.opened", version=1, stream=REVIEW_STREAM)
class AccessReviewOpened(Payload):
    """The accounts and rights of a site are to be reviewed, one by one, until ``due``."""

    due: Instant
    people: tuple[Reviewed, ...]


@entry("access_review.decided", version=1, stream=REVIEW_STREAM)
class AccessReviewDecided(Payload):
    """What becomes of one person's rights; the last decision closes the review."""

    person: UUID
    printed_name: str
    decision: str
    note: str
    closes: bool
