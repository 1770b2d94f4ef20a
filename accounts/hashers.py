"""How secrets are hashed: Argon2id, at a cost that a sign-in and a signature can bear."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """OWASP's setting for one pass: 46 MiB, one lane; about 60 ms of one core.

    Django's own (100 MiB, two passes, eight lanes) takes all cores of a small server for as
    long as 16 people would sign. Costs are part of a hash, so older hashes still verify.
    """

    time_cost = 1
    memory_cost = 47104
    parallelism = 1
