"""Registers the frame's own folds (those of catalogue rows)."""

from records import catalogue

__all__ = ["catalogue"]
