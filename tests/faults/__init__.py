"""Faults planted one at a time in a scratch copy of the project, to see that the tests find them.

``make plant-faults`` runs them. What the tests do not find, they do not protect.
"""
