from records.models.command import CommandRecord
from records.models.entry import Entry
from records.models.file import StoredFile
from records.models.message import Message
from records.models.projection import Projection
from records.models.simulation import Simulation
from records.models.stream import Stream
from records.models.verification import Verification

__all__ = [
    "CommandRecord",
    "Entry",
    "Message",
    "Projection",
    "Simulation",
    "StoredFile",
    "Stream",
    "Verification",
]
