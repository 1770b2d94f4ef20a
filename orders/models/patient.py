from django.db import models

from records.models import Projection


class Patient(Projection):
    """A patient by pseudonym; who it is lies sealed in the schema ``identity``."""

    id = models.UUIDField(primary_key=True)
    pseudonym = models.CharField(max_length=40)
    # Which identifying fields are sealed; empty when none or erased.
    identity_fields = models.JSONField(default=list)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "pseudonym"], name="orders_patient_pseudonym"),
        ]

    def __str__(self) -> str:
        return self.pseudonym


class PatientKey(models.Model):
    """The key of one patient's identity, wrapped by MES_MASTER_KEY. Not a projection.

    Lives in the schema ``identity`` with its own backup. Erasure empties ``wrapped``.
    """

    patient = models.UUIDField(primary_key=True)
    site = models.UUIDField()
    wrapped = models.BinaryField()

    class Meta:
        managed = False
        db_table = '"identity"."patient_key"'

    def __str__(self) -> str:
        return str(self.patient)


class PatientIdentity(models.Model):
    """A patient's name, birth date and hospital number, sealed with the patient's key."""

    patient = models.UUIDField(primary_key=True)
    site = models.UUIDField()
    sealed = models.BinaryField()

    class Meta:
        managed = False
        db_table = '"identity"."patient_identity"'

    def __str__(self) -> str:
        return str(self.patient)
