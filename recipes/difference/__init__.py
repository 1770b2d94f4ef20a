"""The difference between two documents by meaning: typed changes, each with place and weight.

``difference`` is pure. It knows the fields that carry a meaning of their own and says of all
others what they were and what they are, so that a new field of the document is never left out.
"""

from recipes.difference.parts import Difference, What
from recipes.difference.walk import difference, difference_of_data

__all__ = ["Difference", "What", "difference", "difference_of_data"]
