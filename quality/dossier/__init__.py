"""The batch record as one plain structure, as JSON with its chains, and as PDF."""

from quality.dossier.build import Book, assemble
from quality.dossier.chains import export, seal_of
from quality.dossier.render import render

__all__ = ["Book", "assemble", "export", "render", "seal_of"]
