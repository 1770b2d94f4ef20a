from typing import ClassVar, Final

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from records.models import Projection

# Whatever the case, the spaces and the way of writing letters (NFKC).
_COMPARED: Final = r"lower(regexp_replace(normalize(%(expressions)s, NFKC), '\s', '', 'g'))"


# Letters of other scripts that look like these of the Latin one; and I, which looks like l.
LOOKS_LIKE: Final = (
    "асеорхуіїјѕһԁԛԝкмнтвёӏαβεζηικμνορτυχıɡi",
    "aceopxyiïjshdqwkmhtbëlabezhikmnoptyxigl",
)
# What leaves no mark of its own on paper: of no width, of direction, fillers, variants, tags; and
# marks that no letter was composed with.
_UNSEEN: Final = (
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u0300-\u036f\u1ab0-\u1aff"
    r"\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\U000e0000-\U000e0fff]"
)
_ALIKE: Final = (
    f"translate(translate(regexp_replace({_COMPARED}, '{_UNSEEN}', '', 'g'),"
    f" '{LOOKS_LIKE[0]}', '{LOOKS_LIKE[1]}'), 'i', 'l')"
)


def alike(text: models.F | models.Value) -> models.Func:
    """Return a person's name, or a paper, as it looks: two that look the same are the same."""
    return models.Func(text, template=_ALIKE, output_field=models.TextField())


def bare(text: models.F) -> models.Func:
    """Return a paper in capitals and without hyphens, as numbers on it are looked for."""
    template = "replace(upper(normalize(%(expressions)s, NFKC)), '-', '')"
    return models.Func(text, template=template, output_field=models.TextField())


def compared(text: models.F | models.Value) -> models.Func:
    """Return a name or the name of a paper as two of them are compared."""
    return models.Func(text, template=_COMPARED, output_field=models.TextField())


class PersonManager(BaseUserManager["Person"]):
    """Finds people; they are made by ``accounts.services.people.join_person`` only."""


class Person(Projection, AbstractBaseUser):
    """A person, for all sites. Never deleted, and no user name or badge is given twice.

    Secrets are not here but in ``Credential``: a person's row is evidence.
    """

    password = None  # type: ignore[assignment]
    last_login = None

    id = models.UUIDField(primary_key=True)
    username = models.CharField(max_length=60, unique=True)
    # As it stands below signatures (21 CFR 11.50).
    printed_name = models.CharField(max_length=120)
    badge = models.CharField(max_length=40)
    active = models.BooleanField()
    # On which paper the identity was checked before the account was made (21 CFR 11.100(b)).
    identity_check = models.CharField(max_length=200)
    # How it is known that this is not the human of an account with the same printed name; empty
    # where there was none, NULL where the account is older than the question.
    another_human = models.CharField(max_length=300, null=True)
    # On which paper it was checked anew when the account was enabled again; empty if never.
    identity_recheck = models.CharField(max_length=200, default="")
    # From then on the badge is of no use until it is tested again (21 CFR 11.300(e)).
    badge_due_at = models.DateTimeField(null=True)
    # Under which the plant calls the person; shown where somebody on call is named.
    phone = models.CharField(max_length=30, default="")
    joined_at = models.DateTimeField()
    # The site that let them join: it answers for the account while no role is held.
    home = models.UUIDField(null=True)
    disabled_at = models.DateTimeField(null=True)
    # The policy of electronic signatures that was acknowledged last.
    policy = models.CharField(max_length=20, default="")
    policy_at = models.DateTimeField(null=True)
    # Signed-in periods that were opened before are over, wherever they are.
    sessions_ended_at = models.DateTimeField(null=True)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_person_username"),
            models.UniqueConstraint(Lower("badge"), name="accounts_person_badge"),
            models.UniqueConstraint(
                alike(models.F("printed_name")),
                condition=models.Q(another_human=""),
                name="accounts_person_one_human",
            ),
            models.UniqueConstraint(
                alike(models.F("identity_check")),
                condition=models.Q(another_human__isnull=False),
                name="accounts_person_paper",
            ),
            models.UniqueConstraint(
                alike(models.F("identity_recheck")),
                condition=~models.Q(identity_recheck=""),
                name="accounts_person_paper_again",
            ),
            models.CheckConstraint(
                condition=~models.Q(identity_check=""), name="accounts_person_identity_check"
            ),
            models.CheckConstraint(
                condition=models.Q(active=True, disabled_at__isnull=True)
                | models.Q(active=False, disabled_at__isnull=False),
                name="accounts_person_active_or_disabled",
            ),
        ]

    def __str__(self) -> str:
        return self.printed_name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the person may sign in; Django REST framework asks by this name."""
        return self.active
