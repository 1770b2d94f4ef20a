"""Registers the frame's own folds (those of catalogue rows, reviews and incidents)."""

from records import catalogue, incidents, reviews

__all__ = ["catalogue", "incidents", "reviews"]
