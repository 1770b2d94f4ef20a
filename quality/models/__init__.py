from quality.models.deviation import Deviation
from quality.models.disposition import Disposition, Review
from quality.models.dossier import Dossier
from quality.models.result import Result
from quality.models.sample import Sample

__all__ = ["Deviation", "Disposition", "Dossier", "Result", "Review", "Sample"]
