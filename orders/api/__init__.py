"""Operations of the API on orders."""
