"""Operations of the API on samples, results and gates."""
