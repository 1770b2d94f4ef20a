from records.models.command import CommandRecord
from records.models.entry import Entry
from records.models.file import StoredFile
from records.models.incident import Incident
from records.models.log import Checkpoint, Leaf, Node
from records.models.message import Message
from records.models.projection import Projection
from records.models.pulse import Pulse
from records.models.review import TrailReview
from records.models.simulation import Simulation
from records.models.stream import Stream
from records.models.verification import Verification

__all__ = [
    "Checkpoint",
    "CommandRecord",
    "Entry",
    "Incident",
    "Leaf",
    "Message",
    "Node",
    "Projection",
    "Pulse",
    "Simulation",
    "StoredFile",
    "Stream",
    "TrailReview",
    "Verification",
]
