"""The ledger: acts, entries, folds, signatures, outbox and their verification."""
