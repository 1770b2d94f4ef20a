"""Operations of the API on equipment."""
