from django.db import models


class Simulation(models.Model):
    """The mark of a throw-away database: with a row here, acts may take simulated time.

    The application may read it and not write it.
    """

    purpose = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.purpose
