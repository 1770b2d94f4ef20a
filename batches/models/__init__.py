from batches.models.batch import Batch, BatchNumber
from batches.models.comment import AskedComment
from batches.models.exception import BatchException, Concession, RefusedAttempt
from batches.models.execution import Operation, Stage, Step
from batches.models.paper import PaperPack
from batches.models.redline import Redline
from batches.models.result import BatchResult
from batches.models.signature import VoidedSignature

__all__ = [
    "AskedComment",
    "Batch",
    "BatchException",
    "BatchNumber",
    "BatchResult",
    "Concession",
    "Operation",
    "PaperPack",
    "Redline",
    "RefusedAttempt",
    "Stage",
    "Step",
    "VoidedSignature",
]
