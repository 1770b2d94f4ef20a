"""Versions of recipes, their approvals, and what they refer to."""

from django.db import models
from django.db.models import F, Q
from django.utils import translation

from recipes.enums import UseKind, VersionStatus
from recipes.gaps import said_of_row
from records.models import Projection


class VersionSet(models.QuerySet["RecipeVersion"]):
    """Versions by what one asks of them."""

    def of(self, code: str) -> "VersionSet":
        """Versions of one recipe."""
        return self.filter(code=code)

    def effective(self) -> "VersionSet":
        """The one version of each recipe that batches are made from."""
        return self.filter(status=VersionStatus.EFFECTIVE)


class RecipeVersion(Projection):
    """One version of a recipe at a site. ``id`` is its stream; ``author`` imported it.

    ``writers`` are the text ids of all who changed its draft.
    """

    id = models.UUIDField(primary_key=True)
    code = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    title = models.JSONField()
    status = models.CharField(max_length=12, choices=VersionStatus)
    content_hash = models.CharField(max_length=64)
    source_hash = models.CharField(max_length=64)
    stages = models.PositiveIntegerField()
    steps = models.PositiveIntegerField()
    author = models.UUIDField(null=True)
    author_name = models.CharField(max_length=120)
    writers = models.JSONField(default=list)
    imported_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField()
    sent_back_reason = models.TextField(default="")

    objects = VersionSet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "code", "number"], name="recipes_version_number"
            ),
            models.UniqueConstraint(
                fields=["site", "code"],
                condition=Q(status=VersionStatus.EFFECTIVE),
                name="recipes_version_one_effective",
            ),
            models.CheckConstraint(
                condition=Q(status__in=VersionStatus.values), name="recipes_version_status"
            ),
            models.CheckConstraint(
                condition=~Q(status=VersionStatus.EFFECTIVE) | Q(effective_at__isnull=False),
                name="recipes_version_effective_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """The version as people name it."""
        return f"v{self.number}"

    @property
    def name(self) -> str:
        """The title in the reader's language."""
        titles: dict[str, str] = self.title
        wanted = ((translation.get_language() or "en").partition("-")[0], "en")
        return next((titles[name] for name in wanted if name in titles), self.code)


class RecipeApproval(Projection):
    """One person's signature under a version; never that of one who wrote it.

    ``void`` when the version was sent back after it; the same person may sign again.
    ``lacking`` is what the site had not (path, code and values; a sentence in rows from before),
    ``reason`` why it was given all the same.
    """

    pk = models.CompositePrimaryKey("version", "person")
    version = models.UUIDField()
    person = models.UUIDField()
    printed_name = models.CharField(max_length=120)
    role = models.CharField(max_length=40)
    meaning = models.CharField(max_length=200)
    at = models.DateTimeField()
    zone = models.CharField(max_length=40)
    factors = models.JSONField()
    content_hash = models.CharField(max_length=64)
    author = models.UUIDField(null=True)
    writers = models.JSONField(default=list)
    void = models.BooleanField(default=False)
    lacking = models.JSONField(default=list)
    reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author__isnull=True) | ~Q(person=F("author")),
                name="recipes_approval_not_author",
            ),
            models.CheckConstraint(
                condition=Q(lacking=[], reason="") | (~Q(lacking=[]) & ~Q(reason="")),
                name="recipes_approval_lacking_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} by {self.printed_name}"

    @property
    def lacked(self) -> list[dict[str, str]]:
        """What the site had not: where, and in a sentence of the reader's language."""
        return [{"path": one["path"], "sentence": said_of_row(one)} for one in self.lacking]


class RecipeUse(Projection):
    """That a version refers to something, and where: for where-used questions."""

    pk = models.CompositePrimaryKey("version", "path", "kind", "code")
    version = models.UUIDField()
    path = models.CharField(max_length=200)
    kind = models.CharField(max_length=13, choices=UseKind)
    code = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["kind", "code"], name="recipes_use_kind_code")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=UseKind.values), name="recipes_use_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} at {self.path}"
