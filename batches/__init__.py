"""Batches: the execution engine, its interlocks and the operators' screens."""
