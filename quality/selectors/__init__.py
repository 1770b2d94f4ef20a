"""Reads of quality: a batch's record as a whole, the queue, samples."""
