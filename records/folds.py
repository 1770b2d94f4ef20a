"""Registers the frame's own folds (those of catalogue rows and of reviews)."""

from records import catalogue, reviews

__all__ = ["catalogue", "reviews"]
