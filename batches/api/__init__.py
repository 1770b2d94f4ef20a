"""Operations of the API on batches."""
