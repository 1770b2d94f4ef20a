"""Who asks for an act, and with which key: the values that every service takes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from mes.lib.evidence import JSON, content_hash

Reply = dict[str, JSON]

SYSTEM_ROLE = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """The person (or the system itself), with the role in which the act is done.

    ``zone`` is the IANA name of the site's time zone, kept with every entry.
    """

    person: UUID | None
    name: str
    role: str
    site: UUID | None
    device: UUID | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One thing that a person or a device does: done once, however often it is sent.

    ``key`` is made by the client (UUIDv7) and bound to the actor, ``name`` and ``payload``.
    ``device_time`` is what the tablet's clock claimed, kept beside the server's time.
    """

    key: UUID
    name: str
    actor: Actor
    payload: Mapping[str, JSON] = field(default_factory=dict)
    device_time: datetime | None = None

    @property
    def fingerprint(self) -> str:
        """Hash of what the key stands for; another one under the same key is refused."""
        person = str(self.actor.person) if self.actor.person else None
        return content_hash({"by": person, "name": self.name, "payload": dict(self.payload)})
