"""Recipes between systems: BatchML 7, the XML form of ISA-88's master and control recipes.

Uses the schemas of the Business To Manufacturing Markup Language, courtesy of MESA International.
"""
